"""Recorded spans and lines as rows, and the statements that take many of them at once.

Rows are made on the loop. The writing thread would hold the interpreter meanwhile, and being one of many that want a
processor it may lose its own while it does: then everybody waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import anyio.lowlevel
import msgspec

from motia_core.model import LogRecord, Span
from motia_core.storage.history import LEVELS
from motia_core.storage.sqlite.batch import chunks
from motia_core.storage.sqlite.queries import load, with_rows
from motia_core.storage.sqlite.transaction import Transaction

T = TypeVar("T")
Row = tuple[object, ...]
Piece = tuple[int, list[object]]
"""How many rows, and their values one after another."""

_SQL = load("traces")
_PIECE = 1024
"""Rows of one statement: between two of them the writing thread has to wait for the interpreter."""
_TURN = 256
"""Rows made in one go: between two of them the loop has its turn."""
_encode = msgspec.json.Encoder().encode


class Rows(Generic[T]):
    """The rows of one table; `row` makes one of them, `written` says how it stands in the statement."""

    def __init__(self, statement: str, written: str, row: Callable[[T], Row]) -> None:
        self._statements = with_rows(_SQL[statement], written.count("?"), _PIECE, row=written)
        self._row = row

    def rows(self, records: Sequence[T]) -> list[Piece]:
        return [(len(piece), self._values(piece)) for piece in chunks(records, _PIECE)]

    async def rows_in_turns(self, records: Sequence[T]) -> list[Piece]:
        made: list[Piece] = []
        for piece in chunks(records, _PIECE):
            values: list[object] = []
            for at in range(0, len(piece), _TURN):
                values += self._values(piece[at : at + _TURN])
                await anyio.lowlevel.checkpoint()
            made.append((len(piece), values))
        return made

    def insert(self, tx: Transaction, pieces: Sequence[Piece]) -> None:
        for count, values in pieces:
            tx.execute(self._statements[count], values)

    def _values(self, records: Sequence[T]) -> list[object]:
        row = self._row
        return [value for record in records for value in row(record)]


# Values are whole numbers and strings: of anything else, None, True and bytes too, the sqlite3 module asks first how it
# is to be written, which takes longer than all the rest.


def _span_row(span: Span) -> Row:
    failed = span.failure
    error = f"{failed.name} {failed.message}" if failed is not None else ""
    root = 1 if span.parent is None or not span.sampled else 0
    return span.trace_id, span.name, span.start, root, error, _encode(span).decode()


def _log_row(log: LogRecord) -> Row:
    return log.time, LEVELS.get(log.level, 3), log.trace_id or "", log.step or "", _encode(log).decode()


SPANS = Rows("add_spans", "(?, ?, ?, ?, nullif(?, ''), ?)", _span_row)
LOGS = Rows("add_logs", "(?, ?, nullif(?, ''), nullif(?, ''), ?)", _log_row)
