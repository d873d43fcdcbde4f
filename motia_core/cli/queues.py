"""`motia queues` and `motia dead`: what waits for whom and what was given up, with or without a running server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from motia_core.cli.arguments import Folder, Json, folder
from motia_core.cli.client import Client, read_server_file
from motia_core.cli.output import fail, out, plain, print_json, print_table
from motia_core.cli.project import configuration, motia_dir, run_async, storage
from motia_core.clock import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from motia_core.services.queues import Letter, Queues
    from motia_core.storage.base import Storage

queues = typer.Typer(help="Deliveries that wait: for which step, since when, and for steps that are no more.")
dead = typer.Typer(help="Deliveries that were given up: see, run again, throw away.", no_args_is_help=True)

_API = "/__motia/api"
_LONG = 600.0
Step = Annotated[str, typer.Argument(help="Step, as `motia queues` shows it")]


@queues.callback(invoke_without_command=True)
def _default(context: typer.Context) -> None:
    """Without a command: list."""
    if context.invoked_subcommand is None:
        queues_list()


@queues.command("list")
def queues_list(as_json: Json = False, project: Folder = None) -> None:
    """List what waits, runs and is dead, by step. A step that is no more is shown as orphaned."""
    path = folder(project)
    rows = _asked(path, "GET", "/queues", None)
    if rows is None:
        rows = run_async(lambda: _here(path, "list", "", "", False))
    if as_json:
        print_json(rows)
        return
    shown = (
        (
            Text(plain(row["step"]), "red" if row["state"] == "orphaned" else ""),
            Text(row["state"], "" if row["state"] == "served" else "red"),
            *(row[key] for key in ("ready", "delayed", "running", "blocked", "dead")),
            _age(row["oldest"]),
        )
        for row in rows
    )
    headings = ["STEP", "STATE", "READY", "DELAYED", "RUNNING", "BLOCKED", "DEAD", "OLDEST"]
    print_table(headings, shown, empty="nothing waits")
    for row in rows:
        if row["state"] == "orphaned" and row["ready"] + row["delayed"] + row["blocked"]:
            name = plain(row["step"])
            out.print(
                Text(f"no step is called '{name}': motia queues redirect '{name}' STEP, or discard '{name}'", "dim")
            )
        elif row["state"] == "orphaned" and row["dead"]:
            name = plain(row["step"])
            out.print(Text(f"no step is called '{name}': motia dead redrive --step '{name}', then redirect", "dim"))


@queues.command("redirect")
def queues_redirect(
    step: Step, to: Annotated[str, typer.Argument(help="Event step that takes them")], project: Folder = None
) -> None:
    """Give what waits for one step to another, with all attempts before it."""
    path = folder(project)
    answer = _asked(path, "POST", "/queues/redirect", {"step": step, "to": to})
    count = answer["redirected"] if answer else run_async(lambda: _here(path, "redirect", step, to, False))
    out.print(f"{_deliveries(count)} for {plain(to)} now")


@queues.command("discard")
def queues_discard(
    step: Step,
    force: Annotated[bool, typer.Option("--force", help="Also of a step that is served")] = False,
    project: Folder = None,
) -> None:
    """Throw away what waits for a step that is no more."""
    path = folder(project)
    answer = _asked(path, "POST", "/queues/discard", {"step": step, "force": force})
    count = answer["discarded"] if answer else run_async(lambda: _here(path, "discard", step, "", force))
    out.print(f"{count} {'delivery' if count == 1 else 'deliveries'} discarded")


def _asked(path: Path, method: str, what: str, body: object) -> Any:
    """The answer of the running server; None when there is none."""
    server = read_server_file(motia_dir(path))
    if server is None:
        return None
    client = Client(server)
    return client.get(_API + what) if method == "GET" else client.post(_API + what, body, timeout=_LONG)


async def _here(path: Path, what: str, step: str, to: str, force: bool) -> Any:
    """Without a server: the files say which steps there are."""
    from motia_core.app.examine import examine
    from motia_core.services.queues import Queues, as_json

    examined = await examine(path, await configuration(path, "dev"))
    async with storage(path) as store:
        found: Queues = Queues(store.events, examined.snapshot)
        now = Clock().now_ms()
        if what == "redirect":
            return await found.redirect(step, to, now=now)
        if what == "discard":
            return await found.discard(step, force=force)
        return as_json(await found.waiting(now=now))


def _deliveries(count: int) -> str:
    return "1 delivery waits" if count == 1 else f"{count} deliveries wait"


def _age(since: int | None) -> str:
    if since is None:
        return ""
    seconds = max(0, Clock().now_ms() - since) // 1000
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


OfStep = Annotated[str | None, typer.Option("--step", help="All of this step")]
Chosen = Annotated[list[int] | None, typer.Argument(help="Ids, as `motia dead list` shows them")]


@dead.command("list")
def dead_list(
    step: Annotated[str | None, typer.Option(help="Only of this step")] = None,
    limit: Annotated[int, typer.Option(help="At most this many", min=1)] = 100,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """List dead letters, oldest first."""
    found = run_async(lambda: _letters(folder(project), step=step, limit=limit))
    if as_json:
        from motia_core.services.queues import as_json as jsonable

        print_json(jsonable(found))
        return
    rows = (
        (
            each.id,
            each.step,
            each.original_event.topic,
            each.reason,
            each.attempts_made,
            each.original_event.trace_id,
            each.failure_reason,
        )
        for each in found
    )
    print_table(["ID", "STEP", "TOPIC", "REASON", "ATTEMPTS", "TRACE", "ERROR"], rows, empty="no dead letters")


@dead.command("show")
def dead_show(id: Annotated[int, typer.Argument(help="Id")], project: Folder = None) -> None:
    """Print one dead letter as JSON."""
    from motia_core.services.queues import as_json

    found = run_async(lambda: _letters(folder(project), limit=1, after=id - 1))
    if not found or found[0].id != id:
        fail(f"there is no dead letter {id}")
    print_json(as_json(found[0]))


@dead.command("redrive")
def dead_redrive(ids: Chosen = None, step: OfStep = None, project: Folder = None) -> None:
    """Run dead letters again, with all attempts before them."""
    _check(ids, step)

    async def work(store: Storage) -> int:
        from motia_core.services.queues import redrive

        return await redrive(store.events, list(ids or []), step, now=Clock().now_ms())

    path = folder(project)
    answer = _asked(path, "POST", "/dead/redrive", {"ids": ids or [], "step": step})
    count = answer["redriven"] if answer else _with_storage(path, work)
    out.print(f"{_deliveries(count)} again")


@dead.command("discard")
def dead_discard(ids: Chosen = None, step: OfStep = None, project: Folder = None) -> None:
    """Throw dead letters away."""
    _check(ids, step)

    async def work(store: Storage) -> int:
        from motia_core.services.queues import discard

        return await discard(store.events, list(ids or []), step)

    count = _with_storage(folder(project), work)
    out.print(f"{count} dead letter{'' if count == 1 else 's'} discarded")


def _check(ids: list[int] | None, step: str | None) -> None:
    if not ids and step is None:
        fail("nothing chosen", hint="give ids, or --step NAME for all of a step", code=2)


def _with_storage(path: Path, work: Any) -> Any:
    async def opened() -> Any:
        async with storage(path) as store:
            return await work(store)

    return run_async(opened)


async def _letters(path: Path, *, step: str | None = None, limit: int, after: int = 0) -> list[Letter]:
    from motia_core.services.queues import letters

    async with storage(path) as store:
        return await letters(store.events, step=step, limit=limit, after=after)
