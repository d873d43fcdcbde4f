"""Spans and logs, on each backend."""

from __future__ import annotations

import pytest
from msgspec import Raw
from msgspec.structs import replace

from motia_core.errors import CallRefused
from motia_core.model import LogRecord, Span
from motia_core.storage.base import Storage
from motia_core.storage.history import Bounds, KeptInput, Trace
from motia_core.storage.sqlite.storage import SqliteStorage
from motia_core.storage.sqlite.words import BITE, Words

from .deliveries import FAILURE

pytestmark = pytest.mark.anyio


def span(id: str, trace: str, start: int, name: str = "a", **more: object) -> Span:
    fields = {"status": "completed", "end": start, **more}
    return Span(id=id, trace_id=trace, name=name, kind="event", start=start, **fields)  # type: ignore[arg-type]


def log(n: int, *, level: str = "info", trace: str | None = None, step: str | None = None, msg: str = "") -> LogRecord:
    return LogRecord(id=str(n), time=n, level=level, msg=msg or f"m{n}", trace_id=trace, step=step)  # type: ignore[arg-type]


def ids(traces: list[Trace]) -> list[str]:
    return [one.id for one in traces]


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
        wait=7,
        delivery=9,
        replay_of="T/s",
        unkept="too large",
    )
    await storage.traces.add([whole], [])
    assert await storage.traces.trace("T:1") == [whole]
    assert await storage.traces.span("s\n🙂") == whole
    assert await storage.traces.span("nothing") is None
    assert await storage.traces.trace("nothing") == []


async def test_a_running_span_is_there_and_its_end_takes_its_place(storage: Storage) -> None:
    running = span("s", "t", 5, status="running", end=None)
    await storage.traces.add([running, span("other", "t", 6)], [], now=5)
    [listed] = await storage.traces.traces()
    assert (listed.status, listed.steps, listed.running, listed.end) == ("running", 2, 1, None)
    assert ids(await storage.traces.traces(status="running")) == ["t"]
    seen = replace(running, events=(Raw(b"{}"),))
    await storage.traces.add([seen], [], now=6)
    assert (await storage.traces.trace("t"))[0].events == (Raw(b"{}"),)
    await storage.traces.add([replace(running, status="completed", end=9)], [])
    await storage.traces.add([seen], [], now=7)  # it came late
    assert [(one.id, one.status) for one in await storage.traces.trace("t")] == [
        ("s", "completed"),
        ("other", "completed"),
    ]
    assert await storage.traces.traces(status="running") == []
    assert await storage.traces.lose(before=100) == 0


async def test_what_ran_when_its_server_fell_silent_has_failed(storage: Storage) -> None:
    await storage.traces.add([span("old", "t", 5, status="running", end=None)], [], now=10)
    await storage.traces.add([span("new", "u", 6, status="running", end=None)], [], now=20)
    assert await storage.traces.lose(before=20) == 1
    [lost] = await storage.traces.trace("t")
    assert (lost.status, lost.end, lost.failure and lost.failure.name) == ("failed", 10, "ServerLost")
    assert (await storage.traces.trace("u"))[0].status == "running"


async def test_a_trace_is_sorted_by_start_and_listed_by_its_first_span(storage: Storage) -> None:
    await storage.traces.add([span("2", "t", 20, "b", parent="1"), span("1", "t", 10), span("9", "u", 15, "c")], [])
    await storage.traces.add([span("3", "t", 30, "c", parent="2")], [])
    assert [one.id for one in await storage.traces.trace("t")] == ["1", "2", "3"]
    assert [(one.id, one.name, one.steps, one.end) for one in await storage.traces.traces()] == [
        ("u", "c", 1, 15),
        ("t", "a", 3, 30),
    ]
    assert sorted(ids(await storage.traces.traces(step="c"))) == ["t", "u"]
    assert ids(await storage.traces.traces(step="b")) == ["t"]
    assert ids(await storage.traces.traces(until=14)) == ["t"]
    assert ids(await storage.traces.traces(since=11)) == ["u"]
    assert ids(await storage.traces.traces(limit=1)) == ["u"]


@pytest.mark.parametrize("more", [{}, {"step": "a"}, {"text": "a"}, {"status": "completed"}])
async def test_traces_are_paged(storage: Storage, more: dict[str, str]) -> None:
    await storage.traces.add([span(f"{n}", f"t{n}", n) for n in range(1, 8)], [])
    await storage.traces.add([span(f"{n}b", f"t{n}", n + 1, parent=f"{n}") for n in range(1, 8)], [])
    found: list[str] = []
    cursor = None
    for _ in range(4):
        page = await storage.traces.traces(limit=3, cursor=cursor, **more)  # type: ignore[arg-type]
        found += ids(page)
        cursor = page[-1].cursor if page else cursor
    assert found == [f"t{n}" for n in range(7, 0, -1)]


@pytest.mark.parametrize("cursor", ["x", "#x", "#", "1", ":t", "²:t", "#1"])
async def test_what_is_no_cursor_of_the_list_is_refused(sqlite: SqliteStorage, cursor: str) -> None:
    """Rather than taken for the beginning: who pages would never come to the end."""
    await sqlite.traces.add([span("1", "t", 1)], [])
    with pytest.raises(CallRefused, match="no cursor"):
        await sqlite.traces.traces(cursor=cursor)
    with pytest.raises(CallRefused, match="no cursor"):
        await sqlite.traces.traces(cursor="1:t" if cursor == "#1" else cursor, step="a")


async def test_what_no_row_can_hold_is_looked_for_in_vain(sqlite: SqliteStorage) -> None:
    great = 2**64
    odd: list[dict[str, object]] = [{"since": great}, {"until": -great}, {"before": -great}]
    for wanted in (*odd, {"trace_id": "\udcff"}):
        with pytest.raises(CallRefused, match="cannot hold"):
            await sqlite.traces.logs(**wanted)  # type: ignore[arg-type]
    assert await sqlite.traces.logs(step="\udcff") == []
    with pytest.raises(CallRefused, match="cannot hold"):
        await sqlite.traces.trace("\udcff")
    with pytest.raises(CallRefused, match="cannot hold"):
        await sqlite.state.get("g", "\udcff", now=1)


async def test_traces_are_found_by_what_failed(storage: Storage) -> None:
    boom = span("1", "t", 1, "Charge", status="failed", failure=FAILURE, delivery=7)
    await storage.traces.add([boom, span("2", "u", 2, "Charge")], [])
    assert ids(await storage.traces.traces(status="failed")) == ["t"]
    assert ids(await storage.traces.traces(status="completed")) == ["u"]
    assert ids(await storage.traces.traces(text=FAILURE.message)) == ["t"]
    assert ids(await storage.traces.traces(text="char")) == ["u", "t"]
    assert ids(await storage.traces.traces(text="!?")) == []
    [one] = await storage.traces.traces(status="failed")
    assert one.error == f"{FAILURE.name}: {FAILURE.message}"
    await storage.traces.add([span("3", "t", 3, "Charge", delivery=7, attempt=2, parent="x")], [])
    assert ids(await storage.traces.traces(status="failed")) == []
    assert sorted(ids(await storage.traces.traces(status="completed"))) == ["t", "u"]


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
    assert [record.time for _, record in await storage.traces.logs(before=found[0][0], limit=2)] == [1, 2]


async def test_logs_are_filtered(storage: Storage) -> None:
    records = [
        log(1, level="debug", trace="t", step="a"),
        log(2, level="info", trace="t", step="b"),
        log(3, level="warn", trace="u", step="a"),
        log(4, level="error", msg="Card 12-34 was RÉFUSED"),
    ]
    await storage.traces.add([], [*records[:3], replace(records[3], fields=Raw(b'{"why":{"reason":"stolen_card"}}'))])

    async def times(**wanted: object) -> list[int]:
        return [record.time for _, record in await storage.traces.logs(**wanted)]  # type: ignore[arg-type]

    assert await times() == [1, 2, 3, 4]
    assert await times(level="debug") == [1, 2, 3, 4]
    assert await times(level="warn") == [3, 4]
    assert await times(trace_id="t") == [1, 2]
    assert await times(step="a") == [1, 3]
    assert await times(step="a", level="warn") == [3]
    assert await times(step="a", trace_id="t", level="info") == []
    assert await times(trace_id="t", level="info") == [2]
    assert await times(trace_id="t", text="m") == []
    assert await times(trace_id="t", text="m1") == [1]
    assert await times(trace_id="t", text="m2") == [2]
    assert await times(since=2, until=3) == [2, 3]
    assert await times(since=3, level="info") == [3, 4]
    for text in ("12-34", "card 12", "was refused", "refus", '"was" refused', "reason stolen", "stolen_card", "WHY"):
        assert await times(text=text) == [4], text
    for text in ("34 12", "ard", "card refused", "-", 'x" OR "m', "m1 OR m2", "tags : l3", "*"):
        assert await times(text=text) == [], text
    assert await times(text="card", level="error", until=4) == [4]
    assert await times(text="card", step="a") == []


async def test_words_are_found_in_what_came_since_the_last_search(storage: Storage) -> None:
    for n in range(1, 6):
        await storage.traces.add([], [log(n, msg=f"order {n} stored")])
        assert [record.time for _, record in await storage.traces.logs(text=f"order {n}")] == [n]
    assert len(await storage.traces.logs(text="stored", limit=3)) == 3


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


async def test_an_input_is_kept_for_its_span(storage: Storage) -> None:
    kept = KeptInput(span="s", trace_id="t", time=5, body='{"a":"é\\u0000"}'.encode())
    await storage.traces.add([], [], [kept])
    assert await storage.traces.input("s") == kept
    assert await storage.traces.input("other") is None
    more = [KeptInput(span=f"s{n}", trace_id="t", time=n, body=b"x" * 100) for n in range(10, 20)]
    await storage.traces.add([], [], more)
    assert await storage.traces.prune(Bounds(spans=9, logs=9, before=11)) == 2
    assert await storage.traces.input("s") is None
    assert await storage.traces.prune(Bounds(spans=9, logs=9, inputs=5)) == 4
    assert await storage.traces.prune(Bounds(spans=9, logs=9, input_bytes=250)) == 3
    assert [await storage.traces.input(f"s{n}") is not None for n in (17, 18, 19)] == [False, True, True]
    assert (await storage.traces.held()).inputs == 2


async def test_prune_keeps_the_newest(storage: Storage) -> None:
    await storage.traces.add([span(str(n), f"t{n % 5}", n) for n in range(10)], [log(n) for n in range(10)])
    assert await storage.traces.prune(Bounds(spans=3, logs=4)) == 7 + 6
    assert ids(await storage.traces.traces()) == ["t4", "t3", "t2"]
    assert await storage.traces.trace("t0") == []
    assert [record.time for _, record in await storage.traces.logs()] == [6, 7, 8, 9]
    assert await storage.traces.logs(text="m1") == []
    assert [record.time for _, record in await storage.traces.logs(text="m7")] == [7]
    assert await storage.traces.prune(Bounds(spans=3, logs=4)) == 0
    last = (await storage.traces.logs())[-1][0]
    assert await storage.traces.prune(Bounds(spans=0, logs=0)) == 7
    assert await storage.traces.traces() == []
    await storage.traces.add([], [log(11)])
    assert [record.time for _, record in await storage.traces.logs(after=last)] == [11]
    assert [record.time for _, record in await storage.traces.logs(text="m11")] == [11]


async def test_prune_forgets_old_traces_and_logs(storage: Storage) -> None:
    late = span("2", "old", 50, parent="1")
    await storage.traces.add([span("1", "old", 5), late, span("3", "new", 50)], [log(5), log(50)])
    assert await storage.traces.prune(Bounds(spans=100, logs=100, before=50)) == 3
    assert ids(await storage.traces.traces()) == ["new"]
    assert await storage.traces.trace("old") == []
    assert [record.time for _, record in await storage.traces.logs()] == [50]
    assert await storage.traces.prune(Bounds(spans=100, logs=100, before=51)) == 2
    assert await storage.traces.logs() == []


async def test_a_quiet_moment_indexes_what_a_flood_left(sqlite: SqliteStorage) -> None:
    lines = [log(n, msg=f"word{n}") for n in range(BITE + 10)]
    await sqlite.traces.add([], lines[:10])
    await sqlite.traces.add([], lines[10:])
    index, database = Words("logs"), sqlite.traces._database  # type: ignore[attr-defined]

    async def behind() -> int:
        return int(await database.read(index.behind))

    assert await behind() > 0
    while await sqlite.traces.settle():
        pass
    assert await behind() == 0
    assert not await sqlite.traces.settle()


async def test_traces_are_found_by_their_whole_ids(storage: Storage) -> None:
    """Also those that are short, or end like others."""
    names = ["T1", "T10", "", "ABCDEF-1", "XBCDEF-1", "1ABCDEF", "ABCDEF1", "-1ABCDEF"]
    await storage.traces.add([span(f"s{n}", name, 5) for n, name in enumerate(names)], [])
    for n, name in enumerate(names):
        assert [one.id for one in await storage.traces.trace(name)] == [f"s{n}"]
