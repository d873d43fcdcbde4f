"""Emits: who hears a topic, when, and the commit that lets the emitter go on.

An emit is answered after its deliveries are committed. Order of duties: may this step emit this topic, who hears it,
store, wake the queue. The same `plan` serves transactions, which commit the emission with their other writes.
"""

from __future__ import annotations

from msgspec import Raw

from motia_core.errors import CallRefused, EmitNotDeclared, PayloadRefused
from motia_core.model import Addressed, Event, Step
from motia_core.protocol.calls import Emit, Emitted, Triggered, TriggerStep
from motia_core.services.context import Services, topic
from motia_core.services.running import Active
from motia_core.storage.base import Emission

MAX_DELAY = 366 * 86_400.0


def addressed(step: Step, now: int, at: int | None) -> Addressed:
    """One delivery to `step`: not before `at` (the emitter's wish), else after the step's own first delay."""
    due = at if at is not None else now + int(step.queue.delay * 1000)
    return Addressed(step.name, due, step.queue.fifo)


class Events:
    """The `events.*` methods."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.clock

    async def emit(self, active: Active, call: Emit) -> Emitted:
        emission = self.plan(active, call)
        if not emission.to and call.id is None:
            return Emitted(id=self._clock.new_id(), deliveries=0)
        [stored] = await self._services.storage.events.put([emission], limit=self._services.config.queue.backlog)
        self._services.wake()
        return Emitted(id=str(stored.id), deliveries=stored.deliveries)

    def plan(self, active: Active, call: Emit) -> Emission:
        """The emission `call` asks for. Raises EmitNotDeclared, PayloadRefused."""
        topic(call.topic)
        self._check_declared(active, call.topic)
        now, services = self._clock.now_ms(), self._services
        at = _due(call, now)
        emitter, caller = active.invocation.step, active.invocation.caller
        heard = [step for step in services.registry.current.targets(call.topic) if not _own_echo(step, emitter)]
        if not heard:
            services.warn_once(
                active, "unheard", call.topic, f"no step subscribes to '{call.topic}': the event goes nowhere"
            )
        event = Event(
            topic=call.topic,
            data=Raw(services.value(call.data)),
            trace_id=caller.trace_id,
            flows=emitter.flows,
            parent=active.invocation.id,
            group=call.message_group_id,
            dedup=call.id,
            hops=caller.hops,
            created=now,
        )
        since = now - int(services.config.queue.dedup_window * 1000)
        return Emission(event=event, to=tuple(addressed(step, now, at) for step in heard), dedup_since=since)

    async def trigger(self, active: Active, call: TriggerStep) -> Triggered:
        services, caller = self._services, active.invocation.caller
        step = services.registry.current.find(call.step, broken=True)
        if step is None:
            services.warn_once(active, "unknown", call.step, f"no step is called '{call.step}': nothing was triggered")
            return Triggered(id=self._clock.new_id(), trace_id=caller.trace_id)
        if step.kind not in ("event", "cron"):
            raise CallRefused(f"'{call.step}' is of type {step.kind}: only event and cron steps can be triggered")
        now = self._clock.now_ms()
        event = Event(
            topic=step.name,
            data=Raw(services.value(call.data)),
            trace_id=caller.trace_id,
            flows=active.invocation.step.flows,
            parent=active.invocation.id,
            hops=caller.hops,
            created=now,
        )
        emission = Emission(event=event, to=(addressed(step, now, None),))
        [stored] = await services.storage.events.put([emission], limit=services.config.queue.backlog)
        services.wake()
        return Triggered(id=str(stored.id), trace_id=caller.trace_id)

    def _check_declared(self, active: Active, topic: str) -> None:
        step = active.invocation.step
        if not step.emits or any(emit.topic == topic for emit in step.emits):
            return
        text = f"'{topic}' is not among the emits of {step.name}"
        if step.strict_emits or self._services.config.strict_emits:
            raise EmitNotDeclared(text)
        self._services.warn_once(active, "undeclared", topic, f"{text}: delivered all the same")


def _own_echo(step: Step, emitter: Step) -> bool:
    """A step that hears all topics does not hear itself."""
    return step.all_topics and step.id == emitter.id


def _due(call: Emit, now: int) -> int | None:
    if call.at is not None:
        if not 0 <= call.at < 1 << 53:
            raise PayloadRefused(f"'at' is no time: {call.at}")
        return call.at
    if call.delay is None:
        return None
    if not 0 <= call.delay <= MAX_DELAY:
        raise PayloadRefused(f"'delay' must lie between 0 and {MAX_DELAY:.0f} seconds, not {call.delay}")
    return now + int(call.delay * 1000)
