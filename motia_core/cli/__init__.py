"""The command line: `main` is the `motia` command. One file per group of commands; Typer and rich stay in here.

Exit codes: 0 done, 1 it failed, 2 it was called wrongly.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command given on the command line; an error of ours is one line, never a traceback."""
    from motia_core.cli.commands import app, old_forms
    from motia_core.cli.output import fail, whole
    from motia_core.errors import MotiaError

    whole()
    sys.argv[1:] = old_forms(sys.argv[1:])
    try:
        app(prog_name="motia")
    except MotiaError as error:
        fail(error)
