"""`motia dev` and `motia start`: their flags, what they guard, and what keeps them from starting."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import MOTIA, Server, environment, motia, serving, started, until


def test_once_returns_the_commands_exit_code(project: Path) -> None:
    script = (
        "import json, os, sys, urllib.request as u\n"
        "r = u.Request(os.environ['MOTIA_URL'] + '/greet', b'{\"name\": \"CI\"}', {'content-type': 'application/json'})\n"
        "print(json.load(u.urlopen(r)))\n"
        "sys.exit(7)\n"
    )
    done = motia(project, "dev", "--port", "0", "--once", "--", sys.executable, "-c", script)
    assert done.returncode == 7, done.stderr
    assert "{'hello': 'CI'}" in done.stdout
    assert motia(project, "dev", "--port", "0", "--once", "--", "true").returncode == 0
    assert motia(project, "dev", "--port", "0", "--once", "--", "no-such-program-anywhere").returncode == 127
    assert motia(project, "dev", "--once").returncode == 2


def test_dev_debug_old_form(project: Path) -> None:
    with subprocess.Popen(
        [*MOTIA, "dev:debug", "-p", "0", "-v", "--motia-dir", ".other"],
        cwd=project, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        until((project / ".other" / "run" / "server.json").exists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


@pytest.mark.rows(20)
def test_debug_shows_the_lines_that_are_quiet_otherwise(project: Path) -> None:
    whisper = """
        config = {"type": "api", "name": "Whisper", "method": "GET", "path": "/whisper", "emits": []}

        async def handler(req, context):
            context.logger.debug("hardly audible")
            context.logger.info("well audible")
            return {"status": 200, "body": {}}
    """
    write(project, {"steps/whisper_step.py": whisper})
    with started(project, [*MOTIA, "dev:debug", "--port", "0"]) as server:
        server.get("/whisper")
        until(lambda: "well audible" in server.output)
        assert "hardly audible" in server.output
    with serving(project) as server:
        server.get("/whisper")
        until(lambda: "well audible" in server.output)
        assert "hardly audible" not in server.output


@pytest.mark.rows(274)
def test_start_guards_its_admin_surface(project: Path) -> None:
    with serving(project, "start", ["--host", "127.0.0.1"]) as server:
        assert server.post("/greet", {"name": "P"}).status == 201
        assert server.get("/").json == {"status": "ok"}
        assert server.post("/emit", {"topic": "greeted", "data": {}}).status == 404
        assert server.get("/__motia/api/workers").status == 404
        assert server.get("/__motia/workbench/").status == 404
        assert server.get("/health").json["status"] == "ok"
        assert server.get("/ready").status == 200
        # Commands on this machine go through the server file.
        assert motia(project, "emit", "greeted", '{"name": "Q"}').returncode == 0
        until(lambda: server.state("followed", "Q"))


def test_start_with_an_admin_token(project: Path) -> None:
    with serving(project, "start", ["--host", "127.0.0.1"], MOTIA_ADMIN_TOKEN="s3cret") as server:
        assert server.get("/__motia/api/workers").status == 401
        assert server.get("/__motia/api/workers", headers={"Authorization": "Bearer wrong"}).status == 401
        assert server.get("/__motia/api/workers", headers={"Authorization": "Bearer s3cret"}).status == 200


def test_dev_refuses_strange_hosts_and_origins_on_admin_routes(server: Server) -> None:
    assert server.get("/__motia/api/workers").status == 200
    assert server.get("/__motia/api/workers", headers={"Host": "evil.example"}).status == 403
    assert server.get("/__motia/api/workers", headers={"Origin": "http://evil.example"}).status == 403
    assert server.post("/emit", {"topic": "x"}, headers={"Origin": "http://evil.example"}).status == 403


def test_plain_page_lists_what_there_is(server: Server) -> None:
    page = server.get("/__motia/workbench/?plain")
    assert page.headers["content-type"].startswith("text/html")
    text = page.body.decode()
    for piece in ("Greet", "POST", "/greet", "greeted", "0 3 * * *"):
        assert piece in text


def test_unwritable_data_folder(project: Path) -> None:
    (project / ".motia").write_text("a file, not a folder")
    done = motia(project, "dev", "--port", "0")
    assert done.returncode == 1
    assert ".motia" in done.stderr and "Traceback" not in done.stderr
    (project / ".motia").unlink()


def test_broken_configuration_stops_the_start(project: Path) -> None:
    (project / "motia.toml").write_text("port = 'many'\n")
    done = motia(project, "dev")
    assert done.returncode == 1
    assert "port" in done.stderr and "Traceback" not in done.stderr
