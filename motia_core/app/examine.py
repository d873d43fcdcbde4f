"""Loads a project's steps without serving them, for `motia list` and `motia check`. Leaves nothing behind."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import anyio
import msgspec
from msgspec import Struct

from motia_core.app.fleet import Fleet
from motia_core.clock import Clock
from motia_core.config.load import Loaded
from motia_core.errors import InvocationOver
from motia_core.model import Problem
from motia_core.protocol.calls import Log
from motia_core.steps.discovery import discover
from motia_core.steps.registry import Snapshot, build, settings_of
from motia_core.workers.languages import extensions, left_out, load_runners


class Examined(Struct, frozen=True):
    snapshot: Snapshot
    problems: tuple[Problem, ...]
    logs: tuple[str, ...]


async def examine(project: Path, loaded: Loaded) -> Examined:
    """What the project holds and what is wrong with it."""
    config = loaded.config
    said: list[str] = []

    def keep(worker: str, log: Log) -> None:
        said.append(log.msg)

    runners = load_runners(None, project)
    found = discover(project, extensions(runners), left_out(runners))
    with tempfile.TemporaryDirectory(prefix="motia-") as folder:
        fleet = Fleet(
            project=project,
            mode="dev",
            config=config,
            runners=runners,
            run_dir=Path(folder),
            on_call=_refuse,
            on_log=keep,
            clock=Clock(),
            progress=_tell,
        )
        async with anyio.create_task_group() as group:
            files: dict[str, list[str]] = {}
            for candidate in found.candidates:
                files.setdefault(candidate.runner, []).append(candidate.file)
            try:
                await fleet.start(group, files)
            finally:
                with anyio.CancelScope(shield=True):
                    await fleet.stop(0.5)
                group.cancel_scope.cancel()
    snapshot = build(
        found.candidates,
        [report for each in fleet.reports().values() for report in each],
        settings=settings_of(config),
        problems=found.problems,
    )
    return Examined(snapshot, (*loaded.warnings, *snapshot.problems), tuple(said))


def _tell(text: str) -> None:
    """What takes long goes to stderr: results on stdout stay clean."""
    sys.stderr.write(f"{text}\n")


async def _refuse(worker: str, method: str, params: msgspec.Raw) -> bytes:
    raise InvocationOver("steps are only being looked at: nothing runs")
