"""Every way of writing a file that Node projects use, in projects of each package type."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from node_worker import NODE, Node

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

HEAD = "export const config = { type: 'event', name: 'x', subscribes: ['t'] };\n"
PACKAGES = {"none": None, "module": '{"type": "module"}', "commonjs": '{"type": "commonjs"}'}

LIBRARY = {
    "lib/plain.ts": "export const one: number = 1;\nexport default 'default';\n",
    "lib/old.js": "exports.two = 2;\nmodule.exports.three = () => 3;\n",
    "lib/folder/index.ts": "export const inside = 'index';\n",
    "lib/data.json": '{"n": 4}',
    "lib/view.tsx": "const h = (tag: string, _props: unknown, ...kids: string[]) => `<${tag}>${kids.join('')}</${tag}>`;\n"
    "/** @jsx h */\nexport const view = (name: string) => <b>{name}</b>;\n",
    "lib/onlytypes.ts": "export interface Shape { a: number }\nexport type Name = string;\n",
    "lib/counter.ts": "let n = 0;\nexport const next = () => ++n;\n",
    "lib/cycle_a.ts": "import { b } from './cycle_b';\nexport const a = 'a';\nexport const both = () => a + b();\n",
    "lib/cycle_b.ts": "import { a } from './cycle_a';\nexport const b = () => `b${a}`;\n",
    "lib/live.ts": "export let value = 0;\nexport const add = () => { value++; };\n",
    "lib/waits.ts": "export const waited = await Promise.resolve('waited');\n",
    "lib/star.ts": "export * from './plain';\nexport const more = await Promise.resolve(5);\n",
    "lib/modern.mts": "export const modern = 'mts';\n",
    "lib/common.cts": "export = { common: 'cts' };\n",
    "src/services/deep.ts": "export const deep = 'alias';\n",
    "tsconfig.json": """{
        // comments and trailing commas are usual here
        "extends": "./tsconfig.base.json",
        "compilerOptions": { "paths": { "@/*": ["./src/*"], "exact": ["./lib/plain.ts"], }, }
    }""",
    "tsconfig.base.json": '{"compilerOptions": {"experimentalDecorators": true, "baseUrl": "."}}',
    "node_modules/motia/package.json": '{"name": "motia", "version": "0.17.0", "main": "index.js"}',
    "node_modules/motia/index.js": "throw new Error('the old package was loaded')",
    "node_modules/esm-only/package.json": '{"type": "module", "exports": {"import": "./index.js"}}',
    "node_modules/esm-only/index.js": "export const only = 'import';\nexport default 'its default';\n",
    "node_modules/esm-waits/package.json": '{"type": "module", "exports": "./index.js"}',
    "node_modules/esm-waits/index.js": "export const slow = await Promise.resolve('slow');\n",
    "node_modules/dual/package.json": '{"exports": {"import": "./index.mjs", "require": "./index.cjs"}}',
    "node_modules/dual/index.mjs": "export const kind = 'esm';\n",
    "node_modules/dual/index.cjs": "exports.kind = 'cjs';\n",
    "node_modules/babel/package.json": '{"main": "index.js"}',
    "node_modules/babel/index.js": "exports.__esModule = true;\nexports.default = 'unwrapped';\n",
}

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
    "exports.js": ("exports.config = { type: 'event', name: 'x' };\nexports.handler = () => require('../lib/old').three();\n", 3),
    "module_exports.js": (
        "const config = { type: 'event', name: 'x' };\nconst handler = async () => __filename.split('/').pop();\n"
        "module.exports = { config, handler };\n",
        "module_exports.step.js",
    ),
    "default_object.ts": ("export default { config: { type: 'event', name: 'x' }, handler: async () => 'default' };\n", "default"),
    "listed.ts": ("const config = { type: 'event', name: 'x' };\nconst handler = async () => 'listed';\nexport { config, handler };\n", "listed"),
    "named.ts": ("export const config = { type: 'event', name: 'make-order' };\nexport async function makeOrder() { return 'named'; }\n", "named"),
    "require_in_esm.ts": (HEAD + "const { two } = require('../lib/old');\nexport const handler = async () => two;\n", 2),
    "import_requires.ts": (HEAD + "import old = require('../lib/old');\nexport const handler = async () => old.two;\n", 2),
    "mixed_default.ts": (HEAD + "import word, { one } from '../lib/plain';\nexport const handler = async () => [word, one];\n", ["default", 1]),
    "globals.ts": (HEAD + "export const handler = async () => [typeof module, __dirname.endsWith('steps')];\n", ["object", True]),
    "meta.ts": (
        HEAD + "export const handler = async () => [import.meta.url.endsWith('/steps/meta.step.ts'), import.meta.dirname === __dirname];\n",
        [True, True],
    ),
    "extensionless.ts": (HEAD + "import { one } from '../lib/plain';\nexport const handler = async () => one;\n", 1),
    "folder.ts": (HEAD + "import { inside } from '../lib/folder';\nexport const handler = async () => inside;\n", "index"),
    "json.ts": (HEAD + "import data from '../lib/data.json';\nexport const handler = async () => data.n;\n", 4),
    "json_with.ts": (HEAD + "import data from '../lib/data.json' with { type: 'json' };\nexport const handler = async () => data.n;\n", 4),
    "view.ts": (HEAD + "import { view } from '../lib/view';\nexport const handler = async () => view('x');\n", "<b>x</b>"),
    "jsx.js": ("const h = (tag) => tag;\n/** @jsx h */\nexports.config = { type: 'event', name: 'x' };\nexports.handler = () => <i />;\n", "i"),
    "paths.ts": (HEAD + "import { deep } from '@/services/deep';\nimport { one } from 'exact';\nexport const handler = async () => [deep, one];\n", ["alias", 1]),
    "base_url.ts": (HEAD + "import { deep } from 'src/services/deep';\nexport const handler = async () => deep;\n", "alias"),
    "await_top.ts": (HEAD + "const value = await Promise.resolve(7);\nexport const handler = async () => [value, import.meta.filename === __filename];\n", [7, True]),
    "await_top.js": ("const value = await Promise.resolve(8);\nexport const config = { type: 'event', name: 'x' };\nexport const handler = async () => value;\n", 8),
    "await_helper.ts": (HEAD + "import { waited } from '../lib/waits';\nexport const handler = async () => waited;\n", "waited"),
    "await_star.ts": (HEAD + "import { one, more } from '../lib/star';\nexport const handler = async () => one + more;\n", 6),
    "await_package.ts": (HEAD + "import { slow } from 'esm-waits';\nexport const handler = async () => slow;\n", "slow"),
    "dynamic.ts": (HEAD + "export const handler = async () => (await import('../lib/plain')).one;\n", 1),
    "dynamic_await.ts": (HEAD + "export const handler = async () => (await import('../lib/waits')).waited;\n", "waited"),
    "dynamic_name.ts": (HEAD + "export const handler = async ({ a }: { a: string }) => (await import(`../lib/${a}`)).one;\n", 1),
    "dynamic_cjs.js": ("exports.config = { type: 'event', name: 'x' };\nexports.handler = async () => (await import('../lib/plain')).default;\n", "default"),
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
    "live.ts": (HEAD + "import { value, add } from '../lib/live';\nexport const handler = async () => { add(); return value; };\n", 1),
    "strict.js": (HEAD + "export const handler = async () => { try { undeclared = 1; return 'sloppy'; } catch { return 'strict'; } };\n", "strict"),
    "sloppy.js": ("exports.config = { type: 'event', name: 'x' };\nexports.handler = function () { return this === undefined; };\n", False),
    "modern.mjs": (HEAD + "import { modern } from '../lib/modern.mjs';\nimport it from 'esm-only';\nexport const handler = async () => [modern, it];\n", ["mts", "its default"]),
    "common.cts": (HEAD + "import { common } from '../lib/common.cjs';\nexport const handler = async () => common;\n", "cts"),
    "esm_only.ts": (HEAD + "import it, { only } from 'esm-only';\nexport const handler = async () => [it, only];\n", ["its default", "import"]),
    "dual.ts": (HEAD + "import { kind } from 'dual';\nexport const handler = async () => kind;\n", "cjs"),
    "babel.ts": (HEAD + "import word from 'babel';\nexport const handler = async () => word;\n", "unwrapped"),
    "sdk.ts": (
        HEAD + "import { logger } from 'motia';\nimport { api } from '@motia/core';\nimport * as old from '@motiadev/core';\n"
        "const again = require('motia');\nexport const handler = async () => [typeof logger.info, typeof api, old.api === again.api];\n",
        ["function", "function", True],
    ),
    "stand_ins.ts": (
        HEAD + "import workbench, { thing } from '@motiadev/workbench';\nimport plugin from '@motiadev/plugin-logs/plugin';\n"
        "const { Adapter } = require('@motiadev/adapter-redis-state');\n"
        "export const handler = async () => [typeof workbench.a.b(), typeof thing(1), `${new Adapter({}).x}`, typeof plugin];\n",
        ["function", "function", "motia stand-in", "function"],
    ),
    "zod.ts": (HEAD + "import { z } from 'zod';\nexport const handler = async () => z.object({ a: z.number() }).parse({ a: 1 });\n", {"a": 1}),
    "shebang.js": ("#!/usr/bin/env node\nexports.config = { type: 'event', name: 'x' };\nexports.handler = () => 'shebang';\n", "shebang"),
    "bom.ts": ("\ufeff" + HEAD + "export const handler = async () => 'bom';\n", "bom"),
    "builtin.ts": (HEAD + "import fs from 'fs';\nimport { join } from 'node:path';\nexport const handler = async () => [typeof fs.readFileSync, join('a', 'b')];\n", ["function", "a/b"]),
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
        file = node.write("steps/a.step.ts", HEAD + "import { shared } from '@org/shared';\nexport const handler = async () => shared;\n")
        assert node.run(file) == "typed"


def test_plain_commonjs_needs_no_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Node(tmp_path) as first:
        file = first.write("steps/a.step.js", CASES["exports.js"][0].replace("require('../lib/old').three()", "3"))
    monkeypatch.setattr("tests.conformance.manifests._packages", lambda _: {"MOTIA_PACKAGES": str(tmp_path / "nowhere")})
    with Node(tmp_path) as node:
        assert node.run(file) == 3
        typed = node.write("steps/b.step.ts", HEAD + "export const handler = async (): Promise<number> => 3;\n")
        assert "esbuild" in node.describe(typed)[0]["error"]["message"]


# --------------------------------------------------------------------------- broken files

BROKEN: dict[str, tuple[str, dict[str, object]]] = {
    "syntax.ts": (HEAD + "export const handler = async () => {\n  const a = ;\n};\n", {"code": "syntax", "line": 3}),
    "syntax.js": ("exports.config = {};\n\nexports.handler = () => {{;\n", {"code": "syntax"}),
    "missing.ts": (HEAD + "import { x } from './nowhere';\nexport const handler = async () => x;\n", {"code": "import", "line": 2, "hint": "check the path"}),
    "package.ts": (HEAD + "\nimport { x } from '@org/none/deep';\nexport const handler = async () => x;\n", {"code": "import", "line": 3, "hint": "install it: npm install @org/none"}),
    "throws.ts": (HEAD + "\n\nthrow new TypeError('at import');\n", {"code": "import", "line": 4, "message": "TypeError: at import"}),
    "exits.ts": (HEAD + "process.exit(1);\nexport const handler = async () => 1;\n", {"code": "exit", "line": 2}),
    "helper.ts": (HEAD + "import '../lib/broken';\nexport const handler = async () => 1;\n", {"code": "import", "file": "lib/broken.ts", "line": 2}),
    "helper_syntax.ts": (HEAD + "import '../lib/unparsed';\nexport const handler = async () => 1;\n", {"code": "syntax", "file": "lib/unparsed.ts", "line": 1}),
    "none.ts": ("export const other = 1;\n", {"code": "no_config"}),
    "empty.ts": ("", {"code": "no_config"}),
    "no_handler.ts": (HEAD, {"code": "no_handler"}),
    "bad_config.ts": ("export const config = 'text';\nexport const handler = async () => 1;\n", {"code": "bad_config"}),
    "two.ts": (
        "// motia/steps/a.ts\nexport default { config: {} };\n\n// motia/steps/b.ts\nexport default { config: {} };\n",
        {"code": "two_steps", "message": "this is two files: motia/steps/a.ts and motia/steps/b.ts; a file has one default export"},
    ),
    "kit.ts": (HEAD + "import { createMotiaTester } from '@motia/testing';\nexport const handler = createMotiaTester;\n", {"code": "import", "line": 2}),
}


def test_broken_files_are_reported_one_by_one(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.write("lib/broken.ts", "export const a = 1;\nthrow new Error('in the helper');\n")
        node.write("lib/unparsed.ts", "export const = 1;\n")
        good = node.write("steps/good.step.ts", HEAD + "export const handler = async () => 'good';\n")
        files = [node.write(step(name), source) for name, (source, _) in BROKEN.items()]
        reports = {report["file"]: report for report in node.describe(*files, good)}
        for name, (_, wanted) in BROKEN.items():
            error = reports[step(name)].get("error")
            assert error is not None, name
            assert {key: error.get(key) for key in wanted} == wanted, (name, error)
        assert "error" not in reports[good]
        assert reports[step("helper.ts")]["dependencies"] == ["lib/broken.ts"]
        assert node.run(good) == "good"


def test_exports_that_never_come_are_given_up(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        file = node.write("steps/a.step.ts", HEAD + "await new Promise((_, no) => setTimeout(() => no(new Error('late')), 20));\n")
        assert node.describe(file)[0]["error"]["message"] == "Error: late"


# --------------------------------------------------------------------------- stacks and reloading


def test_stacks_name_source_lines(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.write("lib/fails.ts", "interface A {\n  a: number;\n}\n\nexport function fails(_a?: A): never {\n  throw new Error('deep');\n}\n")
        source = HEAD + "import { fails } from '../lib/fails';\ntype A = { a: string };\n\nexport const handler = async (_input: A) => {\n  fails();\n};\n"
        file = node.write("steps/a.step.ts", source)
        waits = node.write("steps/b.step.ts", "await Promise.resolve();\n" + source)
        for one, line in ((file, 6), (waits, 7)):
            with pytest.raises(Exception) as caught:
                node.run(one, {})
            frames = caught.value.data["stack"].split("\n")
            assert frames[0] == "Error: deep"
            assert frames[1].endswith("lib/fails.ts:6:9)"), frames
            assert frames[2].endswith(f"{one}:{line}:3)"), frames
            assert "motia_runner" not in caught.value.data["stack"]


def test_a_changed_helper_reaches_every_importer(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.write("lib/word.ts", "export const word = 'old';\n")
        node.write("lib/middle.ts", "export { word } from './word';\n")
        source = HEAD + "import { word } from '../lib/middle';\nexport const handler = async () => word;\n"
        files = [node.write(f"steps/{name}.step.ts", source) for name in ("a", "b")]
        other = node.write("steps/c.step.ts", HEAD + "export const loaded = Math.random();\nexport const handler = async () => loaded;\n")
        first = node.describe(*files, other)
        assert first[0]["dependencies"] == ["lib/middle.ts", "lib/word.ts"]
        kept = node.run(other)
        assert [node.run(file) for file in files] == ["old", "old"]
        for word in ("new", "newer"):
            node.write("lib/word.ts", f"export const word = '{word}';\n")
            node.describe(*files, changed=("lib/word.ts",))
            assert [node.run(file) for file in files] == [word, word]
        assert node.run(other) == kept


def test_a_broken_helper_is_mended(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.write("lib/word.ts", "export const word = ;\n")
        file = node.write("steps/a.step.ts", HEAD + "import { word } from '../lib/word';\nexport const handler = async () => word;\n")
        assert node.describe(file)[0]["dependencies"] == ["lib/word.ts"]
        node.write("lib/word.ts", "export const word = 'mended';\n")
        assert "error" not in node.describe(file, changed=("lib/word.ts",))[0]
        assert node.run(file) == "mended"


def test_a_file_that_comes_later_is_found(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        file = node.write("steps/a.step.ts", HEAD + "import { word } from '../lib/word';\nexport const handler = async () => word;\n")
        assert node.describe(file)[0]["error"]["code"] == "import"
        node.write("lib/word.js", "exports.word = 'js';\n")
        node.describe(file, changed=(file,))
        assert node.run(file) == "js"
        (tmp_path / "lib" / "word.js").unlink()
        node.write("lib/word.ts", "export const word = 'ts';\n")
        node.describe(file, changed=("lib/word.js", "lib/word.ts"))
        assert node.run(file) == "ts"


def test_what_runs_finishes_on_the_old_code(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        source = HEAD + "import { word } from '../lib/word';\nexport const handler = async (_i, { state }) => { await state.get('a', 'b'); return word; };\n"
        node.write("lib/word.ts", "export const word = 'old';\n")
        file = node.write("steps/a.step.js", source)
        node.describe(file)
        held: list[int] = []
        node.answers["state.get"] = lambda _: {"value": None}
        number = node.start(file)
        node.write("lib/word.ts", "export const word = 'new';\n")
        held.append(node.begin("step.describe", snapshot=2, files=[file], changed=["lib/word.ts"]))
        assert node.wait(number) == {"value": "old"}
        node.wait(held[0])
        assert node.run(file) == "new"
