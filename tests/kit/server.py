"""Real servers: starts `motia dev` or `motia start` on a project, asks it over HTTP, stops it, shows what it said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

MOTIA = [sys.executable, "-m", "motia_core.cli"]
ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


class Answer(NamedTuple):
    """An HTTP answer. Header names are lower case; `json` decodes the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def environment(**more: str) -> dict[str, str]:
    """The environment of the tests without what would change a server's behaviour."""
    ours = ("MOTIA_", "OTEL_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours) or key == "MOTIA_CACHE_DIR"}
    for key in ("PORT", "HOST", "LOG_LEVEL", "NODE_ENV", "DATABASE_URL", "PYTHONDONTWRITEBYTECODE"):
        kept.pop(key, None)
    return {**kept, "NO_COLOR": "1", "PYTHONPATH": str(ROOT), **more}


def motia(
    project: Path, *args: str, input: str | None = None, timeout: float = 60, **env: str
) -> subprocess.CompletedProcess[str]:
    """Runs one command in the project to its end."""
    return subprocess.run(
        [*MOTIA, *args],
        cwd=project,
        env=environment(**env),
        input=input,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def until(what: Callable[[], Any], *, patience: float = PATIENCE, every: float = 0.02) -> Any:
    """The first true answer of `what`; fails when there is none in time."""
    end = time.monotonic() + patience
    while True:
        found = what()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"nothing within {patience} s: {what}")
        time.sleep(every)


class Server:
    """A running server of `project`."""

    def __init__(self, project: Path, process: subprocess.Popen[str], output: Path) -> None:
        self.project = project
        self.process = process
        self._output = output
        self.url = ""

    @property
    def output(self) -> str:
        """Everything it has printed so far."""
        return self._output.read_text("utf-8", "replace")

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30,
    ) -> Answer:
        """`body`: bytes are sent as they are, anything else as JSON."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {"content-type": "application/json", **(headers or {})} if data is not None else dict(headers or {})
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())

    def get(self, path: str, **more: Any) -> Answer:
        return self.request("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> Answer:
        return self.request("POST", path, body, **more)

    def state(self, group: str, key: str) -> Any:
        """A value straight from the database, or None."""
        done = motia(self.project, "state", "get", group, key)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def logs(self, *args: str) -> list[dict[str, Any]]:
        return json.loads(motia(self.project, "logs", "--json", "--limit", "1000", *args).stdout)

    def stop(self, number: int = signal.SIGTERM, *, patience: float = 15) -> int:
        """Its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(patience)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(5)

    def workers(self) -> list[int]:
        """The pids of its worker processes."""
        pools = json.loads(motia(self.project, "workers", "--json").stdout)
        return [worker["pid"] for pool in pools for worker in pool["workers"]]


@contextmanager
def serving(
    project: Path, mode: str = "dev", args: Sequence[str] = (), *, port: int | None = 0, **env: str
) -> Iterator[Server]:
    """A server on a free port, or with None on the port its configuration says; ready; stopped afterwards, whatever
    happened."""
    with started(project, [*MOTIA, mode, *([] if port is None else ["--port", str(port)]), *args], **env) as server:
        yield server


@contextmanager
def started(project: Path, command: Sequence[str], **env: str) -> Iterator[Server]:
    """The server that `command` starts, itself or through other programs; ready; stopped afterwards."""
    server = launch(project, command, **env)
    try:
        server.url = until(lambda: address(server))
        yield server
    finally:
        put_down(server)


def launch(project: Path, command: Sequence[str], **env: str) -> Server:
    """Starts `command` and waits for nothing: `address` says when it serves, `put_down` ends it."""
    output = project / ".server-output"
    with output.open("w") as out:
        process = subprocess.Popen(
            command,
            cwd=project,
            env=environment(**env),
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    return Server(project, process, output)


def put_down(server: Server) -> None:
    """Ends the server, whatever it does, and what outlived the program that started it."""
    process = server.process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
    _leave_nothing(server)


def address(server: Server) -> str | None:
    """Where it serves, or None as long as it does not."""
    if server.process.poll() is not None:
        raise AssertionError(f"the server ended with code {server.process.returncode}:\n{server.output}")
    found = _running(server)
    return f"http://127.0.0.1:{found['port']}" if found else None


def _running(server: Server) -> Any:
    """What the server says of itself, or None: it is the process of `server`, or was started by it."""
    try:
        found = json.loads((server.project / ".motia" / "run" / "server.json").read_text())
        return found if os.getsid(found["pid"]) == server.process.pid else None
    except (OSError, ValueError):
        return None


def _leave_nothing(server: Server) -> None:
    """Ends a server that outlived the program which started it."""
    found = _running(server)
    if found:
        os.kill(found["pid"], signal.SIGKILL)
