"""Finding recorded spans and log lines. Reads only; what it reads first, newest or oldest, is what is asked for, so
that it can stop as soon as there is enough.

Texts, steps and levels are asked of the index of words; a trace, and a stretch of time, need no index of their own:
lines are numbered in the order of their times, nearly.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from motia_core.errors import CallRefused
from motia_core.model import LogRecord, Span
from motia_core.storage.history import LEVELS, Trace
from motia_core.storage.sqlite.queries import load
from motia_core.storage.sqlite.words import Words, halved, query, step_tag
from motia_core.storage.summary import means, searched, summary
from motia_core.storage.words import contains, words

FIELDS = ("spans", "logs")
SPAN = msgspec.json.Decoder(Span)
_LOG = msgspec.json.Decoder(LogRecord)
_SQL = load("traces")
_NEVER = 2**62
_DIGITS = re.compile(r"[0-9]{1,18}")
_DISORDER = 20_000
"""So far apart may lines stand whose times are in the other order: several servers write in batches."""


class LogSearch(Struct, frozen=True):
    text: str | None = None
    trace_id: str | None = None
    step: str | None = None
    level: str | None = None
    since: int | None = None
    until: int | None = None

    @property
    def lowest(self) -> int:
        return LEVELS.get(self.level or "", 0)

    @property
    def match(self) -> str | None:
        """What is asked of the index; a trace has so few lines that they are looked through."""
        if self.trace_id is not None:
            return None
        return query(self.text, step_tag(self.step), f"l{self.lowest}" if self.lowest else None)


class TraceSearch(Struct, frozen=True):
    text: str | None = None
    step: str | None = None
    status: str | None = None
    since: int | None = None
    until: int | None = None

    @property
    def match(self) -> str | None:
        return query(self.text, step_tag(self.step), "failed" if self.status == "failed" else None)

    def fits(self, trace: Trace) -> bool:
        """Whether the trace as a whole is meant."""
        return (
            self.status in (None, trace.status)
            and (self.since is None or trace.start >= self.since)
            and (self.until is None or trace.start <= self.until)
        )


def logs(
    db: sqlite3.Connection,
    index: Words,
    wanted: LogSearch,
    *,
    after: int,
    before: int | None,
    limit: int,
    newest: bool,
) -> list[tuple[int, LogRecord]]:
    """Oldest first: the last `limit` of them, or the first."""
    low, high = after + 1, _last(db, "logs") if before is None else before - 1
    since, until = wanted.since or 0, _NEVER if wanted.until is None else wanted.until
    if since:
        low = max(low, halved(db, _SQL["log_time"], (low, high + 1), since) - _DISORDER)
    if until < _NEVER:
        high = min(high, halved(db, _SQL["log_time"], (low, high + 1), until + 1) + _DISORDER)
    parameters: dict[str, object] = {"since": since, "until": until}
    rows: Iterable[tuple[int, str]]
    if wanted.match is not None:
        rows = index.found(db, _SQL["matching_logs"], wanted.match, parameters, low=low, high=high, newest=newest)
    else:
        sql = _SQL["logs" if wanted.trace_id is None else "logs_of_trace"].format(order="DESC" if newest else "ASC")
        parameters |= {"low": low, "high": high}
        if wanted.trace_id is not None:
            parameters |= {"trace": wanted.trace_id, "step": wanted.step, "level": wanted.lowest}
        rows = db.execute(sql, parameters)
    text = words(wanted.text) if wanted.text is not None and wanted.match is None else None
    found: list[tuple[int, LogRecord]] = []
    for number, body in rows:
        if len(found) == limit:
            break
        record = _LOG.decode(body)
        if text is None or contains(searched(record), text):
            found.append((number, record))
    return found[::-1] if newest else found


def traces(db: sqlite3.Connection, index: Words, wanted: TraceSearch, *, cursor: str | None, limit: int) -> list[Trace]:
    """Newest first. A cursor is the place in the way the search goes: `START:TRACE`, or `#NUMBER` of a span."""
    running = [SPAN.decode(body) for (body,) in db.execute(_SQL["running"])]
    if wanted.status == "running":
        candidates = _sorted(running, cursor)
    elif wanted.match is not None:
        candidates = _matching(db, index, wanted, running, cursor)
    else:
        candidates = _begun(db, wanted, [span for span in running if span.parent is None], cursor)
    found: dict[str, Trace] = {}
    for trace_id, place in candidates:
        if len(found) == limit:
            break
        if trace_id not in found and (all_spans := spans(db, trace_id)):
            one = summary(all_spans, place)
            if wanted.fits(one) and (wanted.status != "running" or _meant(all_spans, wanted)):
                found[trace_id] = one
    return list(found.values())


def _meant(all_spans: list[Span], wanted: TraceSearch) -> bool:
    text = None if wanted.text is None else words(wanted.text)
    return any(means(span, wanted.step, text) for span in all_spans)


def _sorted(running: list[Span], cursor: str | None) -> Iterator[tuple[str, str]]:
    start, trace = _place(cursor)
    for span in sorted(running, key=lambda span: (span.start, span.trace_id), reverse=True):
        if (span.start, span.trace_id) < (start, trace):
            yield span.trace_id, f"{span.start}:{span.trace_id}"


def _begun(
    db: sqlite3.Connection, wanted: TraceSearch, running: list[Span], cursor: str | None
) -> Iterator[tuple[str, str]]:
    """By their first spans, ended or running."""
    start, trace = _place(cursor)
    first = {span.trace_id: span.start for span in sorted(running, key=lambda span: -span.start)}
    waiting = list(_sorted(running, cursor))[::-1]
    parameters = {
        "start": start,
        "trace": trace,
        "since": wanted.since or 0,
        "until": _NEVER if wanted.until is None else wanted.until,
    }
    for trace_id, began in db.execute(_SQL["began"], parameters):
        while waiting and first[waiting[-1][0]] >= began:
            yield waiting.pop()
        if first.get(trace_id, began) >= began:
            yield trace_id, f"{began}:{trace_id}"
    yield from waiting[::-1]


def _matching(
    db: sqlite3.Connection, index: Words, wanted: TraceSearch, running: list[Span], cursor: str | None
) -> Iterator[tuple[str, str]]:
    """By the newest span that is meant."""
    match = wanted.match or ""
    last = _last(db, "spans")
    high = last if cursor is None else _number(cursor) - 1
    low = 1
    if wanted.since is not None:
        low = max(1, halved(db, _SQL["span_ended"], (1, last + 1), wanted.since) - _DISORDER)
    if cursor is None and wanted.status is None:
        text = None if wanted.text is None else words(wanted.text)
        for span in running:
            if means(span, wanted.step, text):
                yield span.trace_id, f"#{last + 1}"
    parameters: dict[str, object] = {"until": _NEVER if wanted.until is None else wanted.until}
    for number, trace_id in index.found(db, _SQL["matching_spans"], match, parameters, low=low, high=high):
        if high < last and _shown(db, index, match, trace_id, high + 1, last):
            continue
        yield trace_id, f"#{number}"


def _shown(db: sqlite3.Connection, index: Words, match: str, trace_id: str, low: int, high: int) -> bool:
    """Whether an earlier page had this trace, by a later span of it."""
    sql = _SQL["matching_spans_of_trace"]
    return any(True for _ in index.found(db, sql, match, {"trace": trace_id}, low=low, high=high))


def _place(cursor: str | None) -> tuple[int, str]:
    if cursor is None:
        return _NEVER, ""
    start, colon, trace = cursor.partition(":")
    if not colon or _DIGITS.fullmatch(start) is None:
        raise _no_cursor(cursor)
    return int(start), trace


def _number(cursor: str) -> int:
    if cursor[:1] != "#" or _DIGITS.fullmatch(cursor[1:]) is None:
        raise _no_cursor(cursor)
    return int(cursor[1:])


def _no_cursor(cursor: str) -> CallRefused:
    """Beginning anew would show a program that pages the same traces for ever."""
    return CallRefused(
        f"there is no cursor '{cursor[:40]}' in this list", hint="a cursor goes on with the search it came from"
    )


def spans(db: sqlite3.Connection, trace_id: str) -> list[Span]:
    """By start; of a span written twice, the later."""
    rows = db.execute(_SQL["trace"], {"trace": trace_id})
    found = {span.id: span for (body,) in rows for span in (SPAN.decode(body),)}
    return sorted(found.values(), key=lambda span: span.start)


def span(db: sqlite3.Connection, id: str) -> Span | None:
    row = db.execute(_SQL["span"], {"id": id}).fetchone()
    return SPAN.decode(row[0]) if row else None


def _last(db: sqlite3.Connection, what: str) -> int:
    return int(db.execute(_SQL["last_number"].format(what=what)).fetchone()[0])
