"""The recorder never blocks or raises: it drops and counts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import anyio
import pytest
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.config.knobs import Traces
from motia_core.errors import StoreUnavailable
from motia_core.model import Level, LogRecord, Span
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

        async def add(self, spans: Sequence[Span], logs: Sequence[LogRecord]) -> None:
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
