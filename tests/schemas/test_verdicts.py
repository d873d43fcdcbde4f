"""Over HTTP, a body is refused exactly when the author's own library refuses it: Zod 3 and 4, Valibot, ArkType, Pydantic."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.kit.packages import SCHEMA_LIBRARIES, give
from tests.kit.project import write
from tests.kit.server import ROOT, Server, serving

PROGRAMS = Path(__file__).parent / "programs"
# Of each schema and version, so many values that it accepts and so many that it refuses.
EACH = 4
STEP = """
const {{ VERSIONS }} = require('../lib/table');
const library = require('{version}');
exports.config = {{ type: 'api', name: '{name}', method: 'POST', path: '/{name}', bodySchema: VERSIONS['{version}'][{index}](library.z ?? library) }};
exports.handler = async () => ({{ status: 200, body: {{}} }});
"""
MODEL = """
from lib.models import SCHEMAS
config = {{"type": "api", "name": "{name}", "method": "POST", "path": "/{name}", "bodySchema": SCHEMAS[{index}]}}
def handler(req, context): return {{"status": 200, "body": {{}}}}
"""
OTHERS = {
    "valibot": (
        "v.pipe(v.object({ a: v.pipe(v.string(), v.trim(), v.minLength(2)), n: v.optional(v.number(), 3) }), v.check((o) => o.a !== 'bad', 'not bad'))",
        [{"a": "  ab "}, {"a": "xy", "n": 1}],
        [{"a": " a  "}, {"a": "bad"}, {"a": "xy", "n": "1"}, {}, 5],
    ),
    "arktype": (
        "type({ a: 'string > 2', 'n?': 'number', k: \"'x' | 'y'\" })",
        [{"a": "abc", "k": "x"}, {"a": "abc", "k": "y", "n": 1, "more": 1}],
        [{"a": "ab", "k": "x"}, {"a": "abc", "k": "z"}, {"a": "abc"}, []],
    ),
}


class Case(NamedTuple):
    path: str
    source: str
    value: Any
    accepted: bool


def _chosen(values: list[Any], verdicts: list[bool]) -> list[tuple[Any, bool]]:
    """A few of each kind, from all over the list."""
    found = []
    for kind in (True, False):
        mine = [(value, kind) for value, verdict in zip(values, verdicts, strict=True) if verdict is kind]
        found += mine[:: max(1, len(mine) // EACH)][:EACH]
    return found


def _rows(command: list[str]) -> tuple[list[Any], list[dict[str, Any]]]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    values, *rows = (json.loads(line) for line in done.stdout.splitlines())
    return values, rows


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, list[Case]]]:
    pytest.importorskip("pydantic")
    project = tmp_path_factory.mktemp("library")
    give(project, SCHEMA_LIBRARIES)
    (project / "lib").mkdir()
    shutil.copy(PROGRAMS / "table.js", project / "lib")
    shutil.copy(PROGRAMS / "models.py", project / "lib")
    files: dict[str, str] = {}
    cases: list[Case] = []
    node = shutil.which("node") or ""
    values, rows = _rows([node, str(PROGRAMS / "verdicts.js"), str(ROOT / "runners" / "node"), str(SCHEMA_LIBRARIES)])
    for row in rows:
        if row["version"] not in ("zod", "zod322"):
            continue
        name = f"{row['version']}-{row['index']}"
        files[f"steps/{name}.step.js"] = STEP.format(name=name, version=row["version"], index=row["index"])
        cases += [Case(f"/{name}", row["source"], *one) for one in _chosen(values, row["verdicts"])]
    values, rows = _rows([sys.executable, str(PROGRAMS / "verdicts.py"), str(ROOT / "runners" / "python")])
    for index, row in enumerate(rows):
        name = f"model-{index}"
        files[f"steps/{name}_step.py"] = MODEL.format(name=name, index=index)
        cases += [Case(f"/{name}", row["source"], *one) for one in _chosen(values, row["verdicts"])]
    for name, (schema, good, bad) in OTHERS.items():
        files[f"steps/{name}.step.ts"] = f"""
            import * as v from 'valibot'
            import {{ type }} from 'arktype'
            export const config = {{ type: 'api', name: '{name}', method: 'POST', path: '/{name}', bodySchema: {schema} }}
            export const handler = async (req: any) => ({{ status: 200, body: req.body }})
        """
        cases += [Case(f"/{name}", schema, value, value in good) for value in (*good, *bad)]
    with serving(write(project, files)) as server:
        yield server, cases


@pytest.mark.rows(75, 80, 82, 279)
@pytest.mark.node
def test_http_agrees_with_the_library(library: tuple[Server, list[Case]]) -> None:
    server, cases = library
    assert len(cases) > 1500
    address = urlsplit(server.url)
    line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    wrong: list[str] = []
    for case in cases:
        line.request("POST", case.path, json.dumps(case.value), {"content-type": "application/json"})
        answer = line.getresponse()
        body = answer.read()
        if answer.status != (200 if case.accepted else 400):
            wrong.append(f"{answer.status} for {case.value!r}, {case.path} = {case.source}: {body[:200]!r}")
        elif not case.accepted:
            told = json.loads(body)
            assert list(told) == ["error", "issues", "traceId"]
            assert all(list(issue) == ["path", "message", "code"] for issue in told["issues"]), told
            assert told["issues"]
    line.close()
    assert not wrong, "\n".join(wrong[:20])
