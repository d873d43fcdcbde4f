"""Commands beside a running server: they find it, ask it, and read what it has written."""

from __future__ import annotations

import json
import signal
import stat
import subprocess

import pytest

from tests.kit.server import MOTIA, Server, environment, motia, until


def test_run_in_the_running_server(server: Server) -> None:
    done = motia(server.project, "run", "Greet", "--input", '{"name": "Live"}', "--follow")
    assert done.returncode == 0, done.stderr
    assert server.state("followed", "Live")


@pytest.mark.rows(179)
def test_emit_old_and_new_forms(server: Server) -> None:
    done = motia(server.project, "emit", "greeted", '{"name": "New"}', "--json")
    assert json.loads(done.stdout)["emitted"] == {"topic": "greeted", "data": {"name": "New"}}
    port = server.url.rsplit(":", 1)[1]
    done = motia(server.project, "emit", "--topic", "greeted", "--message", '{"name": "Old"}', "-p", port)
    assert done.stdout.startswith("Event emitted successfully: ")
    until(lambda: server.state("followed", "New") and server.state("followed", "Old"))


@pytest.mark.parametrize("arguments", [("run", "Greet", "--input", '"\udcff"'), ("emit", "greeted", '"\udcff"')])
def test_an_argument_that_is_no_text_is_refused_in_one_line(server: Server, arguments: tuple[str, ...]) -> None:
    done = motia(server.project, *arguments)
    assert done.returncode != 0
    assert "UTF-8" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.rows(285)
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
        assert process.wait(10) == 0


def test_a_reader_that_leaves_ends_the_log_quietly(server: Server) -> None:
    with subprocess.Popen(
        [*MOTIA, "logs", "--follow", "--json"],
        cwd=server.project, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        server.post("/greet", {"name": "Read"})
        process.stdout.readline()
        process.stdout.close()
        server.post("/greet", {"name": "Unread"})
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


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


def test_server_file_is_private(server: Server) -> None:
    path = server.project / ".motia" / "run" / "server.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["pid"] == server.process.pid
