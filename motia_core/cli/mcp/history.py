"""What happened and what is kept: logs, traces, state, queues, dead letters, from the database, whether a server runs
or not; and the counts of the running server.

The shapes are those of `motia logs`, `motia trace`, `motia dead` with `--json`. Every list comes in pages, newest first
where there is a time; long values are cut and say so.
"""

from __future__ import annotations

from typing import Annotated, Literal

import anyio.to_thread
import msgspec
from msgspec import Meta

from motia_core.cli.arguments import moment_of
from motia_core.cli.logs import record
from motia_core.cli.mcp.project import Project
from motia_core.cli.mcp.tools import Arguments, Refused, Tool
from motia_core.cli.trace import span_json, trace_json
from motia_core.clock import Clock
from motia_core.protocol.values import from_wire
from motia_core.services.queues import Queues, as_json, letters
from motia_core.storage.words import words

_LONG_TEXT = 4_000
_LONG_VALUE = 1_000

Text = Annotated[
    str | None,
    Meta(
        description="Words that stand in a row in the text; the last may be the beginning of one. Case does not count"
    ),
]
StepName = Annotated[str | None, Meta(description="Only of this step, by its name")]
Since = Annotated[str | None, Meta(description="Not older: `90s`, `10m`, `2h`, `3d`, or an ISO 8601 time")]
Until = Annotated[str | None, Meta(description="Not newer; as since")]


class Logs(Arguments, frozen=True):
    text: Text = None
    trace: Annotated[str | None, Meta(description="Only of this trace id")] = None
    step: StepName = None
    level: Annotated[Literal["debug", "info", "warn", "error"] | None, Meta(description="This level and above")] = None
    since: Since = None
    until: Until = None
    before: Annotated[int | None, Meta(description="The next page: `nextBefore` of the last answer")] = None
    limit: Annotated[int, Meta(description="At most so many", ge=1, le=500)] = 50


class Traces(Arguments, frozen=True):
    text: Text = None
    step: StepName = None
    status: Annotated[Literal["running", "completed", "failed"] | None, Meta(description="Only with this status")] = (
        None
    )
    since: Since = None
    until: Until = None
    cursor: Annotated[str | None, Meta(description="The next page: `nextCursor` of the last answer")] = None
    limit: Annotated[int, Meta(description="At most so many", ge=1, le=200)] = 20


class Trace(Arguments, frozen=True):
    id: Annotated[str, Meta(description="Trace id, as `traces`, `logs` or the X-Trace-Id header of an answer say it")]
    failed: Annotated[bool, Meta(description="Only the runs that failed")] = False
    offset: Annotated[int, Meta(description="Skip so many runs", ge=0)] = 0
    limit: Annotated[int, Meta(description="At most so many runs", ge=1, le=200)] = 30


class StateGet(Arguments, frozen=True):
    group: Annotated[str, Meta(description="Group of the value")]
    key: Annotated[str, Meta(description="Key within the group")]


class StateList(Arguments, frozen=True):
    group: Annotated[
        str | None, Meta(description="Its keys and values; without it: the groups and how many keys they have")
    ] = None
    search: Annotated[str | None, Meta(description="Only keys (or groups) that hold this text")] = None
    offset: Annotated[int, Meta(description="Skip so many", ge=0)] = 0
    limit: Annotated[int, Meta(description="At most so many", ge=1, le=200)] = 50


class DeadLetters(Arguments, frozen=True):
    step: StepName = None
    after: Annotated[int, Meta(description="The next page: `nextAfter` of the last answer", ge=0)] = 0
    limit: Annotated[int, Meta(description="At most so many", ge=1, le=200)] = 20


class Nothing(Arguments, frozen=True):
    pass


class History:
    """The tools, one method each."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def logs(self, given: Logs) -> object:
        _searchable(given.text)
        async with self._project.storage() as store:
            rows = await store.traces.logs(
                limit=given.limit, before=given.before, text=given.text, trace_id=given.trace, step=given.step,
                level=given.level, since=_moment(given.since), until=_moment(given.until),
            )  # fmt: skip
        found = [_short(record(line)) for _, line in reversed(rows)]
        return {"logs": found, **({"nextBefore": rows[0][0]} if len(rows) == given.limit else {})}

    async def traces(self, given: Traces) -> object:
        _searchable(given.text)
        async with self._project.storage() as store:
            found = await store.traces.traces(
                limit=given.limit, cursor=given.cursor, text=given.text, step=given.step, status=given.status,
                since=_moment(given.since), until=_moment(given.until),
            )  # fmt: skip
        more = {"nextCursor": found[-1].cursor} if len(found) == given.limit else {}
        return {"traces": [_short(trace_json(one)) for one in found], **more}

    async def trace(self, given: Trace) -> object:
        async with self._project.storage() as store:
            spans = await store.traces.trace(given.id)
        if not spans:
            raise Refused(f"there is no trace {given.id}; `traces` lists them")
        chosen = [span for span in spans if not given.failed or span.failure is not None]
        shown = chosen[given.offset : given.offset + given.limit]
        more = given.offset + len(shown)
        return {
            "id": given.id,
            "runs": [_short(span_json(span, str(self._project.path))) for span in shown],
            "total": len(chosen),
            **({"nextOffset": more} if more < len(chosen) else {}),
        }

    async def state_get(self, given: StateGet) -> object:
        async with self._project.storage() as store:
            value = await store.state.get(given.group, given.key, now=Clock().now_ms())
        if value is None:
            raise Refused(f"state has no value '{given.key}' in group '{given.group}'; state_list shows what there is")
        return {"group": given.group, "key": given.key, "value": from_wire(value)}

    async def state_list(self, given: StateList) -> object:
        now, end = Clock().now_ms(), given.offset + given.limit
        async with self._project.storage() as store:
            names = await (
                store.state.groups(now=now) if given.group is None else store.state.keys(given.group, now=now)
            )
            names = sorted(name for name in names if (given.search or "") in name)
            more = {"nextOffset": end} if end < len(names) else {}
            shown = names[given.offset : end]
            if given.group is None:
                counts = [{"group": name, "keys": len(await store.state.keys(name, now=now))} for name in shown]
                return {"groups": counts, "total": len(names), **more}
            values = []
            for name in shown:
                value = await store.state.get(given.group, name, now=now)
                if value is not None:
                    values.append({"key": name, "value": _cut_value(from_wire(value))})
            return {"group": given.group, "values": values, "total": len(names), **more}

    async def queues(self, given: Nothing) -> object:
        snapshot = await self._project.snapshot()
        async with self._project.storage() as store:
            return {"queues": as_json(await Queues(store.events, snapshot).waiting(now=Clock().now_ms()))}

    async def dead_letters(self, given: DeadLetters) -> object:
        async with self._project.storage() as store:
            found = await letters(store.events, step=given.step, limit=given.limit, after=given.after)
        more = {"nextAfter": found[-1].id} if len(found) == given.limit else {}
        return {"deadLetters": as_json(found), **more}

    async def stats(self, given: Nothing) -> object:
        client = await self._project.client()
        return await anyio.to_thread.run_sync(lambda: client.get("/__motia/api/stats"))


def tools(project: Project) -> list[Tool]:
    does = History(project)
    return [
        Tool(
            name="traces",
            title="Find traces",
            description="The latest traces: everything one request, cron tick or emit set off, with its status and its"
            ' error. To find a failure: {"status": "failed"}, then `trace` with its id.',
            arguments=Traces,
            run=does.traces,
        ),
        Tool(
            name="trace",
            title="Show a trace",
            description="Every run of a step in one trace, in order: step, file, attempt, status, how long it waited"
            " (ms) and took, `parentId` (the run that emitted what started it), the error with its stack and `source`"
            " (file:line in the project, for `read_source`), and `events`: its state, stream and emit calls by group"
            " and key (see their values now with `state_get`). Its log lines: `logs` with `trace`.",
            arguments=Trace,
            run=does.trace,
        ),
        Tool(
            name="logs",
            title="Find log lines",
            description="Recorded log lines, newest first, with level, step, traceId and the fields they were given.",
            arguments=Logs,
            run=does.logs,
        ),
        Tool(
            name="state_get",
            title="Read a value of state",
            description="One value of the state that all steps share, as it is now.",
            arguments=StateGet,
            run=does.state_get,
        ),
        Tool(
            name="state_list",
            title="List state",
            description="The groups of the shared state, or the keys and values of one group; long values are cut,"
            " `state_get` shows them whole.",
            arguments=StateList,
            run=does.state_list,
        ),
        Tool(
            name="queues",
            title="Show queues",
            description="By step: how many deliveries are ready, delayed, running, blocked (behind one of their group)"
            " and dead; `state` orphaned = no step of that name is left.",
            arguments=Nothing,
            run=does.queues,
        ),
        Tool(
            name="dead_letters",
            title="List dead letters",
            description="Deliveries given up after their last attempt, oldest first: the event with its data and"
            " traceId, the reason, the attempts made, the error. `redrive` runs them again.",
            arguments=DeadLetters,
            run=does.dead_letters,
        ),
        Tool(
            name="stats",
            title="Show stats",
            description="By step, since the server started: runs, failures, retries, p50 and p95 in ms, and what waits,"
            " runs and is dead. Needs a running server.",
            arguments=Nothing,
            run=does.stats,
        ),
    ]


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return moment_of(text)
    except (ValueError, OverflowError):
        raise Refused(f"'{text}' is no time: write 90s, 10m, 2h, 3d or 2026-01-31T12:00") from None


def _searchable(text: str | None) -> None:
    if text is not None and not words(text):
        raise Refused(f"'{text}' holds no word to look for: texts are found by their words")


def _short(found: dict[str, object]) -> object:
    """Without texts that nobody reads to their end, and without what is not there."""
    return {key: _cut(value) for key, value in found.items() if value not in (None, [], "")}


def _cut(value: object) -> object:
    if isinstance(value, str) and len(value) > _LONG_TEXT:
        return f"{value[:_LONG_TEXT]}… ({len(value)} characters)"
    if isinstance(value, dict):
        return {key: _cut(one) for key, one in value.items() if one is not None}
    if isinstance(value, list) and len(value) > 100:
        return [*value[:100], f"… {len(value) - 100} more"]
    return value


def _cut_value(value: object) -> object:
    text = msgspec.json.encode(value)
    return (
        value if len(text) <= _LONG_VALUE else f"{text[:_LONG_VALUE].decode('utf-8', 'replace')}… ({len(text)} bytes)"
    )
