"""What changes something: emit, run, replay, redrive over the running server; state in the database. Only there with
`--write`.

The results are those of `motia run`, `motia replay` and so on; a run that failed is a tool that failed.
"""

from __future__ import annotations

from typing import Annotated, Any

import anyio.to_thread
import msgspec
from msgspec import UNSET, Meta, UnsetType

from motia_core.app.ran import Ran, Replayed
from motia_core.cli.mcp.project import Project
from motia_core.cli.mcp.tools import Arguments, Refused, Tool
from motia_core.clock import Clock
from motia_core.protocol.values import to_wire
from motia_core.storage.expiry import LONGEST, expires

Seconds = Annotated[float, Meta(gt=0, lt=LONGEST)]
Wait = Annotated[int, Meta(description="Seconds to wait for it to end", ge=1, le=600)]


class Emit(Arguments, frozen=True):
    topic: Annotated[str, Meta(description="Topic, as list_steps names them", min_length=1)]
    data: Annotated[Any, Meta(description="The event's data: any JSON")] = None


class Run(Arguments, frozen=True):
    step: Annotated[str, Meta(description="Name, id or file of the step")]
    input: Annotated[
        Any,
        Meta(description="Any JSON. An api step takes it as its body, or as its request when it has `body`, `params`,"
             " `query` or `headers`"),
    ] = None  # fmt: skip
    follow: Annotated[bool, Meta(description="Also wait for everything the step sets off")] = False
    timeout: Wait = 60


class Replay(Arguments, frozen=True):
    id: Annotated[str, Meta(description="Trace id: run again what began it. Or the `id` of one run in `trace`")]
    input: Annotated[Any, Meta(description="Another input than the recorded one: any JSON")] = UNSET
    dry: Annotated[bool, Meta(description="Only say what would run")] = False
    timeout: Wait = 60


class Redrive(Arguments, frozen=True):
    ids: Annotated[list[int], Meta(description="Ids, as dead_letters shows them")] = []
    step: Annotated[str | None, Meta(description="All of this step")] = None


class StateSet(Arguments, frozen=True):
    group: Annotated[str, Meta(description="Group of the value")]
    key: Annotated[str, Meta(description="Key within the group")]
    value: Annotated[Any, Meta(description="The value: any JSON")]
    ttl: Annotated[Seconds | None, Meta(description="Seconds until it is gone; without it: never")] = None


class StateDelete(Arguments, frozen=True):
    group: Annotated[str, Meta(description="Group of the value")]
    key: Annotated[str, Meta(description="Key within the group")]


class Acts:
    """The tools, one method each."""

    def __init__(self, project: Project) -> None:
        self._project = project

    async def emit(self, given: Emit) -> object:
        return await self._post("/emit", {"topic": given.topic, "data": given.data})

    async def run(self, given: Run) -> object:
        body = {"step": given.step, "input": given.input, "follow": given.follow}
        ran = msgspec.convert(await self._post("/__motia/api/run", body, given.timeout), Ran)
        if ran.error is not None:
            logs = "".join(f"\n{line}" for line in ran.logs)
            raise Refused(f"{given.step} failed: {ran.error}\nIts runs: `trace` with id {ran.trace_id}{logs}")
        return ran

    async def replay(self, given: Replay) -> object:
        body: dict[str, object] = {"id": given.id, "dry": given.dry}
        if not isinstance(given.input, UnsetType):
            body["input"] = given.input
        answer = await self._post("/__motia/api/replay", body, given.timeout)
        replayed = msgspec.convert(answer, Replayed)
        if replayed.error is not None:
            where = f"\nIts runs: `trace` with id {replayed.trace_id}" if replayed.trace_id else ""
            raise Refused(f"the replay failed: {replayed.error}{where}")
        return answer

    async def redrive(self, given: Redrive) -> object:
        if not given.ids and given.step is None:
            raise Refused("nothing chosen: give `ids`, or `step` for all of a step")
        return await self._post("/__motia/api/dead/redrive", {"ids": given.ids, "step": given.step})

    async def state_set(self, given: StateSet) -> object:
        now = Clock().now_ms()
        async with self._project.storage() as store:
            made = await store.state.set(
                given.group, given.key, to_wire(given.value), now=now, expires=expires(given.ttl, now)
            )
        return {"group": given.group, "key": given.key, "new": made}

    async def state_delete(self, given: StateDelete) -> object:
        async with self._project.storage() as store:
            old = await store.state.delete(given.group, given.key, now=Clock().now_ms())
        if old is None:
            raise Refused(f"state has no value '{given.key}' in group '{given.group}'")
        return {"deleted": True, "group": given.group, "key": given.key}

    async def _post(self, path: str, body: object, timeout: float = 30) -> Any:
        client = await self._project.client()
        return await anyio.to_thread.run_sync(lambda: client.post(path, body, timeout=timeout), abandon_on_cancel=True)


def tools(project: Project) -> list[Tool]:
    does = Acts(project)
    return [
        Tool(
            name="emit",
            title="Emit an event",
            description="Emits an event into the running server; it is stored when this returns. The answer's"
            " `deliveries` says how many steps will get it, its `traceId` leads to what they do. Needs a running"
            " server.",
            arguments=Emit,
            run=does.emit,
            writes=True,
        ),
        Tool(
            name="run",
            title="Run a step",
            description="Runs one step now, by hand, on the code of now: its result, its log lines, its traceId; with"
            " `follow` also everything it sets off. What it writes is written. Needs a running server.",
            arguments=Run,
            run=does.run,
            writes=True,
        ),
        Tool(
            name="replay",
            title="Replay a recorded run",
            description="Runs what was recorded again, with the input it had, on the code of now, in a new trace: to"
            " see whether a fix holds. What it emits is emitted. `dry` runs nothing. Needs a running server.",
            arguments=Replay,
            run=does.replay,
            writes=True,
        ),
        Tool(
            name="redrive",
            title="Redrive dead letters",
            description="Runs dead letters again, with all attempts before them: after the cause is mended. Needs a"
            " running server.",
            arguments=Redrive,
            run=does.redrive,
            writes=True,
        ),
        Tool(
            name="state_set",
            title="Set a value of state",
            description="Sets one value of the state that all steps share; what was there is replaced.",
            arguments=StateSet,
            run=does.state_set,
            writes=True,
            destroys=True,
        ),
        Tool(
            name="state_delete",
            title="Delete a value of state",
            description="Deletes one value of the state that all steps share; there is no way back.",
            arguments=StateDelete,
            run=does.state_delete,
            writes=True,
            destroys=True,
        ),
    ]
