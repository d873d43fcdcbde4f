"""Hidden streams of what is recorded: log lines, the list of traces, the runs of one trace.

Told as the recorder writes them; while nobody follows, a batch costs one question. Traces are read again from the store
at most four times a second, those that somebody follows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

import anyio

from motia_core.errors import MotiaError
from motia_core.model import LogRecord, Span
from motia_core.storage.base import Item
from motia_core.storage.history import TraceStore
from motia_core.storage.summary import summary
from motia_core.traces.recorder import Recorder
from motia_core.workbench.history import group_item, log_item, trace_items
from motia_core.workbench.live import GROUP, News, Stamps, encode

LOGS, GROUPS, RUNS = "__motia.logs", "motia-trace-group", "motia-trace"
LAST = 1000
"""What a newcomer is told of logs; of traces `_TRACES`."""
_TRACES = 200
_AT_ONCE = 100
_KNOWN = 10_000
_TOLD = 50_000
"""Runs whose last look is remembered, so that of a trace of many only those that changed are told."""
_BETWEEN = 0.25


class LogTail:
    """`__motia.logs`."""

    def __init__(self, recorder: Recorder, store: TraceStore, news: News, stamps: Stamps) -> None:
        self._recorder = recorder
        self._store = store
        self._news = news
        self._stamps = stamps
        recorder.watchers.append(self.watch)

    def watch(self, spans: Sequence[Span], logs: Sequence[LogRecord]) -> None:
        """Of a flood the last are told."""
        if not logs or not self._news.followed(LOGS):
            return
        self._news.tell(
            LOGS, GROUP, [(self._stamps.next(), log.id, "create", encode(log_item(log))) for log in logs[-LAST:]]
        )

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        """A line that is written while this is read may come twice; clients know it by its id."""
        await self._recorder.flush()
        stamp = self._stamps.next()
        if group != GROUP:
            return [], stamp
        lines = [line for _, line in await self._store.logs(limit=LAST)]
        return [Item(one.id, encode(log_item(one)), "") for one in lines if key in (None, one.id)], stamp


class TraceTail:
    """`motia-trace-group`, and `motia-trace` with the id of a trace as group: `groups` and `runs` are the sources."""

    def __init__(
        self, recorder: Recorder, store: TraceStore, news: News, stamps: Stamps, note: Callable[[str], None]
    ) -> None:
        self.groups = _Groups(self)
        self.runs = _Runs(self)
        self.recorder = recorder
        self.store = store
        self.stamps = stamps
        self._news = news
        self._note = note
        self._changed: OrderedDict[str, None] = OrderedDict()
        self._said: OrderedDict[str, None] = OrderedDict()
        self._told: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._some = anyio.Event()
        self._reading = anyio.Lock()
        recorder.watchers.append(self.watch)

    def watch(self, spans: Sequence[Span], logs: Sequence[LogRecord]) -> None:
        if not spans and not logs:
            return
        followed = self._news.followed(RUNS)
        every = bool(self._news.followed(GROUPS))
        if not every and not followed:
            return
        changed = {span.trace_id for span in spans if every or span.trace_id in followed}
        changed |= {log.trace_id for log in logs if log.trace_id in followed}
        self._changed.update(dict.fromkeys(changed))
        while len(self._changed) > _KNOWN:
            self._changed.popitem(last=False)
        if changed:
            self._some.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._some.wait()
            await anyio.sleep(_BETWEEN)
            self._some = anyio.Event()
            try:
                await self._round()
            except MotiaError as error:
                self._note(f"traces cannot be told live for now: {error.message}")
            if self._changed:
                self._some.set()

    async def _round(self) -> None:
        await self.recorder.flush()
        for _ in range(min(len(self._changed), _AT_ONCE)):
            trace_id, _ = self._changed.popitem(last=True)
            if self._news.followed(GROUPS):
                spans = await self.store.trace(trace_id)
                if spans:
                    kind = "update" if trace_id in self._said else "create"
                    self.known([trace_id])
                    data = encode(group_item(summary(spans)))
                    self._news.tell(GROUPS, GROUP, [(self.stamps.next(), trace_id, kind, data)])
            if trace_id in self._news.followed(RUNS):
                await self.read(trace_id)

    async def read(self, trace_id: str) -> tuple[dict[str, bytes], int]:
        """The runs of a trace, once those who follow it have been told what is new in them, and a stamp after that."""
        async with self._reading:
            runs = await self._runs(trace_id)
            self._tell_runs(trace_id, runs)
            return runs, self.stamps.next()

    async def _runs(self, trace_id: str) -> dict[str, bytes]:
        spans = await self.store.trace(trace_id)
        logs = await self.store.logs(trace_id=trace_id, limit=LAST) if spans else []
        return {id: encode(item) for id, item in trace_items(spans, [line for _, line in logs]).items()}

    def _tell_runs(self, trace_id: str, runs: dict[str, bytes]) -> None:
        news = []
        for id, data in runs.items():
            before = self._told.get((trace_id, id))
            if before != hash(data):
                news.append((self.stamps.next(), id, "create" if before is None else "update", data))
        self._told.update({(trace_id, id): hash(data) for id, data in runs.items()})
        while len(self._told) > _TOLD:
            self._told.popitem(last=False)
        if news:
            self._news.tell(RUNS, trace_id, news)

    def known(self, traces: Iterable[str]) -> None:
        """Those that followers have seen: what comes next of them is an update."""
        self._said.update(dict.fromkeys(traces))
        while len(self._said) > _KNOWN:
            self._said.popitem(last=False)

    def cleared(self) -> None:
        """Nothing is left of what was recorded."""
        self._said.clear()
        self._told.clear()
        self._changed.clear()
        self._news.anew(GROUPS)
        self._news.anew(RUNS)


class _Groups:
    def __init__(self, tail: TraceTail) -> None:
        self._tail = tail

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        tail = self._tail
        await tail.recorder.flush()
        stamp = tail.stamps.next()
        if group != GROUP:
            return [], stamp
        if key is not None:
            spans = await tail.store.trace(key)
            found = [summary(spans)] if spans else []
        else:
            found = (await tail.store.traces(limit=_TRACES))[::-1]
        tail.known([trace.id for trace in found])
        return [Item(trace.id, encode(group_item(trace)), "") for trace in found], stamp


class _Runs:
    def __init__(self, tail: TraceTail) -> None:
        self._tail = tail

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        tail = self._tail
        await tail.recorder.flush()
        runs, stamp = await tail.read(group)
        return [Item(id, data, "") for id, data in runs.items() if key in (None, id)], stamp
