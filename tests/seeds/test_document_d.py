"""Document D: its files as printed, in the folders it draws, beside small steps that show what it only says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.server import Server, motia, serving, until
from tests.seeds.program import copy

SECRETS = {"JWT_SECRET": "j" * 32, "DATABASE_URL": "postgres://db/app", "REDIS_URL": "redis://cache:6379"}


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Its two CreateResource listings are one step in two languages: the JavaScript one here."""
    with serving(copy("D", tmp_path_factory.mktemp("agents")), **SECRETS) as server:
        yield server


@pytest.mark.rows(55, 57, 62, 66, 226, 312)
def test_all_files_load_from_their_folders(agents: Server) -> None:
    rows = json.loads(motia(agents.project, "list", "--json").stdout)
    assert {(row["name"], row["type"], row["error"]) for row in rows} == {
        ("CreateResource", "api", None),
        ("ProcessResourceData", "event", None),
        ("SaveProfile", "api", None),
        ("OpenSession", "api", None),
        ("SweepProcessed", "cron", None),
        ("ReportSweep", "event", None),
        ("resource-updates", "stream", None),
        ("hints", "stream", None),
        ("Hint", "api", None),
    }


@pytest.mark.rows(201, 206, 216, 227, 228, 230, 246, 247, 248, 249, 250, 251, 252, 285)
def test_a_resource_is_created_and_processed(agents: Server) -> None:
    """S-D1, S-D2, S-D4; one trace holds both steps."""
    answer = agents.post("/resources", {"title": "lamp", "category": "home"})
    assert answer.status == 201
    trace, resource = answer.headers["x-trace-id"], answer.json["id"]
    assert agents.state(trace, "resource") == {"id": resource, "title": "lamp", "category": "home"}
    processed = until(lambda: agents.state(trace, f"processed_resource_{resource}"))
    assert (processed["title"], processed["status"]) == ("LAMP", "processed")
    assert "T" in processed["processed_at"]
    lines = until(lambda: [one for one in agents.logs("--trace", trace) if "successfully" in one["msg"]])
    assert (lines[0]["resource_id"], lines[0]["trace_id"]) == (resource, trace)
    spans = until(lambda: len(s := json.loads(motia(agents.project, "trace", trace, "--json").stdout)) == 2 and s)
    assert [span["name"] for span in spans] == ["CreateResource", "ProcessResourceData"]


@pytest.mark.rows(80, 201, 279)
def test_its_json_schema_is_enforced(agents: Server) -> None:
    answer = agents.post("/resources", {"title": ""})
    assert answer.status == 400
    assert {issue["path"] for issue in answer.json["issues"]} == {"title", "category"}


@pytest.mark.rows(61)
def test_an_unrelated_config_yml_only_warns(agents: Server) -> None:
    """S-D5."""
    assert "config.yml" in agents.output
    assert agents.get("/health").json["status"] == "ok"


@pytest.mark.rows(60, 209, 231)
def test_types_are_shared_and_keys_have_levels(agents: Server) -> None:
    answer = agents.request("PUT", "/users/7/profile", {"name": "Ada"})
    assert answer.json == {"name": "Ada", "visibility": "public"}
    assert agents.state("users", "user:7:profile") == answer.json


@pytest.mark.rows(58, 68, 216, 229, 232, 273, 302)
def test_a_handler_named_like_its_config(agents: Server) -> None:
    """It imports a service, reads the environment, and keeps something that expires."""
    answer = agents.post("/sessions", {"user": " Ada "})
    assert answer.status == 201
    assert answer.json == {
        "user": "ada",
        "secret": SECRETS["JWT_SECRET"],
        "database": SECRETS["DATABASE_URL"],
        "redis": SECRETS["REDIS_URL"],
    }
    assert agents.state(answer.headers["x-trace-id"], "user") == "ada"
    until(lambda: agents.state("sessions", "ada") is None)


@pytest.mark.rows(225)
def test_items_of_a_stream_expire(agents: Server) -> None:
    """S-D3: `baseConfig.ttl`."""
    assert agents.post("/hints/one", {"text": "look"}).json["found"]["text"] == "look"
    until(lambda: agents.get("/hints/one").json == {"found": None})


@pytest.mark.rows(221, 253, 265, 308)
def test_a_cron_step_cleans_up(agents: Server) -> None:
    for id, done in (("a", True), ("b", False)):
        motia(agents.project, "state", "set", "drafts", id, json.dumps({"id": id, "done": done}))
    assert motia(agents.project, "run", "SweepProcessed").returncode == 0
    assert until(lambda: agents.state("sweeps", "last")) == 1
    assert (agents.state("drafts", "a"), agents.state("drafts", "b")) == (None, {"id": "b", "done": False})


@pytest.mark.rows(75, 197, 200, 202, 205, 211)
def test_the_typed_listing(tmp_path: Path) -> None:
    project = copy("D", tmp_path)
    (project / "steps" / "api" / "create-resource.step.js").unlink()
    shutil.copytree(project / "listings" / "typed", project, dirs_exist_ok=True)
    with serving(project) as server:
        answer = server.post("/resources", {"title": "lamp", "category": "home"})
        assert answer.status == 201
        assert until(lambda: server.state(answer.headers["x-trace-id"], f"processed_resource_{answer.json['id']}"))
        assert server.post("/resources", {"title": "", "category": "x"}).status == 400
        assert not [line for line in server.logs("--level", "warn") if "response" in line["msg"]]
