"""Every way of writing a TypeScript or JavaScript step loads, whatever package.json says of modules."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving

from .node_cases import CASES, CASES_IN_CJS
from .node_files import LIBRARY
from .projects import node_step

pytestmark = pytest.mark.node

PACKAGES = {"module": {"type": "module"}, "commonjs": {"type": "commonjs"}, "none": {}}
ENDINGS = ("ts", "mts", "cts", "js", "mjs", "cjs")
BODY = "[one, two, require('path').basename(__dirname), require('path').basename(__filename), typeof module]"
SYNTAX = {
    "esm": "import { one } from './lib/one'\nimport { two } from './lib/two'",
    "cjs": "const { one } = require('./lib/one')\nconst { two } = require('./lib/two')",
    "mixed": "import { one } from './lib/one'\nconst { two } = require('./lib/two')\n"
    "if (import.meta.filename !== __filename) throw new Error(import.meta.filename)",
}


@pytest.fixture(scope="module", params=PACKAGES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = tmp_path_factory.mktemp(f"node-{request.param}")
    package = {**PACKAGES[request.param], "version": "0.0.1", "imports": {"#lib/*": "./src/lib/*.ts"}}
    files = {**LIBRARY, "package.json": json.dumps(package), "src/index.ts": "export const index = 'src/index'\n"}
    for syntax, ending in itertools.product(SYNTAX, ENDINGS):
        name = f"{syntax}_{ending}"
        files[f"src/{name}.step.{ending}"] = node_step(
            name, SYNTAX[syntax], BODY, exports="cjs" if syntax == "cjs" else "esm"
        )
    for name, (ending, head, body, _) in CASES.items():
        files[f"src/{name}.step.{ending}"] = node_step(
            name, head, body, exports="cjs" if name in CASES_IN_CJS else "esm"
        )
    write(project, files)
    (project / "node_modules" / "@org").mkdir()
    (project / "node_modules" / "@org" / "shared").symlink_to(project / "packages" / "shared")
    with serving(project) as running:
        yield running


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("syntax", SYNTAX)
@pytest.mark.rows(215, 306)
def test_every_syntax_in_every_ending(server: Server, syntax: str, ending: str) -> None:
    answer = server.get(f"/{syntax}_{ending}")
    assert answer.json["value"] == [1, 2, "src", f"{syntax}_{ending}.step.{ending}", "object"], server.output


@pytest.mark.parametrize("name", CASES)
def test_a_case(server: Server, name: str) -> None:
    assert server.get(f"/{name}").json == {"value": CASES[name][3]}
