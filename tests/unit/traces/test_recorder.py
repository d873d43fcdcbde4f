"""The recorder never blocks or raises: it drops and counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import anyio
import pytest
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.config.knobs import Replay, Traces
from motia_core.errors import StoreUnavailable
from motia_core.model import Failure, Level, LogRecord, Span
from motia_core.storage.base import Storage
from motia_core.storage.open import open_storage
from motia_core.traces.recorder import Recorder

pytestmark = pytest.mark.anyio


def span(id: str) -> Span:
    return Span(id=id, trace_id="T", name="n", kind="api", status="completed", start=1)


def log(level: Level, msg: str = "m") -> LogRecord:
    return LogRecord(id=msg, time=1, level=level, msg=msg, fields=Raw(b"{}"))


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await open_storage("memory:", tmp_path, tmp_path, durability=Durability(), clock=Clock())
    yield opened
    await opened.close()


async def test_records_are_written_in_batches_and_at_the_end(storage: Storage) -> None:
    recorder = Recorder(storage.traces, Traces(flush=0.01), Clock())
    async with anyio.create_task_group() as group:
        await group.start(recorder.run)
        recorder.span(span("a"))
        recorder.log(log("info"))
        with anyio.fail_after(5):
            while not await storage.traces.trace("T"):
                await anyio.sleep(0.005)
        recorder.span(span("b"))
        recorder.close()
    assert [each.id for each in await storage.traces.trace("T")] == ["a", "b"]
    assert len(await storage.traces.logs()) == 1


async def test_below_the_level_nothing_is_printed_or_kept(storage: Storage) -> None:
    printed: list[str] = []
    recorder = Recorder(
        storage.traces, Traces(), Clock(), level="warn", console=lambda record: printed.append(record.msg)
    )
    for level in ("debug", "info", "warn", "error"):
        recorder.log(log(level, level))  # type: ignore[arg-type]
    await recorder.flush()
    assert printed == ["warn", "error"]
    assert [record.msg for _, record in await storage.traces.logs()] == ["warn", "error"]


async def test_a_full_buffer_drops_and_counts(storage: Storage) -> None:
    recorder = Recorder(storage.traces, Traces(buffer=100), Clock())
    for number in range(130):
        recorder.span(span(str(number)))
    assert recorder.dropped == 30
    await recorder.flush()
    assert len(await storage.traces.trace("T")) == 100


async def test_disabled_traces_keep_no_spans_but_logs(storage: Storage) -> None:
    recorder = Recorder(storage.traces, Traces(enabled=False), Clock())
    recorder.span(span("a"))
    recorder.log(log("info"))
    await recorder.flush()
    assert await storage.traces.trace("T") == []
    assert len(await storage.traces.logs()) == 1


async def test_what_a_failing_store_does_not_take_waits_as_far_as_there_is_room(storage: Storage) -> None:
    class Failing:
        broken = True

        async def add(self, spans: Sequence[Span], logs: Sequence[LogRecord], *more: object, now: int) -> None:
            if self.broken:
                raise StoreUnavailable()
            await storage.traces.add(spans, logs)

    store = Failing()
    recorder = Recorder(store, Traces(buffer=100), Clock())  # type: ignore[arg-type]
    for n in range(100):
        recorder.span(span(f"{n}"))
    await recorder.flush()
    assert recorder.dropped == 0
    recorder.span(span("one too many"))
    assert recorder.dropped == 1
    store.broken = False
    await recorder.flush()
    assert len(await storage.traces.trace("T")) == 100
    assert recorder.losses.spans == 1


async def test_those_who_watch_are_told_once_also_when_the_store_fails(storage: Storage) -> None:
    class Failing:
        broken = True

        async def add(self, spans: Sequence[Span], logs: Sequence[LogRecord], inputs: object = (), *, now: int) -> None:
            if self.broken:
                raise StoreUnavailable()
            await storage.traces.add(spans, logs)

    store = Failing()
    recorder = Recorder(store, Traces(), Clock())  # type: ignore[arg-type]
    told: list[str] = []
    recorder.watchers.append(lambda spans, logs: told.extend(one.id for one in [*spans, *logs]))
    for number in range(3):
        recorder.span(span(f"s{number}"))
        recorder.log(log("info", f"l{number}"))
        store.broken = number < 2
        await recorder.flush()
    recorder.span(span("last"))
    await recorder.flush()
    assert told == ["s0", "l0", "s1", "l1", "s2", "l2", "last"]
    assert len(await storage.traces.trace("T")) == 4


async def test_what_is_dropped_is_said_in_the_log(storage: Storage) -> None:
    printed: list[str] = []
    recorder = Recorder(
        storage.traces, Traces(buffer=100, flush=0.01), Clock(), console=lambda record: printed.append(record.msg)
    )
    for number in range(130):
        recorder.span(span(str(number)))
    for _ in range(105):
        recorder.log(log("info"))
    assert (recorder.losses.spans, recorder.losses.logs, recorder.dropped) == (30, 5, 35)
    async with anyio.create_task_group() as group:
        await group.start(recorder.run)
        with anyio.fail_after(5):
            while not [text for text in printed if "could not keep up" in text]:
                await anyio.sleep(0.005)
        recorder.close()
    assert [text for text in printed if "could not" in text] == [
        "recording could not keep up: 30 spans, 5 log lines were not kept"
    ]
    assert [record.msg for _, record in await storage.traces.logs(text="could not keep up")]


async def test_sampling_takes_whole_traces_and_every_failure(storage: Storage) -> None:
    recorder = Recorder(storage.traces, Traces(sample=0.3), Clock())
    failure = Failure(code=1001, name="Error", message="no")
    for number in range(1000):
        for part in "ab":
            recorder.span(Span(id=f"{number}{part}", trace_id=f"T{number}", name="n", kind="api", status="completed",
                               start=number, parent=None if part == "a" else f"{number}a"))  # fmt: skip
    recorder.span(Span(id="bad", trace_id="T-bad", name="n", kind="event", status="failed", start=1, failure=failure,
                       parent="gone"))  # fmt: skip
    await recorder.flush()
    kept = await storage.traces.traces(limit=2000)
    assert 200 < len(kept) < 400
    assert {one.steps for one in kept if one.id != "T-bad"} == {2}
    assert "T-bad" in {one.id for one in await storage.traces.traces(status="failed")}
    none = Recorder(storage.traces, Traces(sample=0), Clock())
    none.span(span("unseen"))
    await none.flush()
    assert await storage.traces.span("unseen") is None


async def test_inputs_are_kept_whole_or_not_at_all(storage: Storage) -> None:
    recorder = Recorder(storage.traces, Traces(), Clock(), keeps=True, replay=Replay(largest=50))
    recorder.span(span("whole"), Raw(b'{"password":"kept as it is"}'))
    recorder.span(span("large"), Raw(b'"' + b"x" * 50 + b'"'))
    recorder.span(span("files"), Raw(b'{"$file":"/run/x","size":3}'))
    await recorder.flush()
    kept = await storage.traces.input("whole")
    assert kept is not None
    assert kept.body == b'{"password":"kept as it is"}'
    assert await storage.traces.input("large") is None
    assert await storage.traces.input("files") is None
    reasons = {one.id: one.unkept for one in await storage.traces.trace("T")}
    assert reasons["whole"] == ""
    assert "too large" in reasons["large"]
    assert "files" in reasons["files"]
    off = Recorder(storage.traces, Traces(), Clock())
    off.span(span("off"), Raw(b"1"))
    await off.flush()
    assert await storage.traces.input("off") is None


async def test_everybody_sees_the_same_without_secrets(storage: Storage) -> None:
    printed: list[LogRecord] = []
    seen: list[LogRecord] = []
    recorder = Recorder(storage.traces, Traces(), Clock(), console=printed.append, redact=["pin"])
    recorder.watchers.append(lambda spans, logs: seen.extend(logs))
    recorder.log(LogRecord(id="1", time=1, level="info", msg="m", fields=Raw(b'{"PIN":1,"a":{"token":"x"}}')))
    failed = Failure(code=1001, name="E", message="m", data=Raw(b'{"code":{"password":"x"}}'))
    recorder.span(Span(id="f", trace_id="T", name="n", kind="api", status="failed", start=1, failure=failed))
    await recorder.flush()
    [(_, stored)] = await storage.traces.logs()
    hidden = b'{"PIN":"[redacted]","a":{"token":"[redacted]"}}'
    assert [bytes(one.fields) for one in (stored, printed[0], seen[0])] == [hidden] * 3
    [kept] = await storage.traces.trace("T")
    assert kept.failure is not None
    assert kept.failure.data == Raw(b'{"code":{"password":"[redacted]"}}')


async def test_a_long_run_is_recorded_before_its_end_and_only_now_and_then(storage: Storage) -> None:
    recorder = Recorder(storage.traces, Traces(), Clock())
    running = Span(id="r", trace_id="T", name="n", kind="event", status="running", start=1)
    asked: list[int] = []

    def underway(before: int) -> list[Span]:
        asked.append(before)
        return [running]

    batches: list[int] = []
    recorder.underway = underway
    recorder.watchers.append(lambda spans, logs: batches.append(len(spans)))
    await recorder.flush()
    await recorder.flush()
    assert batches == [1]
    assert asked[0] < Clock().now_ms()
    assert (await storage.traces.trace("T"))[0].status == "running"
    recorder.underway = lambda before: []
    recorder.span(Span(id="r", trace_id="T", name="n", kind="event", status="completed", start=1, end=2))
    await recorder.flush()
    assert [one.status for one in await storage.traces.trace("T")] == ["completed"]


async def test_a_note_belongs_to_the_trace_and_step_it_names(storage: Storage) -> None:
    recorder = Recorder(storage.traces, Traces(), Clock())
    recorder.note("warn", "given up", traceId="T", step="s", deadLetter=7)
    await recorder.flush()
    [(_, line)] = await storage.traces.logs(trace_id="T", step="s")
    assert bytes(line.fields) == b'{"deadLetter":7}'


@pytest.mark.parametrize("turns", [1, 2, 4, 8, 16])
async def test_nothing_is_lost_when_who_wanted_to_see_it_leaves(tmp_path: Path, turns: int) -> None:
    opened = await open_storage("sqlite:", tmp_path, tmp_path, durability=Durability(), clock=Clock())
    recorder = Recorder(opened.traces, Traces(), Clock())
    for number in range(1500):
        recorder.log(log("info", f"line {number}"))
    flush = asyncio.ensure_future(recorder.flush())
    for _ in range(turns):
        await asyncio.sleep(0)
    flush.cancel()
    await asyncio.wait([flush])
    await recorder.flush()
    await opened.close()
    again = await open_storage("sqlite:", tmp_path, tmp_path, durability=Durability(), clock=Clock())
    assert (await again.traces.held()).logs == 1500
    await again.close()
