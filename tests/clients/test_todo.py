"""`examples/todo` in two windows of a real browser. Screenshots are left in `build/screenshots`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.published import Driver, Page
from tests.kit.packages import STREAM_CLIENTS, give
from tests.kit.server import ROOT, Server, motia, serving, until

pytestmark = [pytest.mark.node, pytest.mark.ruby]

SCREENSHOTS = ROOT / "build" / "screenshots"
ADA = ("/?list=groceries&as=Ada", 640, 560)
# A small window, as on a phone.
BEN = ("/?list=groceries&as=Ben", 390, 560)


@pytest.fixture(scope="module")
def todo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = tmp_path_factory.mktemp("todo")
    made = shutil.ignore_patterns(".motia", "node_modules", "dist", "types.d.ts")
    shutil.copytree(ROOT / "examples" / "todo", project, dirs_exist_ok=True, ignore=made)
    give(project, STREAM_CLIENTS)
    subprocess.run(["npm", "run", "--silent", "build"], cwd=project, check=True, timeout=60)
    with serving(project) as server:
        yield server


def picture(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.ask("screenshot", str(SCREENSHOTS / f"todo-{name}.png"))


def visit(driver: Driver, server: Server, address: str, width: int = 640, height: int = 560) -> Page:
    return driver.visit(server.url + address, width, height)


@pytest.mark.rows(268, 269, 271)
def test_two_windows_edit_one_list(driver: Driver, todo: Server) -> None:
    ada, ben = visit(driver, todo, *ADA), visit(driver, todo, *BEN)
    for page in (ada, ben):
        page.shows("h1", "Groceries")
        page.shows(".empty", "Nothing to do.")
    picture(ada, "1-empty")

    for text in ("Oat milk", "Six eggs", "A lemon, unwaxed"):
        ada.ask("fill", "#new", text)
        ada.ask("press", "#new", "Enter")
        until(lambda text=text: text in ben.text("li .text"))
    ben.shows("li .text", "Oat milk", "Six eggs", "A lemon, unwaxed")
    ben.shows(".counts", "3 open · 0 done")

    ben.ask("click", "li:nth-child(2) input[type=checkbox]")
    ada.shows("li.done .text", "Six eggs")
    ada.shows(".counts", "2 open · 1 done")

    ada.ask("fill", "#new", "Bread")
    ben.shows(".typing", "Ada is writing…")
    ada.shows(".typing", "")
    ben.ask("click", "li:nth-child(1) .text")
    ben.ask("fill", ".draft", "Oat milk, two litres")
    picture(ada, "2-ada")
    picture(ben, "3-ben-edits")
    ben.ask("press", ".draft", "Enter")
    ada.shows("li .text", "Oat milk, two litres", "Six eggs", "A lemon, unwaxed")

    ada.ask("hover", "li:nth-child(3)")
    picture(ada, "4-ada-about-to-remove")
    ada.ask("click", "li:nth-child(3) .remove")
    ben.shows("li .text", "Oat milk, two litres", "Six eggs")
    ben.shows(".counts", "1 open · 1 done")
    picture(ben, "5-ben")

    late = visit(driver, todo, *ADA)
    late.shows("li .text", "Oat milk, two litres", "Six eggs")
    late.shows(".counts", "1 open · 1 done")
    for page in (ada, ben, late):
        assert page.ask("complaints") == []
        page.ask("close")


def test_another_list_is_another_group(driver: Driver, todo: Server) -> None:
    here, there = visit(driver, todo, "/?list=here"), visit(driver, todo, "/?list=there")
    assert todo.post("/lists/here/todos", {"text": "only here"}).status == 201
    assert todo.post("/lists/there/todos", {"text": "only there"}).status == 201
    here.shows("li .text", "only here")
    there.shows("li .text", "only there")
    for page in (here, there):
        page.ask("close")


def test_a_list_that_may_not_be_followed_says_so(driver: Driver, todo: Server) -> None:
    # The published hooks listen for events one rendering after they have joined: no refusal may come before.
    for number in range(6):
        page = visit(driver, todo, f"/?list=No%20Such%20Name%20{number}")
        page.shows(".empty", "This list cannot be opened.")
        picture(page, "6-refused")
        page.ask("close")


def test_its_steps_refuse_what_makes_no_sense(todo: Server) -> None:
    assert todo.post("/lists/odd/todos", {"text": ""}).status == 400
    assert todo.request("PATCH", "/lists/odd/todos/none", {"done": True}).status == 404
    assert todo.request("PATCH", "/lists/odd/todos/none", {"colour": "red"}).status == 400
    assert todo.get("/assets/..%2Fpackage.json").status == 404


def test_it_is_without_fault(todo: Server) -> None:
    assert motia(todo.project, "check").returncode == 0


def test_the_page_says_what_to_do_when_it_is_not_built(tmp_path: Path, todo: Server) -> None:
    built = todo.project / "dist"
    built.rename(tmp_path / "dist")
    try:
        answer = todo.get("/assets/app.js")
        assert answer.status == 404
        assert "npm run build" in answer.json["error"]
        assert "npm install" in todo.get("/").body.decode()
    finally:
        (tmp_path / "dist").rename(built)
