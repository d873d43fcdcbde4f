"""Every way of writing a file that Node projects use, in projects of each package type."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from node_library import LIBRARY
from node_worker import NODE, Node

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

HEAD = "export const config = { type: 'event', name: 'x', subscribes: ['t'] };\n"
PACKAGES = {"none": None, "module": '{"type": "module"}', "commonjs": '{"type": "commonjs"}'}

# name → (source, what the handler returns)
CASES: dict[str, tuple[str, object]] = {
    "types.ts": (
        "import { EventConfig, Handlers } from 'motia';\nimport { Shape } from '../lib/onlytypes';\n"
        "import type { Name } from '../lib/onlytypes';\n"
        "export const config: EventConfig = { type: 'event', name: 'x', subscribes: ['t'] };\n"
        "export const handler: Handlers['x'] = async (input: Shape): Promise<Name> => `${input.a}`;\n",
        "1",
    ),
    "esm.js": (HEAD + "import { one } from '../lib/plain.js';\nexport const handler = async () => one;\n", 1),
    "exports.js": (
        "exports.config = { type: 'event', name: 'x' };\nexports.handler = () => require('../lib/old').three();\n",
        3,
    ),
    "module_exports.js": (
        "const config = { type: 'event', name: 'x' };\nconst handler = async () => __filename.split('/').pop();\n"
        "module.exports = { config, handler };\n",
        "module_exports.step.js",
    ),
    "default_object.ts": (
        "export default { config: { type: 'event', name: 'x' }, handler: async () => 'default' };\n",
        "default",
    ),
    "listed.ts": (
        "const config = { type: 'event', name: 'x' };\nconst handler = async () => 'listed';\nexport { config, handler };\n",
        "listed",
    ),
    "named.ts": (
        "export const config = { type: 'event', name: 'make-order' };\nexport async function makeOrder() { return 'named'; }\n",
        "named",
    ),
    "require_in_esm.ts": (
        HEAD + "const { two } = require('../lib/old');\nexport const handler = async () => two;\n",
        2,
    ),
    "import_requires.ts": (
        HEAD + "import old = require('../lib/old');\nexport const handler = async () => old.two;\n",
        2,
    ),
    "mixed_default.ts": (
        HEAD + "import word, { one } from '../lib/plain';\nexport const handler = async () => [word, one];\n",
        ["default", 1],
    ),
    "globals.ts": (
        HEAD + "export const handler = async () => [typeof module, __dirname.endsWith('steps')];\n",
        ["object", True],
    ),
    "meta.ts": (
        HEAD
        + "export const handler = async () => [import.meta.url.endsWith('/steps/meta.step.ts'), import.meta.dirname === __dirname];\n",
        [True, True],
    ),
    "extensionless.ts": (HEAD + "import { one } from '../lib/plain';\nexport const handler = async () => one;\n", 1),
    "folder.ts": (
        HEAD + "import { inside } from '../lib/folder';\nexport const handler = async () => inside;\n",
        "index",
    ),
    "json.ts": (HEAD + "import data from '../lib/data.json';\nexport const handler = async () => data.n;\n", 4),
    "json_with.ts": (
        HEAD
        + "import data from '../lib/data.json' with { type: 'json' };\nexport const handler = async () => data.n;\n",
        4,
    ),
    "view.ts": (
        HEAD + "import { view } from '../lib/view';\nexport const handler = async () => view('x');\n",
        "<b>x</b>",
    ),
    "jsx.js": (
        "const h = (tag) => tag;\n/** @jsx h */\nexports.config = { type: 'event', name: 'x' };\nexports.handler = () => <i />;\n",
        "i",
    ),
    "paths.ts": (
        HEAD
        + "import { deep } from '@/services/deep';\nimport { one } from 'exact';\nexport const handler = async () => [deep, one];\n",
        ["alias", 1],
    ),
    "base_url.ts": (
        HEAD + "import { deep } from 'src/services/deep';\nexport const handler = async () => deep;\n",
        "alias",
    ),
    "await_top.ts": (
        HEAD
        + "const value = await Promise.resolve(7);\nexport const handler = async () => [value, import.meta.filename === __filename];\n",
        [7, True],
    ),
    "await_top.js": (
        "const value = await Promise.resolve(8);\nexport const config = { type: 'event', name: 'x' };\nexport const handler = async () => value;\n",
        8,
    ),
    "await_helper.ts": (
        HEAD + "import { waited } from '../lib/waits';\nexport const handler = async () => waited;\n",
        "waited",
    ),
    "await_star.ts": (
        HEAD + "import { one, more } from '../lib/star';\nexport const handler = async () => one + more;\n",
        6,
    ),
    "await_package.ts": (
        HEAD + "import { slow } from 'esm-waits';\nexport const handler = async () => slow;\n",
        "slow",
    ),
    "dynamic.ts": (HEAD + "export const handler = async () => (await import('../lib/plain')).one;\n", 1),
    "dynamic_await.ts": (
        HEAD + "export const handler = async () => (await import('../lib/waits')).waited;\n",
        "waited",
    ),
    "dynamic_name.ts": (
        HEAD + "export const handler = async ({ a }: { a: string }) => (await import(`../lib/${a}`)).one;\n",
        1,
    ),
    "dynamic_cjs.js": (
        "exports.config = { type: 'event', name: 'x' };\nexports.handler = async () => (await import('../lib/plain')).default;\n",
        "default",
    ),
    "syntax.ts": (
        HEAD
        + textwrap.dedent("""
        enum Level { Low, High = 5 }
        const enum Fast { Yes = 1 }
        namespace Space { export const inner = 'space'; }
        function mark(_target: object, key: string) { marked.push(key); }
        const marked: string[] = [];
        abstract class Base<T> { constructor(protected readonly value: T) {} abstract get(): T; }
        class Made extends Base<number> {
          @mark field?: string;
          get() { return this.value satisfies number as number; }
        }
        export const handler = async () => [Level.High, Level[0], Fast.Yes, Space.inner, new Made(3).get()!, marked];
        """),
        [5, "Low", 1, "space", 3, ["field"]],
    ),
    "using.ts": (
        HEAD
        + "export const handler = async () => {\n  const log: string[] = [];\n  {\n"
        + "    using _one = { [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: () => log.push('gone') };\n    log.push('in');\n  }\n  return log;\n};\n",
        ["in", "gone"],
    ),
    "cycle.ts": (HEAD + "import { both } from '../lib/cycle_a';\nexport const handler = async () => both();\n", "aba"),
    "live.ts": (
        HEAD
        + "import { value, add } from '../lib/live';\nexport const handler = async () => { add(); return value; };\n",
        1,
    ),
    "strict.js": (
        HEAD
        + "export const handler = async () => { try { undeclared = 1; return 'sloppy'; } catch { return 'strict'; } };\n",
        "strict",
    ),
    "sloppy.js": (
        "exports.config = { type: 'event', name: 'x' };\nexports.handler = function () { return this === undefined; };\n",
        False,
    ),
    "modern.mjs": (
        HEAD
        + "import { modern } from '../lib/modern.mjs';\nimport it from 'esm-only';\nexport const handler = async () => [modern, it];\n",
        ["mts", "its default"],
    ),
    "common.cts": (
        HEAD + "import { common } from '../lib/common.cjs';\nexport const handler = async () => common;\n",
        "cts",
    ),
    "esm_only.ts": (
        HEAD + "import it, { only } from 'esm-only';\nexport const handler = async () => [it, only];\n",
        ["its default", "import"],
    ),
    "dual.ts": (HEAD + "import { kind } from 'dual';\nexport const handler = async () => kind;\n", "cjs"),
    "babel.ts": (HEAD + "import word from 'babel';\nexport const handler = async () => word;\n", "unwrapped"),
    "sdk.ts": (
        HEAD
        + "import { logger } from 'motia';\nimport { api } from '@motia/core';\nimport * as old from '@motiadev/core';\n"
        "const again = require('motia');\nexport const handler = async () => [typeof logger.info, typeof api, old.api === again.api];\n",
        ["function", "function", True],
    ),
    "stand_ins.ts": (
        HEAD
        + "import workbench, { thing } from '@motiadev/workbench';\nimport plugin from '@motiadev/plugin-logs/plugin';\n"
        "const { Adapter } = require('@motiadev/adapter-redis-state');\n"
        "export const handler = async () => [typeof workbench.a.b(), typeof thing(1), `${new Adapter({}).x}`, typeof plugin];\n",
        ["function", "function", "motia stand-in", "function"],
    ),
    "zod.ts": (
        HEAD
        + "import { z } from 'zod';\nexport const handler = async () => z.object({ a: z.number() }).parse({ a: 1 });\n",
        {"a": 1},
    ),
    "shebang.js": (
        "#!/usr/bin/env node\nexports.config = { type: 'event', name: 'x' };\nexports.handler = () => 'shebang';\n",
        "shebang",
    ),
    "bom.ts": ("\ufeff" + HEAD + "export const handler = async () => 'bom';\n", "bom"),
    "builtin.ts": (
        HEAD
        + "import fs from 'fs';\nimport { join } from 'node:path';\nexport const handler = async () => [typeof fs.readFileSync, join('a', 'b')];\n",
        ["function", "a/b"],
    ),
}


@pytest.fixture(scope="module", params=PACKAGES)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp(f"node_{request.param}")) as node:
        for name, text in LIBRARY.items():
            node.write(name, text)
        if PACKAGES[request.param] is not None:
            node.write("package.json", str(PACKAGES[request.param]))
        for name, (source, _) in CASES.items():
            node.write(step(name), source)
        node.describe(*map(step, CASES))
        yield node


def step(name: str) -> str:
    stem, _, ending = name.partition(".")
    return f"steps/{stem}.step.{ending}"


@pytest.mark.parametrize("name", CASES)
def test_loads_and_runs(project: Node, name: str) -> None:
    given = {"a": "plain"} if name == "dynamic_name.ts" else {"a": 1}
    assert project.run(step(name), given) == CASES[name][1]


def test_modules_are_shared_by_steps(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.write("lib/counter.ts", LIBRARY["lib/counter.ts"])
        source = HEAD + "import { next } from '../lib/counter';\nexport const handler = async () => next();\n"
        files = [node.write(f"steps/{name}.step.ts", source) for name in ("a", "b")]
        assert [node.run(file) for file in files] == [1, 2]


def test_a_linked_package_of_a_workspace_is_the_projects_own(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "package.json").write_text('{"name": "@org/shared", "main": "index.ts"}')
    (shared / "index.ts").write_text("export const shared: string = 'typed';\n")
    app = tmp_path / "app"
    (app / "node_modules" / "@org").mkdir(parents=True)
    (app / "node_modules" / "@org" / "shared").symlink_to(shared)
    with Node(app) as node:
        file = node.write(
            "steps/a.step.ts",
            HEAD + "import { shared } from '@org/shared';\nexport const handler = async () => shared;\n",
        )
        assert node.run(file) == "typed"


def test_plain_commonjs_needs_no_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Node(tmp_path) as first:
        file = first.write("steps/a.step.js", CASES["exports.js"][0].replace("require('../lib/old').three()", "3"))
    monkeypatch.setattr("tests.conformance.manifests.packages", lambda _: {"MOTIA_PACKAGES": str(tmp_path / "nowhere")})
    with Node(tmp_path) as node:
        assert node.run(file) == 3
        typed = node.write("steps/b.step.ts", HEAD + "export const handler = async (): Promise<number> => 3;\n")
        assert "esbuild" in node.describe(typed)[0]["error"]["message"]
