"""`python -m tests.drills.book [NAMES] [--scale 0.1]`: runs the drills one after the other and writes the report.

A drill that was already run on the same code at the same scale is not run again unless `--anew`; so a book that was
broken off goes on. Only a whole book is written to docs/reliability.md; shortened ones go to build/drills/. Exit code 1
when a promise was broken.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tests.drills.book import alone, document, results
from tests.drills.book.drill import Drill, drills
from tests.drills.book.results import Result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drills.book")
    parser.add_argument("names", nargs="*", help="drills to run; default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="1 = the promised length")
    parser.add_argument("--anew", action="store_true", help="run also what was run already")
    parser.add_argument("--list", action="store_true", help="name the drills and end")
    parser.add_argument("--write", action="store_true", help="write the report from what is kept and end")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone:
        alone.main(asked.alone, asked.scale)
        # Whatever a drill has left behind in this process, its figures are said.
        sys.stdout.flush()
        os._exit(0)
    known = drills()
    console = Console(highlight=False)
    unknown = set(asked.names) - {drill.name for drill in known}
    if unknown:
        parser.error(f"there is no drill {', '.join(sorted(unknown))}; --list names them")
    if asked.list:
        for drill in known:
            console.print(f"{drill.name:20} {drill.title}")
        return 0
    chosen = [drill for drill in known if not asked.names or drill.name in asked.names]
    try:
        broken = False if asked.write else _run(chosen, asked.scale, asked.anew, console)
    except KeyboardInterrupt:
        console.print("broken off; the same command goes on from here")
        return 130
    found = {drill.name: result for drill in known if (result := results.kept(drill.name, asked.scale)) is not None}
    path = document.DOCUMENT if asked.scale == 1 else results.KEPT / document.DOCUMENT.name
    document.write(known, found, path)
    console.print(f"written to {path.relative_to(results.ROOT)}")
    return 1 if broken else 0


def _run(chosen: list[Drill], scale: float, anew: bool, console: Console) -> bool:
    """Whether a promise was broken."""
    code, machine, broken = results.code(), results.machine(), False
    for number, drill in enumerate(chosen, 1):
        before = results.kept(drill.name, scale)
        if not anew and before is not None and before.stands(code):
            console.print(f"[dim]✓ {drill.title}: kept from {before.at}")
            continue
        began = time.monotonic()
        answer = _shown(drill, scale, f"{drill.title} ({number} of {len(chosen)})", console)
        result = Result(
            name=drill.name,
            scale=scale,
            code=code,
            at=datetime.now(UTC).date().isoformat(),
            took=time.monotonic() - began,
            machine=machine,
            figures=answer.get("figures", {}),
            failed=str(answer.get("failed", "")),
            skipped=str(answer.get("skipped", "")),
        )
        results.keep(result)
        broken = broken or bool(result.failed)
        said = f"[red]✗ {drill.title}:[/] " if result.failed else f"✓ {drill.title} "
        console.print(f"{said}[dim]{escape(result.failed or result.skipped)} {result.took:.0f} s")
    return broken


def _shown(drill: Drill, scale: float, title: str, console: Console) -> dict[str, object]:
    """Runs the drill; what it says meanwhile stands behind its title."""
    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description} [dim]{task.fields[said]}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None, said="")
        return alone.run(drill, scale, lambda text: progress.update(task, said=escape(text[:80])))


if __name__ == "__main__":
    sys.exit(main())
