"""The command line: `main` is the `motia` command. One file per group of commands; Typer and rich stay in here.

Exit codes: 0 done, 1 it failed, 2 it was called wrongly.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command given on the command line."""
    from motia_core.cli.commands import app, old_forms

    sys.argv[1:] = old_forms(sys.argv[1:])
    app(prog_name="motia")
