"""Inputs in packs: bounds hold to the single input, whatever lies in one row."""

from __future__ import annotations

import pytest

from motia_core.storage.history import Bounds, KeptInput
from motia_core.storage.sqlite.storage import SqliteStorage

pytestmark = pytest.mark.anyio


def inputs(*sizes: int, at: int = 0) -> list[KeptInput]:
    return [
        KeptInput(span=f"s{n}", trace_id=f"t{n}", time=n, body=b"x" * size) for n, size in enumerate(sizes, start=at)
    ]


async def left(storage: SqliteStorage, count: int) -> list[int]:
    return [n for n in range(count) if await storage.traces.input(f"s{n}") is not None]


@pytest.mark.parametrize(
    ("packs", "bounds", "stay"),
    [
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0), [0, 1, 2, 3, 4]),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, inputs=5, input_bytes=5), [0, 1, 2, 3, 4]),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, inputs=4), [1, 2, 3, 4]),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, inputs=2), [3, 4]),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, inputs=1), [4]),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, inputs=0), []),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, before=2), [2, 3, 4]),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, before=4), [4]),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, before=9), []),
        ([[1, 1, 1], [1, 1]], Bounds(spans=0, logs=0, input_bytes=3), [2, 3, 4]),
        ([[50, 60], [10]], Bounds(spans=0, logs=0, input_bytes=70), [1, 2]),
        ([[50, 60], [10]], Bounds(spans=0, logs=0, input_bytes=69), [2]),
        ([[100]], Bounds(spans=0, logs=0, input_bytes=50), []),
        ([[10], [100]], Bounds(spans=0, logs=0, input_bytes=50), []),
        ([[0, 0], [0]], Bounds(spans=0, logs=0, inputs=3, input_bytes=0), [0, 1, 2]),
        ([[0, 0], [5]], Bounds(spans=0, logs=0, input_bytes=5), [0, 1, 2]),
        ([[200_000] * 5], Bounds(spans=0, logs=0, inputs=2), [3, 4]),
        ([[1] * 700], Bounds(spans=0, logs=0, inputs=300), list(range(400, 700))),
    ],
)
async def test_what_stays(sqlite: SqliteStorage, packs: list[list[int]], bounds: Bounds, stay: list[int]) -> None:
    at = 0
    for sizes in packs:
        await sqlite.traces.add([], [], inputs(*sizes, at=at))
        at += len(sizes)
    assert await sqlite.traces.prune(bounds) == at - len(stay)
    assert await left(sqlite, at) == stay
    assert (await sqlite.traces.held()).inputs == len(stay)
    assert await sqlite.traces.prune(bounds) == 0


async def test_the_newest_of_a_span_counts(sqlite: SqliteStorage) -> None:
    for text in (b"first", b"second"):
        await sqlite.traces.add([], [], [KeptInput(span="s", trace_id="t", time=1, body=text)])
    found = await sqlite.traces.input("s")
    assert found is not None and found.body == b"second"


async def test_an_id_that_lies_in_a_body_is_not_found(sqlite: SqliteStorage) -> None:
    await sqlite.traces.add([], [], [KeptInput(span="s", trace_id="t", time=1, body=b'"other"')])
    assert await sqlite.traces.input("other") is None
    assert await sqlite.traces.input("\ud800") is None


async def test_no_row_is_large(sqlite: SqliteStorage) -> None:
    await sqlite.traces.add([], [], inputs(*[200_000] * 5, *[1] * 600))
    database = sqlite.traces._database  # type: ignore[attr-defined]
    rows = await database.rows("SELECT inputs, size FROM packs ORDER BY number")
    assert rows == [(2, 400_000), (2, 400_000), (256, 200_255), (256, 256), (89, 89)]
