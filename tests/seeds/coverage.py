"""The coverage table: joins the rows of `rows.toml` with the tests that carry their numbers; writes docs/seed-coverage.md.

`python -m tests.seeds.coverage` writes it, `--missing` only names the rows that still have neither a test nor a reason.
A row is met by a marked test and by nothing else.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from tests.seeds.marks import Mark, collect

ROWS = Path(__file__).parent / "rows.toml"
PAGE = Path(__file__).parents[2] / "docs" / "seed-coverage.md"

Status = Literal["met", "later", "not ours", "missing"]

HEAD = """# What the four source documents show

Motia grew out of four documents that people follow: **A**, a tutorial written with builders; **B**, one written with bare default
functions; **C**, a guide to a project with `config` and `handler` in four languages; **D**, an AGENTS.md of the same kind. Everything they
show is a row here. *met*: the tests named show it to hold. *later*: it is not built yet. *not ours*: the row says why; tests named there
show what happens instead. "Where" is the document and its line.

This page is written by `make docs` from `tests/seeds/rows.toml` and the markers `@pytest.mark.rows(...)` of the tests.
"""


class Row(NamedTuple):
    """One row: `later` or `not_ours` hold the reason in words, or are empty."""

    number: int
    part: str
    at: str
    feature: str
    later: str
    not_ours: str
    note: str


class Line(NamedTuple):
    """A row with its verdict."""

    row: Row
    status: Status
    marks: tuple[Mark, ...]


def read(text: str) -> list[Row]:
    """The rows of `rows.toml`. A reason that is not in its tables, or an unknown key, is an error."""
    document = tomllib.loads(text)
    rows: list[Row] = []
    for part in document["part"]:
        for raw in part["rows"]:
            unknown = raw.keys() - {"row", "at", "feature", "later", "not_ours", "note"}
            if unknown or ("later" in raw and "not_ours" in raw):
                raise ValueError(f"row {raw['row']}: {sorted(unknown) or 'later and not_ours at once'}")
            later = document["later"][raw["later"]] if "later" in raw else ""
            not_ours = document["not_ours"][raw["not_ours"]] if "not_ours" in raw else ""
            rows.append(Row(raw["row"], part["title"], raw["at"], raw["feature"], later, not_ours, raw.get("note", "")))
    return rows


def judge(rows: Iterable[Row], marks: Iterable[Mark]) -> list[Line]:
    """Each row with its status."""
    shown: dict[int, list[Mark]] = {}
    for mark in marks:
        for number in mark.rows:
            shown.setdefault(number, []).append(mark)
    lines = []
    for row in rows:
        tests = tuple(shown.get(row.number, ()))
        status: Status = "later" if row.later else "not ours" if row.not_ours else "met" if tests else "missing"
        lines.append(Line(row, status, tests))
    return lines


def faults(lines: Iterable[Line], marks: Iterable[Mark]) -> list[str]:
    """What is wrong with the table, a sentence each; empty when it may be published."""
    lines = list(lines)
    known = {line.row.number for line in lines}
    found = [
        f"{mark.file}: {mark.test} names row {number}, which does not exist"
        for mark in marks
        for number in sorted(mark.rows - known)
    ]
    for line in lines:
        if line.status == "missing":
            found.append(f"row {line.row.number} has neither a test nor a reason: {line.row.feature}")
        if line.row.later and line.marks:
            tests = ", ".join(f"{mark.file}: {mark.test}" for mark in line.marks)
            found.append(
                f"row {line.row.number} is 'later' and shown by {tests}: take the reason out of rows.toml, or the marker away"
            )
    return found


def page(lines: Iterable[Line]) -> str:
    """The text of docs/seed-coverage.md."""
    lines = list(lines)
    counts = {status: sum(line.status == status for line in lines) for status in ("met", "later", "not ours")}
    text = [HEAD, f"{len(lines)} rows: " + ", ".join(f"{count} {status}" for status, count in counts.items()) + ".", ""]
    parts: dict[str, list[Line]] = {}
    for line in lines:
        parts.setdefault(line.row.part, []).append(line)
    for title, group in parts.items():
        text += [
            f"## {title}",
            "",
            "| row | feature | where | status | shown by, or why not |",
            "|---|---|---|---|---|",
        ]
        text += [_cells(line) for line in group]
        text.append("")
    return "\n".join(text)


def _cells(line: Line) -> str:
    row = line.row
    reason = ": ".join(part for part in (row.later or row.not_ours, row.note) if part)
    cells = (
        str(row.number),
        row.feature,
        row.at,
        line.status,
        "; ".join(part for part in (reason, _tests(line.marks)) if part),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _tests(marks: Iterable[Mark]) -> str:
    """`file`: test, test; grouped by file."""
    files: dict[str, list[str]] = {}
    for mark in marks:
        files.setdefault(mark.file, []).append(mark.test)
    return "; ".join(f"`{file}`: {', '.join(tests)}" for file, tests in files.items())


def current() -> tuple[list[Line], list[Mark]]:
    """The table as the tests of this tree make it, and the markers found."""
    marks = collect()
    return judge(read(ROWS.read_text("utf-8")), marks), marks


def main(arguments: list[str]) -> int:
    lines, marks = current()
    wrong = faults(lines, marks)
    for fault in wrong:
        print(fault, file=sys.stderr)
    if "--missing" not in arguments:
        PAGE.write_text(page(lines), "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
