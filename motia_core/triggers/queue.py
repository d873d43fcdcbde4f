"""Claims what is due, as much as there is room for, and has it run.

At-least-once: a delivery is acknowledged only after its handler has finished; its attempt was counted by the claim, so
a crash cannot repeat for ever. `attempts` runs one delivery and writes down how it ended, `held` renews the leases of
what runs. What waits for a step that is not served stays where it is. Drain: claim no more, wait for what runs, give
back the rest.
"""

from __future__ import annotations

from collections.abc import Container

import anyio
from anyio.abc import TaskGroup, TaskStatus

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.dispatcher import Dispatcher
from motia_core.errors import MotiaError
from motia_core.metrics.counts import Counts
from motia_core.steps.registry import Registry
from motia_core.storage.base import EventStore
from motia_core.traces.recorder import Recorder
from motia_core.triggers.attempts import Attempts
from motia_core.triggers.held import Held, Job, NotHeld
from motia_core.triggers.inputs import Inputs

_PAUSE = 0.5
# What is due but may not run yet, because other servers run as many as may: asked for again after ever longer pauses.
_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.25


class Queue:
    """`wake` says that something may be due now. Steps `held_back` are left waiting: somebody has paused them."""

    def __init__(
        self,
        *,
        store: EventStore,
        registry: Registry,
        dispatcher: Dispatcher,
        inputs: Inputs,
        recorder: Recorder,
        clock: Clock,
        config: Config,
        owner: str,
        counts: Counts | None = None,
        held_back: Container[str] = (),
    ) -> None:
        self._store = store
        self._held_back = held_back
        self._registry = registry
        self._recorder = recorder
        self._clock = clock
        self._knobs = config.queue
        self._held = Held(store, clock, recorder.note, owner=owner, lease=config.queue.lease)
        self._open = 0
        self._by_step: dict[str, int] = {}
        self._paused: dict[str, float] = {}
        self._pause_next = _FIRST_PAUSE
        self._attempts = Attempts(
            store=store,
            held=self._held,
            registry=registry,
            dispatcher=dispatcher,
            inputs=inputs,
            recorder=recorder,
            clock=clock,
            config=config,
            owner=owner,
            pause=self._pause,
            wake=self.wake,
            counts=counts or Counts(),
        )
        self._wake = anyio.Event()
        self._idle = anyio.Event()
        self._ended = anyio.Event()
        self._draining = False
        self._group: TaskGroup | None = None

    def wake(self) -> None:
        self._wake.set()

    def resume(self, step: str) -> None:
        """What kept `step` from running is mended."""
        self._paused.pop(step, None)
        self._wake.set()

    @property
    def running(self) -> int:
        return self._open

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        try:
            async with anyio.create_task_group() as group:
                self._group = group
                group.start_soon(self._held.keep)
                task_status.started()
                await self._work(group)
                group.cancel_scope.cancel()
        finally:
            self._ended.set()

    async def _work(self, group: TaskGroup) -> None:
        while not self._draining:
            self._wake = anyio.Event()
            claimed = await self._claim(group)
            if not claimed and not self._draining:
                with anyio.move_on_after(await self._wait()):
                    await self._wake.wait()
        while self._open:
            self._idle = anyio.Event()
            await self._idle.wait()

    def drain(self) -> None:
        """Claim no more; `run` returns when what runs has finished."""
        self._draining = True
        self._wake.set()
        self._idle.set()

    async def stop(self) -> None:
        """Ends now: what runs is cancelled and given back."""
        self.drain()
        if self._group is not None:
            self._group.cancel_scope.cancel()
            await self._ended.wait()
        await self._held.give_back()

    async def _claim(self, group: TaskGroup) -> int:
        room = self._room()
        if not room:
            return 0
        try:
            with anyio.CancelScope(shield=True):  # a claim that is made must be known, to be given back
                jobs = await self._held.claim(room, limit=self._knobs.claim_batch, most=self._most(room))
        except MotiaError as error:
            self._recorder.note("error", f"deliveries cannot be claimed: {error.message}")
            await anyio.sleep(_PAUSE)
            return 0
        if jobs:
            self._pause_next = _FIRST_PAUSE
        for job in jobs:
            step = job.delivery.step
            self._open += 1
            self._by_step[step] = self._by_step.get(step, 0) + 1
            group.start_soon(self._deliver, job)
        return len(jobs)

    def _room(self) -> dict[str, int]:
        now = self._clock.monotonic()
        room = {}
        for step in self._registry.current.steps:
            if (
                step.kind not in ("event", "cron")
                or self._paused.get(step.name, 0) > now
                or step.name in self._held_back
            ):
                continue
            free = (step.queue.concurrency or self._knobs.concurrency) - self._by_step.get(step.name, 0)
            if free > 0:
                room[step.name] = free
        return room

    def _most(self, room: dict[str, int]) -> dict[str, int]:
        """Steps that say how many of their deliveries may run at the same time, on all servers together."""
        known = self._registry.current.by_name
        return {name: limit for name in room if (limit := known[name].queue.concurrency) is not None}

    def _pause(self, step: str) -> None:
        self._paused[step] = self._clock.monotonic() + _PAUSE

    async def _wait(self) -> float:
        """Seconds until the next delivery is due, or the store should be asked again."""
        try:
            due = await self._store.due(list(self._room()))
        except MotiaError:
            return self._knobs.poll
        if due is None:
            return self._knobs.poll
        ahead = (due - self._clock.now_ms()) / 1000
        if ahead <= 0:
            self._pause_next = min(_LONGEST_PAUSE, self._pause_next * 2)
        return min(self._knobs.poll, max(self._pause_next, ahead))

    async def _deliver(self, job: Job) -> None:
        delivery = job.delivery
        try:
            with job.scope:
                await self._attempts.run(job)
            self._held.drop(job)
        except NotHeld:
            pass
        except MotiaError as error:
            # The lease runs out and the delivery comes again: nothing is lost.
            self._held.drop(job)
            self._recorder.note("error", f"delivery {delivery.id} of {delivery.step}: {error.message}")
        finally:
            self._held.closed(job)
            self._open -= 1
            self._by_step[delivery.step] -= 1
            self._wake.set()
            if not self._open:
                self._idle.set()
