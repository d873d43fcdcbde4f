"""Functions in a configuration: those that are called, those that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from motia_core.errors import ConfigError

from .projects import read, told

pytestmark = pytest.mark.anyio


async def test_stream_auth_is_a_function_at_the_top_or_nothing_starts(tmp_path: Path) -> None:
    text = json.dumps({"streamAuth": {"contextSchema": {"type": "object"}}})
    loaded = await read(tmp_path, {"motia.config.ts": text}, functions=["streamAuth.authenticate"])
    assert (loaded.functions, loaded.warnings, loaded.file) == (("streamAuth.authenticate",), (), "motia.config.ts")
    with pytest.raises(ConfigError, match="is no function"):
        await read(tmp_path, {"motia.config.ts": text})
    with pytest.raises(ConfigError, match="belongs at the top level"):
        await read(tmp_path, {"motia.config.ts": "{}"}, functions=["development.streamAuth.authenticate"])
    with pytest.raises(ConfigError, match="belongs at the top level"):
        await read(tmp_path, {"motia.config.ts": '{"development": {"streamAuth": {}}}'})
    (tmp_path / "motia.config.ts").unlink()
    with pytest.raises(ConfigError, match="is no function"):
        await read(tmp_path, {"motia.yml": "streamAuth:\n  authenticate: check\n"})


async def test_a_setting_that_is_a_function_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"`cors\.origins` cannot be a function"):
        await read(tmp_path, {"motia.config.ts": "{}"}, functions=["cors.origins"])
    loaded = await read(tmp_path, {"motia.config.ts": "{}"}, functions=["onStart", "production.x"])
    assert [code for code, _ in told(loaded)] == ["unknown_key"]
