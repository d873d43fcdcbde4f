"""`make bench`: measures everything of `figures.py` in one run and writes RESULTS.md. `--help` says what can be less;
`--only` measures some of it anew and leaves the rest of the page as the last run found it.

A measure that fails is named in the results and does not stop the others; the exit code is 1 when one failed or a
figure misses its floor.
"""

from __future__ import annotations

import importlib
import shutil
import sys
import time

import kept
import report
from figures import FIGURES, Results
from options import parse
from servers import ROOT, WORK

MEASURES = ("http", "events", "start", "reload", "describe", "memory", "growth", "backlog", "history", "streams")


def main() -> int:
    options = parse()
    if shutil.which("wrk") is None:
        sys.stderr.write("wrk is missing: apt-get install wrk\n")
        return 2
    WORK.mkdir(exist_ok=True)
    parts = kept.load() if options.only else {}
    measured = []
    for name in MEASURES:
        if options.only and name not in options.only:
            continue
        began, results = time.monotonic(), Results()
        print(f"· {name} …", flush=True)
        try:
            importlib.import_module(f"measures.{name}").measure(results, options)
        except Exception as error:  # one broken measure must not cost the others
            results.failed[name] = str(error).strip().splitlines()[0]
            print(f"  failed: {error}", flush=True)
        print(f"  {time.monotonic() - began:.0f} s", flush=True)
        parts[name] = kept.part(results)
        measured.append(name)
        if not options.quick:
            kept.save(parts)
    if not options.quick and parts.keys() == set(MEASURES):
        report.write(kept.together(parts, MEASURES))
    results, missed = kept.together({name: parts[name] for name in measured}, MEASURES), False
    for figure in FIGURES:
        if (value := results.values.get(figure.key)) is not None:
            verdict = figure.verdict(value)
            missed = missed or verdict == "**no**"
            print(f"{verdict.strip('*'):>6}  {value:10.2f} {figure.unit:9} {figure.what}")
    for note in results.notes:
        print(f"        {note}")
    return 1 if results.failed or missed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
