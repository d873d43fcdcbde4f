"""Reports as runners make them, in short."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from motia_core.model import Step
from motia_core.protocol.requests import FileReport, SourceError, StepReport
from motia_core.steps.definition import define
from motia_core.steps.discovery import Candidate
from motia_core.steps.registry import Settings, Snapshot, build

API = {"type": "api", "path": "/a", "method": "GET"}
EVENT = {"type": "event", "name": "E", "subscribes": ["t"]}


def candidate(file: str = "src/a.step.ts", role: str | None = None) -> Candidate:
    kind = role or ("stream" if "stream" in file else "step")
    return Candidate(file, kind, "node", "typescript")  # type: ignore[arg-type]


def step(config: object, *, member: str = "", **rest: object) -> StepReport:
    return StepReport(member=member, config=Raw(msgspec.json.encode(config)), **rest)  # type: ignore[arg-type]


def file(name: str, *configs: object) -> FileReport:
    """A report of a file with these configs; a text is an error code."""
    steps = [step(one, member=str(number) if number else "") for number, one in enumerate(configs) if one]
    if configs and isinstance(configs[0], str):
        return FileReport(file=name, error=SourceError(code=configs[0], message=f"{configs[0]} in {name}", line=3))
    return FileReport(file=name, steps=steps)


def project(
    files: dict[str, object], *, settings: Settings | None = None, previous: Snapshot | None = None, number: int = 1
) -> Snapshot:
    """A snapshot of files, each with one config, a list of configs, or an error code."""
    reports = [file(name, *(one if isinstance(one, list) else [one])) for name, one in files.items()]
    candidates = [candidate(name) for name in files]
    return build(candidates, reports, settings=settings, previous=previous, number=number)


def one_step(config: dict[str, object], **rest: object) -> Step:
    """The step of a config that has no faults."""
    found = define(FileReport(file="src/a.step.ts", steps=[step(config, **rest)]), candidate())
    assert [problem.message for problem in found.problems] == []
    [only] = found.steps
    return only


def problems(config: object, *, file: str = "src/a.step.ts", **rest: object) -> list[tuple[str, str, str]]:
    """Code, message and hint of everything wrong with a config."""
    found = define(FileReport(file=file, steps=[step(config, **rest)]), candidate(file))
    return [(one.code, one.message, one.hint) for one in found.problems]
