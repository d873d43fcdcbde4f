"""What `screen.py` shows, as JSON lines among the log lines: one object each, for whoever collects logs.

`Teller` is what a serving command needs to say; people get `Screen`, `--log-format json` gets `Lines`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import Raw

from motia_core.cli import screen
from motia_core.cli.output import fail, note
from motia_core.clock import Clock
from motia_core.errors import MotiaError
from motia_core.logs import Console
from motia_core.model import Level, LogRecord, Problem
from motia_core.problems import gravity
from motia_core.services.queues import left_alone

if TYPE_CHECKING:
    from motia_core.app.application import App
    from motia_core.app.reload import Change


class Teller(Protocol):
    def boot(self, app: App, *, took: float, brief: bool) -> None: ...
    def change(self, change: Change) -> None: ...
    def note(self, text: str) -> None: ...
    def failed(self, error: MotiaError) -> None:
        """The server cannot go on. Ends the command."""


class Screen:
    """For people."""

    def boot(self, app: App, *, took: float, brief: bool) -> None:
        screen.print_boot(app, took=took, brief=brief)

    def change(self, change: Change) -> None:
        screen.print_change(change)

    def note(self, text: str) -> None:
        note(text)

    def failed(self, error: MotiaError) -> None:
        fail(error)


class Lines:
    """Through `console`, so that all lines keep their order."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._clock = Clock()

    def boot(self, app: App, *, took: float, brief: bool) -> None:
        said: dict[str, object] = {"took": round(took * 1000), "steps": len(app.snapshot.steps)}
        said |= {"url": app.url, "workbench": app.workbench_url, "token": app.admin_token, "leftOver": app.left_over}
        self._say("info", "ready", **{key: value for key, value in said.items() if value not in (None, "", 0)})
        if app.orphans:
            self._say("warn", left_alone(app.orphans), orphans=app.orphans)
        for problem in (*app.problems, *app.notes):
            self._problem(problem)

    def change(self, change: Change) -> None:
        self._say("info", "reloaded", files=list(change.files), took=round(change.took * 1000))
        for problem in change.problems:
            self._problem(problem, **({"servesOn": True} if problem in change.serving else {}))
        for file in change.mended:
            self._say("info", f"{file} is whole again", file=file)
        for line in change.notes:
            self._say("info", line)

    def note(self, text: str) -> None:
        self._say("info", text)

    def failed(self, error: MotiaError) -> None:
        self._say("error", error.message, **({"hint": error.hint} if error.hint else {}))
        self._console.close()
        raise SystemExit(1)

    def _problem(self, problem: Problem, **more: object) -> None:
        levels: dict[str, Level] = {"error": "error", "warning": "warn"}
        said = {"code": problem.code, "file": problem.file, "line": problem.line, "hint": problem.hint or None, **more}
        level = levels.get(gravity(problem), "info")
        self._say(level, problem.message, **{key: value for key, value in said.items() if value is not None})

    def _say(self, level: Level, text: str, **fields: object) -> None:
        line = LogRecord(
            id="",
            time=self._clock.now_ms(),
            level=level,
            msg=text,
            source="core",
            fields=Raw(msgspec.json.encode(fields)),
        )
        self._console.print(line)
