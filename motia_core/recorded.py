"""The nouns of history: what is kept of a run, a log line, an error. `model.py` offers them with its own."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Raw, Struct, UnsetType

Level = Literal["debug", "info", "warn", "error"]


class Failure(Struct, frozen=True, kw_only=True):
    """An error in the one shape that traces, dead letters and the wire share. `code` is that of `errors.py`."""

    code: int
    name: str
    message: str
    stack: str | None = None
    data: Raw | UnsetType = UNSET


class Remote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the caller of a request said of the trace it belongs to (`traceparent`, `tracestate`)."""

    trace_id: str
    span_id: str
    sampled: bool = True
    state: str = ""


class Span(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One finished or running invocation as traces keep it. `parent` is the span that emitted what started it, `events`
    are its calls in order, `wait` are the ms between being due and a worker taking it. `replay_of` is TRACE/SPAN of the
    run it repeats, `unkept` says why it cannot be repeated itself. Of a request: `method`, `route`, the `answer` (its
    status) and the caller's own span, `remote`."""

    id: str
    trace_id: str
    name: str
    kind: str
    status: Literal["running", "completed", "failed"]
    start: int
    language: str = ""
    end: int | None = None
    parent: str | None = None
    topic: str | None = None
    attempt: int = 1
    worker: str | None = None
    failure: Failure | None = None
    events: tuple[Raw, ...] = ()
    file: str = ""
    wait: int = 0
    delivery: int | None = None
    replay_of: str | None = None
    unkept: str = ""
    sampled: bool = True
    method: str | None = None
    route: str | None = None
    answer: int | None = None
    remote: Remote | None = None


class LogRecord(Struct, frozen=True, kw_only=True):
    """One structured log line. `fields` is a JSON object."""

    id: str
    time: int
    level: Level
    msg: str
    trace_id: str | None = None
    step: str | None = None
    flows: tuple[str, ...] = ()
    invocation: str | None = None
    source: Literal["logger", "stdout", "stderr", "core"] = "logger"
    fields: Raw = Raw(b"{}")
