"""What a drill is: a module of this folder with `async def run(scale, report) -> figures`, which raises when a promise is
broken. The first line of its docstring is its title, the rest says what is done; LIMIT is the longest it may take (s).
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import tests.drills

Run = Callable[[float, Callable[[str], None]], Awaitable[dict[str, object]]]
_LONGEST = 3600.0


class Drill(NamedTuple):
    name: str
    title: str
    text: str
    limit: float
    run: Run


def drills() -> list[Drill]:
    """All there are, by name."""
    found = []
    for module in sorted(pkgutil.iter_modules(tests.drills.__path__), key=lambda one: one.name):
        if not module.ispkg and not module.name.startswith("test_") and module.name != "conftest":
            loaded = importlib.import_module(f"tests.drills.{module.name}")
            run = getattr(loaded, "run", None)
            if inspect.iscoroutinefunction(run):
                title, _, text = inspect.cleandoc(loaded.__doc__ or module.name).partition("\n")
                found.append(Drill(module.name, title, text.strip(), getattr(loaded, "LIMIT", _LONGEST), run))
    return found
