"""The wheel, installed alone in an empty environment outside the source tree, serves the mixed-language example."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.kit import server as kit
from tests.kit.server import ROOT, environment, until

APP = ROOT / "motia_core" / "workbench" / "static"
ORDER = {"customer": "Ada", "items": [{"sku": "T", "title": "Tea", "quantity": 1, "price": 5}]}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy without what is ignored, as a clone would be; with the web app where that was built."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    if APP.is_dir():
        shutil.copytree(APP, source / APP.relative_to(ROOT))
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(target), "."]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    return next(target.glob("motia-*.whl"))


def test_the_wheel_carries_what_it_needs_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "motia_core/_data/runners/python/runner.toml",
        "motia_core/_data/runners/node/package-lock.json",
        "motia_core/openapi/viewer/page.html",
        "motia_core/openapi/viewer/main.js",
        "motia_core/_data/runners/ruby/motia_runner/main.rb",
        "motia_core/_data/sdk/node/index.d.ts",
        "motia_core/_data/sdk/python/motia/__init__.py",
        "motia_core/storage/sqlite/schema/0001_initial.sql",
    ):
        assert wanted in names
    assert ("motia_core/workbench/static/index.html" in names) == (APP / "index.html").is_file()
    unwanted = ("node_modules", "/drills/", "workbench/ui/")
    strange = [name for name in names if any(one in name for one in unwanted) or name.endswith(".pyc")]
    assert strange == []
    assert not [name for name in names if not name.startswith(("motia_core/", "motia-"))]


@pytest.mark.timeout(300)
def test_the_wheel_serves_the_orders_example(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / "env"
    venv.create(env)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(env),
        "install",
        "-q",
        "--no-compile",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "-c", str(ROOT / "requirements.lock"), str(wheel)], check=True, capture_output=True)
    project = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    monkeypatch.setattr(kit, "MOTIA", [str(env / "bin" / "motia")])
    plain = {key: value for key, value in environment().items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    monkeypatch.setattr(kit, "environment", lambda **more: {**plain, **more})
    with kit.serving(project) as server:
        answer = server.post("/orders", ORDER)
        assert answer.status == 201
        until(lambda: server.state("reports", answer.json["id"]))
        assert server.get("/reports/latest").json["orders"] == 1
