"""Spans and logs in dicts and lists, in the order they were written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from motia_core.model import LogRecord, Span
from motia_core.storage.base import LEVELS


class Traces:
    def __init__(self) -> None:
        self._spans: dict[tuple[str, str], Span] = {}
        self._logs: list[tuple[int, LogRecord]] = []
        self._numbers = count(1)

    async def add(self, spans: Sequence[Span], logs: Sequence[LogRecord]) -> None:
        for span in spans:
            self._spans.pop((span.trace_id, span.id), None)
            self._spans[span.trace_id, span.id] = span
        self._logs += ((next(self._numbers), log) for log in logs)

    async def traces(self, *, limit: int = 50, before: int | None = None, step: str | None = None) -> list[Span]:
        first = self._first()
        wanted = first if step is None else {span.trace_id for span in self._spans.values() if span.name == step}
        found = [first[id] for id in wanted if before is None or first[id].start < before]
        found.sort(key=lambda span: (span.start, span.trace_id), reverse=True)
        return found[:limit]

    async def trace(self, trace_id: str) -> list[Span]:
        return sorted((span for span in self._spans.values() if span.trace_id == trace_id), key=lambda span: span.start)

    async def logs(
        self,
        *,
        limit: int = 200,
        after: int = 0,
        trace_id: str | None = None,
        step: str | None = None,
        level: str | None = None,
        newest: bool = True,
    ) -> list[tuple[int, LogRecord]]:
        lowest = LEVELS.get(level or "", 0)
        found = [
            (number, log)
            for number, log in self._logs
            if number > after
            and LEVELS[log.level] >= lowest
            and trace_id in (None, log.trace_id)
            and step in (None, log.step)
        ]
        return found[max(0, len(found) - limit) :] if newest else found[:limit]

    async def prune(self, *, max_spans: int, max_logs: int, before: int) -> int:
        had = len(self._spans) + len(self._logs)
        old = {id for id, span in self._first().items() if span.start < before}
        spans = [(key, span) for key, span in self._spans.items() if span.trace_id not in old]
        self._spans = dict(spans[max(0, len(spans) - max_spans) :])
        logs = [(number, log) for number, log in self._logs if log.time >= before]
        self._logs = logs[max(0, len(logs) - max_logs) :]
        return had - len(self._spans) - len(self._logs)

    def _first(self) -> dict[str, Span]:
        found: dict[str, Span] = {}
        for span in self._spans.values():
            if span.trace_id not in found or span.start < found[span.trace_id].start:
                found[span.trace_id] = span
        return found
