"""Claims what is due, gives it to the dispatcher, and writes down how it ended.

At-least-once: a delivery is acknowledged only after its handler has finished; its attempt was counted by the claim, so
a crash cannot repeat for ever. `held` renews the leases of what runs. A delivery that was a suspect in a worker's
death runs alone on a worker. `retry` decides, this loop obeys. Drain: claim no more, wait for what runs, give back
the rest.
"""

from __future__ import annotations

import anyio
from anyio.abc import TaskGroup, TaskStatus

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.dispatcher import Dispatcher
from motia_core.errors import Draining, InvocationCancelled, MotiaError, StepUnavailable, WorkerDied, WorkersBusy
from motia_core.model import Backoff, Caller, Failure, Invocation, Step
from motia_core.steps.registry import Registry
from motia_core.storage.base import EventStore
from motia_core.traces.recorder import Recorder
from motia_core.triggers.failures import Failures
from motia_core.triggers.held import Held, Job
from motia_core.triggers.inputs import Inputs
from motia_core.triggers.loops import Loops
from motia_core.triggers.retry import Bury, Retry, decide

# The machinery is to blame, not the handler: the delivery goes back and the attempt does not count.
NOT_GIVEN = frozenset({WorkersBusy.code, InvocationCancelled.code, StepUnavailable.code, Draining.code})
_PAUSE = 0.5


class Queue:
    """`wake` says that something may be due now."""

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
    ) -> None:
        self._store = store
        self._registry = registry
        self._dispatcher = dispatcher
        self._inputs = inputs
        self._recorder = recorder
        self._clock = clock
        self._config = config
        self._knobs = config.queue
        self._loops = Loops(config.queue.max_hops)
        self._owner = owner
        self._held = Held(store, clock, recorder.note, owner=owner, lease=config.queue.lease)
        self._open = 0
        self._by_step: dict[str, int] = {}
        self._paused: dict[str, float] = {}
        self._failures = Failures(store, registry, clock, backlog=config.queue.backlog, wake=self.wake)
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
                jobs = await self._held.claim(room, limit=self._knobs.claim_batch)
        except MotiaError as error:
            self._recorder.note("error", f"deliveries cannot be claimed: {error.message}")
            await anyio.sleep(_PAUSE)
            return 0
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
            if step.kind not in ("event", "cron") or self._paused.get(step.name, 0) > now:
                continue
            free = (step.queue.concurrency or self._knobs.concurrency) - self._by_step.get(step.name, 0)
            if free > 0:
                room[step.name] = free
        return room

    async def _wait(self) -> float:
        """Seconds until the next delivery is due, or the store should be asked again."""
        try:
            due = await self._store.due(list(self._room()))
        except MotiaError:
            return self._knobs.poll
        if due is None:
            return self._knobs.poll
        return min(self._knobs.poll, max(0.002, (due - self._clock.now_ms()) / 1000))

    async def _deliver(self, job: Job) -> None:
        delivery = job.delivery
        try:
            with job.scope:
                step = self._registry.current.by_name.get(delivery.step)
                if step is None:
                    await self._store.release([self._held.over(job).id], owner=self._owner)
                else:
                    await self._attempt(step, job)
            self._held.over(job)
        except MotiaError as error:
            # The lease runs out and the delivery comes again: nothing is lost.
            self._held.over(job)
            self._recorder.note("error", f"delivery {delivery.id} of {delivery.step}: {error.message}")
        finally:
            self._held.closed(job)
            self._open -= 1
            self._by_step[delivery.step] -= 1
            self._wake.set()
            if not self._open:
                self._idle.set()

    async def _attempt(self, step: Step, job: Job) -> None:
        delivery = job.delivery
        loop = self._loops.refusal(step, delivery, len(self._registry.current.all_topics))
        if loop is not None:
            await self._bury(step, job, "loop", Failure(code=-32602, name="Loop", message=loop))
            return
        refused, data = self._inputs.judge(step, delivery)
        if refused is not None:
            await self._bury(step, job, "invalid", refused)
            return
        timeout = step.handler.timeout or self._config.deadlines.event
        invocation = Invocation(
            id=self._clock.new_id(),
            step=step,
            caller=Caller(
                trigger="event" if step.kind == "event" else "cron",
                trace_id=delivery.trace_id,
                parent=delivery.parent,
                topic=delivery.topic,
                delivery=delivery.id,
                attempt=delivery.attempt,
                hops=delivery.hops + step.all_topics,
                group=delivery.group,
            ),
            input=data,
            deadline=self._clock.monotonic() + timeout,
            alone=delivery.suspect,
        )
        outcome = await self._dispatcher.run(invocation)
        if outcome.failure is None:
            await self._store.ack([self._held.over(job).id], owner=self._owner)
        else:
            await self._failed(invocation, job, outcome.failure)

    async def _failed(self, invocation: Invocation, job: Job, failed: Failure) -> None:
        step = invocation.step
        if failed.code in NOT_GIVEN:
            self._paused[step.name] = self._clock.monotonic() + _PAUSE
            await self._store.release([self._held.over(job).id], owner=self._owner)
            return
        delivery = job.delivery
        self._recorder.note(
            "error",
            f"{step.name} failed at attempt {delivery.attempt}: {failed.message}",
            invocation,
            error={"name": failed.name, "stack": failed.stack},
        )
        # A death among others counts once, and the end of an earlier lease was counted like one.
        died = failed.code == WorkerDied.code and (invocation.alone or not delivery.deaths)
        verdict = decide(
            attempt=delivery.attempt,
            max_retries=step.queue.max_retries,
            backoff=step.queue.backoff or Backoff(),
            failure=failed,
            deaths=delivery.deaths + died,
            alone=invocation.alone,
            random=self._clock.random(),
        )
        match verdict:
            case Retry(delay=delay):
                due = self._clock.now_ms() + int(delay * 1000)
                await self._store.retry(self._held.over(job).id, owner=self._owner, due=due, failure=failed, died=died)
            case Bury(reason=reason):
                await self._bury(step, job, reason, failed)

    async def _bury(self, step: Step, job: Job, reason: str, failed: Failure) -> None:
        delivery, now = job.delivery, self._clock.now_ms()
        await self._failures.of_delivery(step, delivery, failed)
        await self._store.bury(self._held.over(job).id, owner=self._owner, reason=reason, failure=failed, now=now)
        self._recorder.note(
            "error",
            f"{step.name} gave up '{delivery.topic}' after {delivery.attempt} attempts ({reason}): {failed.message}",
            deadLetter=delivery.id,
            traceId=delivery.trace_id,
        )
