"""The whole report: every check on every file it is meant for, the findings sorted into files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import typer
from dotenv import dotenv_values
from msgspec import Struct

from motia_core.cli.migrate import (
    configuration,
    layout,
    packages,
    python_checks,
    ruby_checks,
    script_checks,
)
from motia_core.cli.migrate.catalogue import COMPARISONS, ORDER, Verdict
from motia_core.cli.migrate.facts import Facts, duplicates
from motia_core.cli.migrate.finding import Finding
from motia_core.cli.migrate.project import SCRIPTS, Project
from motia_core.config.packages import old_packages

Check = Callable[[str, str], list[Finding]]
Read = Callable[[str, str], Facts]


class FileReport(Struct, frozen=True):
    """One file or folder. `verdict` is its gravest finding's; without findings it runs as it is."""

    file: str
    verdict: Verdict
    findings: tuple[Finding, ...]


class Report(Struct, frozen=True):
    """`old` is the old package that says this is an old project, with its version."""

    old: str | None
    files: tuple[FileReport, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(one.verdict == verdict for each in self.files for one in each.findings)


def report(root: Path) -> Report:
    """Reads the project."""
    project = Project(root)
    found: dict[str, list[Finding]] = {}
    steps = [one.file for one in project.steps]
    loaded = project.loaded(*steps)
    for file in loaded:
        if _checks(file) is not None:
            found[file] = []
    for one in (*_code(project, loaded), *_config(project), *_package(project), *layout.check(project)):
        if project.old or one.code not in COMPARISONS:
            found.setdefault(one.file, []).append(one)
    for one in duplicates(_facts(project, [one.file for one in project.steps if one.role != "stream"])):
        found.setdefault(one.file, []).append(one)
    return Report(old_packages(root), tuple(_file(file, set(found[file])) for file in sorted(found)))


def _file(file: str, findings: set[Finding]) -> FileReport:
    verdicts = {one.verdict for one in findings}
    verdict: Verdict = next((one for one in ORDER if one in verdicts), "same")
    return FileReport(file, verdict, tuple(sorted(findings)))


def _checks(file: str) -> tuple[Check, Read] | None:
    if file.endswith(SCRIPTS):
        return script_checks.check, script_checks.facts
    if file.endswith(".py"):
        return python_checks.check, python_checks.facts
    return (ruby_checks.check, ruby_checks.facts) if file.endswith(".rb") else None


def _code(project: Project, files: list[str]) -> Iterator[Finding]:
    for file in files:
        text, checks = project.text(file), _checks(file)
        if text is not None and checks is not None:
            yield from checks[0](file, text)
            if file.endswith(SCRIPTS):
                yield from script_checks.adapters(file, text)


def _facts(project: Project, files: list[str]) -> Iterator[Facts]:
    for file in files:
        text, checks = project.text(file), _checks(file)
        if text is not None and checks is not None:
            yield checks[1](file, text)


def _config(project: Project) -> Iterator[Finding]:
    file = project.config
    if file is not None and file.endswith(SCRIPTS):
        yield from configuration.check(file, project.text(file) or "")
        for one in project.loaded(file):
            text = project.text(one)
            if text is not None and one.endswith(SCRIPTS):
                yield from script_checks.plugin_routes(one, text)
                yield from script_checks.adapters(one, text)
    text = project.text(".env")
    if text is not None:
        values = dotenv_values(project.root / ".env", interpolate=False)
        yield from configuration.check_environment(text, {name: value or "" for name, value in values.items()})


def commands() -> frozenset[str]:
    """What the `motia` command can do, so that no script is praised or blamed wrongly."""
    from motia_core.cli.commands import app  # it imports every command, this one too

    return frozenset(typer.main.get_group(app).commands)


def _package(project: Project) -> Iterator[Finding]:
    text = project.text(packages.FILE)
    if text is not None:
        strict = configuration.decides_validation(project.text(project.config or "") or "")
        yield from packages.check(text, project.old, commands(), strict=strict)
