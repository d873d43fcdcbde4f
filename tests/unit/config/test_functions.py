"""Functions in a configuration: those that are called, those that cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from motia_core.errors import ConfigError

from .projects import read, told

pytestmark = pytest.mark.anyio


async def test_stream_auth_is_a_function_or_nothing_starts(tmp_path: Path) -> None:
    text = json.dumps({"streamAuth": {"contextSchema": {"type": "object"}}})
    loaded = await read(tmp_path, {"motia.config.ts": text}, functions=["streamAuth.authenticate"])
    assert (loaded.authenticate, loaded.warnings, loaded.file) == ("streamAuth.authenticate", (), "motia.config.ts")
    for mistaken in (text, '{"development": {"streamAuth": {"authenticate": "yes"}}}', '{"streamAuth": true}'):
        with pytest.raises(ConfigError, match="is no function"):
            await read(tmp_path, {"motia.config.ts": mistaken})
    (tmp_path / "motia.config.ts").unlink()
    for name in ("motia.yml", "config.yml"):
        with pytest.raises(ConfigError, match="is no function"):
            await read(tmp_path, {name: "streamAuth:\n  authenticate: check\n"})


TOP, DEV, LIVE = (f"{section}streamAuth.authenticate" for section in ("", "development.", "production."))
SCHEMA = {"streamAuth": {"contextSchema": {}}}


@pytest.mark.parametrize(
    ("values", "functions", "mode", "wanted"),
    [
        ({}, [DEV, LIVE], "dev", DEV),
        ({}, [DEV, LIVE], "start", LIVE),
        (SCHEMA, [TOP, LIVE], "dev", TOP),
        (SCHEMA, [TOP, LIVE], "start", LIVE),
        # Maps merge: the rest of it stands in the section, the function at the top.
        ({"production": SCHEMA, **SCHEMA}, [TOP], "start", TOP),
        # Null is "not set", never "open".
        ({"production": {"streamAuth": None}, **SCHEMA}, [TOP], "start", TOP),
        # The guard of another environment is no guard here, and no mistake either.
        ({"production": SCHEMA}, [LIVE], "dev", None),
        ({"qa": {"port": 1, **SCHEMA}}, ["qa.streamAuth.authenticate"], "dev", None),
    ],
)
async def test_stream_auth_of_an_environment(
    tmp_path: Path, values: dict[str, object], functions: list[str], mode: str, wanted: str | None
) -> None:
    sections = {name.split(".")[0]: {"streamAuth": {}} for name in functions if name != TOP}
    loaded = await read(
        tmp_path, {"motia.config.ts": json.dumps({**sections, **values})}, mode=mode, functions=functions
    )
    assert (loaded.authenticate, loaded.warnings) == (wanted, ())


async def test_a_guard_that_is_half_missing_in_an_environment(tmp_path: Path) -> None:
    text = json.dumps({"production": SCHEMA})
    with pytest.raises(ConfigError, match="is no function"):
        await read(tmp_path, {"motia.config.ts": text}, mode="start")
    text = json.dumps({"production": {"streamAuth": {"authenticate": "yes"}}, **SCHEMA})
    with pytest.raises(ConfigError, match="is no function"):
        await read(tmp_path, {"motia.config.ts": text}, mode="start", functions=[TOP])


async def test_a_setting_that_is_a_function_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"`cors\.origins` cannot be a function"):
        await read(tmp_path, {"motia.config.ts": "{}"}, functions=["cors.origins"])
    functions = ["onStart", "development.x", "production.x"]
    text = '{"development": {}, "production": {}}'
    loaded = await read(tmp_path, {"motia.config.ts": text}, functions=functions)
    assert [code for code, _ in told(loaded)] == ["unknown_key"] * 2
