"""Runs again what was recorded: one run, or the first steps of a trace, with the input they had, in a trace of its own.

The only reader of kept inputs, and it shows them to nobody: they go from the store into the run. Here and now, once:
a replay is not retried, and what it emits is emitted.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from motia_core.app.manual import deadline, input_of, result_of
from motia_core.app.parts import Parts
from motia_core.app.ran import Replayed, Run
from motia_core.errors import CallRefused
from motia_core.model import Caller, Invocation, Span, Step
from motia_core.web.builtin import PREFIX, AdminRequest, AdminRoute


class ReplayBody(Struct, frozen=True):
    """`id` is that of a trace or of a span; `input` stands for the recorded one."""

    id: str
    input: object | UnsetType = UNSET
    dry: bool = False


class _Target(Struct, frozen=True):
    """A recorded run to repeat; without a `step`, `why` says why it cannot be."""

    span: Span
    step: Step | None = None
    input: Raw = Raw(b"null")
    why: str = ""


class Replay:
    """`routes` are admin routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.routes: dict[str, AdminRoute] = {f"POST {PREFIX}/api/replay": self._answer}

    async def _answer(self, request: AdminRequest) -> Replayed:
        try:
            body = msgspec.convert(request.body, ReplayBody)
        except msgspec.ValidationError as error:
            raise CallRefused(f"the body is not as expected: {error}") from None
        return await self.replay(body.id, body.input, dry=body.dry)

    async def replay(self, id: str, input: object | UnsetType = UNSET, *, dry: bool = False) -> Replayed:
        """Everything it could say is in the answer, except what the inputs are."""
        await self._parts.recorder.flush()
        spans = await self._recorded(id)
        if not spans:
            return Replayed(error=f"nothing is recorded under '{id}'")
        if input is not UNSET and len(spans) > 1:
            names = ", ".join(span.name for span in spans)
            return Replayed(error=f"an input is for one run, and {len(spans)} began this trace: {names}; name a span")
        targets = [await self._target(span, input) for span in spans]
        runs = [_shown(target) for target in targets]
        if dry or any(target.step is None for target in targets):
            why = next((target.why for target in targets if target.why), None)
            return Replayed(runs=runs, error=None if dry else why)
        trace_id = self._parts.clock.new_trace_id()
        runs = [await self._run(target, trace_id) for target in targets]
        await self._parts.recorder.flush()
        return Replayed(trace_id=trace_id, runs=runs, error=next((run.error for run in runs if run.error), None))

    async def _recorded(self, id: str) -> list[Span]:
        """The span of that id, or the runs that began the trace of that id: of each its last attempt."""
        traces = self._parts.storage.traces
        spans = await traces.trace(id)
        if not spans:
            kept = await traces.input(id)
            spans = await traces.trace(kept.trace_id) if kept is not None else []
            found = next((span for span in spans if span.id == id), None) or await traces.span(id)
            return [] if found is None else [found]
        first = [span for span in spans if span.parent is None] or spans[:1]
        return list({span.id if span.delivery is None else str(span.delivery): span for span in first}.values())

    async def _target(self, span: Span, input: object | UnsetType) -> _Target:
        parts = self._parts
        step = parts.registry.current.by_name.get(span.name)
        if step is None:
            return _Target(span, why=f"no step is called '{span.name}' any more")
        if step.kind != span.kind:
            return _Target(span, why=f"{span.name} was of type {span.kind} and is of type {step.kind} now")
        if input is not UNSET:
            return _Target(span, step, Raw(input_of(step, input)))
        kept = await parts.storage.traces.input(span.id)
        if kept is not None:
            return _Target(span, step, Raw(kept.body))
        if span.status == "running":
            return _Target(span, why=f"{span.name} still runs")
        why = span.unkept or "no whole input of it is kept: replay.store is off, or it was long ago"
        return _Target(span, why=f"{span.name} cannot be replayed: {why}")

    async def _run(self, target: _Target, trace_id: str) -> Run:
        parts, span, step = self._parts, target.span, target.step
        assert step is not None
        invocation = Invocation(
            id=parts.clock.new_id(),
            step=step,
            caller=Caller(
                trigger="manual", trace_id=trace_id, topic=span.topic, replay_of=f"{span.trace_id}/{span.id}"
            ),
            input=target.input,
            deadline=parts.clock.monotonic() + deadline(parts, step),
        )
        outcome = await parts.dispatcher.run(invocation)
        failed = outcome.failure
        return msgspec.structs.replace(
            _shown(target),
            result=None if failed is not None else result_of(parts, outcome),
            error=None if failed is None else f"{failed.name}: {failed.message}",
        )


def _shown(target: _Target) -> Run:
    span = target.span
    return Run(
        step=span.name,
        kind=span.kind,
        file=span.file,
        trace_id=span.trace_id,
        span=span.id,
        size=len(memoryview(target.input)) if target.step is not None else None,
        error=target.why or None,
    )
