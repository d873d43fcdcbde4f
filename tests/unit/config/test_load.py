"""The effective configuration: which file, which section, which variable wins."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from motia_core.config import Config
from motia_core.config.load import load
from motia_core.errors import ConfigError

from .projects import Program, read, told

pytestmark = pytest.mark.anyio


@pytest.mark.rows(29, 34)
async def test_nothing_set(tmp_path: Path) -> None:
    loaded = await read(tmp_path)
    http = msgspec.structs.replace(Config().validation, http="enforce")
    assert loaded.config == msgspec.structs.replace(Config(), validation=http)
    assert (loaded.config.port, loaded.config.workbench.port) == (3000, None)
    assert (loaded.file, loaded.files, loaded.warnings, loaded.authenticate) == (None, (), (), None)
    assert set(loaded.origins.values()) == {"default"}
    assert {"port", "queue.maxRetries", "workers.node.max", "cors.origins"} <= set(loaded.origins)


@pytest.mark.rows(53, 124)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("motia.config.ts", '{"port": 4000, "queue": {"maxRetries": 7}}'),
        ("motia.config.mts", '{"port": "4000", "queue": {"maxRetries": "7"}}'),
        ("motia.config.js", '{"port": 4000, "queue": {"maxRetries": 7}}'),
        ("motia.config.mjs", '{"port": 4000, "queue": {"maxRetries": 7}}'),
        ("motia.config.cjs", '{"port": 4000, "queue": {"maxRetries": 7}}'),
        ("motia_config.py", '{"port": 4000, "queue": {"max_retries": 7}}'),
        ("motia_config.rb", '{"port": 4000, "queue": {"max_retries": 7}}'),
        ("motia.toml", "port = 4000\n[queue]\nmaxRetries = 7"),
        ("motia.yml", "port: 4000\nqueue:\n  maxRetries: 7\n"),
        ("motia.yaml", "port: 4000\nqueue: {maxRetries: 7}\n"),
        ("config.yml", "\ufeffport: 4000\nqueue:\n  max_retries: 7\n"),
    ],
)
async def test_every_kind_of_file(tmp_path: Path, name: str, text: str) -> None:
    loaded = await read(tmp_path, {name: text})
    assert (loaded.config.port, loaded.config.queue.max_retries) == (4000, 7)
    assert (loaded.origins["port"], loaded.origins["queue.maxRetries"], loaded.origins["host"]) == (
        name,
        name,
        "default",
    )
    assert (loaded.file, loaded.files, loaded.warnings) == (name, (name,), ())


async def test_the_first_file_in_order_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    files = {
        "motia.toml": "port = 1",
        "motia.config.js": '{"port": 2}',
        "config.yml": "port: 3",
        "motia.yml": "port: 4",
    }
    loaded = await read(tmp_path, files)
    assert (loaded.config.port, loaded.file) == (2, "motia.config.js")
    assert [code for code, _ in told(loaded)] == ["second_config"] * 3
    assert [problem.file for problem in loaded.warnings] == ["motia.toml", "motia.yml", "config.yml"]


@pytest.mark.rows(61)
@pytest.mark.parametrize(
    "text",
    [
        "logging:\n  level: x\nport: 80\n",
        "database:\n  host: db\ntheme: dark\n",
        "!include other.yml\n",
        "- a\n- b\n",
        "x: y: z\n",
    ],
)
async def test_an_unrelated_config_yml(tmp_path: Path, text: str) -> None:
    loaded = await read(tmp_path, {"config.yml": text})
    assert (loaded.config.port, loaded.file) == (3000, None)
    if text.startswith(("logging", "database")):
        assert [code for code, _ in told(loaded)] == ["unrelated_config"]
    # Beside a file of ours it is nobody's business.
    assert told(await read(tmp_path, {"config.yml": text, "motia.toml": ""})) == []


async def test_a_config_yml_of_ours_that_is_damaged_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.yml:3"):
        await read(tmp_path, {"config.yml": "port: 80\nqueue: {\n"})


SECTIONS = json.dumps(
    {
        "port": 1,
        "queue": {"maxRetries": 1, "lease": 5},
        "cors": {"origins": ["a", "b"]},
        "development": {"port": 2, "queue": {"maxRetries": 2}},
        "production": {"port": 3, "cors": {"origins": ["c"]}, "workbench": {"enabled": False}},
        "qa": {"port": 4},
    }
)


@pytest.mark.rows(123, 131)
@pytest.mark.parametrize(
    ("mode", "environ", "env", "port", "retries", "origins"),
    [
        ("dev", {}, "development", 2, 2, ["a", "b"]),
        ("start", {}, "production", 3, 1, ["c"]),
        ("check", {}, "development", 2, 2, ["a", "b"]),
        ("dev", {"NODE_ENV": "production"}, "production", 3, 1, ["c"]),
        ("start", {"NODE_ENV": "development"}, "development", 2, 2, ["a", "b"]),
        ("dev", {"NODE_ENV": "production", "MOTIA_ENV": "qa"}, "qa", 4, 1, ["a", "b"]),
        ("dev", {"MOTIA_ENV": "nowhere"}, "nowhere", 1, 1, ["a", "b"]),
        ("dev", {"NODE_ENV": " "}, "development", 2, 2, ["a", "b"]),
    ],
)
async def test_the_section_of_the_environment(
    tmp_path: Path, mode: str, environ: dict[str, str], env: str, port: int, retries: int, origins: list[str]
) -> None:
    loaded = await read(tmp_path, {"motia.config.js": SECTIONS}, mode=mode, environ=environ)
    config = loaded.config
    assert (loaded.env, config.port, config.queue.max_retries, config.cors.origins) == (env, port, retries, origins)
    assert config.queue.lease == 5
    # Sections of other environments are no unknown keys.
    assert loaded.warnings == ()
    assert loaded.origins["port"] == ("motia.config.js" if port == 1 else f"motia.config.js [{env}]")


async def test_flags_over_environment_over_file_over_default(tmp_path: Path) -> None:
    files = {"motia.toml": 'port = 1\nhost = "file"\nlogLevel = "error"\n[queue]\nlease = 5\n'}
    loaded = await read(
        tmp_path, files, flags={"port": 9, "host": None, "queue.poll": 2.5}, environ={"PORT": "5", "HOST": "env"}
    )
    config = loaded.config
    assert (config.port, config.host, config.log_level, config.queue.lease, config.queue.poll) == (
        9,
        "env",
        "error",
        5,
        2.5,
    )
    keys = ("port", "host", "logLevel", "queue.lease", "queue.poll", "queue.backlog")
    assert [loaded.origins[key] for key in keys] == [
        "command line",
        "HOST",
        "motia.toml",
        "motia.toml",
        "command line",
        "default",
    ]


async def test_a_program_that_fails_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "motia_config.py").write_text("raise")

    async def fails(file: str) -> Program:
        raise ConfigError(f"{file}:1: RuntimeError")

    with pytest.raises(ConfigError, match=r"motia_config\.py:1"):
        await load(tmp_path, "dev", {}, fails, environ={})


async def test_files_that_matter_are_listed(tmp_path: Path) -> None:
    files = {"motia.config.ts": "{}", ".env": "A=1"}
    loaded = await read(tmp_path, files, dependencies=["lib/x.ts", "motia.config.ts"])
    assert loaded.files == ("motia.config.ts", "lib/x.ts", ".env")


@pytest.mark.rows(132)
@pytest.mark.parametrize(
    ("file", "environ", "url", "origin", "noted"),
    [
        ("", {}, "", "default", []),
        ("", {"MOTIA_DB_URL": "postgresql://x"}, "postgresql://x", "MOTIA_DB_URL", []),
        ("", {"DATABASE_URL": "sqlite://./m.db"}, "sqlite://./m.db", "DATABASE_URL", []),
        ("", {"DATABASE_URL": "sqlite:a", "MOTIA_DB_URL": "sqlite:b"}, "sqlite:b", "MOTIA_DB_URL", []),
        ("", {"DATABASE_URL": "postgres://u:secret@h/d"}, "", "default", ["DATABASE_URL"]),
        ("", {"DATABASE_URL": "mysql://h", "REDIS_URL": "redis://h"}, "", "default", ["DATABASE_URL", "REDIS_URL"]),
        ("sqlite:f", {"DATABASE_URL": "sqlite:a", "MOTIA_DB_URL": "sqlite:b"}, "sqlite:f", "motia.toml", []),
        ("sqlite:f", {"MOTIA_DATABASE_URL": "sqlite:v"}, "sqlite:v", "MOTIA_DATABASE_URL", []),
        ("", {"MOTIA_DB_URL": " ", "DATABASE_URL": ""}, "", "default", []),
        # The file hands on what is the application's own.
        ("postgres://u:secret@h/d", {"DATABASE_URL": "postgres://u:secret@h/d"}, "", "default", ["DATABASE_URL"]),
        ("postgres://h/d", {"DATABASE_URL": "postgres://other"}, "postgres://h/d", "motia.toml", ["DATABASE_URL"]),
    ],
)
async def test_the_database(
    tmp_path: Path, file: str, environ: dict[str, str], url: str, origin: str, noted: list[str]
) -> None:
    files = {"motia.toml": f'[database]\nurl = "{file}"'} if file else {}
    loaded = await read(tmp_path, files, environ=environ)
    assert (loaded.config.database.url, loaded.origins["database.url"]) == (url, origin)
    assert [text.split()[0] for code, text in told(loaded) if code == "foreign_database"] == noted
    assert not any("secret" in text for _, text in told(loaded))


@pytest.mark.parametrize(
    ("redis", "environ", "noted"),
    [
        ('url = "redis://h"', {}, ["redis.url"]),
        ('url = "redis://h"', {"REDIS_URL": "redis://h"}, ["redis.url"]),
        ("", {"REDIS_URL": "redis://h"}, ["REDIS_URL"]),
        ("", {}, []),
        ("useMemoryServer = true", {}, ["motia.toml:"]),
    ],
)
async def test_an_address_of_redis_is_the_applications_own(
    tmp_path: Path, redis: str, environ: dict[str, str], noted: list[str]
) -> None:
    loaded = await read(tmp_path, {"motia.toml": f"[development.redis]\n{redis}"}, environ=environ)
    assert [text.split()[0] for _, text in told(loaded)] == noted


@pytest.mark.parametrize(("written", "wanted"), [("/__wb", "/__wb"), ("wb/", "/wb"), ("/", "/"), ("/a/b/", "/a/b")])
async def test_the_base_of_the_workbench(tmp_path: Path, written: str, wanted: str) -> None:
    loaded = await read(tmp_path, environ={"MOTIA_WORKBENCH_BASE": written})
    assert loaded.config.workbench.base == wanted


async def test_dotenv_comes_before_everything(tmp_path: Path) -> None:
    environ = {"HOST": "real"}
    files = {
        ".env": "PORT=4001\nHOST=dotenv\nMOTIA_ENV=qa\nSECRET='a $b'\n",
        "motia.toml": "port = 1\n[qa]\nstrictEmits = true\n",
    }
    loaded = await read(tmp_path, files, environ=environ)
    assert (loaded.config.port, loaded.config.host, loaded.config.strict_emits, loaded.env) == (
        4001,
        "real",
        True,
        "qa",
    )
    assert environ == {"HOST": "real", "PORT": "4001", "MOTIA_ENV": "qa", "SECRET": "a $b"}
    assert loaded.dotenv == {"PORT": "4001", "MOTIA_ENV": "qa", "SECRET": "a $b"}
