"""Manifests, interpreters, versions."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from motia_core.workers import process
from motia_core.workers.languages import interpreter, left_out, load_runners, runners_folder, too_old


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTIA_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def program(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "thing v{version}"\n')
    path.chmod(0o755)
    return path


def manifest(root: Path, name: str, **keys: object) -> None:
    given: dict[str, object] = {
        "name": name,
        "languages": {f".{name}": name},
        "runtime": ["{project}/bin/" + name],
        "command": ["{runtime}", "{runner}/main", "{project}"],
        "install": f"get {name}",
        "minimum": "2.5",
        **keys,
    }
    (root / name).mkdir(parents=True)
    lines = []
    for key, value in given.items():
        table = isinstance(value, dict)
        text = json.dumps(value)
        lines.append(f"{key} = {text.replace(':', ' =') if table else text}")
    (root / name / "runner.toml").write_text("\n".join(lines))


def test_a_runner_is_ready_to_be_started(tmp_path: Path) -> None:
    manifest(tmp_path / "runners", "lang", wire="fd3")
    found = program(tmp_path / "project" / "bin" / "lang", "2.10.1")
    runner = load_runners(tmp_path / "runners", tmp_path / "project")["lang"]
    assert runner.problem is None
    assert (runner.runtime, runner.version, runner.wire) == (str(found), "2.10.1", "fd3")
    assert runner.command == (str(found), str(tmp_path / "runners/lang/main"), str(tmp_path / "project"))
    assert runner.languages == {".lang": "lang"}
    assert runner.sdk == tmp_path / "sdk" / "lang"


@pytest.mark.rows(21, 23)
@pytest.mark.parametrize(
    ("version", "problem"),
    [
        (None, "lang: no runtime found (looked for {project}/bin/lang); get lang"),
        ("2.4.9", "bin/lang is version 2.4.9, 2.5 or newer is needed; get lang"),
        ("?", "bin/lang --version does not say its version; get lang"),
    ],
)
def test_a_problem_is_one_line_with_what_to_do(tmp_path: Path, version: str | None, problem: str) -> None:
    manifest(tmp_path / "runners", "lang")
    if version is not None:
        program(tmp_path / "project" / "bin" / "lang", version)
    (tmp_path / "project").mkdir(exist_ok=True)
    said = load_runners(tmp_path / "runners", tmp_path / "project")["lang"].problem
    assert said is not None and said.endswith(problem) and "\n" not in said


def test_one_broken_manifest_does_not_stop_the_others(tmp_path: Path) -> None:
    manifest(tmp_path / "runners", "good", runtime=["{core}"])
    (tmp_path / "runners" / "bad").mkdir()
    (tmp_path / "runners" / "bad" / "runner.toml").write_text("name = [")
    runners = load_runners(tmp_path / "runners", tmp_path)
    assert runners["good"].problem is None
    assert "runner.toml cannot be used" in (runners["bad"].problem or "")


def test_our_own_interpreter_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "ask", lambda *_, **__: pytest.fail("asked"))
    manifest(tmp_path / "runners", "py", runtime=["{core}"])
    runner = load_runners(tmp_path / "runners", tmp_path)["py"]
    assert runner.version == ".".join(map(str, sys.version_info[:3]))


def test_answers_are_remembered_until_the_file_changes_but_not_those_of_scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = tmp_path / "bin" / "lang"
    binary.parent.mkdir()
    binary.write_bytes(b"\x7fELF not really")
    binary.chmod(0o755)
    manifest(tmp_path / "runners", "lang")
    asked: list[str] = []

    def ask(commands: dict[str, list[str]], **_: object) -> dict[str, str]:
        asked.extend(commands)
        return dict.fromkeys(commands, "lang 3.0.0")

    monkeypatch.setattr(process, "ask", ask)
    for _ in range(2):
        assert load_runners(tmp_path / "runners", tmp_path)["lang"].version == "3.0.0"
    assert asked == [str(binary)]
    os.utime(binary, (1, 1))
    load_runners(tmp_path / "runners", tmp_path)
    assert len(asked) == 2
    binary.write_text("#!/bin/sh\n")
    load_runners(tmp_path / "runners", tmp_path)
    load_runners(tmp_path / "runners", tmp_path)
    assert len(asked) == 4


def test_a_cache_that_cannot_be_used_only_costs_the_question(tmp_path: Path, own_cache: Path) -> None:
    own_cache.write_text("a file where the folder should be")
    manifest(tmp_path / "runners", "lang")
    program(tmp_path / "bin" / "lang", "3.1")
    assert load_runners(tmp_path / "runners", tmp_path)["lang"].version == "3.1"


def test_candidates(tmp_path: Path) -> None:
    found = program(tmp_path / "env" / "bin" / "thing", "1.0")
    environ = {"PLACE": str(tmp_path / "env"), "EMPTY": "", "PATH": str(found.parent)}
    assert interpreter(["${MISSING}/bin/thing", "${EMPTY}/bin/thing"], tmp_path, environ) is None
    assert interpreter(["${MISSING}/x", "${PLACE}/bin/thing"], tmp_path, environ) == str(found)
    assert interpreter(["{project}/env/bin/thing"], tmp_path, environ) == str(found)
    assert interpreter(["thing"], tmp_path, environ) == str(found)
    assert interpreter(["{core}"], tmp_path, environ) == sys.executable


@pytest.mark.parametrize(
    ("version", "minimum", "old"),
    [
        ("20.19.0", "20.19", False),
        ("20.9.0", "20.19", True),
        ("v22", "20.19", False),
        ("3.0", "3.0.0", False),
        ("2.99.99", "3", True),
    ],
)
def test_versions_are_compared_as_numbers(version: str, minimum: str, old: bool) -> None:
    assert too_old(version, minimum) is old


def test_our_own_manifests_can_be_read(tmp_path: Path) -> None:
    runners = load_runners(None, tmp_path)
    assert {"python", "node", "ruby"} <= set(runners)
    assert runners["python"].problem is None
    for runner in runners.values():
        assert "cannot be used" not in (runner.problem or "")
        assert runner.sdk.is_dir()
    assert runners_folder().is_dir()


def test_languages_say_what_their_workers_depend_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE_HOME", "/opt/one")
    monkeypatch.delenv("OTHER_HOME", raising=False)
    installed = ["packages/.done", "${ONE_HOME}/packages", "${OTHER_HOME}/packages"]
    reinstall = {"one.lock": "one sync", "one.list": "one add"}
    manifest(
        tmp_path / "runners",
        "one",
        restart=["one.toml"],
        installed=installed,
        reinstall=reinstall,
        left_out=["packages"],
    )
    manifest(tmp_path / "runners", "two")
    runners = load_runners(tmp_path / "runners", tmp_path)
    one = runners["one"]
    assert (one.restart, one.installed) == (["one.toml"], ["packages/.done", "/opt/one/packages"])
    assert list(one.reinstall.items()) == [("one.lock", "one sync"), ("one.list", "one add")]
    assert left_out(runners) == {"packages"}


def test_our_languages_know_their_package_lists_and_folders(tmp_path: Path) -> None:
    runners = load_runners(None, tmp_path)
    listed = {file for runner in runners.values() for file in runner.reinstall}
    assert {"package.json", "requirements.txt", "poetry.lock", "Gemfile"} <= listed
    assert "tsconfig.json" in runners["node"].restart and "Gemfile.lock" in runners["ruby"].installed
    assert {"node_modules", "__tests__", "__pycache__", "python_modules", "venv"} <= left_out(runners)
