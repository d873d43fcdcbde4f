"""What commands print: rich text for people, one JSON document for programs; trouble goes to stderr in one line.

User text is never read as markup or terminal codes: it goes through `Text` or is escaped.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NoReturn

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from motia_core.errors import MotiaError

# A pipe has no width: lines are left whole for whoever reads them.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 240)
err = Console(stderr=True, highlight=False, soft_wrap=True)

_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)}

_JSON_CONTROL = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}
"""What JSON lets stand and a terminal obeys: 0x9b begins a command as ESC [ does."""


def plain(value: object) -> str:
    """`value` as text that cannot command the terminal."""
    return str(value).translate(_CONTROL)


def text(value: object, style: str = "") -> Text:
    return Text(plain(value), style=style)


def whole() -> None:
    """Buffers standard output and errors by line. Without a buffer (PYTHONUNBUFFERED) Python takes a write that a
    signal cut short for a whole one, and the rest of a long document would be lost in silence."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        raw = getattr(stream, "buffer", None)
        if isinstance(raw, io.RawIOBase):
            buffered = io.BufferedWriter(raw)
            setattr(
                sys,
                name,
                io.TextIOWrapper(buffered, encoding=stream.encoding, errors=stream.errors, line_buffering=True),
            )


def print_json(value: object, *, line: bool = False) -> None:
    """One JSON document; on one line for streams of them."""
    _make_blocking()
    if line:
        sys.stdout.write(msgspec.json.encode(value).decode().translate(_JSON_CONTROL) + "\n")
    else:
        built = msgspec.json.decode(msgspec.json.encode(value))
        sys.stdout.write(json.dumps(built, indent=2, ensure_ascii=False).translate(_JSON_CONTROL) + "\n")
    sys.stdout.flush()


def _make_blocking() -> None:
    """A pipe that is shared with other programs may have been made non-blocking by one of them; what finds no room in
    it would then be lost, and nobody would say so."""
    with suppress(OSError, ValueError):
        os.set_blocking(sys.stdout.fileno(), True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    count = 0
    for row in rows:
        count += 1
        table.add_row(*(cell if isinstance(cell, Text) else text("" if cell is None else cell) for cell in row))
    out.print(table if count else text(empty, "dim"))


def note(message: str) -> None:
    """Something worth saying that is no result."""
    err.print(text(message, "dim"))


def warn(message: str) -> None:
    err.print(Text("warning: ", "yellow").append_text(text(message)))


def fail(error: MotiaError | str, *, hint: str = "", code: int = 1) -> NoReturn:
    """One line that says what is wrong, one that says what to do, and the exit code."""
    message = error if isinstance(error, str) else error.message
    hint = hint or ("" if isinstance(error, str) else error.hint)
    err.print(Text("error: ", "bold red").append_text(text(message)))
    if hint:
        err.print(Text("  → ", "cyan").append_text(text(hint)))
    raise SystemExit(code)
