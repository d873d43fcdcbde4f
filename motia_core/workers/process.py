"""One operating system process on three pipes. It owns spawning, the pipes, the lifeline, signals and reaping; it and
`guardian.py` are the only files of this package that know asyncio. It understands nothing of what crosses the pipes.

The end of the process is what counts, not the end of its pipes: a grandchild may hold stdout open for ever. What the
process had written before it ended is still read. Spawn from the thread of the event loop only: Linux sends the
parent-death signal when the spawning *thread* ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import anyio

from motia_core.workers.guardian import Guardian

Waiter = asyncio.Future
Cancelled = asyncio.CancelledError

LAST_WORDS = 0.05  # for reading what is left in the pipes of an ended process
CLOSED_WIRE = 1.0  # a process that closed its end of the wire has this long to end by itself
STDERR_LINE = 64 * 1024
_LIFELINE_FROM = 20  # above the descriptors a shell may use for itself
_SWAP = 'exec 3>&1 1>&2 && exec "$@"'


class Listener(Protocol):
    """Called from the event loop; must not raise."""

    def received(self, data: bytes) -> None: ...
    def printed(self, line: str) -> None: ...
    def stuck(self, problem: str) -> None: ...
    def ended(self, code: int) -> None: ...


def ending(code: int) -> str:
    """An exit code in words, to follow the name of the process."""
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


class Process(asyncio.SubprocessProtocol):
    """Made by `spawn`. `closed` is set when the pipes are gone as well."""

    def __init__(self, listener: Listener, outbound: int, lifeline: int, guardian: Guardian) -> None:
        self._listener = listener
        self._guardian = guardian
        self._lifeline = lifeline
        self._outbound = outbound
        self._loop = asyncio.get_running_loop()
        self._out: list[bytes] = []
        self._stdin: asyncio.WriteTransport | None = None
        self._transport: asyncio.SubprocessTransport | None = None
        self._stderr = b""
        self._exited = False
        self._open = {1, 2}
        self._over = False
        self._timer: asyncio.TimerHandle | None = None
        # Which loop runs is asked of the system each time; the loop itself need not be asked.
        self.new_waiter: Callable[[], Waiter[Any]] = self._loop.create_future
        self.pid = 0
        self.closed = anyio.Event()

    def write(self, data: bytes) -> None:
        """Never blocks. All that is written in one round of the loop goes out in one piece."""
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(data)

    def pause_reading(self) -> None:
        self._pipe(1, "pause_reading")

    def resume_reading(self) -> None:
        self._pipe(1, "resume_reading")

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """The whole group, also when its leader has ended already."""
        self._signal(signal.SIGKILL)

    def abandon(self) -> None:
        """For a process that could not be started: lets go of what it would have had."""
        if not self._over:
            self.kill()
            self._over = True
            self._guardian.remove(self.pid) if self.pid else self._guardian.forget()
            os.close(self._lifeline)

    def _flush(self) -> None:
        data = self._out[0] if len(self._out) == 1 else b"".join(self._out)
        self._out.clear()
        stdin = self._stdin
        if stdin is None or self._over:
            return
        try:
            stdin.write(data)
        except RuntimeError:  # uvloop says so when the other end is closed; asyncio keeps silent
            self._wire_closed()
            return
        waiting = stdin.get_write_buffer_size()
        if waiting > self._outbound:
            self._listener.stuck(f"it has left {waiting} bytes unread, {self._outbound} are allowed")

    def _pipe(self, fd: int, verb: str) -> None:
        pipe = None if self._transport is None else self._transport.get_pipe_transport(fd)
        if pipe is not None and not pipe.is_closing():
            with contextlib.suppress(RuntimeError):
                getattr(pipe, verb)()

    def _signal(self, number: signal.Signals) -> None:
        if self.pid and not self._over:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self._stdin = cast("asyncio.WriteTransport", self._transport.get_pipe_transport(0))
        self.pid = self._transport.get_pid()
        self._guardian.add(self.pid)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 1:
            if not self._over:
                self._listener.received(data)
        else:
            self._hear(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._open.discard(fd)
        if not self._exited:
            if fd != 2:
                self._wire_closed()
        elif not self._open:
            self._finish()

    def process_exited(self) -> None:
        self._exited = True
        if self._timer is not None:
            self._timer.cancel()
        if not self._open:
            self._finish()
        else:
            self._timer = self._loop.call_later(LAST_WORDS, self._finish)

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish()
        self._transport = self._stdin = None  # and with them what was never read
        self.closed.set()

    def _wire_closed(self) -> None:
        # Seen at once under asyncio only: uvloop leaves a second copy of the pipes' ends open in the child.
        if self._timer is None and not self._exited:
            self._timer = self._loop.call_later(CLOSED_WIRE, self.kill)

    def _finish(self) -> None:
        if self._over:
            return
        self.kill()  # what the process left behind in its group
        self._over = True
        self._guardian.remove(self.pid)  # and in its session
        if self._timer is not None:
            self._timer.cancel()
        if self._stderr:
            self._listener.printed(self._stderr.decode("utf-8", "replace"))
        os.close(self._lifeline)
        code = self._transport.get_returncode() if self._transport else None
        if self._transport is not None:
            self._transport.close()
        self._listener.ended(-1 if code is None else code)

    def _hear(self, data: bytes) -> None:
        *lines, rest = (self._stderr + data).split(b"\n")
        while len(rest) > STDERR_LINE:
            lines.append(rest[:STDERR_LINE])
            rest = rest[STDERR_LINE:]
        self._stderr = rest
        for line in lines:
            if line.strip():
                self._listener.printed(line.rstrip(b"\r").decode("utf-8", "replace"))


async def spawn(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    fd3: bool,
    listener: Listener,
    outbound: int,
    guardian: Guardian,
) -> Process:
    """Starts `command` in a session of its own. Raises OSError when it cannot be started.

    `fd3`: the process writes the wire on descriptor 3 and finds 1 pointing at stderr; a shell swaps them and is
    replaced by the command, so the pid stays."""
    read, write = os.pipe()
    lifeline = fcntl.fcntl(read, fcntl.F_DUPFD_CLOEXEC, _LIFELINE_FROM)
    os.close(read)
    process = Process(listener, outbound, write, guardian)
    words = ["/bin/sh", "-c", _SWAP, "sh", *command] if fd3 else list(command)
    try:
        await guardian.expect()
        await asyncio.get_running_loop().subprocess_exec(
            lambda: process,
            *words,
            cwd=str(cwd),
            env={**env, "MOTIA_LIFELINE": str(lifeline)},
            pass_fds=(lifeline,),
            start_new_session=True,
        )
    except BaseException:
        process.abandon()
        raise
    finally:
        os.close(lifeline)
    return process


async def complete(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Runs a command to its end: exit code and everything it said. Raises OSError when it cannot be started."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=str(cwd),
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = await process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        with anyio.CancelScope(shield=True):
            await process.wait()
        raise
    return process.returncode or 0, said.decode("utf-8", "replace")


def ask(commands: Mapping[str, Sequence[str]], *, cwd: Path, seconds: float) -> dict[str, str]:
    """Runs short commands all at once, outside any event loop: what each printed, by key; "" when it failed."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    for key, command in commands.items():
        with contextlib.suppress(OSError):
            running[key] = subprocess.Popen(
                command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
    said = dict.fromkeys(commands, "")
    end = time.monotonic() + seconds
    for key, process in running.items():
        with process:
            try:
                out, _ = process.communicate(timeout=max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                continue
            if process.returncode == 0:
                said[key] = out.decode("utf-8", "replace")
    return said
