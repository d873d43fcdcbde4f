"""Starts real runners by their manifests and speaks to them over pipes or socketpairs, without the core's process code.

Blocking and single-threaded on purpose: a hang shows as a timeout with the worker's stderr, never as a stuck task.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from motia_core.protocol.lines import Lines, Oversize

ROOT = Path(__file__).resolve().parents[2]
RUNNERS = ROOT / "runners"
STEPS = Path(__file__).resolve().parent / "steps"
Transport = Literal["pipes", "sockets"]
PATIENCE = float(os.environ.get("MOTIA_CONFORMANCE_TIMEOUT", "20"))
LIMITS = {"frame": 16 * 1024 * 1024, "spill": 256 * 1024, "depth": 100, "inFlight": 64}


class Silence(AssertionError):
    """The worker said nothing in time."""


class Runner(Struct, frozen=True):
    """A manifest and the interpreter found for it; `problem` says why it cannot be started here."""

    name: str
    folder: Path
    command: tuple[str, ...] = ()
    problem: str = ""


@cache
def runners() -> tuple[Runner, ...]:
    return tuple(_find(path.parent) for path in sorted(RUNNERS.glob("*/runner.toml")))


def _find(folder: Path) -> Runner:
    manifest = tomllib.loads((folder / "runner.toml").read_text("utf-8"))
    name = manifest["name"]
    for candidate in manifest["runtime"]:
        text = re.sub(r"\$\{(\w+)\}", lambda found: os.environ.get(found[1], "/nowhere"), candidate)
        path = shutil.which(text.replace("{python}", sys.executable).replace("{project}", "/nowhere"))
        if path:
            break
    else:
        return Runner(name, folder, problem=f"{name}: none of {manifest['runtime']} is installed")
    printed = subprocess.run([path, *manifest["version"]], capture_output=True, text=True, check=False)
    version = re.search(r"\d+(?:\.\d+)+", printed.stdout + printed.stderr)
    if version is None or _numbers(version[0]) < _numbers(manifest["minimum"]):
        return Runner(name, folder, problem=f"{name}: {path} is older than {manifest['minimum']}")
    command = tuple(part.replace("{runtime}", path).replace("{runner}", str(folder)) for part in manifest["command"])
    if manifest.get("wire") == "fd3" and not any("3>&1" in part for part in command):
        command = ("/bin/sh", "-c", 'exec 3>&1 1>&2; exec "$0" "$@"', *command)
    return Runner(name, folder, command)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


class Project(Struct, frozen=True):
    """A folder with the fixture steps of one language, and where each of them lies in it."""

    folder: Path
    run: Path
    files: dict[str, str]


def make_project(runner: str, folder: Path) -> Project:
    """The fixtures of `runner` as a project: `steps/`, and the configuration file in its root."""
    source, steps = STEPS / runner, folder / "steps"
    shutil.copytree(source, steps, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    files: dict[str, str] = {}
    for path in sorted(steps.iterdir()):
        if re.match(r"motia[._]config\.", path.name):
            path.rename(folder / path.name)
            files["config"] = path.name
        elif path.name == "package.json":
            path.rename(folder / path.name)
        elif found := re.match(r"(\w+?)(?:_|\.)(?:step|stream)\.\w+\Z", path.name):
            files[found[1]] = f"steps/{path.name}"
    run = folder / ".motia" / "run"
    run.mkdir(parents=True, mode=0o700)
    return Project(folder, run, files)


class Worker:
    """One process of a runner. Use as a context manager; it is killed with its process group at the end."""

    def __init__(self, runner: Runner, project: Project, transport: Transport = "pipes") -> None:
        self.runner, self.project = runner, project
        self._lines, self._ready = Lines(1 << 30), list[bytes]()
        self._out, self._err = bytearray(), bytearray()
        self._ended = False
        self._select = selectors.DefaultSelector()
        ends = [_pair(transport, writes=one) for one in ("us", "child", "child")]
        (self._in, child_in), (self._from, child_out), (self._stderr, child_err) = ends
        lifeline, held = os.pipe()
        # Numbers below 10 are in reach of a shell that swaps descriptors.
        high = fcntl.fcntl(lifeline, fcntl.F_DUPFD, 10)
        os.close(lifeline)
        self._lifeline: int | None = held
        self.process = subprocess.Popen(
            [part.replace("{project}", str(project.folder)) for part in runner.command],
            stdin=child_in,
            stdout=child_out,
            stderr=child_err,
            cwd=project.folder,
            env=_environment(runner, high),
            pass_fds=(high,),
            start_new_session=True,
        )
        for fd in (child_in, child_out, child_err, high):
            os.close(fd)
        for fd in (self._in, self._from, self._stderr):
            os.set_blocking(fd, False)
        self._select.register(self._from, selectors.EVENT_READ)
        self._select.register(self._stderr, selectors.EVENT_READ)

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._select.close()
        for fd in (self._in, self._from, self._stderr, self._lifeline):
            if fd is not None and fd >= 0:
                os.close(fd)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def stderr(self) -> str:
        return self._err.decode("utf-8", "replace")

    def send(self, data: bytes) -> None:
        """Queues bytes; they leave as the worker reads them, while `line` waits."""
        self._out += data
        self._pump(0)

    def ask(self, message: dict[str, object]) -> None:
        self.send(json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode() + b"\n")

    def line(self, timeout: float = PATIENCE) -> bytes | None:
        """The next line of the wire; None when the worker has closed it. Raises Silence."""
        deadline = time.monotonic() + timeout
        while not self._ready:
            if self._ended:
                return None
            left = deadline - time.monotonic()
            if left <= 0:
                raise Silence(f"{self.runner.name} said nothing for {timeout:g} s; its stderr:\n{self.stderr[-2000:]}")
            self._pump(left)
        return self._ready.pop(0)

    def message(self, timeout: float = PATIENCE) -> dict[str, object] | None:
        """The next line, decoded; logs are left out."""
        while (line := self.line(timeout)) is not None:
            message = json.loads(line)
            if message.get("method") != "log":
                return message  # type: ignore[no-any-return]
        return None

    def handshake(self, limits: dict[str, int] | None = None) -> dict[str, object]:
        """Initialises the worker with id 1 and returns its result."""
        self.ask({"id": 1, "method": "initialize", "params": self.initialize_params(limits or {})})
        answer = self.message()
        assert answer is not None, f"{self.runner.name} ended before the handshake:\n{self.stderr[-2000:]}"
        assert answer.get("id") == 1, f"wanted the answer to initialize, got {answer}"
        result = answer.get("result")
        assert isinstance(result, dict), f"{self.runner.name} refused to initialise: {answer}"
        return result

    def initialize_params(self, limits: dict[str, int]) -> dict[str, object]:
        return {
            "protocol": 1,
            "coreVersion": "0",
            "project": str(self.project.folder),
            "runner": self.runner.name,
            "worker": f"{self.runner.name}-1",
            "mode": "test",
            "runDir": str(self.project.run),
            "parentPid": os.getpid(),
            "limits": {**LIMITS, **limits},
        }

    def close_input(self, timeout: float = PATIENCE) -> None:
        """Sends what is queued, then EOF."""
        deadline = time.monotonic() + timeout
        while self._out and not self._ended and time.monotonic() < deadline:
            self._pump(deadline - time.monotonic())
        if self._in in self._select.get_map():
            self._select.unregister(self._in)
        os.close(self._in)
        self._in = -1
        self._out.clear()

    def cut_lifeline(self) -> None:
        assert self._lifeline is not None
        os.close(self._lifeline)
        self._lifeline = None

    def exit_code(self, timeout: float = PATIENCE) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.process.poll()) is None:
            if time.monotonic() > deadline:
                raise Silence(
                    f"{self.runner.name} has not ended after {timeout:g} s; its stderr:\n{self.stderr[-2000:]}"
                )
            self._pump(0.02)
        return code

    def _pump(self, timeout: float) -> None:
        """Writes and reads what is possible, waiting at most `timeout` for something to happen."""
        wanted = bool(self._out)
        if self._in >= 0 and wanted != (self._in in self._select.get_map()):
            if wanted:
                self._select.register(self._in, selectors.EVENT_WRITE)
            else:
                self._select.unregister(self._in)
        if not self._select.get_map():
            time.sleep(min(timeout, 0.02))
            return
        for key, _ in self._select.select(timeout):
            if key.fd == self._in:
                self._write()
            else:
                self._read(key.fd)

    def _write(self) -> None:
        try:
            del self._out[: os.write(self._in, self._out[: 1 << 16])]
        except BlockingIOError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            self._out.clear()

    def _read(self, fd: int) -> None:
        try:
            data = os.read(fd, 1 << 16)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        if fd == self._stderr:
            self._err += data
        else:
            self._ready += [line for line in self._lines.feed(data) if line and not isinstance(line, Oversize)]
        if not data:
            self._select.unregister(fd)
            self._ended = self._ended or fd == self._from


def _pair(transport: Transport, *, writes: Literal["us", "child"]) -> tuple[int, int]:
    """Our end and the child's; asyncio gives a child pipes, uvloop gives it sockets."""
    if transport == "sockets":
        ours, theirs = socket.socketpair()
        return ours.detach(), theirs.detach()
    read, write = os.pipe()
    return (write, read) if writes == "us" else (read, write)


def _environment(runner: Runner, lifeline: int) -> dict[str, str]:
    return {
        **os.environ,
        **packages(runner),
        "MOTIA_WORKER": f"{runner.name}-1",
        "MOTIA_LIFELINE": str(lifeline),
        "MOTIA_SDK": str(ROOT / "sdk" / runner.name),
    }


@cache
def _installed(folder: Path) -> Path:
    """A folder that holds the runner's own packages: beside its manifest, else installed once per lock file."""
    if (folder / "node_modules").is_dir():
        return folder
    manifest = tomllib.loads((folder / "runner.toml").read_text("utf-8"))["packages"]
    key = hashlib.sha256((folder / manifest["lock"]).read_bytes()).hexdigest()[:16]
    target = Path(tempfile.gettempdir()) / f"motia-conformance-{os.getuid()}-{folder.name}-{key}"
    if not (target / "installed").exists():
        target.mkdir(mode=0o700, exist_ok=True)
        for name in manifest["files"]:
            shutil.copy(folder / name, target / name)
        subprocess.run(manifest["command"], cwd=target, check=True, capture_output=True)
        (target / "installed").touch()
    return target


def packages(runner: Runner) -> dict[str, str]:
    manifest = tomllib.loads((runner.folder / "runner.toml").read_text("utf-8"))
    return {"MOTIA_PACKAGES": str(_installed(runner.folder))} if "packages" in manifest else {}
