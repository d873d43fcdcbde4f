"""The command line as people and scripts use it: output, exit codes, with and without a running server."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import MOTIA, Server, environment, motia, serving, until

STEPS = {
    "steps/greet_step.py": """
        config = {"type": "api", "name": "Greet", "method": "POST", "path": "/greet", "emits": ["greeted"], "flows": ["f"]}

        async def handler(req, context):
            context.logger.info("greeting", {"name": req["body"]["name"]})
            print("printed by the handler")
            await context.state.set("people", req["body"]["name"], {"n": 1})
            await context.emit({"topic": "greeted", "data": req["body"]})
            return {"status": 201, "body": {"hello": req["body"]["name"]}}
    """,
    "steps/follow_up_step.py": """
        config = {"type": "event", "name": "FollowUp", "subscribes": ["greeted"], "emits": [],
                  "infrastructure": {"queue": {"maxRetries": 0}}}

        async def handler(input, context):
            if input["name"] == "Nobody":
                raise ValueError("nobody is nobody")
            await context.state.set("followed", input["name"], context.trace_id)
            return {"followed": input["name"]}
    """,
    "steps/tick_step.py": """
        config = {"type": "cron", "name": "NightlyTick", "cron": "0 3 * * *", "emits": []}

        async def handler(context):
            await context.state.set("ticks", "last", "ran")
    """,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path, STEPS)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("cli"), STEPS)) as running:
        yield running


def test_version_and_help() -> None:
    here = Path.cwd()
    assert motia(here, "version").stdout.startswith("Motia CLI v")
    assert motia(here, "-V").stdout.strip() == motia(here, "--version").stdout.strip() != ""
    assert "dev" in motia(here, "--help").stdout
    assert motia(here, "no-such-command").returncode == 2


def test_list(project: Path) -> None:
    rows = json.loads(motia(project, "list", "--json").stdout)
    greet = next(row for row in rows if row["name"] == "Greet")
    assert greet == {
        "filePath": "steps/greet_step.py",
        "type": "api",
        "name": "Greet",
        "language": "python",
        "method": "POST",
        "path": "/greet",
        "subscribes": [],
        "emits": ["greeted"],
        "cron": None,
        "flows": ["f"],
        "inferred": [],
        "error": None,
    }
    shown = motia(project, "list").stdout
    assert "POST /greet" in shown and "0 3 * * *" in shown


def test_check(project: Path) -> None:
    done = motia(project, "check", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"ok": True, "errors": [], "warnings": []}
    write(
        project, {"steps/odd_step.py": 'config = {"type": "event", "name": "Odd", "subscribes": ["x"], "emit": []}\n'}
    )
    done = motia(project, "check", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["errors"][0]["file"] == "steps/odd_step.py"
    assert {"file", "line", "code", "message", "hint"} == set(found["errors"][0])


def test_strict_check_counts_warnings(project: Path) -> None:
    write(
        project,
        {
            "steps/loud_step.py": """
        config = {"type": "cron", "name": "Loud", "cron": "* * * * *", "emits": ["nobody.hears"]}
        async def handler(context): pass
    """
        },
    )
    assert motia(project, "check").returncode == 0
    assert motia(project, "check", "--strict").returncode == 1


def test_run_without_a_server(project: Path) -> None:
    done = motia(project, "run", "Greet", "--input", '{"name": "Ada"}')
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == 201
    assert json.loads(done.stdout)["body"] == {"hello": "Ada"}
    assert "greeting" in done.stderr
    assert json.loads(motia(project, "state", "get", "people", "Ada").stdout) == {"n": 1}
    # Without --follow the emit is stored and waits.
    assert motia(project, "state", "get", "followed", "Ada").returncode == 1


def test_run_with_follow_runs_what_was_emitted(project: Path) -> None:
    done = motia(project, "run", "greet", "--input", '{"name": "Bob"}', "--follow")
    assert done.returncode == 0, done.stderr
    assert motia(project, "state", "get", "followed", "Bob").returncode == 0


def test_run_reports_failure(project: Path) -> None:
    done = motia(project, "run", "follow-up", "--input", '{"name": "Nobody"}')
    assert done.returncode == 1
    assert done.stdout == ""
    assert "nobody is nobody" in done.stderr
    done = motia(project, "run", "nothing-of-the-kind")
    assert done.returncode == 1
    assert "Greet" in done.stderr
    done = motia(project, "run", "Greet", "--input", "{broken")
    assert done.returncode == 2


def test_run_takes_files_and_standard_input(project: Path) -> None:
    (project / "ada.json").write_text('{"name": "Ada"}')
    assert motia(project, "run", "FollowUp", "--input", "@ada.json").returncode == 0
    done = motia(project, "run", "FollowUp", "--input", "-", input='{"name": "Eve"}')
    assert json.loads(done.stdout) == {"followed": "Eve"}
    assert motia(project, "run", "NightlyTick").returncode == 0
    assert json.loads(motia(project, "state", "get", "ticks", "last").stdout) == "ran"


def test_run_in_the_running_server(server: Server) -> None:
    done = motia(server.project, "run", "Greet", "--input", '{"name": "Live"}', "--follow")
    assert done.returncode == 0, done.stderr
    assert server.state("followed", "Live")


def test_emit_old_and_new_forms(server: Server) -> None:
    done = motia(server.project, "emit", "greeted", '{"name": "New"}', "--json")
    assert json.loads(done.stdout)["emitted"] == {"topic": "greeted", "data": {"name": "New"}}
    port = server.url.rsplit(":", 1)[1]
    done = motia(server.project, "emit", "--topic", "greeted", "--message", '{"name": "Old"}', "-p", port)
    assert done.stdout.startswith("Event emitted successfully: ")
    until(lambda: server.state("followed", "New") and server.state("followed", "Old"))


def test_emit_without_a_server_says_so(project: Path) -> None:
    done = motia(project, "emit", "greeted", "{}")
    assert done.returncode == 1
    assert "motia dev" in done.stderr and "Traceback" not in done.stderr


def test_state_commands(project: Path) -> None:
    assert motia(project, "state", "set", "g:1", "ключ", '{"a": [1, "$bytes"], "$bytes": "x"}').returncode == 0
    assert json.loads(motia(project, "state", "get", "g:1", "ключ").stdout) == {"a": [1, "$bytes"], "$bytes": "x"}
    motia(project, "state", "set", "g", "n", "7")
    rows = json.loads(motia(project, "state", "list", "--json").stdout)
    assert {"groupId": "g", "key": "n", "type": "number", "value": 7} in rows
    assert len(json.loads(motia(project, "state", "list", "g", "--json").stdout)) == 1
    assert motia(project, "state", "delete", "g", "n").returncode == 0
    assert motia(project, "state", "delete", "g", "n").returncode == 1
    assert motia(project, "state", "clear", "g:1").stdout.startswith("1 ")
    assert json.loads(motia(project, "state", "list", "--json").stdout) == []


def test_logs_and_trace(server: Server) -> None:
    answer = server.post("/greet", {"name": "Logged"})
    trace = answer.headers["x-trace-id"]
    lines = until(lambda: len(found := server.logs("--trace", trace)) >= 2 and found)
    logged = next(line for line in lines if line["msg"] == "greeting")
    assert {"id", "level", "time", "msg", "traceId", "flows", "step", "name"} <= set(logged)
    assert (logged["level"], logged["step"], logged["name"], logged["flows"]) == ("info", "Greet", "Logged", ["f"])
    assert any(line["msg"] == "printed by the handler" for line in lines)
    assert "greeting" in motia(server.project, "logs", "--trace", trace).stdout
    spans = until(lambda: len(s := json.loads(motia(server.project, "trace", trace, "--json").stdout)) == 2 and s)
    assert [span["name"] for span in spans] == ["Greet", "FollowUp"]
    assert motia(server.project, "trace", "no-such-trace").returncode == 1


def test_logs_follow(server: Server) -> None:
    with subprocess.Popen(
        [*MOTIA, "logs", "--follow", "--json", "--step", "Greet"],
        cwd=server.project, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        server.post("/greet", {"name": "Followed"})
        for line in process.stdout:
            if json.loads(line).get("name") == "Followed":
                break
        process.send_signal(signal.SIGINT)
        process.stdout.close()
        assert process.wait(10) == 0


def test_dead_letters(server: Server) -> None:
    server.post("/greet", {"name": "Nobody"})

    def letters() -> list[dict[str, object]]:
        return json.loads(motia(server.project, "dead", "list", "--json").stdout)

    [letter] = until(letters)
    assert letter["failureReason"] == "nobody is nobody"
    assert letter["originalEvent"]["data"] == {"name": "Nobody"}  # type: ignore[index]
    assert letter["attemptsMade"] == 1
    id = str(letter["id"])
    assert json.loads(motia(server.project, "dead", "show", id).stdout)["id"] == letter["id"]
    assert motia(server.project, "dead", "redrive", id).stdout.startswith("1 ")
    again = until(letters)
    assert motia(server.project, "dead", "discard", str(again[0]["id"])).stdout.startswith("1 ")
    assert letters() == []


def test_workers(server: Server) -> None:
    pools = json.loads(motia(server.project, "workers", "--json").stdout)
    assert [pool["name"] for pool in pools] == ["python"]
    assert pools[0]["workers"][0]["state"] == "ready"
    assert "python-1" in motia(server.project, "workers").stdout


def test_config_says_where_values_come_from(project: Path) -> None:
    (project / "motia.toml").write_text("[queue]\nconcurrency = 3\n")
    rows = {row["key"]: row for row in json.loads(motia(project, "config", "--json", PORT="4321").stdout)}
    assert (rows["queue.concurrency"]["value"], rows["queue.concurrency"]["from"]) == (3, "motia.toml")
    assert rows["port"]["value"] == 4321 and "PORT" in rows["port"]["from"]
    assert rows["host"]["from"] == "default"


def test_doctor(project: Path) -> None:
    rows = {row["what"]: row for row in json.loads(motia(project, "doctor", "--json", PORT="0").stdout)}
    assert rows["python"]["ok"]
    empty = project / "bin"
    empty.mkdir()
    done = motia(project, "doctor", "--json", PATH=str(empty))
    assert done.returncode == 1
    rows = {row["what"]: row for row in json.loads(done.stdout)}
    assert not rows["ruby"]["ok"] and "install" in rows["ruby"]["detail"]


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


def test_server_file_is_private(server: Server) -> None:
    path = server.project / ".motia" / "run" / "server.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["pid"] == server.process.pid


def test_dev_debug_old_form(project: Path) -> None:
    with subprocess.Popen(
        [*MOTIA, "dev:debug", "-p", "0", "-v", "--motia-dir", ".other"],
        cwd=project, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        until(lambda: (project / ".other" / "run" / "server.json").exists())
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


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
    page = server.get("/__motia/workbench/")
    assert page.headers["content-type"].startswith("text/html")
    text = page.body.decode()
    for piece in ("Greet", "POST", "/greet", "greeted", "0 3 * * *"):
        assert piece in text


def test_unwritable_data_folder(project: Path) -> None:
    (project / ".motia").write_text("a file, not a folder")
    done = motia(project, "dev", "--port", "0")
    assert done.returncode == 1
    assert ".motia" in done.stderr and "Traceback" not in done.stderr
    os.unlink(project / ".motia")


def test_broken_configuration_stops_the_start(project: Path) -> None:
    (project / "motia.toml").write_text("port = 'many'\n")
    done = motia(project, "dev")
    assert done.returncode == 1
    assert "port" in done.stderr and "Traceback" not in done.stderr
