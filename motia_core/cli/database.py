"""`motia db`: the database as a whole: is it sound, a copy of it, a copy put back, its size. Beside a running server,
except `restore`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import anyio
import typer

from motia_core.cli.arguments import Folder, Json, folder
from motia_core.cli.output import fail, out, plain, print_json, print_table
from motia_core.cli.project import care, run_async
from motia_core.storage.care import Care

T = TypeVar("T")

db = typer.Typer(help="The database as a whole: check, back up, restore, compact.", no_args_is_help=True)


def _with_care(project: str | None, work: Callable[[Care], T]) -> T:
    async def run() -> T:
        keeper = await care(folder(project))
        return await anyio.to_thread.run_sync(work, keeper)

    return run_async(run)


@db.command("check")
def check(as_json: Json = False, project: Folder = None) -> None:
    """Read the whole database and say whether it is sound; exit code 1 when it is not."""
    found = _with_care(project, lambda keeper: keeper.check())
    if as_json:
        print_json({"ok": not found.faults, **{k: getattr(found, k) for k in found.__struct_fields__}})
    elif found.faults:
        for fault in found.faults:
            out.print(f"  {plain(fault)}", markup=False)
    else:
        print_table(["WHAT", "ROWS"], found.counts.items(), empty="")
        out.print(f"{plain(found.where)} is sound: schema {found.schema}, {_size(found.size)}", markup=False)
    if found.faults:
        fail(
            f"the database {plain(found.where)} is damaged",
            hint="motia stays away from it; stop motia and run `motia db restore COPY`",
        )


@db.command("backup")
def backup(
    target: Annotated[str | None, typer.Argument(help="File to write; default: a dated one in .motia/backups")] = None,
    project: Folder = None,
) -> None:
    """Copy the database, also while a server writes to it. Everything acknowledged so far is in the copy."""

    async def run() -> Path:
        keeper = await care(folder(project))
        path = Path(target).absolute() if target else _dated(await _backups(folder(project)))
        await anyio.to_thread.run_sync(keeper.backup, path)
        return path

    path = run_async(run)
    out.print(f"{plain(path)} written, {_size(path.stat().st_size)}", markup=False)


@db.command("restore")
def restore(
    source: Annotated[str, typer.Argument(help="A copy made by `motia db backup`")],
    project: Folder = None,
) -> None:
    """Put a copy in place of the database, which is kept under another name. No server may run."""
    kept = _with_care(project, lambda keeper: keeper.restore(Path(source).absolute()))
    out.print(f"restored from {plain(source)}", markup=False)
    if kept is not None:
        out.print(f"what was there is kept as {plain(kept)}", markup=False)


@db.command("compact")
def compact(project: Folder = None) -> None:
    """Give unused space of the database back to the disk."""
    done = _with_care(project, lambda keeper: keeper.compact())
    out.print(f"{_size(done.before)} before, {_size(done.after)} now")


async def _backups(project: Path) -> Path:
    from motia_core.cli.project import configuration

    return project / (await configuration(project, "dev")).config.motia_dir / "backups"


def _dated(folder: Path) -> Path:
    return folder / f"motia-{time.strftime('%Y%m%d-%H%M%S')}.db"


def _size(count: int) -> str:
    return f"{count / 1024:.0f} KiB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MiB"
