"""Fires cron steps: APScheduler says when, a tick in the store says which server, the dispatcher runs it.

One run per tick over all servers; at most once: a server that dies between taking a tick and running it loses that
run. A step that still runs skips its tick unless `overlap` allows. `catchUp` runs a tick missed while nobody served,
once, at the start. Failures are logged and told, never retried. Drain: no more ticks; `run` returns when what runs has
finished.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

import anyio
from anyio.abc import TaskGroup, TaskStatus
from apscheduler.executors.base import BaseExecutor
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import MotiaError
from motia_core.model import NULL, Caller, Failure, Invocation, Level, Outcome, Step
from motia_core.schedule import Schedule
from motia_core.steps.registry import Registry, Snapshot
from motia_core.storage.base import Leases

# A tick this late (s) still counts as on time: the host was busy, or slept through it.
_LATE = 60.0
_LEASE = 30.0
# Timers stand still while a laptop sleeps, the wall clock does not: look again now and then.
_WAKE = 30.0


class Runs(Protocol):
    """The dispatcher, as far as it is needed here."""

    async def run(self, invocation: Invocation) -> Outcome: ...


class Log(Protocol):
    def __call__(
        self, level: Level, msg: str, invocation: Invocation | None = ..., /, *, error: object = ..., traceId: str = ...
    ) -> None: ...


Tell = Callable[[Step, Caller, Failure], Awaitable[None]]


class Cron:
    """`tell` hears of every failed run, for `onFailure`."""

    def __init__(
        self,
        *,
        registry: Registry,
        dispatcher: Runs,
        leases: Leases,
        clock: Clock,
        config: Config,
        log: Log,
        tell: Tell | None = None,
    ) -> None:
        self._registry = registry
        self._dispatcher = dispatcher
        self._leases = leases
        self._clock = clock
        self._config = config
        self._log = log
        self._tell = tell
        self._scheduler: AsyncIOScheduler | None = None
        self._group: TaskGroup | None = None
        self._timed: dict[str, tuple[str | None, str | None]] = {}
        self._running = 0
        self._idle = anyio.Event()
        self._drained = anyio.Event()
        registry.on_change(self._reschedule)

    @property
    def running(self) -> int:
        return self._running

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Fires until drained, then waits for what runs."""
        executor = _Executor(self.due)
        scheduler = AsyncIOScheduler(
            timezone=UTC,
            executors={"default": executor},
            job_defaults={"coalesce": True, "max_instances": 1000, "misfire_grace_time": None},
        )
        try:
            async with anyio.create_task_group() as group:
                self._group = group
                await self._catch_up(self._registry.current.crons)
                scheduler.start()
                self._scheduler = scheduler
                self._reschedule(self._registry.current)
                task_status.started()
                while not self._drained.is_set():
                    with anyio.move_on_after(_WAKE):
                        await self._drained.wait()
                    scheduler.wakeup()
                while self._running:
                    self._idle = anyio.Event()
                    await self._idle.wait()
        finally:
            self._scheduler = None
            self._group = None
            if scheduler.running:
                scheduler.shutdown(wait=False)
                # The scheduler shuts down in the loop's next turn.
                with anyio.CancelScope(shield=True):
                    await anyio.lowlevel.checkpoint()

    def drain(self) -> None:
        """Fire no more."""
        if self._scheduler is not None:
            self._scheduler.pause()
        self._drained.set()

    async def stop(self) -> None:
        """Ends now; what runs is cancelled."""
        self.drain()
        if self._group is not None:
            self._group.cancel_scope.cancel()

    async def fire(self, step: Step, *, trace_id: str | None = None) -> Outcome:
        """Runs `step` now, by hand: no tick is taken, and it may overlap."""
        return await self._dispatch(step, "manual", None, trace_id)

    def upcoming(self) -> dict[str, int]:
        """When each scheduled step fires next, in milliseconds since the epoch."""
        jobs = self._scheduler.get_jobs() if self._scheduler is not None else []
        return {job.id: int(job.next_run_time.timestamp() * 1000) for job in jobs if job.next_run_time}

    def _reschedule(self, snapshot: Snapshot) -> None:
        scheduler = self._scheduler
        if scheduler is None or self._drained.is_set():
            return
        wanted = {step.name: (step.cron, step.timezone) for step in snapshot.crons}
        for name in [name for name, timing in self._timed.items() if wanted.get(name) != timing]:
            scheduler.remove_job(name)
            del self._timed[name]
        for step in snapshot.crons:
            if step.name not in self._timed:
                # APScheduler wants a function; the executor uses the job's id.
                scheduler.add_job(_nothing, _Trigger(self._schedule(step)), id=step.name)
                self._timed[step.name] = wanted[step.name]

    def _schedule(self, step: Step) -> Schedule:
        return Schedule.parse(step.cron or "", step.timezone or self._config.cron.timezone)

    async def _catch_up(self, steps: tuple[Step, ...]) -> None:
        """Runs each step's last missed tick, if `catchUp` reaches that far. A step never seen before missed nothing."""
        now = self._clock.now_ms()
        for step in steps:
            if step.catch_up <= 0:
                continue
            try:
                last = await self._leases.last_tick(step.name)
                if last is None:
                    await self._leases.take_tick(step.name, now)
                    continue
            except MotiaError as error:
                self._log("error", f"{step.name}: missed ticks cannot be looked up: {error.message}")
                continue
            since = max(last, now - int(step.catch_up * 1000))
            missed = self._schedule(step).latest(_moment(since), _moment(now))
            if missed is not None:
                self._log("info", f"{step.name}: catching up the run of {missed.isoformat()}")
                self.due(step.name, missed)

    def due(self, name: str, tick: datetime) -> None:
        """The tick of a step has come: runs it in the background, if it is this server's to run."""
        step = self._registry.current.by_name.get(name)
        if step is not None and self._group is not None and not self._drained.is_set():
            self._running += 1
            self._group.start_soon(self._tick, step, int(tick.timestamp() * 1000))

    async def _tick(self, step: Step, tick: int) -> None:
        try:
            late = (self._clock.now_ms() - tick) / 1000
            if late > max(step.catch_up, _LATE):
                self._log("warn", f"{step.name}: the run of {_moment(tick).isoformat()} was missed by {late:.0f} s")
            elif await self._leases.take_tick(step.name, tick):
                await self._run(step, tick)
        except MotiaError as error:
            self._log("error", f"{step.name}: the run of {_moment(tick).isoformat()} is left out: {error.message}")
        finally:
            self._running -= 1
            self._idle.set()

    async def _run(self, step: Step, tick: int) -> None:
        if step.overlap == "allow":
            await self._dispatch(step, "cron", tick)
            return
        # One owner per run, because an owner may take its own lease again.
        owner, lease = self._clock.new_id(), f"cron:{step.name}"
        now = self._clock.now_ms()
        if not await self._leases.acquire(lease, owner=owner, now=now, until=now + int(_LEASE * 1000)):
            self._log("info", f"{step.name}: the last run still runs, this tick is skipped")
            return
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._renew, step, lease, owner)
                await self._dispatch(step, "cron", tick)
                group.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await self._leases.release(lease, owner=owner)

    async def _renew(self, step: Step, lease: str, owner: str) -> None:
        while True:
            await anyio.sleep(_LEASE / 3)
            try:
                held = await self._leases.renew(lease, owner=owner, until=self._clock.now_ms() + int(_LEASE * 1000))
            except MotiaError as error:
                self._log("error", f"{step.name}: its lease cannot be renewed: {error.message}")
                continue
            if not held:
                self._log("warn", f"{step.name}: its lease was lost; another server may run it at the same time")
                return

    async def _dispatch(self, step: Step, trigger: str, tick: int | None, trace_id: str | None = None) -> Outcome:
        caller = Caller(
            trigger="cron" if trigger == "cron" else "manual",
            trace_id=trace_id or self._clock.new_trace_id(),
            scheduled=tick,
        )
        timeout = step.handler.timeout or self._config.deadlines.cron
        invocation = Invocation(
            id=self._clock.new_id(),
            step=step,
            caller=caller,
            input=NULL,
            deadline=self._clock.monotonic() + timeout,
        )
        outcome = await self._dispatcher.run(invocation)
        if outcome.failure is not None:
            error = {"name": outcome.failure.name, "stack": outcome.failure.stack}
            self._log("error", f"{step.name} failed: {outcome.failure.message}", invocation, error=error)
            await self._told(step, caller, outcome.failure)
        return outcome

    async def _told(self, step: Step, caller: Caller, failure: Failure) -> None:
        if self._tell is None:
            return
        try:
            await self._tell(step, caller, failure)
        except MotiaError as error:
            self._log("error", f"{step.name}: its failure could not be told: {error.message}", traceId=caller.trace_id)


class _Trigger(BaseTrigger):  # type: ignore[misc]
    """A `Schedule` as APScheduler asks for it. Of ticks that lie behind, only the last counts."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        if previous_fire_time is None or previous_fire_time >= now:
            return self._schedule.next(previous_fire_time or now)
        return self._schedule.latest(previous_fire_time, now) or self._schedule.next(now)


class _Executor(BaseExecutor):  # type: ignore[misc]
    """Hands a due job over instead of running it, so that runs belong to our task group."""

    def __init__(self, due: Callable[[str, datetime], None]) -> None:
        super().__init__()
        self._due = due

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        self._due(job.id, run_times[-1])

    def submit_job(self, job: Job, run_times: list[datetime]) -> None:
        # The base class counts running instances; `overlap` is ours to keep.
        self._do_submit_job(job, run_times)


def _nothing() -> None: ...


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
