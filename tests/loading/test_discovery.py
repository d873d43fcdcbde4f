"""Which files of a project are steps, as `motia list` and `motia check` say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.project import write

from .projects import checked, found

JS = "exports.config = {{ type: 'event', name: {name!r}, subscribes: ['t'] }}\nexports.handler = async () => {{}}\n"
ESM = "export const config = {{ type: 'event', name: {name!r}, subscribes: ['t'] }}\nexport const handler = async () => {{}}\n"
PY = "config = {{'type': 'event', 'name': {name!r}, 'subscribes': ['t']}}\nasync def handler(input, context): pass\n"
RB = "def config = {{ type: 'event', name: {name!r}, subscribes: ['t'] }}\ndef handler(input, context) = nil\n"
TEXTS = {"ts": ESM, "mts": ESM, "cts": ESM, "js": JS, "mjs": ESM, "cjs": JS, "py": PY, "rb": RB}
STREAMS = {
    "ts": "export const config = {{ name: {name!r}, baseConfig: {{ storageType: 'default' }} }}\n",
    "js": "exports.config = {{ name: {name!r}, baseConfig: {{ storageType: 'default' }} }}\n",
    "py": "config = {{'name': {name!r}, 'baseConfig': {{'storageType': 'default'}}}}\n",
    "rb": "def config = {{ name: {name!r}, baseConfig: {{ storageType: 'default' }} }}\n",
}


def step(file: str) -> str:
    return TEXTS[file.rpartition(".")[2]].format(name=file)


def stream(file: str) -> str:
    ending = file.rpartition(".")[2]
    return STREAMS["ts" if ending.startswith("m") or ending == "cts" else "js" if ending == "cjs" else ending].format(
        name=file
    )


def steps(*files: str) -> dict[str, str]:
    return {file: step(file) for file in files}


@pytest.mark.rows(49, 55, 57, 62, 63, 64, 65, 66, 67)
def test_every_pattern_in_every_root_sorted(tmp_path: Path) -> None:
    folders = ("", "steps/", "src/", "motia/steps/", "src/users/deep/er/")
    wanted = [f"{folder}x{n}{mark}step.{ext}" for folder in folders for mark in "._" for n, ext in enumerate(TEXTS)]
    flows = [f"{folder}y{n}{mark}stream.{ext}" for folder in folders for mark in "._" for n, ext in enumerate(TEXTS)]
    write(tmp_path, {**steps(*wanted), **{file: stream(file) for file in flows}})
    rows = found(tmp_path)
    twins = {file for file in (*wanted, *flows) if ".step." in file or ".stream." in file}
    assert [file for file, row in rows.items() if row["error"]] == []
    # `x.step.EXT` beside `x_step.EXT`: the first is ignored, and said to be.
    assert list(rows) == sorted({*wanted, *flows} - twins)
    _, warnings = checked(tmp_path)
    assert {one["file"] for one in warnings if one["code"] == "shadowed"} == twins
    for file in wanted:
        if file.partition("_step")[1]:
            (tmp_path / file).unlink()
    for file in flows:
        if file.partition("_stream")[1]:
            (tmp_path / file).unlink()
    rows = found(tmp_path)
    assert list(rows) == sorted(twins)
    assert {row["type"] for file, row in rows.items() if ".stream." in file} == {"stream"}


@pytest.mark.rows(54, 58, 60, 70)
def test_what_is_no_step(tmp_path: Path) -> None:
    plain = [
        "services/pay.step.ts",
        "lib/pay_step.py",
        "types/order.step.ts",
        "motia/events/made.ts",
        "motia/workflows/flow.step.ts",
        "src/node_modules/thing/a.step.js",
        "node_modules/thing/steps/a.step.js",
        "steps/.hidden/a.step.js",
        "steps/.a.step.js",
        "steps/tests/a.step.js",
        "steps/__tests__/a.step.js",
        "steps/a.step.test.js",
        "steps/a.step.spec.ts",
        "steps/a.step.d.ts",
        "steps/processor.test.js",
        "steps/integration.test.js",
        "steps/a.step.tsx",
        "steps/a.step.jsx",
        "steps/plain.js",
        "steps/mystep.js",
        "steps/step.js",
        "steps/_step.py",
        "steps/a.step.go",
        "steps/a.step.js.bak",
        "src/types.d.ts",
        "other/a.step.js",
        ".venv/lib/steps/a_step.py",
        "python_modules/lib/a_step.py",
    ]
    throws = "throw new Error('this is no step and must not run')\n"
    write(tmp_path, dict.fromkeys(plain, throws))
    write(tmp_path, steps("steps/real.step.js"))
    assert list(found(tmp_path)) == ["steps/real.step.js"]


@pytest.mark.rows(49, 50, 51, 54, 55)
def test_any_file_below_motia_steps_that_yields_a_step(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "motia/steps/users/create-user.ts": "import { api } from '@motia/core'\nimport { sent } from '../../events/sent'\n"
            "export default api({ id: 'create-user', method: 'POST', path: '/users' }, async () => ({ sent }))\n",
            "motia/steps/ai/analyze.py": "from motia import event\n\n@event(id='analyze')\nasync def analyze(userId):\n    pass\n",
            "motia/steps/utils/format.ts": "export const format = (x: number) => `${x}`\n",
            "motia/steps/utils/text.py": "def text(): pass\n",
            "motia/steps/utils/help.rb": "def help = nil\n",
            "motia/events/sent.ts": "export const sent = 'sent'\n",
        },
    )
    rows = found(tmp_path)
    assert {file: row["name"] for file, row in rows.items()} == {
        "motia/steps/ai/analyze.py": "analyze",
        "motia/steps/users/create-user.ts": "create-user",
    }


ODD = [
    "a b.step.js",
    "ü.step.ts",
    "it's_step.py",
    'quo"te.step.rb',
    "50%25.step.ts",
    "has#hash.step.js",
    "what?.step.ts",
    "日本_step.py",
    "naïve.step.rb",
    "[id].step.ts",
    "(group).step.js",
    "$dollar.step.ts",
    "back\\slash.step.js",
    "new\nline.step.js",
    "-dash.step.py",
    "a.b.c.step.ts",
    "UPPER.step.js",
    "emoji😀.step.ts",
]


@pytest.mark.rows(55)
def test_odd_names_of_files_and_folders(tmp_path: Path) -> None:
    files = [f"{folder}/{name}" for folder in ("src", "src/a folder/ünï [x]") for name in ODD]
    write(
        tmp_path,
        {file: TEXTS[file.rpartition(".")[2]].format(name=f"step {number}") for number, file in enumerate(files)},
    )
    write(
        tmp_path,
        {
            "src/a folder/uses.step.ts": "import { config as other } from './ünï [x]/a b.step.js'\nimport q from './ünï [x]/what?.step'\n"
            "export const config = { type: 'event', name: `uses ${other.name} ${import.meta.url.endsWith('/a%20folder/uses.step.ts')}`, subscribes: [] }\n"
            "export const handler = async () => (await import('./ünï [x]/has#hash.step.js')).config\n"
        },
    )
    rows = found(tmp_path)
    assert {file: row["error"] for file, row in rows.items() if row["error"]} == {}
    assert sorted(rows) == sorted([*files, "src/a folder/uses.step.ts"])
    assert rows["src/a folder/uses.step.ts"]["name"] == f"uses step {len(ODD)} true"


@pytest.mark.rows(222)
def test_a_stream_in_a_step_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "steps/a.step.ts": "export const config = { type: 'stream', name: 'a', baseConfig: { storageType: 'default' } }\n",
            "steps/b_step.py": "config = {'type': 'stream', 'name': 'b', 'baseConfig': {'storageType': 'default'}}\n",
            "steps/c.step.rb": "def config = { type: 'stream', name: 'c', baseConfig: { storageType: 'default' } }\n",
        },
    )
    assert [(row["type"], row["name"]) for row in found(tmp_path).values()] == [
        ("stream", "a"),
        ("stream", "b"),
        ("stream", "c"),
    ]


def test_links_are_followed_once(tmp_path: Path) -> None:
    project = write(tmp_path / "project", steps("src/real/a.step.js", "src/b.step.ts"))
    outside = write(
        tmp_path / "outside",
        {
            **steps("c_step.py"),
            "d.step.ts": step("d.step.ts").replace("export const config", "import './helper'\nexport const config"),
            "helper.ts": "export {}\n",
        },
    )
    (project / "src" / "again").symlink_to(project / "src" / "real")
    (project / "src" / "loop").symlink_to(project / "src")
    (project / "src" / "team").symlink_to(outside)
    (project / "src" / "gone.step.js").symlink_to(tmp_path / "nowhere.js")
    rows = found(project)
    assert {file: row["error"] for file, row in rows.items() if row["error"]} == {}
    assert list(rows) == ["src/again/a.step.js", "src/b.step.ts", "src/team/c_step.py", "src/team/d.step.ts"]


def test_a_project_behind_a_link_and_in_an_odd_folder(tmp_path: Path) -> None:
    odd = write(
        tmp_path / "my project (1) é",
        {**steps("src/a.step.ts", "src/b_step.py", "src/c.step.rb"), "src/lib.ts": "export const x = 1\n"},
    )
    linked = tmp_path / "linked"
    linked.symlink_to(odd)
    for project in (odd, linked):
        assert [(file, row["error"]) for file, row in found(project).items()] == [
            ("src/a.step.ts", None),
            ("src/b_step.py", None),
            ("src/c.step.rb", None),
        ]
