"""`motia state`: the values all steps share, with or without a running server."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from motia_core.cli.arguments import Folder, Json, folder, json_input
from motia_core.cli.output import fail, out, plain, print_json, print_table
from motia_core.cli.project import run_async, storage
from motia_core.clock import Clock
from motia_core.errors import PayloadRefused
from motia_core.protocol.values import from_wire, to_wire
from motia_core.storage.expiry import expires

state = typer.Typer(help="Read and write the state all steps share.", no_args_is_help=True)

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
    data, now = to_wire(json_input(value)), Clock().now_ms()
    try:
        end = expires(ttl, now)
    except PayloadRefused as error:
        fail(f"--{error.message}", code=2)

    async def work() -> None:
        async with storage(folder(project)) as store:
            await store.state.set(group, key, data, now=now, expires=end)

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


def _short(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else text[:79] + "…"
