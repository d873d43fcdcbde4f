"""The file of recorded history stays within its bound, and space that was freed is used again."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config.knobs import Replay, Traces
from motia_core.model import LogRecord, Span
from motia_core.storage.history import Bounds
from motia_core.storage.sqlite.traces import open_traces
from motia_core.traces.recorder import Recorder

pytestmark = pytest.mark.anyio

MOST = 4 * 1024 * 1024


async def test_it_is_bounded_by_size(tmp_path: Path) -> None:
    clock = Clock()
    store = await open_traces(tmp_path / "t.db", clock)
    recorder = Recorder(store, Traces(max_size=MOST), clock, keeps=True, replay=Replay(max_size=MOST // 4))
    sizes, began = [], clock.now_ms()
    event = Raw(b'{"type":"state","data":{"key":"' + b"k" * 300 + b'"}}')
    for batch in range(40):
        for n in range(250):
            id, now = f"{batch}.{n}", began + batch * 250 + n
            span = Span(
                id=id, trace_id=id, name="n", kind="api", status="completed", start=now, end=now, events=(event,)
            )
            recorder.span(span, Raw(b'"' + b"i" * 300 + b'"'))
            fields = Raw(b'{"text":"' + b"many words " * 20 + b'"}')
            recorder.log(LogRecord(id=id, time=now, level="info", msg=f"line {id}", trace_id=id, fields=fields))
        await recorder.flush()
        await recorder._retention.keep()
        sizes.append((await store.held()).size)
    assert max(sizes) < MOST
    held = await store.held()
    assert min(held.spans, held.logs, held.inputs) > 100
    assert [line.msg for _, line in await store.logs(text="line 39.249")] == ["line 39.249"]
    assert await store.logs(text="line 0.1") == []
    assert [one.id for one in await store.traces(limit=1)] == ["39.249"]
    await store.close()
    assert (tmp_path / "t.db").stat().st_size < MOST


async def test_a_smaller_bound_gives_space_back(tmp_path: Path) -> None:
    store = await open_traces(tmp_path / "t.db", Clock())
    fields = Raw(b'{"text":"' + b"x" * 1000 + b'"}')
    for batch in range(10):
        await store.add([], [LogRecord(id="", time=batch, level="info", msg="m", fields=fields)] * 500)
    await store.prune(Bounds(spans=9, logs=100_000, size=MOST // 4))
    await store.close()
    assert (tmp_path / "t.db").stat().st_size < MOST // 2
