"""Asks the runners what is in the candidate files, each runner about its own, and makes the snapshot of the answers.

Knows no process: a `Describer` is whatever carries `step.describe` to a worker. A describer that fails breaks its own
files only.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

import anyio

from motia_core.errors import MotiaError
from motia_core.model import Problem
from motia_core.protocol.requests import FileReport, SourceError
from motia_core.steps.discovery import Candidate
from motia_core.steps.registry import Settings, Snapshot, build

Describer = Callable[[Sequence[str], Sequence[str], int], Awaitable[list[FileReport]]]
"""(files, changed files to forget first, snapshot number) → what is in the files."""


async def describe_project(
    candidates: Sequence[Candidate],
    describers: Mapping[str, Describer],
    *,
    number: int = 1,
    changed: Sequence[str] = (),
    missing: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    previous: Snapshot | None = None,
    problems: Sequence[Problem] = (),
) -> Snapshot:
    """`describers` by runner name; `missing` says why a runner has none."""
    reports: list[FileReport] = []
    files: dict[str, list[str]] = {}
    for candidate in candidates:
        files.setdefault(candidate.runner, []).append(candidate.file)

    async def ask(runner: str, names: list[str]) -> None:
        describer = describers.get(runner)
        if describer is None:
            text = (missing or {}).get(runner, f"no runner called {runner} is here")
            reports.extend(unavailable(names, text))
            return
        try:
            reports.extend(await describer(names, changed, number))
        except MotiaError as error:
            reports.extend(unavailable(names, error.message, code="not_described"))

    async with anyio.create_task_group() as group:
        for runner, names in files.items():
            group.start_soon(ask, runner, names)
    return build(candidates, reports, number=number, settings=settings, previous=previous, problems=problems)


def unavailable(files: Sequence[str], text: str, *, code: str = "runtime") -> list[FileReport]:
    """Reports of files that nobody could look into."""
    return [FileReport(file=file, error=SourceError(code=code, message=text)) for file in files]
