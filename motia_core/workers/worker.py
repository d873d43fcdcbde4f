"""One process and the conversation with it: every call is matched by id, ends exactly once, and ends when the process
does. Decides nothing about other workers: `supervisor.py` starts, replaces and dismisses, `pool.py` shares out.

Deadlines cost no timers: `tick` looks through what runs. A caller whose deadline has passed is answered and the
invocation cancelled, but it holds its place in `in_flight` until user code has really stopped.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

import anyio
import msgspec
from anyio.abc import TaskGroup
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import knobs
from motia_core.errors import DeadlineExceeded, LocalProtocolError, RemoteProtocolError, VersionMismatch, WorkerDied
from motia_core.protocol.calls import Log
from motia_core.protocol.messages import PROTOCOL_VERSION, encode
from motia_core.protocol.peer import Late, Notification, Peer, Refuse, Reply, Request, Stray
from motia_core.protocol.requests import Cancel, Initialized, Shutdown
from motia_core.workers import launch, lifecycle, process
from motia_core.workers.answers import Answers, CallHandler, RunnerError
from motia_core.workers.languages import Runner
from motia_core.workers.lifecycle import OVER, State
from motia_core.workers.process import Process, Waiter
from motia_core.workers.pulse import Pulse
from motia_core.workers.runs import Run, Runs
from motia_core.workers.status import WorkerStatus, resident

LogSink = Callable[[str, Log], None]

TERMINATE_GRACE = 0.5
_LINE = 64 * 1024
_decode_log = msgspec.json.Decoder(Log).decode
_decode_initialized = msgspec.json.Decoder(Initialized).decode


class Worker:
    """`in_flight` counts the places taken: by callers of the pool, and by invocations nobody waits for any more.
    `changed` is called after each change of state, `freed` when such an invocation has ended."""

    def __init__(
        self,
        name: str,
        runner: Runner,
        settings: knobs.Pool,
        site: launch.Site,
        *,
        handler: CallHandler,
        log: LogSink,
        tasks: TaskGroup,
        clock: Clock,
        changed: Callable[[Worker], None],
        freed: Callable[[Worker], None],
    ) -> None:
        self.name = name
        self.state = State.STARTING
        self.reason: str | None = None
        self.problem: str | None = None
        self.in_flight = 0
        self.alone = False
        self.jobs = 0
        self.late = 0
        self.strays = 0
        self.pid = 0
        self.runtime = ""
        self.spawned = clock.monotonic()
        self.spread = clock.random() * 2.0 - 1.0
        self.ready_at: float | None = None
        self.idle_since = self.spawned
        self.outgoing: str | None = None
        self.quiet = anyio.Event()
        self.over = anyio.Event()
        self._runner = runner
        self._settings = settings
        self._site = site
        self._handler = handler
        self._log = log
        self._tasks = tasks
        self._clock = clock
        self._changed = changed
        self._freed = freed
        self._peer = Peer(frame=site.wire.frame, depth=site.wire.depth)
        self._process: Process | None = None
        self._answers: Answers | None = None
        self._waiting: dict[int, Waiter] = {}
        self._runs = Runs(site.cancel_grace)
        self._pulse = Pulse(settings)
        self._last_line = ""
        self._jobs_seen = 0

    async def start(self, packages: Path | None) -> None:
        """Spawns the process and shakes hands. Raises WorkerDied, VersionMismatch or RemoteProtocolError."""
        runner, site = self._runner, self._site
        try:
            self._process = await process.spawn(
                runner.command,
                cwd=site.project,
                env=launch.environment(site, runner, self.name, packages),
                fd3=runner.wire == "fd3",
                listener=self,
                outbound=site.wire.outbound,
            )
        except OSError as error:
            raise WorkerDied(f"{runner.command[0]} cannot be started: {error}", hint=runner.install) from error
        self.pid = self._process.pid
        if self.state is not State.STARTING:
            self._process.kill()
            raise self._died()
        self._answers = Answers(self.name, self._peer, self._process, self._handler, self._tasks)
        hello = launch.initialize(site, runner, self.name, self._settings.max_in_flight)
        try:
            answer = _decode_initialized(await self.call("initialize", hello))
        except RunnerError as error:
            if error.error.code == VersionMismatch.code:
                answered = error.error.data or b"no versions"
                raise VersionMismatch(
                    f"{self.name} does not speak protocol {PROTOCOL_VERSION}: {bytes(answered).decode()}"
                ) from None
            raise RemoteProtocolError(f"{self.name} refused to initialize: {error.error.message}") from None
        except msgspec.MsgspecError as error:
            raise RemoteProtocolError(f"{self.name} answered initialize wrongly: {error}") from None
        if answer.protocol != PROTOCOL_VERSION:
            raise VersionMismatch(f"{self.name} speaks protocol {answer.protocol}, not {PROTOCOL_VERSION}")
        self.runtime = answer.runtime

    async def call(self, method: str, params: bytes, *, timeout: float | None = None) -> Raw:
        """The result. Raises RunnerError, WorkerDied, or DeadlineExceeded after `timeout` seconds."""
        host = self._alive()
        id, data = self._peer.call(method, params)
        waiter = self._waiting[id] = process.new_waiter()
        host.write(data)
        try:
            if timeout is None:
                return await waiter
            with anyio.fail_after(timeout):
                return await waiter
        except TimeoutError:
            raise DeadlineExceeded(f"{self.name} did not answer {method} within {timeout} s") from None
        finally:
            if self._waiting.pop(id, None) is not None:
                self._peer.forget(id)

    async def run(self, invocation_id: str, params: bytes, *, deadline: float) -> Raw:
        """The result of `step.run`; `deadline` is monotonic seconds. Raises as `call` does."""
        host = self._alive()
        id, data = self._peer.call("step.run", params)
        waiter = process.new_waiter()
        self._runs.add(id, Run(invocation_id, deadline, waiter))
        host.write(data)
        try:
            return await waiter
        except process.Cancelled:
            run = self._runs.get(id)
            if run is not None and not run.abandoned:
                self._abandon(run, "client")
            raise

    def ready(self) -> None:
        self.ready_at = self.idle_since = self._clock.monotonic()
        self._move("ready")

    def retire(self, reason: str) -> None:
        """No new work from now on. What runs may end; then somebody must `dismiss` it."""
        if self.state not in OVER and self.state is not State.DRAINING:
            self.reason = reason
            if not self.in_flight:
                self.quiet.set()
            self._move("retire")

    def fail(self, reason: str, problem: str) -> None:
        """Ends it at once, with all its calls."""
        if self.state in OVER:
            return
        self.reason = self.reason or reason
        self.problem = problem
        self.quiet.set()
        self._end_calls()
        if self._process is not None:
            self._process.kill()
        self._move("fail")

    async def dismiss(self, grace: float) -> None:
        """Asks the process to end; after `grace` seconds tells it to, then makes it."""
        host = self._process
        if host is None:
            return
        if grace > 0 and self._peer.ready and self.state not in OVER:
            with anyio.move_on_after(grace):
                with suppress(RunnerError, WorkerDied):
                    await self.call("shutdown", encode(Shutdown(grace_ms=int(grace * 1000))))
                await self.over.wait()
        if not self.over.is_set():
            host.terminate()
            with anyio.move_on_after(TERMINATE_GRACE):
                await self.over.wait()
            host.kill()
            await self.over.wait()

    async def gone(self) -> None:
        """Until the process has ended; its pipes then have a moment to close."""
        if self._process is not None:
            await self.over.wait()
            with anyio.move_on_after(TERMINATE_GRACE):
                await self._process.closed.wait()

    def tick(self, now: float, late: float) -> float | None:
        """Looks after deadlines and liveness; `late`: seconds the core itself did not listen. Returns when to look
        again, if that is soon."""
        if self.state in OVER:
            return None
        if self.in_flight or self.jobs != self._jobs_seen:
            self.idle_since, self._jobs_seen = now, self.jobs
        if self._runs:
            self._sweep(now)
        self._pulse.excuse(late)
        return self._look_alive(now)

    def hung(self, now: float) -> bool:
        return self._pulse.hung(now)

    def status(self) -> WorkerStatus:
        return WorkerStatus(
            name=self.name,
            pid=self.pid,
            state=self.state.value,
            reason=self.reason,
            problem=self.problem,
            in_flight=self.in_flight,
            jobs=self.jobs,
            age=round(self._clock.monotonic() - self.spawned, 3),
            rss=0 if self.over.is_set() else resident(self.pid),
            late=self.late,
            strays=self.strays,
            runtime=self.runtime,
        )

    def received(self, data: bytes) -> None:
        if self.state in OVER:
            return
        try:
            happenings = self._peer.feed(data)
        except RemoteProtocolError as error:
            self.fail("protocol", f"broke the protocol: {error.message}")
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
                self._log(self.name, Log(msg=what.line[:_LINE].decode("utf-8", "replace"), source="stdout"))
            elif type(what) is Refuse and self._process is not None:
                self._process.write(what.data)

    def printed(self, line: str) -> None:
        self._last_line = line
        self._log(self.name, Log(msg=line, source="stderr"))

    def stuck(self, problem: str) -> None:
        self.fail("protocol", f"does not read what it is sent: {problem}")

    def ended(self, code: int) -> None:
        if self.problem is None and self.state is not State.DRAINING:
            self.problem = _death(code)
            if self.state is State.STARTING and self._last_line:
                self.problem += f"; it last said: {self._last_line[:500]}"
        self.reason = self.reason or "crash"
        self._move("exit", quiet=True)
        self._end_calls()
        self.quiet.set()
        self.over.set()
        self._changed(self)

    def _alive(self) -> Process:
        if self._process is None:
            raise LocalProtocolError(f"{self.name} has not been started")
        if self.state in OVER:
            raise self._died()
        return self._process

    def _died(self) -> WorkerDied:
        return WorkerDied(f"worker {self.name} (pid {self.pid}) {self.problem or 'ended'}")

    def _move(self, event: lifecycle.Event, *, quiet: bool = False) -> None:
        self.state = lifecycle.after(self.state, event)
        if not quiet:
            self._changed(self)

    def _replied(self, reply: Reply) -> None:
        run = self._runs.pop(reply.id)
        if run is not None:
            self.jobs += 1
            if run.abandoned:
                self.late += 1
                self._freed(self)
            else:
                _settle(run.waiter, reply)
            return
        waiter = self._waiting.pop(reply.id, None)
        if waiter is not None:
            _settle(waiter, reply)
        elif self._pulse.pong(reply.id) and self.state is State.BLOCKED:
            self._move("pong")

    def _notified(self, notification: Notification) -> None:
        if notification.method != "log":
            return
        try:
            self._log(self.name, _decode_log(notification.params))
        except msgspec.MsgspecError as error:
            self.strays += 1
            self._log(self.name, Log(msg=f"a log line that cannot be read: {error}", level="warn", source="stdout"))

    def _end_calls(self) -> None:
        died = self._died()
        waiters = [*self._waiting.values(), *self._runs.clear()]
        self._waiting.clear()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_exception(WorkerDied(died.message))

    def _abandon(self, run: Run, reason: Literal["deadline", "client"]) -> None:
        """The caller leaves, the invocation stays until it is answered."""
        if not run.abandoned:
            run.abandoned = True
            self.in_flight += 1
        if self._process is not None:
            cancel = encode(Cancel(invocation=run.invocation, reason=reason))
            self._process.write(self._peer.notify("cancel", cancel))

    def _sweep(self, now: float) -> None:
        swept = self._runs.sweep(now)
        for run in swept.expired:
            self._abandon(run, "deadline")
        if swept.overdue:
            self.retire("deadline")
            if swept.overdue == len(self._runs):
                self.fail("deadline", f"was killed: {swept.overdue} invocation(s) went on after their deadline")

    def _look_alive(self, now: float) -> float | None:
        pulse = self._pulse
        if self.state is State.STARTING:
            return None
        if pulse.due(now):
            ping, data = self._peer.call("ping", b"{}")
            pulse.sent(ping, now)
            self._alive().write(data)
        elif self.state is State.READY and pulse.blocked(now):
            self._move("silent")
        elif pulse.hung(now) and not self._runs:
            self.fail("blocked", f"was killed: it has not answered a ping for {pulse.silent(now):.1f} s")
        return pulse.verdict_at() if self.state is State.READY else None


def _settle(waiter: Waiter, reply: Reply) -> None:
    if waiter.done():
        return
    if reply.error is None:
        waiter.set_result(reply.result)
    else:
        waiter.set_exception(RunnerError(reply.error))


def _death(code: int) -> str:
    if code >= 0:
        return f"exited with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
