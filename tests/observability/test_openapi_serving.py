"""`/openapi.json`, its viewer and `motia openapi` on a real project in all languages; tried out by programs that are
not ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.kit.packages import need_browser
from tests.kit.project import write
from tests.kit.server import Server, motia, serving
from tests.observability.api_shop import FILES

# Steps that take what they do not describe, on purpose: any method, names that are documentation only, an open stream.
OPEN = "^(hello_.*|Described|shelf|ReadFile|TakeNote)$"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("api"), FILES)) as server:
        yield server


@pytest.fixture(scope="module")
def document(shop: Server) -> Any:
    answer = shop.get("/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    return answer.json


def operations(document: Any) -> dict[str, Any]:
    return {one["operationId"]: one for item in document["paths"].values() for one in item.values()}


def test_a_validator_accepts_it(document: Any) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["info"] == {"title": "api-shop", "version": "2.3.4", "description": "A shop"}
    assert [tag["name"] for tag in document["tags"]] == ["find", "orders", "streams"]


@pytest.mark.rows(200, 202)
def test_schemas_of_every_language_are_in_it(document: Any) -> None:
    found = operations(document)
    order = found["CreateOrder"]["requestBody"]["content"]["application/json"]["schema"]
    assert order["properties"]["items"]["items"]["required"] == ["sku", "price"]
    assert found["CreateOrder"]["responses"]["201"]["content"]["application/json"]["schema"]["required"] == [
        "id",
        "total",
    ]
    assert found["Grow"]["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Tree"
    }
    note = found["TakeNote"]["requestBody"]["content"]["application/json"]
    assert note["schema"]["properties"]["due"] == {"type": "string", "format": "date"}
    assert note["example"] == {"text": "text", "tags": ["text"], "due": "2026-01-31"}
    assert found["ReadFile"]["responses"]["200"]["content"].keys() == {"text/csv"}


def test_parameters_of_builders_and_of_configs_are_in_it(document: Any) -> None:
    found = operations(document)
    query = {one["name"]: one for one in found["search"]["parameters"]}
    assert query["q"]["required"] is True and query["q"]["description"] == "What to look for"
    assert query["page"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 1}
    assert [(one["name"], one["in"]) for one in found["Described"]["parameters"]] == [
        ("place", "path"),
        ("urgent", "query"),
        ("limit", "query"),
        ("X-Tenant", "header"),
    ]
    assert found["Described"]["parameters"][0]["schema"] == {"enum": ["here", "there"]}


def test_a_bare_step_is_in_it_for_every_method(document: Any) -> None:
    assert set(document["paths"]["/hello"]) == {"get", "put", "post", "delete", "patch"}
    assert "text/event-stream" in document["paths"]["/hello"]["get"]["responses"]["default"]["content"]


def test_the_command_says_the_same_without_a_server(shop: Server, document: Any, tmp_path: Path) -> None:
    target = tmp_path / "api.json"
    done = motia(shop.project, "openapi", "--output", str(target), "--title", "T", "--version", "9")
    assert (done.returncode, done.stdout) == (0, "")
    assert "13 operations" in done.stderr
    assert json.loads(target.read_text()) == {**document, "info": {**document["info"], "title": "T", "version": "9"}}


def test_the_old_form_writes_the_old_file_and_names_what_is_broken(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    (tmp_path / "steps" / "bad_step.py").write_text("config = {")
    done = motia(tmp_path, "generate", "openapi", "-t", "Old")
    assert done.returncode == 0
    assert "steps/bad_step.py is left out" in done.stderr
    assert json.loads((tmp_path / "openapi.json").read_text())["info"]["title"] == "Old"
    done = motia(tmp_path, "openapi", "-o", "no/such/folder.json")
    assert (done.returncode, "cannot be written" in done.stderr) == (2, True)


def test_pages_of_other_origins_do_not_get_it(shop: Server) -> None:
    assert shop.get("/openapi.json", headers={"origin": "http://evil.example"}).status == 403
    assert shop.get("/openapi.json", headers={"host": "evil.example"}).status == 403
    assert "access-control-allow-origin" not in shop.get("/openapi.json").headers


def test_the_viewer_is_made_of_our_files_only(shop: Server) -> None:
    page = shop.get("/__motia/openapi/")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    text = page.body.decode()
    assert "http" not in text and "<script>" not in text and "{base}" not in text
    for name in ("main.js", "dom.js", "schema.js", "try.js", "style.css"):
        one = shop.get(f"/__motia/openapi/{name}")
        assert one.status == 200 and one.headers["x-content-type-options"] == "nosniff"
        assert "innerHTML" not in one.body.decode() and "http://" not in one.body.decode()
    assert shop.get("/__motia/openapi/page.html").status == 404


def test_the_viewer_shows_it_and_what_authors_wrote_stays_text(shop: Server, tmp_path: Path) -> None:
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}",
        "--virtual-time-budget=5000",
    ]
    done = subprocess.run(
        [need_browser(), *flags, "--dump-dom", f"{shop.url}/__motia/openapi/#/CreateOrder"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    page = done.stdout
    assert "<title>api-shop</title>" in page
    assert "13 of 13 operations" in page
    assert 'aria-current="page"><span class="method post">post</span>/orders</a>' in page
    assert "Takes an order &lt;img src=x onerror=" in page and "<img" not in page
    assert f"curl -i -X POST '{shop.url}/orders'" in page
    assert "items ≥ 1, items ≤ 5" in page


def test_a_stranger_who_only_reads_the_document_finds_no_lie(shop: Server, tmp_path: Path) -> None:
    """Schemathesis sends what the document allows and what it forbids, and checks every answer against it."""
    if not (program := shutil.which("st", path=str(Path(sys.executable).parent))):
        pytest.fail("schemathesis is not installed: make setup-test")
    done = subprocess.run(
        [program, "run", f"{shop.url}/openapi.json", "--phases", "examples,coverage,fuzzing", "--max-examples", "3",
         "--seed", "7", "--checks", "all", "--no-color", "--exclude-operation-id-regex", OPEN],
        cwd=tmp_path, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "Tested: 4" in done.stdout
