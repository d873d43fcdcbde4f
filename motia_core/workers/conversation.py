"""The talk with one process: every call is matched by its id, ends exactly once, and ends when the process does. One
reader (`received`), one writer (`Process.write`), and neither ever waits for the other.

It knows no state and no clock: `worker.py` judges what it hears. An invocation whose caller has been answered or has
left stays in `runs` until the runner answers it, because until then user code runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal, Protocol

import anyio
import msgspec
from anyio.abc import TaskGroup
from msgspec import Raw

from motia_core.errors import DeadlineExceeded, LocalProtocolError, RemoteProtocolError, WorkerDied
from motia_core.protocol.calls import Log
from motia_core.protocol.messages import encode
from motia_core.protocol.peer import Late, Notification, Peer, Refuse, Reply, Request, Stray
from motia_core.protocol.requests import Cancel
from motia_core.workers import launch, process
from motia_core.workers.answers import Answers, CallHandler, LogSink, RunnerError
from motia_core.workers.languages import Runner
from motia_core.workers.process import Process, Waiter
from motia_core.workers.runs import Run, Runs

_LINE = 64 * 1024
_log = logging.getLogger(__name__)
_decode_log = msgspec.json.Decoder(Log).decode


class Owner(Protocol):
    """Hears what matters beyond one call. `abandoned`: an invocation goes on without its caller; `freed`: it has
    ended after all."""

    name: str

    def abandoned(self) -> None: ...
    def freed(self) -> None: ...
    def pong(self) -> None: ...
    def broken(self, problem: str) -> None: ...
    def ended(self, code: int) -> None: ...


class Conversation:
    """`late` counts answers nobody waited for, `strays` lines that were no message, `jobs` answered invocations.
    `dead` is set, once, by `close`."""

    def __init__(
        self, owner: Owner, site: launch.Site, *, handler: CallHandler, log: LogSink, tasks: TaskGroup
    ) -> None:
        self.jobs = 0
        self.late = 0
        self.strays = 0
        self.last_line = ""
        self.runs = Runs(site.cancel_grace)
        self.process: Process | None = None
        self.dead: str | None = None
        self._death = WorkerDied
        self._owner = owner
        self._site = site
        self._handler = handler
        self._sink = log
        self._tasks = tasks
        self._peer = Peer(frame=site.wire.frame, depth=site.wire.depth)
        self._answers: Answers | None = None
        self._waiting: dict[int, Waiter[Raw]] = {}
        self._ping: int | None = None

    @property
    def greeted(self) -> bool:
        return self._peer.ready

    async def open(self, runner: Runner, env: dict[str, str]) -> None:
        """Spawns the process. Raises OSError."""
        self.process = await process.spawn(
            runner.command,
            cwd=self._site.project,
            env=env,
            fd3=runner.wire == "fd3",
            listener=self,
            outbound=self._site.wire.outbound,
            guardian=self._site.guardian,
        )
        self._answers = Answers(self._owner.name, self._peer, self.process, self._handler, self._tasks)

    async def call(self, method: str, params: bytes, timeout: float | None) -> Raw:
        host = self._host()
        id, data = self._peer.call(method, params)
        waiter: Waiter[Raw] = host.new_waiter()
        self._waiting[id] = waiter
        host.write(data)
        try:
            if timeout is None:
                return await waiter
            with anyio.fail_after(timeout):
                return await waiter
        except TimeoutError:
            raise DeadlineExceeded(f"{self._owner.name} did not answer {method} within {timeout} s") from None
        finally:
            if self._waiting.pop(id, None) is not None:
                self._peer.forget(id)
            del waiter, data  # see `run`

    async def run(
        self,
        method: str,
        params: bytes,
        deadline: float,
        *,
        invocation: str | None = None,
        ended: Callable[[], None] | None = None,
    ) -> Raw:
        host = self._host()
        id, data = self._peer.call(method, params)
        waiter: Waiter[Raw] = host.new_waiter()
        self.runs.add(id, Run(invocation, deadline, waiter, ended=ended))
        host.write(data)
        try:
            return await waiter
        except process.Cancelled:
            run = self.runs.get(id)
            if run is not None and not run.abandoned:
                self.abandon(run, "client")
            raise
        finally:
            # An error's traceback holds this frame; if that held the error as well, both would keep the body in memory
            # until the collector comes by, which is seldom.
            del waiter, data

    def abandon(self, run: Run, reason: Literal["deadline", "client"]) -> None:
        """The caller leaves; the invocation is asked to end."""
        if not run.abandoned:
            run.abandoned = True
            self._owner.abandoned()
        if run.invocation is not None:
            self._host().write(self._peer.notify("cancel", encode(Cancel(invocation=run.invocation, reason=reason))))

    def ping(self) -> None:
        self._ping, data = self._peer.call("ping", b"{}")
        self._host().write(data)

    def close(self, why: str, death: type[WorkerDied] = WorkerDied) -> None:
        """Whoever waits hears that the worker died."""
        if self.dead is not None:
            return
        self.dead, self._death = why, death
        if self._answers is not None:
            self._answers.close()
        for waiter in (*self._waiting.values(), *self.runs.clear()):
            if not waiter.done():
                waiter.set_exception(death(why))
        self._waiting.clear()

    def received(self, data: bytes) -> None:
        if self.dead is not None:
            return
        try:
            happenings = self._peer.feed(data)
        except RemoteProtocolError as error:
            self._owner.broken(f"broke the protocol: {error.message}")
            return
        for what in happenings:
            if type(what) is Reply:
                self._replied(what)
            elif type(what) is Request:
                if self._answers is not None:
                    self._answers.take(what)
            elif type(what) is Notification:
                self._notified(what)
            elif type(what) is Late:
                self.late += 1
            elif type(what) is Stray:
                self.strays += 1
                self._tell(Log(msg=what.line[:_LINE].decode("utf-8", "replace"), source="stdout"))
            elif type(what) is Refuse and self.process is not None:
                self.process.write(what.data)

    def printed(self, line: str) -> None:
        self.last_line = line
        self._tell(Log(msg=line, source="stderr"))

    def stuck(self, problem: str) -> None:
        self._owner.broken(f"does not read what it is sent: {problem}")

    def ended(self, code: int) -> None:
        self._owner.ended(code)

    def _host(self) -> Process:
        if self.process is None:
            raise LocalProtocolError(f"{self._owner.name} has not been started")
        if self.dead is not None:
            raise self._death(self.dead)
        return self.process

    def _replied(self, reply: Reply) -> None:
        run = self.runs.pop(reply.id)
        if run is not None:
            self.jobs += 1
            if run.abandoned:
                self.late += 1
                self._owner.freed()
            else:
                _settle(run.waiter, reply)
            return
        waiter = self._waiting.pop(reply.id, None)
        if waiter is not None:
            _settle(waiter, reply)
        elif reply.id == self._ping:
            self._owner.pong()

    def _notified(self, notification: Notification) -> None:
        if notification.method != "log":
            return
        try:
            self._tell(_decode_log(notification.params))
        except msgspec.MsgspecError as error:
            self.strays += 1
            text = f"a log line that cannot be read: {error}"
            self._tell(Log(msg=text, level="warn", source="stdout"))

    def _tell(self, log: Log) -> None:
        try:
            self._sink(self._owner.name, log)
        except Exception:  # raised into the event loop it would close the pipe it came from
            _log.exception("a log line of %s was lost", self._owner.name)


def _settle(waiter: Waiter[Raw], reply: Reply) -> None:
    if waiter.done():
        return
    if reply.error is None:
        waiter.set_result(reply.result)
    else:
        waiter.set_exception(RunnerError(reply.error))
