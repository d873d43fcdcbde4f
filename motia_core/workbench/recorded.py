"""Recorded traces and logs for the screens: lists, one trace, and clearing. Shapes are those of `history.py`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Literal

from motia_core.storage.history import LEVELS, Bounds, Trace, TraceStore
from motia_core.storage.summary import summary
from motia_core.storage.words import words
from motia_core.traces.recorder import Recorder
from motia_core.workbench.asked import (
    MOST,
    BadBody,
    Handler,
    Listing,
    NotThere,
    Page,
    Request,
    number,
    query_of,
)
from motia_core.workbench.history import group_item, log_item, touches, trace_items

Item = dict[str, Any]
_STATUSES = ("running", "completed", "failed")
_LOOKED, _AT_ONCE = 500, 50
"""Traces looked through for a topic: per page, and at a time."""


class TracesWanted(Page, frozen=True, kw_only=True):
    """`since` and `until` in milliseconds since the epoch. `topic` is one that a run was started by, or emitted."""

    step: str | None = None
    topic: str | None = None
    status: str | None = None
    since: int | None = None
    until: int | None = None


class LogsWanted(Page, frozen=True, kw_only=True):
    """`level` is the lowest. `order` says which end the list begins at, and which way the cursor leads."""

    step: str | None = None
    level: str | None = None
    trace: str | None = None
    since: int | None = None
    until: int | None = None
    order: Literal["newest", "oldest"] = "newest"


class RecordedScreen:
    """`cleared` is called when nothing is left of the traces."""

    def __init__(self, store: TraceStore, recorder: Recorder, cleared: Callable[[], None]) -> None:
        self._store = store
        self._recorder = recorder
        self._cleared = cleared
        self.routes: dict[str, Handler] = {
            "POST /__motia/trace/clear": self._clear_traces,
            "GET /__motia/api/traces": self._traces,
            "GET /__motia/api/traces/:id": self._trace,
            "GET /__motia/api/logs": self._logs,
            "POST /__motia/api/logs/clear": self._clear_logs,
        }

    async def _traces(self, request: Request) -> Listing[Item]:
        """Newest first."""
        asked = query_of(request, TracesWanted)
        if asked.status not in (None, *_STATUSES):
            raise BadBody(f"there is no status '{asked.status}'", hint=f"it is one of {', '.join(_STATUSES)}")
        await self._recorder.flush()
        if asked.topic is not None:
            return await self._of_topic(asked, asked.topic)
        found = await self._found(asked, asked.most + 1, asked.cursor)
        shown = found[: asked.most]
        return Listing([group_item(one) for one in shown], shown[-1].cursor if len(found) > asked.most else None)

    async def _found(self, asked: TracesWanted, limit: int, cursor: str | None) -> list[Trace]:
        return await self._store.traces(
            limit=limit,
            cursor=cursor,
            text=_searched(asked.q),
            step=asked.step,
            status=asked.status,
            since=asked.since,
            until=asked.until,
        )

    async def _of_topic(self, asked: TracesWanted, topic: str) -> Listing[Item]:
        """Topics are in no index: the runs themselves are looked through, so many traces per page."""
        shown: list[Item] = []
        cursor = asked.cursor
        for _ in range(_LOOKED // _AT_ONCE):
            found = await self._found(asked, _AT_ONCE, cursor)
            for one in found:
                cursor = one.cursor
                if touches(await self._store.trace(one.id), topic):
                    shown.append(group_item(one))
                    if len(shown) == asked.most:
                        return Listing(shown, cursor)
            if len(found) < _AT_ONCE:
                return Listing(shown, None)
        return Listing(shown, cursor)

    async def _trace(self, request: Request) -> Item:
        wanted = request.params["id"]
        await self._recorder.flush()
        spans = await self._store.trace(wanted)
        if not spans:
            raise NotThere("nothing is recorded of this trace", hint="it is older than what is kept, or still begins")
        logs = await self._store.logs(trace_id=wanted, limit=MOST)
        runs = trace_items(spans, [line for _, line in logs])
        return {**group_item(summary(spans)), "runs": sorted(runs.values(), key=lambda run: run["startTime"])}

    async def _logs(self, request: Request) -> Listing[Item]:
        asked = query_of(request, LogsWanted)
        if asked.level is not None and asked.level not in LEVELS:
            raise BadBody(f"there is no level '{asked.level}'", hint=f"it is one of {', '.join(LEVELS)}")
        at = None if asked.cursor is None else number(asked.cursor)
        newest = asked.order == "newest"
        await self._recorder.flush()
        found = await self._store.logs(
            limit=asked.most + 1,
            before=at if newest else None,
            after=0 if newest or at is None else at,
            newest=newest,
            text=_searched(asked.q),
            trace_id=asked.trace,
            step=asked.step,
            level=asked.level,
            since=asked.since,
            until=asked.until,
        )
        shown = (found[::-1] if newest else found)[: asked.most]
        return Listing([log_item(line) for _, line in shown], str(shown[-1][0]) if len(found) > asked.most else None)

    async def _clear_traces(self, request: Request) -> object:
        await self._recorder.flush()
        await self._store.prune(Bounds(spans=0, logs=sys.maxsize, inputs=0))
        self._cleared()
        return {"message": "Traces cleared"}

    async def _clear_logs(self, request: Request) -> object:
        await self._recorder.flush()
        await self._store.prune(Bounds(spans=sys.maxsize, logs=0))
        return {"message": "Logs cleared"}


def _searched(text: str) -> str | None:
    """Raises BadBody when there is no word in it."""
    if not text.strip():
        return None
    if not words(text):
        raise BadBody(f"there is no word in '{text[:40]}'", hint="words are searched, not signs")
    return text
