"""Saving under `motia dev`: the new code of any file a step depends on serves, whatever the language and the editor."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.reloading import (
    FILES,
    HELPERS,
    LANGUAGES,
    STEPS,
    answers,
    edit,
    reloading,
    save,
    save_in_place,
    says,
    text,
)
from tests.kit.project import write
from tests.kit.server import Server, until

HOME = """
    import price from '../data/price.json'
    import { far } from '../../services/far'
    import { root } from '../../root_helper'
    import { alias } from '@shared/alias'
    export const config = { name: 'Home', type: 'api', method: 'GET', path: '/home', emits: [] }
    export const handler = async () => ({ status: 200, body: { price: price.cents, far, root, alias } })
"""
FURTHER = {
    "src/home/home.step.ts": HOME,
    "src/data/price.json": '{"cents": 1}',
    "services/far.ts": "export { far } from './farther'\n",
    "services/farther.ts": "export const far = 'near'\n",
    "root_helper.ts": "export const root = 'old'\n",
    "shared/alias.ts": "export const alias = 'old'\n",
    "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@shared/*": ["shared/*"]}}}',
    "lib/words.rb": "module Words\n  def self.word = 'old'\nend\n",
    "steps/lib_step.rb": """
        require 'words'
        def config = { name: 'Lib', type: 'api', method: 'GET', path: '/lib', emits: [] }
        def handler(req, context) = { status: 200, body: { word: Words.word } }
    """,
    "shop/deep/stock.py": "STOCK = 'old'\n",
    "steps/stock_step.py": """
        from shop.deep.stock import STOCK
        config = {"name": "Stock", "type": "api", "method": "GET", "path": "/stock", "emits": []}
        def handler(req, context):
            return {"status": 200, "body": {"word": STOCK}}
    """,
}

BESIDE = {
    "linked.step.js": """
        const { word } = require('./beside')
        exports.config = { name: 'Linked', type: 'api', method: 'GET', path: '/linked', emits: [] }
        exports.handler = async () => ({ status: 200, body: { word } })
    """,
    "beside.js": "exports.word = 'old'\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with reloading(tmp_path_factory.mktemp("reload"), {**STEPS, **FURTHER}) as running:
        yield running


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_saved_step_serves(server: Server, language: str) -> None:
    edit(server, FILES[language], "'one'" if language != "py" else '"one"', '"two"')
    answers(server, f"/{language}", "two")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_saved_helper_serves(server: Server, language: str) -> None:
    edit(server, HELPERS[language], "'first'", "'second'")
    answers(server, f"/{language}", "second", "helped")


@pytest.mark.parametrize(
    ("path", "file", "old", "new", "key", "value"),
    [
        ("/home", "src/data/price.json", "1", "2", "price", 2),
        ("/home", "services/farther.ts", "near", "nearer", "far", "nearer"),
        ("/home", "root_helper.ts", "old", "new", "root", "new"),
        ("/home", "shared/alias.ts", "old", "new", "alias", "new"),
        ("/lib", "lib/words.rb", "old", "new", "word", "new"),
        ("/stock", "shop/deep/stock.py", "old", "new", "word", "new"),
    ],
)
def test_files_outside_the_step_folders_count(
    server: Server, path: str, file: str, old: str, new: str, key: str, value: object
) -> None:
    edit(server, file, old, new)
    answers(server, path, value, key)


def test_a_new_step_serves_and_a_deleted_one_is_gone(server: Server) -> None:
    assert server.get("/fresh").status == 404
    save(
        server, "steps/new/deeper/fresh.step.ts", STEPS[FILES["ts"]].replace("/ts", "/fresh").replace("'Ts'", "'Fresh'")
    )
    save(server, "steps/new/deeper/help_ts.ts", STEPS[HELPERS["ts"]])
    until(lambda: server.get("/fresh").status == 200)
    shutil.rmtree(server.project / "steps/new")
    until(lambda: server.get("/fresh").status == 404)


def test_a_renamed_file_and_a_moved_folder_serve_without_a_pause(server: Server) -> None:
    step = """
        config = {"name": "Moved", "type": "api", "method": "GET", "path": "/moved", "emits": []}
        def handler(req, context):
            return {"status": 200, "body": {"word": __file__.rsplit("/", 2)[1]}}
    """
    save(server, "steps/there/moved_step.py", step)
    until(lambda: server.get("/moved").status == 200)
    (server.project / "steps/there").rename(server.project / "steps/elsewhere")
    answers(server, "/moved", "elsewhere")
    save(
        server,
        "steps/elsewhere/moved_step.py",
        step.replace('__file__.rsplit("/", 2)[1]', '__file__.rsplit("/", 1)[1]'),
    )
    answers(server, "/moved", "moved_step.py")
    (server.project / "steps/elsewhere/moved_step.py").rename(server.project / "steps/elsewhere/other_step.py")
    answers(server, "/moved", "other_step.py")


def test_what_is_written_piece_by_piece_never_shows(server: Server) -> None:
    for language, word in (("ts", "three"), ("js", "three"), ("py", "three"), ("rb", "three")):
        before = len(server.output)
        file = FILES[language]
        save_in_place(server, file, text(server, file).replace('"two"', f'"{word}"'), pause=0.05)
        answers(server, f"/{language}", word)
        assert "✗" not in says(server, file, after=before)


def test_line_ends_of_other_systems_are_fine(server: Server) -> None:
    for language in LANGUAGES:
        file = FILES[language]
        save_in_place(server, file, text(server, file).replace('"three"', '"four"').replace("\n", "\r\n"))
        answers(server, f"/{language}", "four")


def test_many_files_at_once_are_one_reload(server: Server) -> None:
    before = len(server.output)
    for language in LANGUAGES:
        file = FILES[language]
        (server.project / file).write_text(text(server, file).replace('"four"', '"five"'), "utf-8")
    for number in range(40):
        (server.project / f"steps/unused_{number}.ts").write_text(f"export const n = {number}\n", "utf-8")
    for language in LANGUAGES:
        answers(server, f"/{language}", "five")
    assert server.output[before:].count("↻") == 1, server.output[before:]


def test_links_lead_to_what_they_point_at(server: Server) -> None:
    outside = server.project.parent / f"{server.project.name}-outside"
    write(outside, BESIDE)
    (server.project / "steps/linked.step.js").symlink_to(outside / "linked.step.js")
    until(lambda: server.get("/linked").status == 200)
    (outside / "beside.js").write_text("exports.word = 'new'\n")
    answers(server, "/linked", "new")
    write(outside, {"linked.step.js": BESIDE["linked.step.js"].replace("body: { word }", "body: { word: 'own' }")})
    answers(server, "/linked", "own")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_runs_ends_on_the_code_it_began_with(server: Server, language: str) -> None:
    gate = server.project / f"gate-{language}"
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(server.get, f"/{language}?gate={gate.name}")
        until(gate.with_suffix(".begun").exists)
        edit(server, FILES[language], '"five"', '"six"')
        answers(server, f"/{language}", "six")
        gate.touch()
        assert slow.result().json["word"] == "five"


def test_touching_nothing_that_matters_reloads_nothing(server: Server) -> None:
    before = len(server.output)
    (server.project / "notes.txt").write_text("x")
    (server.project / "steps/a.test.ts").write_text("x")
    (server.project / "dist").mkdir()
    (server.project / "dist/a.step.ts").write_text("x")
    os.utime(server.project / FILES["ts"])
    assert says(server, FILES["ts"], after=before).count("↻") == 1
