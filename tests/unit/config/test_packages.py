"""Projects of old Motia: keys without effect are named, and the old packages soften validation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .projects import read, told

pytestmark = pytest.mark.anyio


async def test_old_keys_are_named_once_each(tmp_path: Path) -> None:
    text = json.dumps(
        {
            "plugins": [None, None],
            "redis": {"useMemoryServer": True},
            "production": {"redis": {"url": "x"}},
            "adapters": {},
        }
    )
    loaded = await read(tmp_path, {"motia.config.ts": text}, functions=["app", "plugins[0]", "plugins.1"], mode="start")
    assert [code for code, _ in told(loaded)] == ["old_key"] * 4
    assert [text.split("`")[1] for _, text in told(loaded)] == ["app", "plugins", "redis", "adapters"]


@pytest.mark.parametrize(
    ("package", "installed", "rule"),
    [
        ({"dependencies": {"motia": "0.17.14-beta.196"}}, None, "warn"),
        ({"devDependencies": {"motia": "^0.5.0"}}, None, "warn"),
        ({"dependencies": {"@motiadev/core": "^0.17.0"}}, None, "warn"),
        ({"devDependencies": {"@motiadev/workbench": "latest"}}, None, "warn"),
        ({"dependencies": {"motia": "^1.0.0"}}, None, "enforce"),
        ({"dependencies": {"motia": "latest"}}, None, "warn"),
        ({"dependencies": {"motia": "latest"}}, "1.2.0", "enforce"),
        ({"dependencies": {"motia": "*"}}, "0.17.1", "warn"),
        ({"dependencies": {"@motia/core": "0.1.0", "express": "0.1"}}, None, "enforce"),
        ({}, None, "enforce"),
        ({"dependencies": []}, None, "enforce"),
        ({"dependencies": {"motia": "^1.0.0", "@motiadev/stream-client": "1.0.0"}}, None, "enforce"),
        ({"dependencies": {"@motiadev/stream-client-react": "0.2.2"}}, None, "enforce"),
        ({"dependencies": {"@motiadev/stream-client-react": "0.2.2", "@motiadev/core": "0.17.1"}}, None, "warn"),
        ({"dependencies": {"motia": "^0.17.0", "other": {"odd": 1}}}, None, "warn"),
    ],
)
async def test_validation_in_projects_on_the_old_packages(
    tmp_path: Path, package: dict[str, Any], installed: str | None, rule: str
) -> None:
    files = {"package.json": json.dumps(package)}
    if installed:
        files["node_modules/motia/package.json"] = json.dumps({"version": installed})
    loaded = await read(tmp_path, files)
    assert loaded.config.validation.http == rule
    assert [code for code, _ in told(loaded)] == (["old_packages"] if rule == "warn" else [])
    assert all(text.startswith("the project depends on ") for code, text in told(loaded))
    assert loaded.origins["validation.http"].startswith("package.json" if rule == "warn" else "default")
    loaded = await read(tmp_path, {**files, "motia.yml": "validation: {http: off}"})
    assert (loaded.config.validation.http, loaded.warnings) == ("off", ())


async def test_motia_itself_is_named_before_its_parts(tmp_path: Path) -> None:
    package = {"dependencies": {"@motiadev/plugin-logs": "0.17.1", "motia": "0.17.1"}}
    loaded = await read(tmp_path, {"package.json": json.dumps(package)})
    assert loaded.origins["validation.http"] == "package.json: motia 0.17.1"
