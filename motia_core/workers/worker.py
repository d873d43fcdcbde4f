"""One worker: a process, the conversation with it, and the state that follows from both. Decides nothing about other
workers: `supervisor.py` starts, replaces and dismisses, `pool.py` shares out.

Deadlines cost no timers: `tick` looks through what runs. A caller whose deadline has passed is answered and the
invocation cancelled, but it holds its place in `in_flight` until user code has really stopped.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import anyio
from anyio.abc import TaskGroup
from msgspec import Raw, Struct

from motia_core.clock import Clock
from motia_core.config import knobs
from motia_core.errors import RemoteProtocolError, WorkerDied, WorkerKilled
from motia_core.protocol.messages import encode
from motia_core.protocol.requests import Shutdown
from motia_core.workers import launch, lifecycle, process
from motia_core.workers.answers import CallHandler, LogSink, RunnerError
from motia_core.workers.conversation import Conversation
from motia_core.workers.languages import Runner
from motia_core.workers.lifecycle import OVER, State
from motia_core.workers.pulse import Pulse
from motia_core.workers.status import WorkerStatus, processor, resident

TERMINATE_GRACE = 0.5
# Nobody here sends these without saying why; what a handler does to itself mostly ends in another way.
_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM)


class Terms(Struct, frozen=True, kw_only=True):
    """What all workers of one pool share. `changed` is called after each change of a worker's state, `freed` when an
    invocation that nobody waits for any more has ended."""

    runner: Runner
    settings: knobs.Pool
    site: launch.Site
    handler: CallHandler
    log: LogSink
    clock: Clock
    changed: Callable[[Worker], None]
    freed: Callable[[Worker], None]


class Worker:
    """`in_flight` counts the places taken: by callers of the pool, and by invocations nobody waits for any more.
    `quiet` is set when it takes no more work and runs nothing, `over` when its process has ended. `used`: it has got
    the one call it was started for. `reading`: it loads files and need not answer pings; what it ended for, should it
    end meanwhile. `killed_at_rest`: from outside, while it ran nothing."""

    def __init__(self, name: str, terms: Terms, tasks: TaskGroup) -> None:
        self.name = name
        self.state = State.STARTING
        self.reason: str | None = None
        self.problem: str | None = None
        self.outgoing: str | None = None
        self.reading: lifecycle.Reason | None = None
        self.in_flight = 0
        self.alone = False
        self.used = False
        self.killed_at_rest = False
        self.pid = 0
        self.runtime = ""
        self.spawned = terms.clock.monotonic()
        self.ready_at: float | None = None
        self.idle_since = self.spawned
        self.spread = terms.clock.random() * 2.0 - 1.0
        self.quiet = anyio.Event()
        self.over = anyio.Event()
        self._terms = terms
        self._talk = Conversation(self, terms.site, handler=terms.handler, log=terms.log, tasks=tasks)
        self._pulse = Pulse(terms.settings)
        self._jobs_seen = 0

    @property
    def jobs(self) -> int:
        """Invocations it has answered."""
        return self._talk.jobs

    @property
    def late(self) -> int:
        """Answers nobody waited for."""
        return self._talk.late

    async def start(self, packages: Path | None) -> None:
        """Spawns the process and shakes hands. Raises WorkerDied, VersionMismatch or RemoteProtocolError."""
        terms = self._terms
        runner, site = terms.runner, terms.site
        try:
            await self._talk.open(runner, launch.environment(site, runner, self.name, packages))
        except OSError as error:
            raise WorkerDied(f"{runner.command[0]} cannot be started: {error}", hint=runner.install) from error
        host = self._host()
        self.pid = host.pid
        if self.state is not State.STARTING:
            host.kill()
            raise WorkerDied(f"worker {self.name} was stopped before it was ready")
        hello = launch.initialize(site, runner, self.name, terms.settings)
        try:
            self.runtime = launch.greeted(await self.call("initialize", hello)).runtime
        except RunnerError as error:
            raise launch.refused(error.error) from None

    def call(self, method: str, params: bytes, *, timeout: float | None = None) -> Awaitable[Raw]:
        """The result. Raises RunnerError, WorkerDied, or DeadlineExceeded after `timeout` seconds."""
        return self._talk.call(method, params, timeout)

    def run(self, invocation_id: str, params: bytes, *, deadline: float) -> Awaitable[Raw]:
        """The result of `step.run`; `deadline` is monotonic seconds. Raises as `call` does."""
        return self._talk.run("step.run", params, deadline, invocation=invocation_id)

    def ask(self, method: str, params: bytes, *, deadline: float, ended: Callable[[], None]) -> Awaitable[Raw]:
        """The answer of a function of the project that is no step's handler. It takes a place and ends a worker that it
        does not stop in, as an invocation does; `ended` is called when it has really stopped. Raises as `call` does."""
        return self._talk.run(method, params, deadline, ended=ended)

    def ready(self) -> None:
        self.ready_at = self.idle_since = self._terms.clock.monotonic()
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
        if self._talk.process is not None:
            self._talk.process.kill()
        self._close("fail")

    async def dismiss(self, grace: float) -> None:
        """Asks the process to end; after `grace` seconds tells it to, then makes it."""
        host = self._talk.process
        if host is None:
            return
        if grace > 0 and self._talk.greeted and self.state not in OVER:
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
        if self._talk.process is not None:
            await self.over.wait()
            with anyio.move_on_after(TERMINATE_GRACE):
                await self._talk.process.closed.wait()

    def tick(self, now: float, late: float) -> float | None:
        """Looks after deadlines and liveness; `late`: seconds the core itself did not listen. Returns when to look
        again, if that is soon."""
        if self.state in OVER:
            return None
        if self.in_flight or self.jobs != self._jobs_seen:
            self.idle_since, self._jobs_seen = now, self.jobs
        if self._talk.runs:
            self._sweep(now)
        self._pulse.excuse(late)
        return self._look_alive(now) if self._talk.greeted and self.state not in OVER else None

    def bypassed(self, now: float) -> bool:
        """Whether it has been silent for so long that another should serve in its place."""
        return self.state is State.BLOCKED and self._pulse.bypassed(now)

    def status(self) -> WorkerStatus:
        return WorkerStatus(
            name=self.name,
            pid=self.pid,
            state=self.state.value,
            reason=self.reason,
            problem=self.problem,
            in_flight=self.in_flight,
            jobs=self.jobs,
            age=round(self._terms.clock.monotonic() - self.spawned, 3),
            rss=0 if self.over.is_set() else resident(self.pid),
            late=self.late,
            strays=self._talk.strays,
            runtime=self.runtime,
        )

    def abandoned(self) -> None:
        self.in_flight += 1

    def freed(self) -> None:
        self._terms.freed(self)

    def pong(self) -> None:
        self._pulse.pong()
        if self.state is State.BLOCKED:
            self._move("pong")

    def broken(self, problem: str) -> None:
        self.fail("protocol", problem)

    def ended(self, code: int) -> None:
        death = WorkerDied
        if self.problem is None and self.state is not State.DRAINING:
            self.problem = process.ending(code)
            death = WorkerKilled if code in _FROM_OUTSIDE else WorkerDied
            self.killed_at_rest = death is WorkerKilled and not self.in_flight
            if self.state is State.STARTING and self._talk.last_line:
                self.problem += f"; it last said: {self._talk.last_line[:500]}"
        self.reason = self.reason or self.reading or "crash"
        self.over.set()
        self._close("exit", death)

    def _host(self) -> process.Process:
        if self._talk.process is None:
            raise RemoteProtocolError(f"{self.name} is not running")
        return self._talk.process

    def _move(self, event: lifecycle.Event) -> None:
        self.state = lifecycle.after(self.state, event)
        self._terms.changed(self)

    def _close(self, event: lifecycle.Event, death: type[WorkerDied] = WorkerDied) -> None:
        self._talk.close(f"worker {self.name} (pid {self.pid}) {self.problem or 'ended'}", death)
        self.quiet.set()
        self._move(event)

    def _sweep(self, now: float) -> None:
        runs = self._talk.runs
        swept = runs.sweep(now)
        for run in swept.expired:
            self._talk.abandon(run, "deadline")
        if swept.overdue:
            self.retire("deadline")
            if swept.overdue == len(runs):
                self.fail("deadline", f"was killed: {swept.overdue} invocation(s) went on after their deadline")

    def _look_alive(self, now: float) -> float | None:
        pulse = self._pulse
        if pulse.due(now, busy=self.in_flight > 0):
            self._talk.ping()
            pulse.sent(now, processor(self.pid)[1])
        elif pulse.blocked(now):
            wanting, used = processor(self.pid)
            if wanting:
                pulse.starved(now, used)
            if self.state is State.READY and pulse.blocked(now):
                self._move("silent")
            elif pulse.hung(now) and not self._talk.runs.wanted and self.reading is None:
                self.fail("blocked", f"was killed: it has not answered a ping for {pulse.silent(now):.1f} s")
        return pulse.verdict_at() if self.state is State.READY else None
