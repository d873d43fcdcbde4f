"""Commands that need no running server: output and exit codes as people and scripts use them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import ROOT, motia


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


@pytest.mark.rows(9)
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


@pytest.mark.rows(9)
def test_run_takes_files_and_standard_input(project: Path) -> None:
    (project / "ada.json").write_text('{"name": "Ada"}')
    assert motia(project, "run", "FollowUp", "--input", "@ada.json").returncode == 0
    done = motia(project, "run", "FollowUp", "--input", "-", input='{"name": "Eve"}')
    assert json.loads(done.stdout) == {"followed": "Eve"}
    assert motia(project, "run", "NightlyTick").returncode == 0
    assert json.loads(motia(project, "state", "get", "ticks", "last").stdout) == "ran"


def test_what_answers_and_is_no_motia_is_said_in_one_line(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-somebody else\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        done = motia(project, "emit", "greeted", "{}", "--port", str(listening.getsockname()[1]))
        thread.join()
    assert done.returncode == 1
    assert "is not Motia" in done.stderr and "Traceback" not in done.stderr


def test_emit_without_a_server_says_so(project: Path) -> None:
    done = motia(project, "emit", "greeted", "{}")
    assert done.returncode == 1
    assert "motia dev" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("ttl", ["0", "-1", "inf", "nan", "1e300"])
def test_a_ttl_is_a_positive_number(project: Path, ttl: str) -> None:
    refused = motia(project, "state", "set", "g", "k", "1", "--ttl", ttl)
    assert refused.returncode == 2 and "--ttl must be a positive number of seconds" in refused.stderr
    assert motia(project, "state", "get", "g", "k").returncode == 1


@pytest.mark.parametrize(
    "arguments", [("show", str(1 << 70)), ("list", "--limit", str(1 << 70)), ("list", "--step", "\udcff")]
)
def test_what_no_database_can_hold_is_refused_in_one_line(project: Path, arguments: tuple[str, ...]) -> None:
    refused = motia(project, "dead", *arguments)
    assert refused.returncode == 1 and refused.stderr.startswith("error: the database cannot hold what is looked for")
    assert len(refused.stderr.splitlines()) == 1


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


def test_config_says_where_values_come_from(project: Path) -> None:
    (project / "motia.toml").write_text("[queue]\nconcurrency = 3\n")
    rows = {row["key"]: row for row in json.loads(motia(project, "config", "--json", PORT="4321").stdout)}
    assert (rows["queue.concurrency"]["value"], rows["queue.concurrency"]["from"]) == (3, "motia.toml")
    assert rows["port"]["value"] == 4321 and "PORT" in rows["port"]["from"]
    assert rows["host"]["from"] == "default"


def test_output_is_whole_though_the_pipe_does_not_wait() -> None:
    """Somebody who shares it may have made it so."""
    read, write_end = os.pipe()
    os.set_blocking(write_end, False)
    script = "from motia_core.cli.output import print_json; print_json(['x' * 500] * 1000)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=write_end, cwd=ROOT) as process:
        os.close(write_end)
        time.sleep(0.5)  # the pipe is full by now
        with os.fdopen(read, "rb") as file:
            assert json.loads(file.read()) == ["x" * 500] * 1000
        assert process.wait() == 0


def test_output_is_whole_though_a_signal_comes_while_it_is_written() -> None:
    """As when a worker ends just then; without a buffer of Python's."""
    script = """
import os, signal, threading, time
from motia_core.cli.output import print_json, whole
signal.signal(signal.SIGCHLD, lambda *_: None)
def disturb():
    while True:
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGCHLD)
whole()
threading.Thread(target=disturb, daemon=True).start()
print_json(['x' * 500] * 1000)
"""
    with subprocess.Popen([sys.executable, "-u", "-c", script], stdout=subprocess.PIPE, cwd=ROOT) as process:
        time.sleep(1)  # the pipe is full, and signals come, before anything is read
        assert process.stdout is not None
        assert json.loads(process.stdout.read()) == ["x" * 500] * 1000
        assert process.wait() == 0
