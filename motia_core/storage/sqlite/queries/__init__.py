"""Named SQL. A file holds blocks that begin with `-- name: NAME`; further comment lines say why, and are kept out.
`{rows}` stands for any number of rows of parameters, see `with_rows`.

Reads text and nothing else: statements are prepared and cached by SQLite's own module.
"""

from __future__ import annotations

import re
from importlib.resources import files

LARGEST = 64
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def parse(text: str) -> dict[str, str]:
    """Each block's statement by its name."""
    parts = _NAME.split(text)
    found: dict[str, str] = {}
    for name, block in zip(parts[1::2], parts[2::2], strict=True):
        if name in found:
            raise ValueError(f"two queries are named {name}")
        lines = (line for line in block.splitlines() if not line.lstrip().startswith("--"))
        found[name] = "\n".join(lines).strip().removesuffix(";")
        if not found[name]:
            raise ValueError(f"the query {name} is empty")
    return found


def with_rows(statement: str, width: int, largest: int = LARGEST, *, row: str = "") -> dict[int, str]:
    """`statement` with its `{rows}` as 1, 2, 4, … `largest` rows of `width` parameters, each written as `row` if it is
    given."""
    row = row or f"({', '.join('?' * width)})"
    sizes = [1 << power for power in range(largest.bit_length())]
    return {size: statement.replace("{rows}", ", ".join([row] * size)) for size in sizes}


def load(name: str) -> dict[str, str]:
    """The queries of `NAME.sql` in this folder."""
    return parse(files(__name__).joinpath(f"{name}.sql").read_text("utf-8"))
