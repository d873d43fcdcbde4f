"""Pydantic models: the core's copy never refuses what the model accepts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import Raw

from motia_core.validation import Validator
from tests.kit.server import ROOT

PROGRAMS = Path(__file__).parent / "programs"


@pytest.mark.rows(279)
def test_the_core_never_refuses_what_a_model_accepts() -> None:
    pytest.importorskip("pydantic")
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / "verdicts.py"), str(ROOT / "runners" / "python")],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    values, *rows = (json.loads(line) for line in done.stdout.splitlines())
    assert len(rows) > 70
    wrong: list[str] = []
    kept = 0
    for row in rows:
        assert row["problems"] == []
        copy, told = (Validator(Raw(json.dumps(row[key]).encode()), regex_limit=1000) for key in ("copy", "json"))
        assert (copy.problem, told.problem) == (None, None), row
        for value, accepted in zip(values, row["verdicts"], strict=True):
            refused = bool(copy.check(value))
            kept += refused
            if accepted and refused:
                wrong.append(f"the core refuses {value!r} that {row['source']} accepts: {row['copy']}")
    assert not wrong, "\n".join(wrong[:20])
    # It still stops what is plainly wrong, so that nonsense does not cost a worker's time.
    assert kept > len(rows) * len(values) / 4
