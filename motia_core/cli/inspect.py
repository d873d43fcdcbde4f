"""Commands that look without changing: `list`, `check`, `workers`, `stats`, `version`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from motia_core import __version__
from motia_core.cli.arguments import Folder, Json, folder
from motia_core.cli.client import Client, read_server_file
from motia_core.cli.output import out, print_json, print_table, text
from motia_core.cli.project import configuration, motia_dir, run_async
from motia_core.model import Problem, Step
from motia_core.problems import gravity
from motia_core.steps.registry import Snapshot

if TYPE_CHECKING:
    from motia_core.app.examine import Examined


def examined(project: Path) -> Examined:
    """What the project holds, loaded without serving it."""
    from motia_core.app.examine import examine

    async def work() -> Examined:
        loaded = await configuration(project, "dev")
        return await examine(project, loaded)

    return run_async(work)


def step_rows(snapshot: Snapshot) -> list[dict[str, object]]:
    """Every step, stream and broken file, in the shape `motia list --json` promises."""
    rows = [_step_row(step) for step in snapshot.steps]
    for stream in snapshot.streams.values():
        row = _row(stream.file, "stream", stream.name, stream.language)
        if stream.sse is not None:
            row["method"], row["path"] = "GET", stream.sse
        rows.append(row)
    for problem in snapshot.problems:
        if problem.file is not None and gravity(problem) == "error":
            rows.append(_row(problem.file, None, None, None, error=problem.message))
    return sorted(rows, key=lambda row: (str(row["filePath"]), str(row["name"])))


def _step_row(step: Step) -> dict[str, object]:
    row = _row(step.file, step.kind, step.name, step.language)
    if step.routes:
        row["method"] = step.routes[0].method
        row["path"] = step.routes[0].path
    row["subscribes"] = ["*"] if step.all_topics else list(step.topics)
    row["emits"] = [emit.topic for emit in step.emits or ()]
    row["cron"] = step.cron
    row["flows"] = list(step.flows)
    row["inferred"] = list(step.inferred)
    return row


def _row(
    file: str, kind: str | None, name: str | None, language: str | None, error: str | None = None
) -> dict[str, object]:
    return {
        "filePath": file,
        "type": kind,
        "name": name,
        "language": language,
        "method": None,
        "path": None,
        "subscribes": [],
        "emits": [],
        "cron": None,
        "flows": [],
        "inferred": [],
        "error": error,
    }


def list_steps(as_json: Json = False, project: Folder = None) -> None:
    """List steps, streams and broken files."""
    rows = step_rows(examined(folder(project)).snapshot)
    if as_json:
        print_json(rows)
        return
    print_table(
        ["TYPE", "NAME", "TRIGGER", "EMITS", "LANGUAGE", "FILE"],
        (
            (
                row["type"] or Text("broken", "red"),
                row["name"] or text(row["error"], "red"),
                _trigger(row),
                ", ".join(str(topic) for topic in _list(row["emits"])),
                row["language"],
                row["filePath"],
            )
            for row in rows
        ),
        empty="no steps: put files called NAME.step.ts, NAME.step.js, NAME_step.py or NAME.step.rb into steps/ or src/",
    )
    _print_inferred(rows)


def _print_inferred(rows: list[dict[str, object]]) -> None:
    """What no config says; a config beside the function says otherwise."""
    read = [row for row in rows if row["inferred"]]
    if read:
        out.print(text("\nRead from the code (`export const config = {…}` beside the function overrides it):", "dim"))
    for row in read:
        said = "; ".join(str(one) for one in _list(row["inferred"]))
        out.print(text(f"  {row['filePath']}  {said}", "dim"))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _trigger(row: dict[str, object]) -> str:
    if row["path"]:
        return f"{row['method']} {row['path']}"
    return str(row["cron"] or ", ".join(str(topic) for topic in _list(row["subscribes"])))


def check(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors")] = False,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Load every step file and report what is wrong; exit code 1 when something is."""
    found = examined(folder(project))
    errors = [p for p in found.problems if gravity(p) == "error" or (strict and gravity(p) == "warning")]
    warnings = [p for p in found.problems if p not in errors and gravity(p) == "warning"]
    if as_json:
        print_json(
            {"ok": not errors, "errors": [_finding(p) for p in errors], "warnings": [_finding(p) for p in warnings]}
        )
    else:
        for problem in errors:
            _print_problem(problem, "error", "red")
        for problem in warnings:
            _print_problem(problem, "warning", "yellow")
        if not errors:
            count = len(found.snapshot.steps)
            out.print(Text("✓ ", "green").append(f"{count} steps, {len(warnings)} warnings"))
    raise SystemExit(1 if errors else 0)


def _finding(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }


def _print_problem(problem: Problem, label: str, colour: str) -> None:
    where = f"{problem.file}:{problem.line}" if problem.line else problem.file or "project"
    out.print(
        text(where, "bold").append(f"  {label} ", colour).append_text(text(f"{problem.message} [{problem.code}]"))
    )
    if problem.hint:
        out.print(text(f"    → {problem.hint}", "cyan"))


def workers(as_json: Json = False, project: Folder = None) -> None:
    """Show the worker processes of the running server: state, load, age, memory, why the last ones ended. LATE counts
    answers that came after their caller had left, and were dropped."""
    path = folder(project)
    pools = Client(read_server_file(motia_dir(path))).get("/__motia/api/workers")
    if as_json:
        print_json(pools)
        return
    for pool in pools:
        restarts = f" · {pool['restarts']} restarts" if pool["restarts"] else ""
        late = f" · {pool['late']} late answers" if pool["late"] else ""
        wait = f" · next try in {pool['nextTry']:.0f} s" if pool["nextTry"] is not None else ""
        out.print(text(f"{pool['name']}  {pool['state']}{wait}{restarts}{late}", "bold"))
        rows = (
            (
                w["name"],
                w["pid"],
                w["state"],
                w["inFlight"],
                w["jobs"],
                f"{w['age']:.0f} s",
                f"{w['rss'] / 2**20:.0f} MB",
                w["late"],
            )
            for w in pool["workers"]
        )
        print_table(["WORKER", "PID", "STATE", "IN FLIGHT", "JOBS", "AGE", "MEMORY", "LATE"], rows, empty="no workers")
        for gone in pool["retired"]:
            out.print(text(f"  {gone['worker']} ended: {gone['reason']}", "dim"))


def stats(as_json: Json = False, project: Folder = None) -> None:
    """Show how the steps fare: runs, failures, durations, what waits, what is dead."""
    found = Client(read_server_file(motia_dir(folder(project)))).get("/__motia/api/stats")
    if as_json:
        print_json(found)
        return
    rows = (
        (
            name,
            one["runs"],
            text(one["failures"], "red" if one["failures"] else ""),
            one["retries"],
            _duration(one["p50"]),
            _duration(one["p95"]),
            one["waiting"],
            one["running"],
            text(one["dead"], "red" if one["dead"] else ""),
        )
        for name, one in found["steps"].items()
    )
    heads = ["STEP", "RUNS", "FAILURES", "RETRIES", "P50", "P95", "WAITING", "RUNNING", "DEAD"]
    print_table(heads, rows, empty="no steps")
    since = datetime.fromtimestamp(found["since"] / 1000).astimezone()
    out.print(text(f"since {since:%Y-%m-%d %H:%M:%S}; what waits and what is dead: of all servers", "dim"))


def _duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return ""
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def version() -> None:
    """Print the version."""
    out.print(f"Motia CLI v{__version__}")
