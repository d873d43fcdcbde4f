"""`motia doctor`: what it finds missing, what it leaves alone, and that one trouble does not hide the others."""

from __future__ import annotations

import json
import socket
import sys
from pathlib import Path
from typing import Any

from tests.kit.project import write
from tests.kit.server import motia

STEP = {"steps/a_step.py": "config = {'type': 'noop', 'name': 'A'}\n"}


def rows(project: Path, *args: str, code: int = 0, **env: str) -> dict[str, dict[str, Any]]:
    done = motia(project, "doctor", "--json", *args, **{"PORT": "0", **env})
    assert done.returncode == code, done.stdout + done.stderr
    return {row["what"]: row for row in json.loads(done.stdout)}


def test_a_project_that_can_run(tmp_path: Path) -> None:
    found = rows(write(tmp_path, STEP))
    assert all(row["ok"] for row in found.values())
    assert found["python"]["detail"].endswith(", 1 file")
    assert found["ruby"]["detail"].endswith("no step needs it")
    assert found["database"]["detail"] == f"{tmp_path}/.motia/motia.db, made at the first start"
    assert "changed files" in found["watcher"]["detail"]
    assert not (tmp_path / ".motia" / "motia.db").exists()


def test_only_what_steps_need_must_be_there(tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    found = rows(write(tmp_path, STEP), PATH=str(empty))
    assert found["node"]["ok"] and "install Node" in found["node"]["detail"]
    write(tmp_path, {"steps/b.step.js": ""})
    found = rows(tmp_path, PATH=str(empty), code=1)
    assert not found["node"]["ok"] and found["ruby"]["ok"]


def test_the_interpreter_of_the_project(tmp_path: Path) -> None:
    """With an interpreter of its own, the project's packages are looked for there, and installed there."""
    write(
        tmp_path,
        {
            **STEP,
            "requirements.txt": "msgspec>=0.1\nsurely_not-there[x]>=2  # why\nodd; sys_platform == 'os2'\n-r more.txt\n",
        },
    )
    own = tmp_path / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    own.chmod(0o755)
    found = rows(tmp_path, code=1)
    assert f"({own})" in found["python"]["detail"]
    assert found["pip"] == {
        "what": "pip",
        "ok": False,
        "detail": f"{own} has no surely_not-there",
        "hint": f"{own} -m pip install -r requirements.txt",
    }


def test_packages_of_node(tmp_path: Path) -> None:
    """Those that Motia brings along need not be installed."""
    package = {
        "dependencies": {"motia": "1", "@motiadev/core": "1", "zod": "4", "here": "1", "@me/gone": "1", "gone": "1"}
    }
    write(
        tmp_path, {"steps/b.step.js": "", "package.json": json.dumps(package), "node_modules/here/package.json": "{}"}
    )
    found = rows(tmp_path, code=1)
    assert (found["npm"]["detail"], found["npm"]["hint"]) == ("not installed: @me/gone, gone", "npm install")
    # Nobody needs them without a step in that language.
    (tmp_path / "steps" / "b.step.js").unlink()
    assert "npm" not in rows(tmp_path)


def test_trouble_does_not_hide_the_rest(tmp_path: Path) -> None:
    write(tmp_path, {**STEP, "motia.toml": "port = \n"})
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        found = rows(tmp_path, code=1)
        assert found["config"]["detail"].startswith("motia.toml:1: ")
        assert found["disk"]["ok"] and found["python"]["ok"]
        write(tmp_path, {"motia.toml": '[database]\nurl = "mysql://me:hidden@db/x"\n'})
        found = rows(tmp_path, code=1, PORT=str(taken.getsockname()[1]))
        assert not found["port"]["ok"] and "in use" in found["port"]["detail"]
        assert found["database"]["detail"] == "database.url: `mysql:` is not supported, only `sqlite:` is"
    (tmp_path / "not.db").write_text("this is no database, but it is long enough to be mistaken for one" * 20)
    write(tmp_path, {"motia.toml": '[database]\nurl = "sqlite:not.db"\n'})
    assert not rows(tmp_path, code=1)["database"]["ok"]


def test_for_people(tmp_path: Path) -> None:
    write(tmp_path, {**STEP, "motia.toml": '[database]\nurl = "redis://x"\n'})
    done = motia(tmp_path, "doctor", PORT="0")
    assert done.returncode == 1
    assert "✗ database  database.url" in done.stdout
    assert "    → write `sqlite:FILE`" in done.stdout
