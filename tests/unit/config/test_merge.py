"""Values and keys as people write them: converted, refused with their place, or warned about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from motia_core.config import Config
from motia_core.errors import ConfigError

from .projects import read, told

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"port": "many"}', "port: expected int, got str (motia.config.js)"),
        ('{"port": 70000}', "port: expected int <= 65535"),
        ('{"port": {"a": 1}}', "port: expected int, got object"),
        ('{"queue": 3}', "queue: expected an object of keys, got int"),
        ('{"queue": {"lease": 0}}', "queue.lease: expected float > 0"),
        ('{"queue": {"deadRetention": 1e300}}', "queue.deadRetention: expected float <= 10000000000"),
        ('{"logLevel": "loud"}', "logLevel: invalid enum value 'loud'"),
        ('{"workers": {"node": {"max": 0}}}', "workers.node.max: expected int >= 1"),
        ('{"workers": {"pools": {"heavy": {"max": 0}}}}', "workers.pools.heavy.max: expected int >= 1"),
        ('{"workers": {"pools": {"heavy": 1}}}', "workers.pools.heavy: expected an object of keys"),
        ('{"workbench": {"port": -1}}', "workbench.port: expected int >= 0"),
        ('{"cors": {"origins": [1]}}', "cors.origins[0]: expected str, got int"),
        ('{"development": {"port": "x"}}', "port: expected int, got str (motia.config.js [development])"),
        ('{"port": "x", "host": 3}', "host: expected str"),
    ],
)
async def test_a_wrong_value_stops_the_start(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        await read(tmp_path, {"motia.config.js": text})
    assert says in str(caught.value)


@pytest.mark.parametrize("key", ["queue.lease", "queue.deadRetention", "queue.dedupWindow", "deadlines.event"])
async def test_no_duration_is_endless(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigError, match=f"{key}: expected float <= 10000000000 .motia.toml"):
        await read(tmp_path, {"motia.toml": f"{key} = inf\n"})


async def test_values_as_javascript_writes_them(tmp_path: Path) -> None:
    text = json.dumps(
        {"port": "3001", "strictEmits": "true", "cors": {"origins": "https://a"}, "queue": None, "host": None}
    )
    config = (await read(tmp_path, {"motia.config.js": text})).config
    assert (config.port, config.strict_emits, config.cors.origins) == (3001, True, ["https://a"])
    assert (config.queue, config.host) == (Config().queue, "")


async def test_named_pools(tmp_path: Path) -> None:
    files = {"motia.toml": "[workers.pools.heavy]\nmax = 3\n[workers.node]\nmin = 2\n"}
    loaded = await read(tmp_path, files)
    assert loaded.config.workers.pool("heavy").max == 3
    assert loaded.config.workers.pool("node").min == 2
    assert loaded.origins["workers.pools.heavy.max"] == "motia.toml"


async def test_unknown_keys_warn_with_the_nearest(tmp_path: Path) -> None:
    text = json.dumps({"prot": 1, "queue": {"maxRetrys": 2}, "zzz": True, "workers": {"pools": {"a": {"mxa": 1}}}})
    loaded = await read(tmp_path, {"motia.config.js": text})
    assert [code for code, _ in told(loaded)] == ["unknown_key"] * 4
    assert [problem.hint for problem in loaded.warnings] == [
        "did you mean `port`?",
        "did you mean `queue.maxRetries`?",
        "",
        "did you mean `workers.pools.NAME.max`?",
    ]
    assert "`zzz`" in loaded.warnings[2].message
