"""Speaks to one real worker over pipes or socketpairs, without the core's process code.

Blocking and single-threaded on purpose: a hang shows as a timeout with the worker's stderr, never as a stuck task.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import selectors
import signal
import socket
import subprocess
import time
from typing import Literal

from motia_core.protocol.lines import Lines, Oversize

from .manifests import Project, Runner, environment

Transport = Literal["pipes", "sockets"]
PATIENCE = float(os.environ.get("MOTIA_CONFORMANCE_TIMEOUT", "20"))
LIMITS = {"frame": 16 * 1024 * 1024, "spill": 256 * 1024, "depth": 100, "inFlight": 64}


class Silence(AssertionError):
    """The worker said nothing in time."""


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
            env=environment(runner, project, high),
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

    def flush(self, timeout: float = PATIENCE) -> None:
        """Waits until what is queued has left, without reading."""
        deadline = time.monotonic() + timeout
        while self._out and time.monotonic() < deadline:
            self._write()
            time.sleep(0.001)

    def listen(self, timeout: float) -> None:
        """Takes what comes within `timeout`, for `line` to return later."""
        self._pump(timeout)

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
