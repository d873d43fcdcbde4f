"""Every schema that was released has a stored sample, and this program serves what is in it after bringing it forward."""

from __future__ import annotations

from pathlib import Path

import pytest

from motia_core.storage.sqlite.care import SqliteCare
from motia_core.storage.sqlite.migrations import steps

from .sampling import FILES, build, fill, look, open_in, sample

pytestmark = pytest.mark.anyio

MAIN = [number for number, _ in steps("schema")]
TRACES = [number for number, _ in steps("schema_traces")]


@pytest.mark.parametrize("schema", FILES)
def test_every_schema_has_a_sample(schema: str) -> None:
    missing = [number for number, _ in steps(schema) if not sample(schema, number).is_file()]
    assert not missing, "python -m tests.storage.sampling writes the newest"


@pytest.mark.parametrize("number", MAIN)
@pytest.mark.parametrize("traces", TRACES)
async def test_a_sample_is_brought_forward_and_served(number: int, traces: int, tmp_path: Path) -> None:
    build("schema", number, tmp_path)
    build("schema_traces", traces, tmp_path)
    storage = await open_in(tmp_path)
    try:
        await look(storage)
    finally:
        await storage.close()
    assert SqliteCare(tmp_path / FILES["schema"]).check().faults == ()
    kept = sorted(path.name for path in tmp_path.glob("motia.db.schema-*"))
    assert kept == ([] if number == MAIN[-1] else [f"motia.db.schema-{number}"])


async def test_what_the_samples_hold_is_what_is_written_today(tmp_path: Path) -> None:
    storage = await open_in(tmp_path)
    try:
        await fill(storage)
        await look(storage)
    finally:
        await storage.close()
