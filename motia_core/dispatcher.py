"""The one road to user code: pick the pool, call, classify the outcome, leave a span.

`run` never raises but for cancellation: whatever goes wrong is the outcome's failure. A trigger passes values, not
flags; nothing here depends on which trigger called.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Literal, Protocol

import msgspec
from msgspec import UNSET, Raw
from msgspec.structs import replace

from motia_core.clock import Clock
from motia_core.config.knobs import Validation
from motia_core.errors import (
    ClientGone,
    DeadlineExceeded,
    Draining,
    InputInvalid,
    InvocationCancelled,
    MotiaError,
    ProjectError,
    StepUnavailable,
    WorkerDied,
    WorkersBusy,
)
from motia_core.metrics.counts import Counts
from motia_core.model import Failure, Invocation, Outcome, Response, Span, Step
from motia_core.protocol.envelope import ErrorObject
from motia_core.protocol.requests import Run, RunResult
from motia_core.services.running import Active, ResponseSink, Running
from motia_core.traces.recorder import Recorder
from motia_core.traces.sampling import Sampler
from motia_core.workers.answers import RunnerError
from motia_core.workers.pool import Pool

# How a run ended, by the code of its failure: words for counting.
ENDINGS = {
    InputInvalid.code: "invalid",
    StepUnavailable.code: "unavailable",
    DeadlineExceeded.code: "deadline",
    WorkerDied.code: "died",
    WorkersBusy.code: "busy",
    InvocationCancelled.code: "cancelled",
    Draining.code: "draining",
}


_NOT_WANTED = frozenset({InvocationCancelled.code, ClientGone.code})
_CANCELLED = Outcome(failure=Failure(code=InvocationCancelled.code, name="Cancelled", message="cancelled"))


class Pools(Protocol):
    """Finds the pool a step runs in. Raises StepUnavailable or RuntimeMissing."""

    def __call__(self, step: Step) -> Pool: ...


class _Detail(msgspec.Struct):
    """What an error of user code carries."""

    name: str = "Error"
    stack: str | None = None


class Dispatcher:
    """Runs what triggers ask for; an invocation runs on the code its step names."""

    def __init__(
        self,
        *,
        pools: Pools,
        running: Running,
        recorder: Recorder,
        clock: Clock,
        validation: Validation,
        counts: Counts | None = None,
        sampler: Sampler | None = None,
    ) -> None:
        self._pools = pools
        self._running = running
        self._recorder = recorder
        self._clock = clock
        self._validation = validation
        self._counts = counts or Counts()
        self._sampler = sampler or Sampler()
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(RunResult).decode

    async def run(self, invocation: Invocation, *, sink: ResponseSink | None = None) -> Outcome:
        clock = self._clock
        began = clock.monotonic()
        active = self._running.begin(invocation, sink, clock.now_ms())
        outcome = _CANCELLED
        try:
            pool = self._pools(invocation.step)
            worker = await pool.acquire(alone=invocation.alone)
            active.worker = worker.name
            due, now = invocation.caller.due, clock.monotonic()
            active.wait = int((now - began) * 1000) if due is None else max(0, clock.now_ms() - due)
            try:
                if invocation.begins is not None:
                    await invocation.begins()
                raw = await worker.run(invocation.id, self._params(invocation, now), deadline=invocation.deadline)
            finally:
                pool.release(worker)
            outcome = self._outcome(invocation.step, worker.name, raw)
        except RunnerError as error:
            outcome = Outcome(failure=_reported(error.error), worker=active.worker)
        except MotiaError as error:
            outcome = Outcome(failure=_own(error), worker=active.worker)
        finally:
            outcome = self._ended(active, outcome, clock.monotonic() - began)
        return outcome

    def _outcome(self, step: Step, worker: str, raw: Raw) -> Outcome:
        """What the runner answered. Raises WorkerDied when it is no answer."""
        try:
            result = self._decode(raw)
        except msgspec.MsgspecError as error:
            raise WorkerDied(f"the runner's answer cannot be read: {error}") from None
        if step.kind != "api":
            return Outcome(value=result.value, worker=worker)
        if result.response is None:
            raise WorkerDied("the runner's answer holds no response")
        got = result.response
        response = Response(status=got.status, headers=got.headers, kind=got.kind, body=got.body)
        return Outcome(response=response, worker=worker)

    def _ended(self, active: Active, outcome: Outcome, seconds: float) -> Outcome:
        """Counts and records it."""
        self._running.end(active)
        invocation, sink, failure = active.invocation, active.sink, outcome.failure
        if sink is not None and failure is not None and failure.code in _NOT_WANTED and sink.left:
            # How an endless stream ends. Nothing has failed: the one reader there was has what it wanted.
            self._recorder.note("debug", "the client left before the end of the stream", invocation)
            outcome, failure = Outcome(worker=active.worker), None
        how = "completed" if failure is None else ENDINGS.get(failure.code, "failed")
        self._counts.ran(invocation.step.name, how, seconds, invocation.caller.attempt)
        self._recorder.span(self._span(active, outcome), None if invocation.issues else invocation.input)
        return outcome

    def _params(self, invocation: Invocation, now: float) -> bytes:
        step, caller = invocation.step, invocation.caller
        left = max(1, int((invocation.deadline - now) * 1000))
        return self._encode(
            Run(
                invocation=invocation.id,
                snapshot=step.snapshot,
                file=step.file,
                member=step.member,
                trigger="api" if step.kind == "api" else "cron" if step.kind == "cron" else "event",
                trace_id=caller.trace_id,
                deadline_ms=left,
                input=invocation.input,
                attempt=caller.attempt,
                topic=caller.topic,
                issues=invocation.issues,
                validation=self._mode(step) if step.validates else None,
                sampled=self._sampler.takes(caller.trace_id),
                trace_state=caller.remote.state if caller.remote is not None else "",
            )
        )

    def _mode(self, step: Step) -> Literal["enforce", "warn", "off"]:
        if step.validation is not None:
            return step.validation
        return self._validation.http or "enforce" if step.kind == "api" else self._validation.events

    def underway(self, before: int) -> list[Span]:
        """The spans of what runs since before that time."""
        return [self._span(active, None) for active in self._running.all() if active.started <= before]

    def _span(self, active: Active, outcome: Outcome | None) -> Span:
        """How it ended, or stands now."""
        invocation = active.invocation
        step, caller = invocation.step, invocation.caller
        failure = outcome.failure if outcome is not None else None
        events = tuple(active.events) if active.events else ()
        if active.omitted:
            events = (*events, Raw(b'{"type":"omitted","count":%d}' % active.omitted))
        # A call that names more than 15 values is made by way of a dict, at four times the cost.
        span = Span(
            id=invocation.id,
            trace_id=caller.trace_id,
            name=step.name,
            kind=step.kind,
            status="running" if outcome is None else "completed" if failure is None else "failed",
            start=active.started,
            language=step.language,
            end=None if outcome is None else self._clock.now_ms(),
            worker=active.worker,
            events=events,
            file=step.file,
            wait=active.wait,
            method=caller.method,
            route=caller.route,
            answer=outcome.response.status if outcome is not None and outcome.response is not None else None,
        )
        if failure is None and caller.trigger == "api" and caller.remote is None and caller.replay_of is None:
            return span
        return replace(
            span,
            parent=caller.parent,
            topic=caller.topic,
            attempt=caller.attempt,
            failure=failure,
            delivery=caller.delivery,
            replay_of=caller.replay_of,
            remote=caller.remote,
        )


def _reported(error: ErrorObject) -> Failure:
    """What the runner says went wrong."""
    detail = _Detail()
    if error.data is not None:
        with suppress(msgspec.MsgspecError):
            detail = msgspec.json.decode(error.data, type=_Detail)
    data = UNSET if error.data is None else Raw(bytes(error.data))
    return Failure(code=error.code, name=detail.name, message=error.message, stack=detail.stack, data=data)


def _own(error: MotiaError) -> Failure:
    """What went wrong on this side of the wire; a broken project is an unavailable step to its caller."""
    code = StepUnavailable.code if isinstance(error, ProjectError) else error.code
    return Failure(code=code, name=type(error).__name__, message=error.message)
