"""Which file of the app a path means, and how it is served. Tables; and what the first load weighs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from motia_core.workbench.assets import POLICY, SCREENS, Assets, takes_gzip
from tests.workbench.kit import STATIC, UI, build

BASE = "/__motia/workbench"
SCRIPT = "assets/index-DAbc_-12.js"
FILES = {
    "index.html": '<base href="/" /><script src="./assets/index.js"></script>',
    SCRIPT: "1",
    f"{SCRIPT}.gz": "zipped",
    "assets/small-12345678.css": "a{}",
    "assets/plain.js": "no hash",
    "assets/.hidden-12345678.js": "hidden",
    "secret-12345678.js": "not among the assets",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "app" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "app" / name).write_text(text)
    (tmp_path / "outside-12345678.js").write_text("outside")
    return tmp_path / "app"


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        (BASE, 200, "<base"),
        (f"{BASE}/", 200, "<base"),
        (f"{BASE}/overview", 200, "<base"),
        (f"{BASE}/traces/A-1-b", 200, "<base"),
        (f"{BASE}/queues/My%20Step%2F..", 200, "<base"),
        (f"{BASE}/mistyped", 404, "<base"),
        (f"{BASE}/{SCRIPT}", 200, "1"),
        (f"{BASE}/assets/small-12345678.css", 200, "a{}"),
    ],
)
def test_what_a_path_means(folder: Path, path: str, status: int, text: str) -> None:
    found = Assets(BASE, folder).find(path, gzip=False)
    assert found is not None
    assert (found.status, found.body.decode()[: len(text)]) == (status, text)


@pytest.mark.parametrize(
    "inside",
    [
        "assets/",
        "assets/plain.js",
        "assets/none-12345678.js",
        "assets/.hidden-12345678.js",
        "assets/../secret-12345678.js",
        "assets/../../outside-12345678.js",
        "assets/..%2f..%2foutside-12345678.js",
        "assets/%2e%2e/secret-12345678.js",
        "assets/..\\secret-12345678.js",
        "assets//etc/passwd-12345678.js",
        f"{SCRIPT}.gz",
        f"{SCRIPT}\0",
        f"{SCRIPT}/",
        f"{SCRIPT}\n",
        "index.html",
        "secret-12345678.js",
        "../outside-12345678.js",
        "..",
        "/etc/passwd",
        "%2e%2e",
    ],
)
def test_nothing_else_is_served(folder: Path, inside: str) -> None:
    assert Assets(BASE, folder).find(f"{BASE}/{inside}", gzip=True) is None


def test_paths_that_only_begin_like_the_base(folder: Path) -> None:
    assets = Assets(BASE, folder)
    for path in (f"{BASE}x", f"{BASE}x/overview", "/", "/overview", f"{BASE}//"[:-2] + "%2f"):
        assert not assets.owns(path)
        assert assets.find(path, gzip=True) is None


def test_at_the_root_it_owns_only_what_it_knows(folder: Path) -> None:
    assets = Assets("", folder)
    for path in ("/", "/overview", "/traces/x", f"/{SCRIPT}"):
        assert assets.owns(path) and assets.find(path, gzip=False) is not None, path
    for path in ("/orders", "/favicon.ico", "/__motia/api/overview"):
        assert not assets.owns(path) and assets.find(path, gzip=False) is None, path


def test_how_it_is_served(folder: Path) -> None:
    assets = Assets(BASE, folder)
    page, script = assets.find(BASE, gzip=True), assets.find(f"{BASE}/{SCRIPT}", gzip=True)
    assert page is not None and script is not None
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-security-policy"] == POLICY
    assert "immutable" in script.headers["cache-control"] and script.headers["vary"] == "accept-encoding"
    assert (script.headers["content-encoding"], script.body) == ("gzip", b"zipped")
    small = assets.find(f"{BASE}/assets/small-12345678.css", gzip=True)
    assert (
        small is not None
        and "content-encoding" not in small.headers
        and small.headers["content-type"][:8] == "text/css"
    )
    for one in (page, script, small):
        assert one.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("base", "written"),
    [(BASE, "/__motia/workbench/"), ("", "/"), ("/bench", "/bench/"), ('/"><script>', "/&quot;&gt;&lt;script&gt;/")],
)
def test_the_page_knows_its_base(folder: Path, base: str, written: str) -> None:
    found = Assets(base, folder).find(base or "/", gzip=False)
    assert found is not None and found.body.startswith(f'<base href="{written}" />'.encode())


def test_the_policy_lets_no_script_into_the_page() -> None:
    rules = dict(rule.strip().partition(" ")[::2] for rule in POLICY.split(";"))
    assert rules["default-src"] == "'none'" and rules["script-src"] == "'self'" and rules["frame-ancestors"] == "'none'"
    assert "http" not in POLICY and "*" not in POLICY and "eval" not in POLICY


def test_without_a_build_there_is_nothing(tmp_path: Path) -> None:
    assets = Assets(BASE, tmp_path)
    assert not assets.is_built
    assert assets.find(BASE, gzip=True) is None and assets.find(f"{BASE}/{SCRIPT}", gzip=True) is None


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        ("gzip", True),
        ("gzip, br", True),
        ("br;q=1, GZIP;q=0.5", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("x-gzip2", False),
    ],
)
def test_who_takes_gzip(said: str, is_so: bool) -> None:
    assert takes_gzip(said) is is_so


def test_the_app_and_the_server_know_the_same_screens() -> None:
    listed = re.findall(r"\bid: '([\w-]+)',\n    label:", (UI / "src" / "app" / "screens.ts").read_text("utf-8"))
    assert {*listed, "sign-in"} == set(SCREENS) and len(listed) >= 10


@pytest.mark.node
def test_what_the_first_load_weighs() -> None:
    build()
    page = (STATIC / "index.html").read_text("utf-8")
    assert '<base href="/" />' in page and not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"https?://(?!www\.w3\.org/)", page)
    first = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page)
    weight = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in first)
    assert first and weight <= 500 * 1024, weight
    assert not any("Editor" in name or "Palette" in name for name in first)
