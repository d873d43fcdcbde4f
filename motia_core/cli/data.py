"""`motia state` and `motia dead`: what the database holds, with or without a running server."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import typer

from motia_core.cli.arguments import Folder, Json, folder, json_input
from motia_core.cli.output import fail, out, plain, print_json, print_table
from motia_core.cli.project import run_async, storage
from motia_core.clock import Clock
from motia_core.model import DeadLetter
from motia_core.protocol.values import from_wire, to_wire

state = typer.Typer(help="Read and write the state all steps share.", no_args_is_help=True)
dead = typer.Typer(help="Deliveries that were given up: see, run again, throw away.", no_args_is_help=True)

Group = Annotated[str, typer.Argument(help="Group of the value")]
Key = Annotated[str, typer.Argument(help="Key within the group")]


def _kind(value: object) -> str:
    names = {str: "string", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


@state.command("get")
def state_get(group: Group, key: Key, project: Folder = None) -> None:
    """Print one value as JSON; exit code 1 when there is none."""

    async def work() -> bytes | None:
        async with storage(folder(project)) as store:
            return await store.state.get(group, key, now=Clock().now_ms())

    value = run_async(work)
    if value is None:
        fail(f"state has no value '{plain(key)}' in group '{plain(group)}'")
    print_json(from_wire(value))


@state.command("set")
def state_set(
    group: Group,
    key: Key,
    value: Annotated[str, typer.Argument(help="JSON, @file or - for standard input")],
    ttl: Annotated[float | None, typer.Option(help="Seconds until it is gone")] = None,
    project: Folder = None,
) -> None:
    """Set one value."""
    data = to_wire(json_input(value))

    async def work() -> None:
        async with storage(folder(project)) as store:
            now = Clock().now_ms()
            await store.state.set(group, key, data, now=now, expires=now + int(ttl * 1000) if ttl else None)

    run_async(work)


@state.command("delete")
def state_delete(group: Group, key: Key, project: Folder = None) -> None:
    """Delete one value; exit code 1 when there was none."""

    async def work() -> bytes | None:
        async with storage(folder(project)) as store:
            return await store.state.delete(group, key, now=Clock().now_ms())

    if run_async(work) is None:
        fail(f"state has no value '{plain(key)}' in group '{plain(group)}'")


@state.command("list")
def state_list(
    group: Annotated[str | None, typer.Argument(help="Only this group")] = None,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """List values."""

    async def work() -> list[dict[str, object]]:
        async with storage(folder(project)) as store:
            now = Clock().now_ms()
            groups = [group] if group is not None else sorted(await store.state.groups(now=now))
            rows: list[dict[str, object]] = []
            for each in groups:
                for item in await store.state.group(each, now=now):
                    value = from_wire(item.value)
                    rows.append({"groupId": each, "key": item.key, "type": _kind(value), "value": value})
            return rows

    rows = run_async(work)
    if as_json:
        print_json(rows)
        return
    shown = ((r["groupId"], r["key"], r["type"], _short(r["value"])) for r in rows)
    print_table(["GROUP", "KEY", "TYPE", "VALUE"], shown, empty="state is empty")


@state.command("clear")
def state_clear(group: Group, project: Folder = None) -> None:
    """Delete all values of a group."""

    async def work() -> int:
        async with storage(folder(project)) as store:
            return await store.state.clear(group, now=Clock().now_ms())

    out.print(f"{run_async(work)} values deleted")


def _letter(letter: DeadLetter) -> dict[str, object]:
    """The dead letter record users know, with what ours adds."""
    failed = letter.failure
    return {
        "id": letter.id,
        "step": letter.step,
        "originalEvent": {
            "topic": letter.topic,
            "data": from_wire(bytes(letter.data)),
            "traceId": letter.trace_id,
            "flows": letter.flows,
            "messageGroupId": letter.group,
        },
        "failureReason": failed.message if failed else letter.reason,
        "failureTimestamp": letter.buried,
        "attemptsMade": letter.attempts,
        "reason": letter.reason,
        "stack": failed.stack if failed else None,
    }


@dead.command("list")
def dead_list(
    step: Annotated[str | None, typer.Option(help="Only of this step")] = None,
    limit: Annotated[int, typer.Option(help="At most this many", min=1)] = 100,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """List dead letters, oldest first."""

    async def work() -> list[DeadLetter]:
        async with storage(folder(project)) as store:
            return await store.events.dead(step=step, limit=limit)

    letters = run_async(work)
    if as_json:
        print_json([_letter(letter) for letter in letters])
        return
    rows = (
        (each.id, each.step, each.topic, each.reason, each.attempts, each.failure.message if each.failure else "")
        for each in letters
    )
    print_table(["ID", "STEP", "TOPIC", "REASON", "ATTEMPTS", "ERROR"], rows, empty="no dead letters")


@dead.command("show")
def dead_show(id: Annotated[int, typer.Argument(help="Id")], project: Folder = None) -> None:
    """Print one dead letter as JSON."""

    async def work() -> list[DeadLetter]:
        async with storage(folder(project)) as store:
            return await store.events.dead(limit=1, after=id - 1)

    found = [letter for letter in run_async(work) if letter.id == id]
    if not found:
        fail(f"there is no dead letter {id}")
    print_json(_letter(found[0]))


Chosen = Annotated[list[int] | None, typer.Argument(help="Ids, as `motia dead list` shows them")]
OfStep = Annotated[str | None, typer.Option("--step", help="All of this step")]


def _each(ids: list[int] | None, step: str | None, project: str | None, verb: Literal["redrive", "discard"]) -> int:
    if not ids and step is None:
        fail("nothing chosen", hint="give ids, or --step NAME for all of a step", code=2)

    async def work() -> int:
        async with storage(folder(project)) as store:
            chosen = list(ids or [])
            if step is not None:
                chosen += [letter.id for letter in await store.events.dead(step=step, limit=1_000_000)]
            if verb == "redrive":
                return await store.events.redrive(chosen, now=Clock().now_ms())
            return await store.events.discard(chosen)

    return run_async(work)


@dead.command("redrive")
def dead_redrive(ids: Chosen = None, step: OfStep = None, project: Folder = None) -> None:
    """Run dead letters again, with all attempts before them."""
    out.print(f"{_each(ids, step, project, 'redrive')} deliveries wait again")


@dead.command("discard")
def dead_discard(ids: Chosen = None, step: OfStep = None, project: Folder = None) -> None:
    """Throw dead letters away."""
    out.print(f"{_each(ids, step, project, 'discard')} dead letters discarded")


def _short(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else text[:79] + "…"
