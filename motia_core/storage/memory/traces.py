"""Spans, logs and inputs in dicts and lists, in the order they were written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from msgspec.structs import replace

from motia_core.model import LogRecord, Span
from motia_core.storage.history import LEVELS, Bounds, Held, KeptInput, Trace
from motia_core.storage.summary import lost, means, searched, summary
from motia_core.storage.words import contains, words


class Traces:
    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}
        self._seen: dict[str, int] = {}
        self._logs: list[tuple[int, LogRecord]] = []
        self._inputs: dict[str, KeptInput] = {}
        self._numbers = count(1)

    async def add(
        self, spans: Sequence[Span], logs: Sequence[LogRecord], inputs: Sequence[KeptInput] = (), *, now: int = 0
    ) -> None:
        for span in spans:
            if span.status == "running":
                known = self._spans.get(span.id)
                if known is not None and known.status != "running":
                    continue
                self._seen[span.id] = now
            else:
                self._seen.pop(span.id, None)
            self._spans.pop(span.id, None)
            self._spans[span.id] = span
        self._logs += ((next(self._numbers), log) for log in logs)
        self._inputs |= {one.span: one for one in inputs}

    async def settle(self) -> bool:
        """Nothing is ever put off."""
        return False

    async def lose(self, *, before: int) -> int:
        gone = [id for id, seen in self._seen.items() if seen < before]
        await self.add([lost(self._spans[id], self._seen[id]) for id in gone], [])
        return len(gone)

    async def traces(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        text: str | None = None,
        step: str | None = None,
        status: str | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> list[Trace]:
        wanted = None if text is None else words(text)
        found = []
        for id in dict.fromkeys(span.trace_id for span in self._spans.values()):
            spans = await self.trace(id)
            one = summary(spans)
            one = replace(one, cursor=f"{one.start}:{id}")
            if (
                any(means(span, step, wanted) for span in spans)
                and status in (None, one.status)
                and (since is None or one.start >= since)
                and (until is None or one.start <= until)
            ):
                found.append(one)
        found.sort(key=lambda trace: (trace.start, trace.id), reverse=True)
        at = next((n + 1 for n, one in enumerate(found) if one.cursor == cursor), 0)
        return found[at : at + limit]

    async def trace(self, trace_id: str) -> list[Span]:
        return sorted((span for span in self._spans.values() if span.trace_id == trace_id), key=lambda span: span.start)

    async def span(self, id: str) -> Span | None:
        return self._spans.get(id)

    async def logs(
        self,
        *,
        limit: int = 200,
        after: int = 0,
        before: int | None = None,
        text: str | None = None,
        trace_id: str | None = None,
        step: str | None = None,
        level: str | None = None,
        since: int | None = None,
        until: int | None = None,
        newest: bool = True,
    ) -> list[tuple[int, LogRecord]]:
        lowest, wanted = LEVELS.get(level or "", 0), None if text is None else words(text)
        found = [
            (number, log)
            for number, log in self._logs
            if number > after
            and (before is None or number < before)
            and LEVELS[log.level] >= lowest
            and trace_id in (None, log.trace_id)
            and step in (None, log.step)
            and (since is None or log.time >= since)
            and (until is None or log.time <= until)
            and (wanted is None or contains(searched(log), wanted))
        ]
        return found[max(0, len(found) - limit) :] if newest else found[:limit]

    async def input(self, span: str) -> KeptInput | None:
        return self._inputs.get(span)

    async def prune(self, bounds: Bounds) -> int:
        """By count and age: what is in memory has no size that could be measured."""
        had = len(self._spans) + len(self._logs) + len(self._inputs)
        old = {span.trace_id for span in self._spans.values() if span.start < bounds.before and span.parent is None}
        spans = [one for one in self._spans.values() if one.trace_id not in old and one.start >= bounds.before]
        self._spans = {span.id: span for span in spans[max(0, len(spans) - bounds.spans) :]}
        self._seen = {id: seen for id, seen in self._seen.items() if id in self._spans}
        logs = [(number, log) for number, log in self._logs if log.time >= bounds.before]
        self._logs = logs[max(0, len(logs) - bounds.logs) :]
        inputs = [one for one in self._inputs.values() if one.time >= bounds.before]
        most = len(inputs) if bounds.inputs is None else bounds.inputs
        inputs = inputs[max(0, len(inputs) - most) :]
        while bounds.input_bytes is not None and sum(len(one.body) for one in inputs) > bounds.input_bytes:
            inputs.pop(0)
        self._inputs = {one.span: one for one in inputs}
        return had - len(self._spans) - len(self._logs) - len(self._inputs)

    async def held(self) -> Held:
        return Held(spans=len(self._spans), logs=len(self._logs), inputs=len(self._inputs), size=0)
