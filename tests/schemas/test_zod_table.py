"""Zod in five versions: the core's copy of a schema never refuses what zod accepts, and where the worker does not check
it refuses exactly what zod refuses."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from motia_core.validation import Validator
from tests.kit.packages import SCHEMA_LIBRARIES, give
from tests.kit.server import ROOT

PROGRAMS = Path(__file__).parent / "programs"
VERSIONS = ("zod", "zod40", "zod325/v4", "zod325", "zod322", "zod/mini")
pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[dict[str, Any]]]:
    """The values, and a row for each schema of each version."""
    give(tmp_path_factory.mktemp("libraries"), SCHEMA_LIBRARIES)
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, str(PROGRAMS / "verdicts.js"), str(ROOT / "runners" / "node"), str(SCHEMA_LIBRARIES)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    values, *rows = (json.loads(line) for line in done.stdout.splitlines())
    return values, rows


def test_every_version_has_its_schemas(table: tuple[list[Any], list[dict[str, Any]]]) -> None:
    counts = {version: sum(row["version"] == version for row in table[1]) for version in VERSIONS}
    assert min(counts[version] for version in VERSIONS[:3]) > 110, counts
    assert min(counts[version] for version in VERSIONS[3:5]) > 95, counts
    assert counts["zod/mini"] > 5, counts
    assert [row["warning"] for row in table[1] if row["warning"]] == []
    # Plain objects need no second look, or every request would pay for one.
    assert sum(not row["validates"] for row in table[1]) > 150


@pytest.mark.rows(75, 79, 81, 82)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_core_never_refuses_what_zod_accepts(table: tuple[list[Any], list[dict[str, Any]]], version: str) -> None:
    values, rows = table
    wrong: list[str] = []
    for row in rows:
        if row["version"] != version:
            continue
        copy = _validator(row["copy"])
        _validator(row["json"])
        for value, accepted in zip(values, row["verdicts"], strict=True):
            refused = bool(copy.check(value))
            if accepted and refused:
                wrong.append(f"the core refuses {value!r} that {row['source']} accepts: {row['copy']}")
            if not accepted and not refused and not row["validates"]:
                wrong.append(f"nobody refuses {value!r} that {row['source']} refuses: {row['copy']}")
    assert not wrong, "\n".join(wrong[:20])


def _validator(schema: object) -> Validator:
    made = Validator(Raw(json.dumps(schema).encode()), regex_limit=100_000)
    assert made.problem is None, (schema, made.problem)
    return made
