"""Which works of a batch run together, and in which order."""

from __future__ import annotations

from typing import Any, cast

import pytest

from motia_core.storage.sqlite.batch import Item, Kind, arranged, chunks
from motia_core.storage.sqlite.queries import LARGEST, parse, with_rows

STILL: Kind[str, None] = Kind(lambda tx, arguments: [None] * len(arguments), moves=False)
MOVES: Kind[str, None] = Kind(lambda tx, arguments: [None] * len(arguments), moves=True)
OTHER: Kind[str, None] = Kind(lambda tx, arguments: [None] * len(arguments), moves=True)


def item(text: str) -> Item[None]:
    """`s1` = still, `m1` = moves, `o1` = moves too, `w1` = work of its own, `f1` = the same, and fixed."""
    kind = {"s": STILL, "m": MOVES, "o": OTHER}.get(text[0])
    work = None if kind is not None else (lambda tx: None)
    return Item(cast(Any, None), full=False, fixed=text[0] == "f", kind=kind, argument=text, work=work)


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        ("", ""),
        ("w1", "w1"),
        ("w1 w2", "w1|w2"),
        ("s1 s2 s3", "s1 s2 s3"),
        ("s1 w1 s2 s3", "s1|w1|s2 s3"),
        ("s1 m1 s2 m2 o1 w1 m3 s3 o2", "m1 m2 m3|o1 o2|s1 s2|w1|s3"),
        ("s1 m1 m2 s2 f1 m3 o1 m4", "s1|m1 m2|s2|f1|m3|o1|m4"),
    ],
)
def test_arranged(batch: str, expected: str) -> None:
    groups = arranged([item(text) for text in batch.split()])
    found = "|".join(" ".join(str(one.argument) for one in group) for group in groups)
    assert found == expected


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 63, 64, 65, 127, 128, 200])
def test_chunks_have_few_sizes_and_lose_nothing(count: int) -> None:
    pieces = chunks(list(range(count)), LARGEST)
    assert [one for piece in pieces for one in piece] == list(range(count))
    assert {len(piece) for piece in pieces} <= with_rows("{rows}", 1).keys()


def test_queries_are_named_and_comments_are_left_out() -> None:
    text = "-- about the file\n\n-- name: one\n-- why\nSELECT 1\n  -- inner\n  FROM t;\n\n-- name: two\nSELECT 2;\n"
    assert parse(text) == {"one": "SELECT 1\n  FROM t", "two": "SELECT 2"}
    with pytest.raises(ValueError, match="two queries are named one"):
        parse(text + "-- name: one\nSELECT 3;\n")
    with pytest.raises(ValueError, match="three is empty"):
        parse(text + "-- name: three\n")


def test_rows_are_written_out() -> None:
    assert with_rows("INSERT INTO t VALUES {rows}", 2)[2] == "INSERT INTO t VALUES (?, ?), (?, ?)"
