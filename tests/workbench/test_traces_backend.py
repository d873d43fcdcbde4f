"""What the screen of traces asks of the server: traces by topic, page by page, and source for the frames of a stack, which
is that of steps and what they load and of nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.kit.server import Server, serving, until
from tests.workbench.traces_shop import write

TRACES = "/__motia/api/traces"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = write(tmp_path_factory.mktemp("traces") / "rounds")
    (project / ".env").write_text("SECRET=x\n")
    (project.parent / "outside.py").write_text("SECRET = 1\n")
    with serving(project) as server:
        yield server


def names(server: Server, query: str) -> list[str]:
    return [one["name"] for one in server.get(f"{TRACES}?{query}").json["items"]]


def test_a_topic_finds_who_was_started_by_it_and_who_emitted_it(shop: Server) -> None:
    shop.post("/fan", {"count": 1})
    shop.post("/boom", {})
    until(lambda: len(names(shop, "topic=boom&status=failed")) == 1)
    assert names(shop, "topic=boom") == ["Fuse"]
    until(lambda: names(shop, "topic=note.read") == ["Fan"])
    assert names(shop, "topic=nobody.hears") == ["Fan"], "emitted, and nobody was started"
    assert names(shop, "topic=note.read&step=Fuse") == []
    assert names(shop, "topic=note.rea") == [], "names are whole"
    assert names(shop, "topic=Fan") == [], "a step is no topic"
    assert shop.get(f"{TRACES}?topic=boom&cursor=x").status in (200, 400)


def test_what_is_found_by_topic_comes_page_by_page(shop: Server) -> None:
    for _ in range(5):
        shop.post("/flood", {"count": 1})
        shop.post("/flood", {"count": 0})
    until(lambda: len(names(shop, "topic=drop")) == 5)
    found: list[str] = []
    cursor = ""
    for _ in range(10):
        page = shop.get(f"{TRACES}?topic=drop&limit=2{cursor}").json
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={quote(page['next'])}"
    whole = shop.get(f"{TRACES}?topic=drop").json["items"]
    assert found == [one["id"] for one in whole]
    assert len(set(found)) == 5


@pytest.mark.parametrize("file", ["steps/boom_step.py", "lib/fuse.ts", "steps/notes.stream.ts", "steps/boom_step.rb"])
@pytest.mark.parametrize("is_whole", [False, True])
def test_source_of_the_project_is_shown(shop: Server, file: str, is_whole: bool) -> None:
    wanted = str(shop.project / file) if is_whole else file
    answer = shop.get(f"/__motia/api/source?file={quote(wanted)}")
    assert answer.json == {"filePath": file, "content": (shop.project / file).read_text()}


@pytest.mark.parametrize(
    "file",
    ["package.json", ".env", "../outside.py", "/etc/passwd", "steps/../.env", "steps", "", "lib/../lib/fuse.ts", "%00"],
)
def test_other_files_are_not(shop: Server, file: str) -> None:
    assert (shop.project / ".env").is_file()
    answer = shop.get(f"/__motia/api/source?file={quote(file, safe='%')}")
    assert answer.status == 404
    assert b"SECRET" not in answer.body


def test_a_link_that_leads_out_of_the_project_is_not_followed(shop: Server) -> None:
    step = Path(shop.project / "steps" / "boom_step.rb")
    kept = step.read_text()
    outside = shop.project.parent / "boom_step.rb"
    outside.write_text(kept)
    step.unlink()
    step.symlink_to(outside)
    try:
        assert shop.get("/__motia/api/source?file=steps/boom_step.rb").status == 404
    finally:
        step.unlink()
        step.write_text(kept)
