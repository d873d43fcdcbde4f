"""One claimed delivery on its way to its end: run, then acknowledged, retried, buried or given back.

`retry` decides, this obeys; `held` knows what it is that ends. Nothing is claimed here. A tick of a cron step is a
delivery too (`ticks`): its failure is logged and told, never retried, and no dead letter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import Draining, InvocationCancelled, StepUnavailable, WorkerDied, WorkersBusy
from motia_core.metrics.counts import Counts
from motia_core.model import NULL, Backoff, Caller, Failure, Invocation, Outcome, Step
from motia_core.steps.registry import Registry
from motia_core.storage.base import Died, EventStore
from motia_core.traces.recorder import Recorder
from motia_core.triggers import ticks
from motia_core.triggers.failures import Failures
from motia_core.triggers.held import Held, Job, NotHeld
from motia_core.triggers.inputs import Inputs
from motia_core.triggers.loops import Loops
from motia_core.triggers.retry import Bury, Retry, decide, killed

# The machinery is to blame, not the handler: the delivery goes back and the attempt does not count.
NOT_GIVEN = frozenset({WorkersBusy.code, InvocationCancelled.code, StepUnavailable.code, Draining.code})

# Lost more often than this with its server, a delivery may be what ends it: from then on it counts which runs began.
# Most never did, where servers live too short.
_EXCUSED = 2


class Runs(Protocol):
    """The dispatcher, as far as it is needed here."""

    async def run(self, invocation: Invocation) -> Outcome: ...


class Attempts:
    """`pause` says that a step cannot run just now; `wake` that a delivery was stored."""

    def __init__(
        self,
        *,
        store: EventStore,
        held: Held,
        registry: Registry,
        dispatcher: Runs,
        inputs: Inputs,
        recorder: Recorder,
        clock: Clock,
        config: Config,
        owner: str,
        pause: Callable[[str], None],
        wake: Callable[[], None],
        counts: Counts,
    ) -> None:
        self._store = store
        self._held = held
        self._registry = registry
        self._dispatcher = dispatcher
        self._inputs = inputs
        self._recorder = recorder
        self._clock = clock
        self._config = config
        self._owner = owner
        self._pause = pause
        self._counts = counts
        self._loops = Loops(config.queue.max_hops)
        self._failures = Failures(store, registry, clock, wake=wake)

    async def run(self, job: Job) -> None:
        """Raises StoreError when its end cannot be written down: the lease runs out and it comes again. Raises NotHeld
        when it is not ours any more."""
        step = self._registry.current.by_name.get(job.delivery.step)
        if step is None:
            await self._store.release([self._held.over(job).id], owner=self._owner)
            return
        invocation = await self._invocation(step, job)
        if invocation is None:
            return
        outcome = await self._dispatcher.run(invocation)
        if not self._held.has(job):
            raise NotHeld
        if outcome.failure is None:
            await self._done(job)
        else:
            await self._failed(invocation, job, outcome.failure)

    async def _done(self, job: Job) -> None:
        await self._store.ack([self._held.over(job).id], owner=self._owner)

    async def _invocation(self, step: Step, job: Job) -> Invocation | None:
        """What is to be run; None when there is a reason not to, which then was written down."""
        delivery, tick, knobs = job.delivery, ticks.tick_of(job.delivery), self._config.queue
        if delivery.begun >= knobs.lost_runs:
            text = f"{delivery.begun} runs began and ended with the server they ran on; no more are tried"
            await self._bury(step, job, "lost", Failure(code=WorkerDied.code, name="ServerDied", message=text))
            return None
        if delivery.topic == ticks.TOPIC:
            if tick is None or step.kind != "cron":
                await self._done(job)
                return None
            late = ticks.lateness(tick, self._clock.now_ms())
            if late > ticks.longest(step, knobs.lease):
                self._recorder.note("warn", f"{step.name}: the run of {ticks.moment(tick)} was missed by {late:.0f} s")
                await self._done(job)
                return None
            data = NULL
        else:
            loop = self._loops.refusal(step, delivery, len(self._registry.current.all_topics))
            if loop is not None:
                await self._bury(step, job, "loop", Failure(code=-32602, name="Loop", message=loop))
                return None
            refused, data = self._inputs.judge(step, delivery)
            if refused is not None:
                await self._bury(step, job, "invalid", refused)
                return None
        limit = self._longest(step)
        job.bound(self._clock.monotonic(), limit + knobs.lease)
        return Invocation(
            id=self._clock.new_id(),
            step=step,
            caller=Caller(
                trigger="cron" if step.kind == "cron" else "event",
                trace_id=delivery.trace_id,
                parent=delivery.parent,
                topic=None if tick is not None else delivery.topic,
                delivery=delivery.id,
                attempt=delivery.attempt,
                hops=delivery.hops + step.all_topics,
                group=None if tick is not None else delivery.group,
                scheduled=tick,
                due=delivery.due,
            ),
            input=data,
            deadline=self._clock.monotonic() + limit,
            alone=delivery.suspect,
            begins=partial(self._store.begin, delivery.id, owner=self._owner) if delivery.lost > _EXCUSED else None,
        )

    def _longest(self, step: Step) -> float:
        """How long (s) one run may take: its deadline, within the bound of its lease."""
        deadlines = self._config.deadlines
        timeout = step.handler.timeout or (deadlines.cron if step.kind == "cron" else deadlines.event)
        return min(timeout, step.queue.visibility_timeout or timeout)

    async def _failed(self, invocation: Invocation, job: Job, failed: Failure) -> None:
        step, delivery = invocation.step, job.delivery
        if failed.code in NOT_GIVEN:
            self._pause(step.name)
            await self._store.release([self._held.over(job).id], owner=self._owner)
            return
        cron = invocation.caller.scheduled is not None
        self._recorder.note(
            "error",
            f"{step.name} failed: {failed.message}"
            if cron
            else f"{step.name} failed at attempt {delivery.attempt}: {failed.message}",
            invocation,
            error={"name": failed.name, "stack": failed.stack},
        )
        verdict = decide(
            attempt=delivery.attempt,
            max_retries=0 if cron else step.queue.max_retries,
            backoff=step.queue.backoff or Backoff(),
            failure=failed,
            lost=delivery.lost,
            deaths=delivery.deaths,
            alone=invocation.alone,
            random=self._clock.random(),
        )
        match verdict:
            case Retry(delay=delay):
                due = self._clock.now_ms() + int(delay * 1000)
                died = _death(failed, alone=invocation.alone)
                await self._store.retry(self._held.over(job).id, owner=self._owner, due=due, failure=failed, died=died)
            case Bury(reason=reason):
                await self._bury(step, job, reason, failed, by=invocation.id)

    async def _bury(self, step: Step, job: Job, reason: str, failed: Failure, *, by: str | None = None) -> None:
        delivery, now = job.delivery, self._clock.now_ms()
        if delivery.topic == ticks.TOPIC:
            await self._failures.of_tick(step, delivery, failed, by)
            await self._done(job)
            return
        await self._failures.of_delivery(step, delivery, failed, by)
        await self._store.bury(self._held.over(job).id, owner=self._owner, reason=reason, failure=failed, now=now)
        self._counts.gave_up(step.name, reason)
        self._recorder.note(
            "error",
            f"{step.name} gave up '{delivery.topic}' after {delivery.attempt} attempts ({reason}): {failed.message}",
            deadLetter=delivery.id,
            traceId=delivery.trace_id,
            step=step.name,
        )


def _death(failure: Failure, *, alone: bool) -> Died | None:
    """What the death of its worker says of a delivery. A kill of one that it had to itself is a failure like others."""
    if failure.code != WorkerDied.code:
        return None
    if not alone:
        return "among others"
    return None if killed(failure) else "alone"
