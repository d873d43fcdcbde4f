"""What the SQLite store can do on this machine. Prints one line per figure; compare ratios within one run only.

python benchmarks/store.py [section …]      sections: reads state events backlog busy traces
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import uvloop
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.model import Addressed, Event, LogRecord, Span
from motia_core.storage.base import Emission
from motia_core.storage.sqlite.storage import SqliteStorage, open_sqlite

VALUE = b'{"customer":"c-1042","items":[{"sku":"a-1","n":2},{"sku":"b-7","n":1}],"total":129.5,"paid":false}'
SECONDS = 1.5
CLOCK = Clock()


def say(what: str, *figures: str) -> None:
    print(f"  {what:<58}" + "  ".join(f"{figure:>18}" for figure in figures), flush=True)


async def rate(
    callers: int, once: Callable[[int, int], Awaitable[None]], seconds: float = SECONDS
) -> tuple[float, list[float]]:
    """Calls per second of `once(caller, n)` run by `callers` at a time, and the time of each (s)."""
    end = time.perf_counter() + seconds
    times: list[float] = []

    async def caller(number: int) -> None:
        n = 0
        while (begin := time.perf_counter()) < end:
            await once(number, n)
            times.append(time.perf_counter() - begin)
            n += 1

    begin = time.perf_counter()
    await asyncio.gather(*(caller(number) for number in range(callers)))
    return len(times) / (time.perf_counter() - begin), times


def shown(result: tuple[float, list[float]]) -> tuple[str, str]:
    per_second, times = result
    cuts = statistics.quantiles(times, n=100)
    return f"{per_second:,.0f}/s", f"{cuts[49] * 1e3:.2f} / {cuts[98] * 1e3:.2f} ms"


async def opened(folder: Path, **durability: str) -> SqliteStorage:
    folder.mkdir(exist_ok=True)
    path = folder / f"{len(list(folder.iterdir()))}.db"
    return await open_sqlite(path, durability=msgspec.convert(durability, Durability), clock=CLOCK)


async def reads(folder: Path) -> None:
    """One key: on the loop's thread, and through the reading thread."""
    store = await opened(folder)
    for n in range(10_000):
        if n % 500 == 0:
            await asyncio.gather(*(store.state.set("g", f"k{m}", VALUE, now=0) for m in range(n, n + 500)))
    sql = "SELECT value FROM entries WHERE space = ? AND group_name = ? AND key = ?"

    async def direct(caller: int, n: int) -> None:
        await store.state.get("g", f"k{n % 10_000}", now=0)

    async def thread(caller: int, n: int) -> None:
        await store.database.rows(sql, ("", "g", f"k{n % 10_000}"))

    for callers in (1, 64):
        say(f"get of one key on the loop, {callers} callers", *shown(await rate(callers, direct)))
        say(f"get of one key through a thread, {callers} callers", *shown(await rate(callers, thread)))
    begin = time.perf_counter()
    await store.state.group("g", now=0)
    say("group of 10,000", f"{(time.perf_counter() - begin) * 1e3:.1f} ms")
    await store.close()


async def state(folder: Path) -> None:
    """A set and a get of it."""
    for durability in ("normal", "full"):
        store = await opened(folder, state=durability)

        async def once(caller: int, n: int, store: SqliteStorage = store) -> None:
            await store.state.set("g", f"{caller}-{n % 100}", VALUE, now=0)
            await store.state.get("g", f"{caller}-{n % 100}", now=0)

        for callers in (1, 16, 64):
            say(f"state set + get, {durability}, {callers} callers", *shown(await rate(callers, once)))
        await store.close()


def emission(step: str, due: int = 0) -> Emission:
    event = Event(topic="order.created", data=Raw(VALUE), trace_id="ABCDE-1234567-1", flows=("orders",), created=due)
    return Emission(event=event, to=(Addressed(step, due),))


async def cycle(store: SqliteStorage, callers: int, seconds: float = SECONDS) -> tuple[float, list[float]]:
    """`callers` put one event each and wait until it has been claimed and acknowledged by a claimer that takes what
    there is. Counts whole put → claim → ack cycles."""
    waiting: dict[int, asyncio.Future[None]] = {}
    wake = asyncio.Event()
    acks: set[asyncio.Task[None]] = set()
    done = False

    async def claimer() -> None:
        while not done:
            await wake.wait()
            wake.clear()
            while found := await store.events.claim({"a": 256}, owner="me", now=10, lease=100_000, limit=256):
                for one in found:
                    task = asyncio.create_task(handle(one.id, one.event))
                    acks.add(task)
                    task.add_done_callback(acks.discard)

    async def handle(id: int, event: int) -> None:
        await store.events.ack([id], owner="me")
        if event not in waiting:
            waiting[event] = asyncio.get_running_loop().create_future()
        waiting[event].set_result(None)

    async def once(caller: int, n: int) -> None:
        [emitted] = await store.events.put([emission("a")], limit=10_000_000)
        wake.set()
        if emitted.id not in waiting:
            waiting[emitted.id] = asyncio.get_running_loop().create_future()
        await waiting[emitted.id]
        del waiting[emitted.id]

    task = asyncio.create_task(claimer())
    result = await rate(callers, once, seconds)
    done = True
    wake.set()
    await task
    return result


async def events(folder: Path) -> None:
    for durability in ("full", "normal"):
        store = await opened(folder, events=durability)
        for callers in (1, 16, 64, 256):
            say(f"put → claim → ack, {durability}, {callers} callers", *shown(await cycle(store, callers)))
        await store.close()


async def backlog(folder: Path) -> None:
    """The same with a million others waiting: for the same step later, for another step now, and blocked."""
    empty, full = await opened(folder), await opened(folder)
    for begin in range(0, 1_000_000, 5_000):
        rows = [emission("a", 10**12) if n % 2 else emission("b") for n in range(begin, begin + 5_000)]
        await full.events.put(rows, limit=10_000_000)
    ratios = []
    for _ in range(3):
        small, large = await claims(empty), await claims(full)
        ratios.append(large / small)
        say("claim of 64, nothing else / 1,000,000 waiting", f"{small * 1e6:,.0f} µs", f"{large * 1e6:,.0f} µs")
    say("slower by", f"{statistics.median(ratios):.2f}x")
    say("put → claim → ack, full, 64 callers, empty", *shown(await cycle(empty, 64)))
    say("put → claim → ack, full, 64 callers, 1,000,000 waiting", *shown(await cycle(full, 64)))
    begin_at = time.perf_counter()
    await full.events.backlog(now=10)
    say("backlog() of 1,000,000", f"{(time.perf_counter() - begin_at) * 1e3:.0f} ms")
    await empty.close()
    await full.close()


async def claims(store: SqliteStorage) -> float:
    """Median seconds of one claim of 64."""
    times = []
    for _ in range(50):
        await store.events.put([emission("a") for _ in range(64)], limit=10_000_000)
        begin = time.perf_counter()
        found = await store.events.claim({"a": 64}, owner="me", now=10, lease=100_000, limit=64)
        times.append(time.perf_counter() - begin)
        await store.events.ack([one.id for one in found], owner="me")
    return statistics.median(times)


async def busy(folder: Path) -> None:
    """The store beside a loop that is never idle, as under saturating HTTP load."""
    stop = False

    async def burn() -> None:
        while not stop:
            end = time.perf_counter() + 0.000_04  # about one request
            while time.perf_counter() < end:
                pass
            await asyncio.sleep(0)

    store = await opened(folder)

    async def once(caller: int, n: int) -> None:
        await store.state.set("g", f"{caller}-{n % 100}", VALUE, now=0)
        await store.state.get("g", f"{caller}-{n % 100}", now=0)

    task = asyncio.create_task(burn())
    for callers in (1, 16, 64):
        say(f"busy loop: state set + get, normal, {callers} callers", *shown(await rate(callers, once)))
    say("busy loop: put → claim → ack, full, 64 callers", *shown(await cycle(store, 64)))
    stop = True
    await task
    await store.close()


async def traces(folder: Path) -> None:
    store = await opened(folder)
    batch, rounds = 1000, 60
    span = Span(id="", trace_id="", name="a-step", kind="api", status="completed", start=0, end=5, worker="node-1",
                events=(Raw(b'{"kind":"state.set","at":3,"group":"orders","key":"o-1"}'),) * 3)  # fmt: skip
    log = LogRecord(id="", time=0, level="info", msg="order stored", trace_id="t", step="a-step", fields=Raw(VALUE))
    begin = time.perf_counter()
    for r in range(rounds):
        spans = [
            msgspec.structs.replace(span, id=CLOCK.new_id(), trace_id=CLOCK.new_trace_id(), start=r)
            for _ in range(batch)
        ]
        await store.traces.add(spans, [])
    say(f"spans in batches of {batch}", f"{batch * rounds / (time.perf_counter() - begin):,.0f}/s")
    begin = time.perf_counter()
    for _ in range(rounds):
        await store.traces.add([], [log] * batch)
    say(f"logs in batches of {batch}", f"{batch * rounds / (time.perf_counter() - begin):,.0f}/s")
    begin = time.perf_counter()
    await store.traces.traces()
    say("the newest 50 traces", f"{(time.perf_counter() - begin) * 1e3:.1f} ms")
    begin = time.perf_counter()
    await store.traces.prune(max_spans=30_000, max_logs=30_000, before=0)
    say("prune of 60,000 rows", f"{(time.perf_counter() - begin) * 1e3:.0f} ms")
    await store.close()


SECTIONS = {"reads": reads, "state": state, "events": events, "backlog": backlog, "busy": busy, "traces": traces}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(SECTIONS)}; default all")
    parser.add_argument("--folder", type=Path, help="where the files go: its disk is what is measured")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=chosen.folder, prefix="motia-store-"))
    try:
        for name in chosen.sections or SECTIONS:
            print(name, flush=True)
            uvloop.run(SECTIONS[name](folder))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
