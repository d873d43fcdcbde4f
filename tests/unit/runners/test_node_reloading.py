"""Broken files, stacks that name source lines, and reloading."""

from __future__ import annotations

from pathlib import Path

import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

HEAD = "export const config = { type: 'event', name: 'x', subscribes: ['t'] };\n"


def step(name: str) -> str:
    stem, _, ending = name.partition(".")
    return f"steps/{stem}.step.{ending}"


# --------------------------------------------------------------------------- broken files

BROKEN: dict[str, tuple[str, dict[str, object]]] = {
    "syntax.ts": (HEAD + "export const handler = async () => {\n  const a = ;\n};\n", {"code": "syntax", "line": 3}),
    "syntax.js": ("exports.config = {};\n\nexports.handler = () => {{;\n", {"code": "syntax"}),
    "missing.ts": (
        HEAD + "import { x } from './nowhere';\nexport const handler = async () => x;\n",
        {"code": "import", "line": 2, "hint": "check the path"},
    ),
    "package.ts": (
        HEAD + "\nimport { x } from '@org/none/deep';\nexport const handler = async () => x;\n",
        {"code": "import", "line": 3, "hint": "install it: npm install @org/none"},
    ),
    "throws.ts": (
        HEAD + "\n\nthrow new TypeError('at import');\n",
        {"code": "import", "line": 4, "message": "TypeError: at import"},
    ),
    "exits.ts": (HEAD + "process.exit(1);\nexport const handler = async () => 1;\n", {"code": "exit", "line": 2}),
    "helper.ts": (
        HEAD + "import '../lib/broken';\nexport const handler = async () => 1;\n",
        {"code": "import", "file": "lib/broken.ts", "line": 2},
    ),
    "helper_syntax.ts": (
        HEAD + "import '../lib/unparsed';\nexport const handler = async () => 1;\n",
        {"code": "syntax", "file": "lib/unparsed.ts", "line": 1},
    ),
    "none.ts": ("export const other = 1;\n", {"code": "no_config"}),
    "empty.ts": ("", {"code": "no_config"}),
    "no_handler.ts": (HEAD, {"code": "no_handler"}),
    "bad_config.ts": ("export const config = 'text';\nexport const handler = async () => 1;\n", {"code": "bad_config"}),
    "two.ts": (
        "// motia/steps/a.ts\nexport default { config: {} };\n\n// motia/steps/b.ts\nexport default { config: {} };\n",
        {
            "code": "two_steps",
            "message": "this is two files: motia/steps/a.ts and motia/steps/b.ts; a file has one default export",
        },
    ),
    "kit.ts": (
        HEAD + "import { createMotiaTester } from '@motia/testing';\nexport const handler = createMotiaTester;\n",
        {"code": "import", "line": 2},
    ),
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
        file = node.write(
            "steps/a.step.ts", HEAD + "await new Promise((_, no) => setTimeout(() => no(new Error('late')), 20));\n"
        )
        assert node.describe(file)[0]["error"]["message"] == "Error: late"


# --------------------------------------------------------------------------- stacks and reloading


def test_stacks_name_source_lines(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.write(
            "lib/fails.ts",
            "interface A {\n  a: number;\n}\n\nexport function fails(_a?: A): never {\n  throw new Error('deep');\n}\n",
        )
        source = (
            HEAD
            + "import { fails } from '../lib/fails';\ntype A = { a: string };\n\nexport const handler = async (_input: A) => {\n  fails();\n};\n"
        )
        file = node.write("steps/a.step.ts", source)
        waits = node.write("steps/b.step.ts", "await Promise.resolve();\n" + source)
        for one, line in ((file, 6), (waits, 7)):
            with pytest.raises(Refused) as caught:
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
        other = node.write(
            "steps/c.step.ts",
            HEAD + "export const loaded = Math.random();\nexport const handler = async () => loaded;\n",
        )
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
        file = node.write(
            "steps/a.step.ts", HEAD + "import { word } from '../lib/word';\nexport const handler = async () => word;\n"
        )
        assert node.describe(file)[0]["dependencies"] == ["lib/word.ts"]
        node.write("lib/word.ts", "export const word = 'mended';\n")
        assert "error" not in node.describe(file, changed=("lib/word.ts",))[0]
        assert node.run(file) == "mended"


def test_a_file_that_comes_later_is_found(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        file = node.write(
            "steps/a.step.ts", HEAD + "import { word } from '../lib/word';\nexport const handler = async () => word;\n"
        )
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
        source = (
            HEAD
            + "import { word } from '../lib/word';\nexport const handler = async (_i, { state }) => { await state.get('a', 'b'); return word; };\n"
        )
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
        assert node.run(file, snapshot=2) == "new"
        assert node.run(file, snapshot=1) == "old"
