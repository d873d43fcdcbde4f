"""`__motia.passing`: what passes through each step while somebody looks: how often it ran, over which topic and from
whom an event came, and whether its last run failed.

Fed by what the recorder writes, once per batch; nothing is counted, and nothing kept, while nobody follows. Which steps
had failed before is read from the store at the first join.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from msgspec import Struct

from motia_core.model import LogRecord, Span
from motia_core.storage.base import Item
from motia_core.storage.history import TraceStore
from motia_core.traces.recorder import Recorder
from motia_core.workbench.live import GROUP, News, Stamps, encode

PASSING = "__motia.passing"
_KNOWN = 10_000
"""Runs whose step is remembered, so that it can be told from whom an event came."""
_PATIENCE = 4
"""Batches an event waits for the run that emitted it: that one may end, and be recorded, later."""
_FAILED = 50
"""Failed traces looked at for what had failed before."""


class Hop(Struct, rename="camel"):
    """Events of one topic that one step gave another; `source` is None for those from outside of any step."""

    source: str | None
    topic: str
    count: int
    at: int


class Failing(Struct, rename="camel"):
    """The last run failed, so."""

    message: str
    trace_id: str
    run: str
    at: int


class Passed(Struct, rename="camel"):
    """One step, since somebody looks. `running` counts runs that last."""

    id: str
    runs: int = 0
    failures: int = 0
    running: int = 0
    last: int = 0
    hops: list[Hop] = []
    failing: Failing | None = None


class Passing:
    """The source of the stream; `watch` is called by the recorder."""

    def __init__(self, recorder: Recorder, store: TraceStore, news: News, stamps: Stamps) -> None:
        self._recorder = recorder
        self._store = store
        self._news = news
        self._stamps = stamps
        self._steps: dict[str, Passed] = {}
        self._hops: dict[tuple[str, str | None, str], Hop] = {}
        self._names: OrderedDict[str, str] = OrderedDict()
        self._underway: dict[str, str] = {}
        self._orphans: list[tuple[Span, int]] = []
        self._emitting: dict[str, str] | None = None
        self._looking = False
        self._alone = 0
        recorder.watchers.append(self.watch)

    def watch(self, spans: Sequence[Span], logs: Sequence[LogRecord]) -> None:
        """A batch: runs that last, and runs that have ended."""
        if not self._looking:
            return
        self._alone = 0 if self._news.followed(PASSING) else self._alone + 1
        if self._alone > _PATIENCE:
            self._forget()
            return
        changed: set[str] = set()
        self._emitting = None
        for span in spans:
            self._names[span.id] = span.name
        waiting, self._orphans = self._orphans, []
        for span, patience in waiting:
            self._hop(span, patience, changed)
        for span in spans:
            self._run(span, changed)
        while len(self._names) > _KNOWN:
            self._names.popitem(last=False)
        self._tell(changed)

    def _run(self, span: Span, changed: set[str]) -> None:
        step = self._step(span.name)
        if span.id not in self._underway and span.attempt <= 1:
            self._hop(span, _PATIENCE, changed)
        if span.end is None:
            self._underway[span.id] = span.name
        else:
            self._underway.pop(span.id, None)
            step.runs += 1
            step.last = max(step.last, span.end)
            step.failing = _failing(span)
            step.failures += step.failing is not None
        changed.add(span.name)

    def _hop(self, span: Span, patience: int, changed: set[str]) -> None:
        """An event has come to `span`, over its topic."""
        if span.topic is None:
            return
        source = None if span.parent is None else self._names.get(span.parent)
        if source is None and span.parent is not None:
            source = self._still_emitting().get(span.parent)
            if source is None and patience:
                self._orphans.append((span, patience - 1))
                return
        key = (span.name, source, span.topic)
        hop = self._hops.get(key)
        if hop is None:
            hop = self._hops[key] = Hop(source, span.topic, 0, 0)
            self._step(span.name).hops.append(hop)
        hop.count += 1
        hop.at = max(hop.at, span.start)
        changed.add(span.name)

    def _still_emitting(self) -> dict[str, str]:
        """Runs that have not ended; asked once per batch."""
        if self._emitting is None:
            self._emitting = {one.id: one.name for one in self._recorder.underway(self._stamps.next())}
        return self._emitting

    def _tell(self, changed: set[str]) -> None:
        running: dict[str, int] = {}
        for name in self._underway.values():
            running[name] = running.get(name, 0) + 1
        for name, step in self._steps.items():
            if step.running != running.get(name, 0):
                step.running = running.get(name, 0)
                changed.add(name)
        if changed:
            self._news.tell(
                PASSING,
                GROUP,
                [(self._stamps.next(), name, "update", encode(self._steps[name])) for name in sorted(changed)],
            )

    def _step(self, name: str) -> Passed:
        found = self._steps.get(name)
        if found is None:
            found = self._steps[name] = Passed(name, hops=[])
        return found

    def _forget(self) -> None:
        self._looking = False
        self._steps, self._hops, self._underway, self._orphans = {}, {}, {}, []
        self._names.clear()

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        if group != GROUP:
            return [], self._stamps.next()
        if not self._looking:
            await self._recorder.flush()
            before = await self._failed()
            self._looking, self._alone = True, 0
            for name, failing in before.items():
                step = self._step(name)
                if step.runs == 0:
                    step.failing = failing
        steps = [step for name, step in self._steps.items() if key in (None, name)]
        return [Item(step.id, encode(step), "") for step in steps], self._stamps.next()

    async def _failed(self) -> dict[str, Failing]:
        """The steps whose last recorded run failed."""
        last: dict[str, Span] = {}
        for trace in await self._store.traces(limit=_FAILED, status="failed"):
            for span in await self._store.trace(trace.id):
                known = last.get(span.name)
                if span.end is not None and span.failure is not None and (known is None or known.start < span.start):
                    last[span.name] = span
        found: dict[str, Failing] = {}
        for name, span in last.items():
            failing = _failing(span)
            for trace in await self._store.traces(limit=1, step=name):
                runs = [one for one in await self._store.trace(trace.id) if one.name == name and one.end is not None]
                latest = max(runs, key=lambda one: one.start, default=span)
                if latest.start >= span.start:
                    failing = _failing(latest)
            if failing is not None:
                found[name] = failing
        return found


def _failing(span: Span) -> Failing | None:
    if span.failure is None:
        return None
    message = f"{span.failure.name}: {span.failure.message}"[:300]
    return Failing(message, span.trace_id, span.id, span.end or span.start)
