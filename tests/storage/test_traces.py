"""Spans and logs, on each backend."""

from __future__ import annotations

import pytest
from msgspec import Raw
from msgspec.structs import replace

from motia_core.model import LogRecord, Span
from motia_core.storage.base import Storage

from .deliveries import FAILURE

pytestmark = pytest.mark.anyio


def span(id: str, trace: str, start: int, name: str = "a") -> Span:
    return Span(id=id, trace_id=trace, name=name, kind="event", status="completed", start=start)


def log(n: int, *, level: str = "info", trace: str | None = None, step: str | None = None) -> LogRecord:
    return LogRecord(id=str(n), time=n, level=level, msg=f"m{n}", trace_id=trace, step=step)  # type: ignore[arg-type]


async def test_a_span_comes_back_whole(storage: Storage) -> None:
    whole = Span(
        id="s\n🙂",
        trace_id="T:1",
        name="näme",
        kind="api",
        status="failed",
        start=5,
        end=7,
        language="ruby",
        parent="p",
        topic="t",
        attempt=3,
        worker="w",
        failure=FAILURE,
        events=(Raw(b'{"at":1.50,"big":123456789012345678901234567890,"text":"a\\u0000\\nb"}'), Raw(b"[]")),
        file="steps/a.step.rb",
    )
    await storage.traces.add([whole], [])
    assert await storage.traces.trace("T:1") == [whole]
    assert await storage.traces.traces() == [whole]
    assert await storage.traces.trace("nothing") == []


async def test_a_later_span_of_the_same_id_replaces_the_earlier(storage: Storage) -> None:
    running = replace(span("s", "t", 5), status="running")
    await storage.traces.add([running, span("other", "t", 6)], [])
    await storage.traces.add([replace(running, status="completed", end=9)], [])
    assert [(one.id, one.status) for one in await storage.traces.trace("t")] == [
        ("s", "completed"),
        ("other", "completed"),
    ]
    await storage.traces.add([replace(running, end=1), replace(running, end=2)], [])
    assert (await storage.traces.trace("t"))[0].end == 2


async def test_a_trace_is_sorted_by_start_and_listed_by_its_first_span(storage: Storage) -> None:
    await storage.traces.add([span("2", "t", 20, "b"), span("1", "t", 10, "a"), span("9", "u", 15, "c")], [])
    await storage.traces.add([span("3", "t", 30, "c")], [])
    assert [one.id for one in await storage.traces.trace("t")] == ["1", "2", "3"]
    assert [one.id for one in await storage.traces.traces()] == ["9", "1"]
    assert [one.id for one in await storage.traces.traces(step="c")] == ["9", "1"]
    assert [one.id for one in await storage.traces.traces(step="b")] == ["1"]
    assert [one.id for one in await storage.traces.traces(before=15)] == ["1"]
    assert [one.id for one in await storage.traces.traces(limit=1)] == ["9"]


async def test_logs_are_oldest_first_and_can_be_followed(storage: Storage) -> None:
    await storage.traces.add([], [log(n) for n in range(5)])
    found = await storage.traces.logs(limit=2)
    assert [record.time for _, record in found] == [3, 4]
    assert [record.time for _, record in await storage.traces.logs(limit=2, newest=False)] == [0, 1]
    last = found[-1][0]
    await storage.traces.add([], [log(5), log(6)])
    assert [record.time for _, record in await storage.traces.logs(after=last)] == [5, 6]
    assert [record.time for _, record in await storage.traces.logs(after=last, limit=1, newest=False)] == [5]
    assert [record.time for _, record in await storage.traces.logs(after=last, limit=1)] == [6]


async def test_logs_are_filtered(storage: Storage) -> None:
    records = [
        log(1, level="debug", trace="t", step="a"),
        log(2, level="info", trace="t", step="b"),
        log(3, level="warn", trace="u", step="a"),
        log(4, level="error"),
    ]
    await storage.traces.add([], records)

    async def times(**wanted: str) -> list[int]:
        return [record.time for _, record in await storage.traces.logs(**wanted)]  # type: ignore[arg-type]

    assert await times() == [1, 2, 3, 4]
    assert await times(level="debug") == [1, 2, 3, 4]
    assert await times(level="warn") == [3, 4]
    assert await times(trace_id="t") == [1, 2]
    assert await times(step="a") == [1, 3]
    assert await times(step="a", trace_id="t", level="info") == []
    assert await times(trace_id="t", level="info") == [2]


async def test_a_log_comes_back_whole(storage: Storage) -> None:
    whole = LogRecord(
        id="1",
        time=5,
        level="warn",
        msg="a\nb\u2028🙂",
        trace_id="t",
        step="s",
        flows=("f",),
        invocation="i",
        source="stderr",
        fields=Raw(b'{"a":[1.0,null]}'),
    )
    await storage.traces.add([], [whole])
    assert [record for _, record in await storage.traces.logs()] == [whole]


async def test_prune_keeps_the_newest(storage: Storage) -> None:
    await storage.traces.add([span(str(n), f"t{n % 5}", n) for n in range(10)], [log(n) for n in range(10)])
    assert await storage.traces.prune(max_spans=3, max_logs=4, before=0) == 7 + 6
    assert [one.id for one in await storage.traces.traces()] == ["9", "8", "7"]
    assert await storage.traces.trace("t0") == []
    assert [record.time for _, record in await storage.traces.logs()] == [6, 7, 8, 9]
    assert await storage.traces.prune(max_spans=3, max_logs=4, before=0) == 0
    last = (await storage.traces.logs())[-1][0]
    assert await storage.traces.prune(max_spans=0, max_logs=0, before=0) == 7
    assert await storage.traces.traces() == []
    await storage.traces.add([], [log(11)])
    assert [record.time for _, record in await storage.traces.logs(after=last)] == [11]


async def test_prune_forgets_old_traces_and_logs(storage: Storage) -> None:
    await storage.traces.add([span("1", "old", 5), span("2", "old", 50), span("3", "new", 50)], [log(5), log(50)])
    assert await storage.traces.prune(max_spans=100, max_logs=100, before=50) == 3
    assert [one.id for one in await storage.traces.traces()] == ["3"]
    assert await storage.traces.trace("old") == []
    assert [record.time for _, record in await storage.traces.logs()] == [50]
    assert await storage.traces.prune(max_spans=100, max_logs=100, before=51) == 2
    assert await storage.traces.logs() == []
