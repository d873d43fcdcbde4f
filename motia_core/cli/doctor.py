"""`motia doctor`: whether this machine can run the project, and what to install. `--migrate`: what coming from old
Motia means for a project.

A row that is not `ok` makes the exit code 1. Nothing of the project's is run, but for its configuration file.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import anyio
import typer
from msgspec import Struct
from rich.text import Text

from motia_core import __version__
from motia_core.cli.arguments import Folder, Json, folder
from motia_core.cli.client import read_server_file
from motia_core.cli.missing import missing_packages
from motia_core.cli.output import out, print_json, text
from motia_core.cli.project import attempted, configuration
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import MotiaError
from motia_core.steps.discovery import discover
from motia_core.storage.open import locate, open_storage
from motia_core.workers.languages import Runner, load_runners

_LEAST_DISK = 100 * 2**20
_EVENT_PATIENCE = 2.0


class Row(Struct, frozen=True):
    """One thing looked at; `hint` says what to do about it."""

    what: str
    ok: bool
    detail: str
    hint: str = ""


def doctor(
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Say, file by file, what moving here from old Motia means")
    ] = False,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Check runtimes, packages, the database, ports and the data folder; say what to install."""
    path = folder(project)
    if migrate:
        from motia_core.cli.migrate.screen import print_report

        raise SystemExit(print_report(path, as_json=as_json))
    rows = list(_rows(path))
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            mark = Text("✓ ", "green") if row.ok else Text("✗ ", "red")
            out.print(mark.append_text(text(f"{row.what:<10}{row.detail}")))
            if row.hint:
                out.print(text(f"    → {row.hint}", "cyan"))
    raise SystemExit(0 if all(row.ok for row in rows) else 1)


def _rows(path: Path) -> Iterator[Row]:
    yield Row("motia", True, __version__)
    yield Row("core", True, f"Python {platform.python_version()}")
    runners = load_runners(None, path)
    found = discover(path, {name: runner.languages for name, runner in runners.items()})
    count = Counter(one.runner for one in found.candidates)
    for name, runner in sorted(runners.items()):
        yield _runtime(name, runner, count[name])
    for name, detail, hint in missing_packages(path, {name: runners[name] for name in count}):
        yield Row(name, False, detail, hint)
    loaded = attempted(lambda: configuration(path, "dev"))
    config = Config()
    if isinstance(loaded, MotiaError):
        yield Row("config", False, loaded.message, loaded.hint)
    else:
        config = loaded.config
        yield Row("config", True, f"{loaded.file or 'no file'}, environment {loaded.env}")
    motia_dir = path / config.motia_dir
    yield _database(path, config)
    server = read_server_file(motia_dir)
    if server is not None:
        yield Row("port", True, f"{server.port}: this project's server (pid {server.pid})")
    else:
        yield from (_port(port) for port in dict.fromkeys([config.port, config.workbench.port]) if port)
    yield _watcher(motia_dir)
    free = shutil.disk_usage(path).free
    yield Row("disk", free > _LEAST_DISK, f"{free / 2**30:.1f} GiB free")
    yield Row("folder", os.access(path, os.W_OK), str(path))


def _runtime(name: str, runner: Runner, files: int) -> Row:
    used = "no step needs it" if not files else "1 file" if files == 1 else f"{files} files"
    if runner.problem is not None:
        return Row(name, not files, f"{runner.problem} ({used})")
    return Row(name, True, f"{runner.version} ({runner.runtime}), {used}")


def _database(path: Path, config: Config) -> Row:
    motia_dir = path / config.motia_dir

    async def work() -> None:
        storage = await open_storage(config.database.url, path, motia_dir, durability=config.durability, clock=Clock())
        try:
            await storage.check()
        finally:
            await storage.close()

    try:
        backend, file = locate(config.database.url, path, motia_dir)
        if backend == "memory":
            return Row("database", True, "in memory: everything is lost when the server stops")
        if not file.exists():
            return Row("database", True, f"{file}, made at the first start")
        failed = attempted(work)
    except MotiaError as error:
        failed = error
    if failed is not None:
        return Row("database", False, failed.message, failed.hint)
    return Row("database", True, f"{file}, {file.stat().st_size / 2**20:.1f} MiB")


def _port(port: int) -> Row:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return Row("port", False, f"{port} is in use", "stop the other program, or use --port")
    return Row("port", True, f"{port} is free")


def _watcher(motia_dir: Path) -> Row:
    """Whether the system tells of changed files, tried in the project's own file system."""

    from motia_core.steps.bell import Bell  # heavy: every command imports this file

    async def rings(folder: Path) -> bool:
        bell = Bell(folder)
        await bell.hang({"."})
        (folder / "touched").write_text("")
        try:
            return await bell.wait(_EVENT_PATIENCE)
        finally:
            bell.close()

    try:
        motia_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=motia_dir) as folder:
            heard = anyio.run(rings, Path(folder))
    except OSError as error:
        return Row("watcher", False, f"{motia_dir} cannot be written: {error.strerror}", "mend its permissions")
    told = "the system tells of changed files" if heard else "no signs of changed files: dev looks for itself"
    return Row("watcher", True, told)
