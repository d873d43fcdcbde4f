"""Where in the author's own code an error came from, read from a stack as any of the languages writes it. Pure."""

from __future__ import annotations

import re

_FRAME = re.compile(
    r'File "(?P<quoted>[^"\n]+)", line (?P<at>\d+)|(?P<path>(?:/|[A-Za-z]:[\\/])[^\s():]+):(?P<line>\d+)'
)
_FOREIGN = re.compile(r"/(node_modules|site-packages|python_modules|\.?venv|vendor|gems|\.motia)/")
_LAST_IS_INNERMOST = "most recent call last"


def source(stack: str | None, project: str) -> str | None:
    """`steps/charge.step.ts:12`: the innermost line of a stack that lies in the project and in nobody's package."""
    root = project.rstrip("/") + "/"
    found = []
    for frame in _FRAME.finditer(stack or ""):
        path, line = frame["quoted"] or frame["path"], frame["at"] or frame["line"]
        if path.startswith(root) and not _FOREIGN.search(path[len(root) - 1 :]):
            found.append(f"{path[len(root) :]}:{line}")
    if not found:
        return None
    return found[-1] if _LAST_IS_INNERMOST in (stack or "") else found[0]
