"""Shows the report: for people file by file, for programs as one JSON document."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from motia_core.cli.migrate.catalogue import MEANINGS, ORDER, Verdict
from motia_core.cli.migrate.finding import Finding
from motia_core.cli.migrate.report import FileReport, Report, report
from motia_core.cli.output import out, print_json, text

_COLOURS: dict[Verdict, str] = {"change": "red", "differs": "yellow", "ignored": "dim", "same": "green"}


def print_report(project: Path, *, as_json: bool) -> int:
    """Returns the exit code: 1 when something has to be changed."""
    made = report(project)
    if as_json:
        print_json(document(made))
    else:
        _print(made)
    return 1 if made.count("change") else 0


def document(made: Report) -> dict[str, object]:
    """The report as `--json` promises it."""
    return {
        "old": made.old,
        "ok": not made.count("change"),
        "counts": {verdict: made.count(verdict) for verdict in ORDER},
        "files": [
            {"file": each.file, "verdict": each.verdict, "findings": [_row(one) for one in each.findings]}
            for each in made.files
        ],
    }


def _row(one: Finding) -> dict[str, object]:
    return {
        "line": one.line or None,
        "code": one.code,
        "verdict": one.verdict,
        "message": one.message,
        "action": one.action,
    }


def _print(made: Report) -> None:
    head = f"on {made.old}" if made.old else "package.json names no package of old Motia: nothing is compared with it"
    out.print(text(head, "bold"))
    for each in made.files:
        if each.findings:
            _print_file(each)
    plain = [each.file for each in made.files if not each.findings]
    if plain:
        out.print()
        out.print(Text("✓ ", "green").append_text(text(f"{_files(len(plain))}: {', '.join(plain)}")))
    out.print()
    for verdict in ORDER:
        count = made.count(verdict)
        if count:
            out.print(text(f"{count:>4} {verdict:<8} {MEANINGS[verdict]}", _COLOURS[verdict]))


def _print_file(each: FileReport) -> None:
    out.print()
    out.print(text(each.file, "bold"))
    for one in each.findings:
        where = f"{each.file}:{one.line}  " if one.line else ""
        line = text(f"  {one.verdict:<8}", _COLOURS[one.verdict]).append_text(
            text(f"{where}{one.message} [{one.code}]")
        )
        out.print(line)
        if one.verdict != "same":
            out.print(text(f"            → {one.action}", "cyan"))


def _files(count: int) -> str:
    return "1 file runs as it is" if count == 1 else f"{count} files run as they are"
