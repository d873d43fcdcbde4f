"""One trace in a line, from its spans; and whether a search means a span. Pure, the same for each backend."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from motia_core.errors import WorkerDied
from motia_core.model import Failure, LogRecord, Span
from motia_core.storage.history import Trace
from motia_core.storage.words import contains


def summary(spans: Sequence[Span], cursor: str = "") -> Trace:
    """`spans` by start. A failed attempt counts only as long as none came after it."""
    first = next((span for span in spans if span.parent is None), spans[0])
    last = {span.delivery if span.delivery is not None else span.id: span for span in spans}
    failed = [span for span in last.values() if span.status == "failed"]
    running = sum(span.status == "running" for span in spans)
    ends = [span.end for span in spans if span.end is not None]
    error = next((f"{one.failure.name}: {one.failure.message}" for one in failed if one.failure is not None), None)
    return Trace(
        id=first.trace_id,
        name=first.name,
        kind=first.kind,
        status="failed" if failed else "running" if running else "completed",
        start=min(span.start for span in spans),
        end=None if running else max(ends, default=None),
        steps=len(spans),
        failed=len(failed),
        running=running,
        error=error,
        replay_of=first.replay_of,
        cursor=cursor,
    )


def searched(log: LogRecord) -> str:
    """The part of a line in which words are looked for."""
    return f"{log.msg} {bytes(log.fields).decode('utf-8', 'replace')}"[:2000]


def lost(span: Span, seen: int) -> Span:
    """A running span whose server has fallen silent."""
    failure = Failure(code=WorkerDied.code, name="ServerLost", message="the server ended while this ran")
    return replace(span, status="failed", end=max(seen, span.start), failure=failure)


def means(span: Span, step: str | None, wanted: list[str] | None) -> bool:
    """Whether a search for this step and these words means `span`."""
    if step is not None and span.name != step:
        return False
    if wanted is None:
        return True
    failed = span.failure
    texts = (span.name, *((failed.name, failed.message) if failed is not None else ()))
    return contains(" ".join(texts), wanted)
