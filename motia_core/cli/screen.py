"""The screen `motia dev` starts with: what came up, where, how long it took, and what is broken."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from motia_core import __version__
from motia_core.cli.output import out, text
from motia_core.model import Problem, Step
from motia_core.problems import gravity
from motia_core.services.queues import left_alone

if TYPE_CHECKING:
    from motia_core.app.application import App
    from motia_core.app.reload import Change

_SHOWN = 12


def print_boot(app: App, *, took: float, brief: bool) -> None:
    """The whole screen, or one line when `brief`."""
    snapshot = app.snapshot
    counts = Counter(step.language for step in snapshot.steps)
    languages = " · ".join(f"{count} {language}" for language, count in counts.most_common()) or "no steps"
    head = Text("motia ", "bold magenta").append(f"{__version__}  ", "dim")
    head.append(f"ready in {took * 1000:.0f} ms  ", "green").append_text(text(languages))
    out.print(head)
    if not brief:
        _print_steps(app)
        _print_urls(app)
    _print_problems(app)


def _print_steps(app: App) -> None:
    table = Table.grid(padding=(0, 2))
    steps = app.snapshot.steps
    routes = [(f"{route.method} {route.path}", step) for step in steps for route in step.routes]
    topics = [(topic, step) for step in steps for topic in (["*"] if step.all_topics else step.topics)]
    crons = [(step.cron, step) for step in steps if step.cron]
    for label, rows in (("routes", routes), ("topics", topics), ("crons", crons)):
        for index, (what, step) in enumerate(rows[:_SHOWN]):
            table.add_row(Text(label if index == 0 else "", "cyan"), text(what), _whose(step))
        if len(rows) > _SHOWN:
            table.add_row("", Text(f"and {len(rows) - _SHOWN} more: motia list", "dim"), "")
    if table.row_count:
        out.print()
        out.print(table)


def _whose(step: Step) -> Text:
    return text(f"{step.name} ", "bold").append(f"{step.language}", "dim")


def _print_urls(app: App) -> None:
    out.print()
    if app.url:
        out.print(Text("  serving    ", "cyan").append_text(text(app.url, "bold underline")))
    if app.workbench_url:
        out.print(Text("  workbench  ", "cyan").append_text(text(app.workbench_url, "underline")))
    if app.admin_token:
        out.print(Text("  token      ", "cyan").append_text(text(app.admin_token)))
    if app.left_over:
        left = "1 delivery" if app.left_over == 1 else f"{app.left_over} deliveries"
        out.print(Text(f"  {left} from an earlier run to be delivered", "yellow"))
    if app.orphans:
        out.print(text(f"  {left_alone(app.orphans)}", "yellow"))
    out.print()


def _print_problems(app: App) -> None:
    for problem in app.problems:
        if gravity(problem) == "error":
            print_problem(problem, "✗ ", "red")
    for problem in app.problems:
        if gravity(problem) == "warning":
            print_problem(problem, "! ", "yellow")
    for problem in app.notes:
        print_problem(problem, "· ", "dim")


def print_problem(problem: Problem, mark: str, colour: str) -> None:
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file or ""
    line = (
        Text(mark, colour).append_text(text(f"{where}  " if where else "", "bold")).append_text(text(problem.message))
    )
    out.print(line)
    if problem.hint:
        out.print(text(f"    → {problem.hint}", "cyan"))


def print_change(change: Change) -> None:
    """One line per reload, and what became of broken files."""
    files = ", ".join(change.files[:3]) + (f" and {len(change.files) - 3} more" if len(change.files) > 3 else "")
    out.print(Text("↻ ", "magenta").append_text(text(files)).append(f"  {change.took * 1000:.0f} ms", "dim"))
    for problem in change.problems:
        print_problem(problem, "✗ ", "red")
        if problem in change.serving:
            out.print(text("    the last good version serves on", "yellow"))
    for file in change.mended:
        out.print(Text("✓ ", "green").append_text(text(file, "bold")).append(" is whole again"))
    for line in change.notes:
        out.print(text(f"    → {line}", "cyan"))
