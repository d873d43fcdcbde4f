"""Starts and stops what is measured, each in its own process group on a free port of the loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = HERE / ".work"
PATIENCE = 60.0
HELLO = b'{"name":"ada"}'


# As in a user's shell: compiled Python files are kept, so that a second start does not compile again.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


class Server:
    """A running process and its address."""

    def __init__(
        self, name: str, command: Sequence[str], port: int, cwd: Path, env: dict[str, str] | None = None
    ) -> None:
        self.name, self.port, self.folder = name, port, cwd
        self.url = f"http://127.0.0.1:{port}"
        self.log = WORK / f"{name}.log"
        self.started = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=cwd, stdout=log, stderr=log, env={**ENVIRONMENT, **(env or {})}, start_new_session=True
            )

    def wait(self, path: str = "/", body: bytes | None = HELLO, step: float = 0.005) -> float:
        """Seconds from the start until `path` is answered 200."""
        while not answers(self.url + path, body):
            if self.process.poll() is not None or time.perf_counter() - self.started > PATIENCE:
                raise RuntimeError(f"{self.name} does not serve {path}:\n{self.log.read_text()[-3000:]}")
            time.sleep(step)
        return time.perf_counter() - self.started

    def stop(self) -> None:
        """Asks, then kills; a second server on the same database must not meet the first."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def answers(url: str, body: bytes | None) -> bool:
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def post(url: str, body: bytes = HELLO) -> bytes:
    request = urllib.request.Request(url, body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return bytes(response.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def node_modules() -> Path:
    """Express, installed once beside the benchmarks."""
    target = WORK / "node"
    if not (target / "node_modules").is_dir():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "bare" / "package.json", target)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=target, check=True, capture_output=True)
    return target / "node_modules"


def motia(project: Path, mode: str = "dev", *, name: str = "") -> Server:
    """`motia dev` (or `start`) in `project`. Nothing is waited for."""
    port = free_port()
    command = [sys.executable, "-m", "motia_core.cli", mode, "-p", str(port), "-H", "127.0.0.1"]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return Server(name or project.name, command, port, project, {"PYTHONPATH": path})


def bare(name: str) -> Server:
    port = free_port()
    commands = {
        "aiohttp": [sys.executable, str(HERE / "bare" / "aiohttp_server.py"), str(port)],
        "node": ["node", str(HERE / "bare" / "node_server.js"), str(port)],
        "express": ["node", str(HERE / "bare" / "express_server.js"), str(port)],
    }
    env = {"NODE_PATH": str(node_modules()), "NODE_ENV": "production"} if name == "express" else {}
    server = Server(f"bare-{name}", commands[name], port, HERE, env)
    server.wait("/ts")
    return server


@contextlib.contextmanager
def running(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.stop()
