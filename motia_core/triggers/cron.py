"""Fires cron steps: APScheduler says when, a tick in the store says which server, the queue runs it.

Taking a tick and putting its delivery is one commit, so each tick runs, and on one server: a killed server's is run by
another. A step that still runs skips its tick unless `overlap` allows. `catchUp` fires a tick missed while nobody
served, once, at the start. Runs nothing itself. Drain: no more ticks.
"""

from __future__ import annotations

from collections.abc import Callable, Container
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
from motia_core.model import Level, Step
from motia_core.schedule import Schedule
from motia_core.steps.registry import Registry, Snapshot
from motia_core.storage.base import EventStore
from motia_core.triggers import ticks

# Timers stand still while a laptop sleeps, the wall clock does not: look again now and then.
_WAKE = 5.0
# A store that did not take a tick is asked again after this (s).
_AGAIN = 1.0
# A wall clock that has gone back by this much (s) was set: what it promised for later is asked anew.
_SET_BACK = 1.0


class Log(Protocol):
    def __call__(self, level: Level, msg: str, /) -> None: ...


class Cron:
    """`wake` says that a delivery was put. Ticks of steps `held_back` pass: somebody has paused them. `skipped` counts
    those that came while the one before still ran."""

    def __init__(
        self,
        *,
        registry: Registry,
        store: EventStore,
        clock: Clock,
        config: Config,
        log: Log,
        wake: Callable[[], None],
        held_back: Container[str] = (),
    ) -> None:
        self._registry = registry
        self._store = store
        self._clock = clock
        self._config = config
        self._log = log
        self._wake = wake
        self._held_back = held_back
        self.skipped: dict[str, int] = {}
        self._scheduler: AsyncIOScheduler | None = None
        self._group: TaskGroup | None = None
        self._timed: dict[str, tuple[str | None, str | None]] = {}
        self._taking = 0
        self._idle = anyio.Event()
        self._drained = anyio.Event()
        registry.on_change(self._reschedule)

    @property
    def taking(self) -> int:
        """Ticks that have come and are not written down yet."""
        return self._taking

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Fires until drained."""
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
                await self._look_after(scheduler)
                while self._taking:
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
        """Ends now."""
        self.drain()
        if self._group is not None:
            self._group.cancel_scope.cancel()

    def upcoming(self) -> dict[str, int]:
        """When each scheduled step fires next, in milliseconds since the epoch."""
        jobs = self._scheduler.get_jobs() if self._scheduler is not None else []
        return {job.id: int(job.next_run_time.timestamp() * 1000) for job in jobs if job.next_run_time}

    def due(self, name: str, tick: datetime) -> None:
        """The tick of a step has come: takes it, if no other server does."""
        step = self._registry.current.by_name.get(name)
        if step is not None and self._group is not None and not self._drained.is_set():
            self._taking += 1
            self._group.start_soon(self._take, step, int(tick.timestamp() * 1000))

    async def _look_after(self, scheduler: AsyncIOScheduler) -> None:
        """Until drained: a clock that was set changes when the next tick comes."""
        ahead = self._clock.now() - self._clock.monotonic()
        while not self._drained.is_set():
            with anyio.move_on_after(_WAKE):
                await self._drained.wait()
            before, ahead = ahead, self._clock.now() - self._clock.monotonic()
            if ahead < before - _SET_BACK:
                self._log("warn", f"the clock was set back by {before - ahead:.0f} s; ticks that ran do not run again")
                for name in tuple(self._timed):
                    scheduler.remove_job(name)
                self._timed.clear()
                self._reschedule(self._registry.current)
            scheduler.wakeup()

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
        """Fires each step's last missed tick, if `catchUp` reaches that far. A step never seen missed nothing."""
        now = self._clock.now_ms()
        for step in steps:
            if step.catch_up <= 0:
                continue
            try:
                last = await self._store.last_tick(step.name)
                if last is None:
                    await self._store.tick(step.name, now, None, now=now)
                    continue
            except MotiaError as error:
                self._log("error", f"{step.name}: missed ticks cannot be looked up: {error.message}")
                continue
            since = max(last, now - int(step.catch_up * 1000))
            missed = self._schedule(step).latest(_moment(since), _moment(now))
            if missed is not None:
                self._log("info", f"{step.name}: catching up the run of {missed.isoformat()}")
                self.due(step.name, missed)

    async def _take(self, step: Step, tick: int) -> None:
        try:
            while not await self._taken(step, tick):
                with anyio.move_on_after(_AGAIN):
                    await self._drained.wait()
                    return
        finally:
            self._taking -= 1
            self._idle.set()

    async def _taken(self, step: Step, tick: int) -> bool:
        """Whether nothing is left to do about it. A store that fails is asked again, until the tick is too late."""
        name, now = step.name, self._clock.now_ms()
        late = ticks.lateness(tick, now)
        if late > ticks.longest(step, self._config.queue.lease):
            self._log("warn", f"{name}: the run of {ticks.moment(tick)} was missed by {late:.0f} s")
            return True
        emission = None
        if name not in self._held_back:
            emission = ticks.emission(step, tick, now=now, trace_id=self._clock.new_trace_id())
        try:
            took = await self._store.tick(name, tick, emission, now=now)
        except MotiaError as error:
            self._log("error", f"{name}: the run of {ticks.moment(tick)} cannot be written down: {error.message}")
            return False
        if took == "put" and emission is not None:
            self._wake()
        elif took == "running":
            self.skipped[name] = self.skipped.get(name, 0) + 1
            self._log("info", f"{name}: the last run still runs, this tick is skipped")
        return True


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
