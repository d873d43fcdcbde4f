"""Adding a step by its route: what is asked for is checked, nothing is overwritten, no file lands anywhere else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia_core.errors import MotiaError
from motia_core.workbench import newstep
from motia_core.workbench.newstep import Template, Wanted
from motia_core.workers.languages import runners_folder
from tests.kit.server import ROOT, Server, serving, until

GIVEN: dict[str, Any] = {
    "api": {"method": "POST", "path": "/made"},
    "event": {"subscribes": ["made.asked"]},
    "cron": {"cron": "0 4 * * *"},
    "noop": {"subscribes": ["made.asked"]},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = tmp_path_factory.mktemp("new") / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    with serving(project) as found:
        yield found


def test_every_template_makes_a_step_that_loads(server: Server) -> None:
    made = {}
    for language in server.get("/__motia/api/templates").json["items"]:
        for kind in language["files"]:
            name = f"Made{kind.capitalize()}{language['language'].capitalize()}"
            asked = {"name": name, "kind": kind, "language": language["language"], "flow": "made", **GIVEN[kind]}
            asked["path"] = f"/{name}"
            answer = server.post("/__motia/api/steps", {**asked, "emits": ["made.done", "made.twice"]})
            assert answer.status == 200, answer.json
            made[name] = (kind, language["language"])
    assert len(made) == 16
    steps = until(lambda: _served(server, made))
    for name, (kind, language) in made.items():
        assert (steps[name]["type"], steps[name]["language"], steps[name]["flows"]) == (kind, language, ["made"])
    problems = [one for one in server.get("/__motia/api/problems").json["items"] if "made" in str(one["filePath"])]
    assert [one for one in problems if one["severity"] == "error"] == []
    for name, (kind, _) in made.items():
        if kind != "noop":
            assert server.post("/__motia/api/run", {"step": name, "input": {}}).json["error"] is None, name


def _served(server: Server, made: dict[str, Any]) -> dict[str, Any] | None:
    found = {one["name"]: one for one in server.get("/__motia/api/steps?limit=1000").json["items"]}
    return found if made.keys() <= found.keys() else None


@pytest.mark.parametrize(
    "more",
    [
        {"name": "../Evil"},
        {"name": "a/b"},
        {"name": "__"},
        {"name": ""},
        {"name": "Evil'"},
        {"path": "no-slash"},
        {"path": "/a'b"},
        {"path": "/a\\b"},
        {"path": '/a"}], handler'},
        {"method": "BREW"},
        {"flow": "it's"},
        {"flow": "#{exit}"},
        {"flow": "a\nb"},
        {"emits": ["a b"]},
        {"emits": ["a'"]},
        {"emits": ["t"] * 21},
        {"kind": "cron", "cron": "'; exit"},
        {"kind": "cron", "cron": "* * *"},
        {"kind": "event"},
        {"kind": "workflow"},
        {"language": "cobol"},
    ],
)
def test_what_cannot_stand_in_a_file_is_refused(server: Server, more: dict[str, Any]) -> None:
    before = _files(server.project)
    asked = {"name": "Fine", "kind": "api", "language": "typescript", "path": "/fine", **more}
    answer = server.post("/__motia/api/steps", asked)
    assert answer.status == 400, answer.json
    assert _files(server.project) == before


@pytest.mark.parametrize(
    "more",
    [{"name": "CreateOrder"}, {"name": "GetOrder2", "path": "/orders"}, {"name": "create-order", "path": "/new"}],
)
def test_what_is_there_is_left_alone(server: Server, more: dict[str, Any]) -> None:
    before = _files(server.project)
    asked = {"name": "Fine", "kind": "api", "language": "typescript", "method": "POST", "path": "/fine", **more}
    answer = server.post("/__motia/api/steps", asked)
    assert answer.status == 409, answer.json
    assert _files(server.project) == before


def test_a_page_of_somebody_else_cannot_add_one(server: Server) -> None:
    asked = {"name": "Evil", "kind": "api", "language": "typescript", "path": "/evil"}
    assert server.post("/__motia/api/steps", asked, headers={"Origin": "https://evil.example"}).status == 403


def test_nothing_is_added_under_start(tmp_path: Path) -> None:
    project = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    token = {"Authorization": "Bearer t"}
    with serving(project, "start", ["--host", "127.0.0.1"], MOTIA_ADMIN_TOKEN="t") as server:
        asked = {"name": "Fine", "kind": "api", "language": "typescript", "path": "/fine"}
        assert server.post("/__motia/api/steps", asked, headers=token).status == 404
        assert server.get("/__motia/api/templates", headers=token).status == 404
        assert server.get("/__motia/api/components", headers=token).json["items"] == []
        [step] = server.get("/__motia/api/steps?limit=1", headers=token).json["items"]
        assert server.get(f"/__motia/component/{step['id']}", headers=token).status == 404


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    (project / "steps").symlink_to(elsewhere)
    file = next((runners_folder()).glob("*/templates/api/*.txt"))
    template = Template("any", "api", file.name.removesuffix(".txt"), file)
    wanted = msgspec.convert({"name": "Fine", "kind": "api", "language": "any", "path": "/fine"}, Wanted)
    with pytest.raises(MotiaError, match="leads out of the project"):
        newstep.write(project, "steps/fine.x", template, wanted)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("pattern", "name", "file"),
    [
        ("NAME.step.x", "CreateOrder", "create-order.step.x"),
        ("NAME_step.x", "CreateOrder", "create_order_step.x"),
        ("NAME.step.x", "HTTPProbe2", "http-probe2.step.x"),
        ("NAME_step.x", "send-invoice_NOW", "send_invoice_now_step.x"),
    ],
)
def test_files_are_called_as_is_usual(pattern: str, name: str, file: str) -> None:
    assert newstep.file_name(pattern, name) == file


def _files(project: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in project.parent.rglob("*_step*") if path.is_file()} | {
        str(path): path.read_bytes() for path in project.rglob("*.step.*") if path.is_file()
    }
