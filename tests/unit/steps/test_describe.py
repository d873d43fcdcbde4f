"""Asking several runners about their own files."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from motia_core.errors import WorkerDied
from motia_core.protocol.requests import FileReport
from motia_core.steps.describe import describe_project
from motia_core.steps.discovery import Candidate

from .reports import API, file

pytestmark = pytest.mark.anyio

FILES = [
    Candidate("src/a.step.ts", "step", "node", "typescript"),
    Candidate("src/b_step.py", "step", "python", "python"),
    Candidate("src/c_step.py", "step", "python", "python"),
    Candidate("src/d.step.rb", "step", "ruby", "ruby"),
]


async def test_each_runner_is_asked_about_its_own() -> None:
    asked: list[tuple[str, list[str], list[str], int]] = []

    def describer(runner: str):  # type: ignore[no-untyped-def]
        async def describe(files: Sequence[str], changed: Sequence[str], number: int) -> list[FileReport]:
            asked.append((runner, list(files), list(changed), number))
            return [file(one, {**API, "name": one, "path": f"/{one}"}) for one in files]

        return describe

    async def dies(files: Sequence[str], changed: Sequence[str], number: int) -> list[FileReport]:
        raise WorkerDied("it went away")

    shot = await describe_project(
        FILES, {"node": describer("node"), "python": dies}, number=5, changed=["x"], missing={"ruby": "install Ruby"}
    )
    assert asked == [("node", ["src/a.step.ts"], ["x"], 5)]
    assert shot.number == 5
    assert [step.runner for step in shot.steps] == ["node"]
    assert sorted((one.code, one.message) for one in shot.problems) == [
        ("not_described", "it went away"),
        ("not_described", "it went away"),
        ("runtime", "install Ruby (1 file not served)"),
    ]
    assert [one.file for one in shot.broken] == ["src/b_step.py", "src/c_step.py", "src/d.step.rb"]
