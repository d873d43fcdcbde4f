"""Many files in few processes: what they share and what they do not, and a cache that never gives what is old."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import serving

from .projects import checked, found, node_step, python_step, ruby_step


def named(expression: str, head: str = "") -> str:
    """A TypeScript event step whose name is the value of `expression`."""
    return f"{head}\nexport const config = {{ type: 'event', name: `${{{expression}}}`, subscribes: ['t'] }}\nexport const handler = async () => {{}}\n"


def test_one_process_reads_all_files_of_a_language(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for n in range(12):
        files[f"src/a{n}.step.ts"] = named(f"'node {n} ' + process.pid")
        files[f"src/b{n}.step.js"] = (
            f"exports.config = {{ type: 'event', name: 'node js {n} ' + process.pid, subscribes: ['t'] }}\nexports.handler = () => {{}}\n"
        )
        files[f"src/c{n}_step.py"] = (
            f"import os\nconfig = {{'type': 'event', 'name': f'python {n} {{os.getpid()}}', 'subscribes': ['t']}}\ndef handler(i, c): pass\n"
        )
        files[f"src/d{n}.step.rb"] = (
            f"def config = {{ type: 'event', name: \"ruby {n} #{{Process.pid}}\", subscribes: ['t'] }}\ndef handler(i, c) = nil\n"
        )
    rows = found(write(tmp_path, files))
    pids: dict[str, set[str]] = {}
    for row in rows.values():
        words = str(row["name"]).split()
        pids.setdefault(words[0], set()).add(words[-1])
    assert len(rows) == 48
    assert {language: len(each) for language, each in pids.items()} == {"node": 1, "python": 1, "ruby": 1}


def test_what_steps_of_one_language_share(tmp_path: Path) -> None:
    """Modules that files import are loaded once (in Ruby: those in lib); what files define themselves never meets."""
    steps: dict[str, str] = {
        "src/lib/counter.ts": "let n = 0\nexport const next = () => ++n\n",
        "src/counter.py": "n = 0\n\ndef next():\n    global n\n    n += 1\n    return n\n",
        "lib/counter.rb": "module Counter\n  @n = 0\n  def self.next = @n += 1\nend\n",
    }
    for name in ("a", "b"):
        steps[f"src/{name}.step.ts"] = node_step(
            f"{name}-ts",
            f"import {{ next }} from './lib/counter'\nconst LIMIT = '{name}'\nfunction helper() {{ return LIMIT }}",
            "[helper(), next()]",
        )
        steps[f"src/{name}.step.js"] = node_step(
            f"{name}-js",
            f"const LIMIT = '{name}'\nfunction helper() {{ return LIMIT }}",
            "[helper(), typeof globalThis.LIMIT]",
            exports="cjs",
        )
        steps[f"src/{name}/same_step.py"] = python_step(
            f"{name}-py",
            f"from src import counter\nLIMIT = '{name}'\n\ndef helper():\n    return LIMIT",
            "return {'status': 200, 'body': {'value': [helper(), counter.next()]}}",
        )
        steps[f"src/{name}.step.rb"] = ruby_step(
            f"{name}-rb", f"require 'counter'\nLIMIT = '{name}'\ndef helper = LIMIT\n", "[helper, Counter.next]"
        )
    with serving(write(tmp_path, steps)) as server:
        for language in ("ts", "py", "rb"):
            assert [server.get(f"/{name}-{language}").json["value"] for name in ("a", "b", "a")] == [
                ["a", 1],
                ["b", 2],
                ["a", 3],
            ]
        assert [server.get(f"/{name}-js").json["value"] for name in ("a", "b")] == [
            ["a", "undefined"],
            ["b", "undefined"],
        ]


def test_stacks_name_source_lines(tmp_path: Path) -> None:
    filler = "interface A { a: string }\n" * 20
    write(
        tmp_path,
        {
            "src/lib/deep.ts": filler
            + "export const deep = (): never => {\n  throw new Error('from the library')\n}\n",
            "src/a.step.ts": node_step("a", f"{filler}import {{ deep }} from './lib/deep'", "deep()"),
            "src/b.step.ts": node_step("b", f"{filler}await null\nimport {{ deep }} from './lib/deep'", "deep()"),
        },
    )
    with serving(tmp_path) as server:
        for name, line in (("a", 23), ("b", 24)):
            said = server.get(f"/{name}").json
            assert re.search(r"at deep \(.*/src/lib/deep\.ts:22:\d+\)", said["stack"]), said
            assert re.search(rf"/src/{name}\.step\.ts:{line}:\d+", said["stack"]), said
            assert "motia_runner" not in said["stack"] and "node:" not in said["stack"]


def test_a_warm_start_never_gives_what_is_old(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "tsconfig.json": '{"compilerOptions": {"paths": {"#word": ["./src/one.ts"]}}}',
            "src/one.ts": "export const word: string = 'one'\n",
            "src/two.ts": "export const word: string = 'two'\n",
            "src/direct.ts": "export enum Size { Small = 1 }\n",
            "src/a.step.ts": named(
                "word + Size.Small + 'x' in new (class { x?: string })()",
                "import { word } from '#word'\nimport { Size } from './direct'",
            )
            .replace("'x' in", "String('x' in")
            .replace("})()}`", "})())}`"),
            "src/lib/py_word.py": "WORD = 'one'\n",
            "src/b_step.py": "from .lib.py_word import WORD\nconfig = {'type': 'event', 'name': WORD, 'subscribes': ['t']}\ndef handler(i, c): pass\n",
        },
    )

    def names() -> tuple[str, str]:
        rows = found(tmp_path)
        return rows["src/a.step.ts"]["name"], rows["src/b_step.py"]["name"]

    assert names() == names() == ("one1true", "one")
    # As two saves within one tick of the clock: same size, same time.
    for file, old, new in (("src/direct.ts", "= 1", "= 2"), ("src/lib/py_word.py", "one", "uno")):
        path = tmp_path / file
        before = path.stat()
        path.write_text(path.read_text().replace(old, new))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert names() == ("one2true", "uno")
    (tmp_path / "tsconfig.json").write_text(
        '{"compilerOptions": {"useDefineForClassFields": false, "paths": {"#word": ["./src/two.ts"]}}}'
    )
    assert names() == ("two2false", "uno")
    cached = [file for file in (tmp_path / ".motia" / "cache" / "node").iterdir() if file.suffix == ".js"]
    assert cached, "nothing was kept"
    for file in cached:
        assert file.stat().st_mode & 0o077 == 0, "what lies here is run"


def test_a_workspace_shares_its_tsconfig_and_its_packages(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": '{"private": true, "workspaces": ["apps/*", "packages/*"]}',
            "tsconfig.json": '{"compilerOptions": {"experimentalDecorators": true, "paths": {"@org/*": ["./packages/*/src"]}}}',
            "packages/money/package.json": '{"name": "@linked/money", "type": "module", "main": "src/index.ts"}',
            "packages/money/src/index.ts": "export const seen: string[] = []\n"
            "const mark = (t: object, key: string) => { seen.push(`${typeof t} ${key}`) }\n"
            "export class Money { @mark amount = 1 }\n",
            "apps/api/package.json": '{"name": "api"}',
            "apps/api/src/a.step.ts": named(
                "seen[0] + String(again === seen)",
                "import { seen } from '@org/money'\nimport { seen as again } from '@linked/money'",
            ),
        },
    )
    (tmp_path / "node_modules" / "@linked").mkdir(parents=True)
    (tmp_path / "node_modules" / "@linked" / "money").symlink_to(tmp_path / "packages" / "money")
    assert found(tmp_path / "apps" / "api")["src/a.step.ts"]["name"] == "object amounttrue"


@pytest.mark.rows(196, 197, 198)
@pytest.mark.parametrize("package", ["motia", "@motia/core", "@motiadev/core"])
def test_the_sdk_is_ours_without_any_package(tmp_path: Path, package: str) -> None:
    text = (
        f"import type {{ EventConfig }} from '{package}'\nimport {{ ApiRouteConfig, Handlers }} from '{package}'\nimport {{ z }} from 'zod'\n"
        "export const config: ApiRouteConfig = { type: 'api', name: 'x', path: '/x', method: 'POST', emits: [], bodySchema: z.object({ a: z.string() }) }\n"
        "export const handler: Handlers['x'] = async () => ({ status: 200, body: {} })\n"
    )
    write(
        tmp_path,
        {
            "src/a.step.ts": text,
            "src/b.step.js": f"const {{ logger }} = require('{package}')\n"
            + node_step("y", "", "logger", exports="cjs"),
        },
    )
    errors, _ = checked(tmp_path)
    assert errors == {}


@pytest.mark.rows(230)
def test_commonjs_with_separate_constants(tmp_path: Path) -> None:
    text = "const config = { type: 'api', name: 'x', path: '/x', method: 'POST', emits: [] };\nconst handler = async () => ({ status: 200 });\n"
    write(
        tmp_path,
        {
            "package.json": '{"type": "module"}',
            "src/a.step.js": text + "module.exports = { config, handler };\n",
            "src/b.step.js": text.replace("'x'", "'y'").replace("/x", "/y")
            + "exports.config = config;\nexports.handler = handler;\n",
            "src/c.step.js": text.replace("'x'", "'z'").replace("/x", "/z") + "export { config, handler };\n",
        },
    )
    assert [(row["name"], row["error"]) for row in found(tmp_path).values()] == [("x", None), ("y", None), ("z", None)]


@pytest.mark.rows(216, 302)
def test_a_step_that_other_code_imports(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "src/processor.step.js": "module.exports = { config: { type: 'event', name: 'p', subscribes: ['t'] }, handler: async (input) => ({ got: input }) }\n",
            "src/caller.step.js": node_step(
                "caller", "const { handler } = require('./processor.step.js')", "(await handler(1)).got", exports="cjs"
            ),
            "src/modern.step.ts": node_step(
                "modern", "import { handler as h } from './processor.step.js'", "(await h(2)).got"
            ),
        },
    )
    with serving(tmp_path) as server:
        assert [server.get(f"/{name}").json["value"] for name in ("caller", "modern")] == [1, 2]


@pytest.mark.rows(244)
def test_a_slow_import_is_no_hang(tmp_path: Path) -> None:
    """The core's pings go unanswered for longer than a worker may otherwise be silent."""
    write(
        tmp_path,
        {
            "motia.toml": "[workers.python]\npingEvery = 0.05\n[workers.node]\npingEvery = 0.05\n[workers.ruby]\npingEvery = 0.05\n",
            "src/a_step.py": "import time\ntime.sleep(1.2)\nconfig = {'type': 'event', 'name': 'py', 'subscribes': ['t']}\ndef handler(i, c): pass\n",
            "src/b.step.js": "const end = Date.now() + 1200\nwhile (Date.now() < end);\nexports.config = { type: 'event', name: 'js', subscribes: ['t'] }\nexports.handler = () => {}\n",
        },
    )
    assert [(row["name"], row["error"]) for row in found(tmp_path).values()] == [("py", None), ("js", None)]
