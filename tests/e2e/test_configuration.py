"""Configuration through the real command: every file form, every key's precedence, the environments, the database's URL,
and files that cannot be used. `motia config` reads it as `dev` does, `motia config --start` as `start` does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
import pytest
import yaml

from motia_core.config.environment import nested, variables
from motia_core.config.merge import bare, merged
from tests.kit.project import write
from tests.kit.server import motia


def settings(project: Path, *args: str, **env: str) -> dict[str, dict[str, Any]]:
    done = motia(project, "config", "--json", *args, **env)
    assert done.returncode == 0, done.stderr
    return {row["key"]: row for row in json.loads(done.stdout)}


def candidates(key: str, kind: object, default: object) -> tuple[Any, Any]:
    """Two values of a key, the first unlike its default and unlike the second."""
    special = {"database.url": ["sqlite:a", "sqlite:b"], "workbench.base": ["/a", "/b"]}
    words = ["a", "b", "enforce", "warn", "full", "normal", "debug", "error", "text", "json"]
    numbers = [0.25, 0.75, *(10**power * digit for power in range(9) for digit in (1, 3))]
    if bool in (bare(kind), *get_args(bare(kind))):
        return (not default, bool(default))
    fitting = []
    for value in special.get(key, [*words, ["a"], ["b"], {"/a": "b"}, {"/b": "c"}, *numbers]):
        try:
            if msgspec.convert(value, kind) == value:
                fitting.append(value)
        except msgspec.ValidationError:
            continue
    first = next(value for value in fitting if value != default)
    return first, next(value for value in fitting if value != first)


def as_variable(value: object) -> str:
    return ",".join(value) if isinstance(value, list) else value if isinstance(value, str) else json.dumps(value)


def test_variables_over_file_over_default_for_every_key(tmp_path: Path) -> None:
    kinds = {key: (name, kind) for name, (key, kind) in variables().items()}
    before = settings(tmp_path)
    chosen = {
        key: candidates(key, kind, before[key]["value"] if key in before else {}) for key, (_, kind) in kinds.items()
    }
    written: dict[str, Any] = {}
    for key, (first, _) in chosen.items():
        written = merged(written, nested(key, first))
    (tmp_path / "motia.yml").write_text(yaml.safe_dump(written))
    (tmp_path / "package.json").write_text('{"dependencies": {"motia": "0.17"}}')
    from_file = settings(tmp_path)
    environ = {name: as_variable(chosen[key][1]) for key, (name, _) in kinds.items()}
    from_variables = settings(tmp_path, **environ)
    for key, (first, second) in chosen.items():
        if get_origin(bare(kinds[key][1])) is dict:
            continue  # a map's keys are shown one by one; the next test looks at them
        assert (from_file[key]["value"], from_file[key]["from"]) == (first, "motia.yml"), key
        assert (from_variables[key]["value"], from_variables[key]["from"]) == (second, kinds[key][0]), key


@pytest.mark.rows(28)
def test_the_command_line_over_variables_over_the_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"motia.toml": 'port = 1\nhost = "file"\nmotiaDir = "file"\nlogLevel = "error"\n[routes]\n"/a" = "file"\n'},
    )
    environ = {
        "PORT": "8080",
        "HOST": "h",
        "MOTIA_MOTIA_DIR": "variable",
        "LOG_LEVEL": "warn",
        "MOTIA_ROUTES": '{"/b": "v"}',
    }
    found = settings(tmp_path, **environ)
    assert [found[key]["from"] for key in ("port", "host", "motiaDir", "logLevel")] == [
        "PORT",
        "HOST",
        "MOTIA_MOTIA_DIR",
        "LOG_LEVEL",
    ]
    assert (found["port"]["value"], found["logLevel"]["value"]) == (8080, "warn")
    assert (found["routes./a"]["value"], found["routes./b"]["value"]) == ("file", "v")
    flags = ("--port", "9", "--host", "flag", "--motia-dir", "flag", "--debug")
    found = settings(tmp_path, *flags, **environ)
    assert [found[key]["value"] for key in ("port", "host", "motiaDir", "logLevel")] == [9, "flag", "flag", "debug"]
    assert {found[key]["from"] for key in ("port", "host", "motiaDir", "logLevel")} == {"command line"}


DOCUMENT_A = """
module.exports = {
  development: {
    port: 3001,
    workbench: { enabled: true, port: 3000 },
    database: { url: 'sqlite://./motia-dev.db' },
  },
  production: {
    port: process.env.PORT || 8080,
    workbench: { enabled: false },
    database: { url: process.env.SHOP_FILE },
    redis: { url: process.env.REDIS_URL },
  },
};
"""


@pytest.mark.rows(53, 123, 124, 125, 126, 131)
def test_the_development_section(tmp_path: Path) -> None:
    write(tmp_path, {"motia.config.js": DOCUMENT_A, "package.json": '{"type": "module"}'})
    for found in (settings(tmp_path), settings(tmp_path, "--start", NODE_ENV="development")):
        assert (found["port"]["value"], found["workbench.port"]["value"], found["workbench.enabled"]["value"]) == (
            3001,
            3000,
            True,
        )
        assert found["port"]["from"] == "motia.config.js [development]"
        assert found["database.url"]["value"] == "sqlite://./motia-dev.db"


@pytest.mark.rows(53, 123, 127, 128, 129, 131)
def test_the_production_section(tmp_path: Path) -> None:
    write(tmp_path, {"motia.config.js": DOCUMENT_A, ".env": "SHOP_FILE=sqlite:live.db\nREDIS_URL=redis://cache:6379\n"})
    done = motia(tmp_path, "config", "--start", "--json")
    found = {row["key"]: row["value"] for row in json.loads(done.stdout)}
    assert (found["port"], found["workbench.enabled"], found["database.url"]) == (8080, False, "sqlite:live.db")
    assert done.stderr.count("is left to the application") == 1
    assert settings(tmp_path, "--start", PORT="9000")["port"]["value"] == 9000
    assert settings(tmp_path, MOTIA_ENV="production", NODE_ENV="development")["port"]["value"] == 8080


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("motia.config.ts", "export default async () => ({ port: 4100 as number })\n"),
        ("motia.config.ts", "const port: number = await Promise.resolve(4100)\nexport default { port }\n"),
        ("motia.config.mts", "export default Promise.resolve({ port: 4100 })\n"),
        ("motia.config.mjs", "export const config = { port: 4100 }\nexport const other = 1\n"),
        ("motia.config.js", "module.exports = async () => ({ port: 4100 })\n"),
        ("motia.config.cjs", "exports.config = { port: 4100 }\n"),
        ("motia_config.py", "async def config():\n    return {'port': 4100}\n"),
        ("motia_config.py", "import os\nCONFIG = {'port': int(os.environ['FROM_DOTENV'])}\n"),
        ("motia_config.rb", "def config = { port: Integer(ENV.fetch('FROM_DOTENV')) }\n"),
        ("motia.toml", "port = 4100\n"),
        ("motia.yml", "port: 4100\n"),
        pytest.param("config.yml", "port: 4100\n", marks=pytest.mark.rows(61)),
    ],
)
def test_every_form_of_file(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text, ".env": "FROM_DOTENV=4100\n"})
    found = settings(tmp_path)["port"]
    assert (found["value"], found["from"]) == (4100, name)


@pytest.mark.rows(61)
def test_a_config_yml_of_somebody_else_only_warns(tmp_path: Path) -> None:
    write(tmp_path, {"config.yml": "database:\n  host: db\nfeatureFlags: [a]\n"})
    done = motia(tmp_path, "config", "--json")
    assert done.returncode == 0
    assert "config.yml is ignored: `featureFlags` is no key of Motia's" in done.stderr


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("motia.config.ts", "export default {\n  port: ,\n}\n", "motia.config.ts:2: "),
        ("motia.config.js", "const a = 1\nthrow new Error('no vault')\n", "motia.config.js:2: Error: no vault"),
        ("motia.config.ts", "import './lib/broken'\nexport default {}\n", "lib/broken.ts:3: "),
        ("motia.config.mjs", "import 'not-installed'\nexport default {}\n", "motia.config.mjs:1: "),
        ("motia.config.cjs", "module.exports = 5\n", "motia.config.cjs"),
        (
            "motia.config.ts",
            "export default async () => {\n  throw new Error('later')\n}\n",
            "motia.config.ts:2: Error: later",
        ),
        ("motia.config.js", "process.exit(0)\n", "motia.config.js:1: "),
        ("motia_config.py", "config = {\n  'port' 1\n}\n", "motia_config.py:2: "),
        ("motia_config.py", "x = 1\nconfig = undefined\n", "motia_config.py:2: NameError"),
        ("motia_config.rb", "def config\n  raise 'no vault'\nend\n", "motia_config.rb:2: "),
        ("motia.toml", "port = 1\n[queue\n", "motia.toml:2: "),
        ("motia.yml", "port: 1\nqueue: {\n", "motia.yml:3: "),
        ("motia.yml", "port: eighty\n", "port: expected int, got str (motia.yml)"),
    ],
)
def test_a_file_that_cannot_be_used_stops_every_start(tmp_path: Path, name: str, text: str, says: str) -> None:
    write(tmp_path, {"lib/broken.ts": "const a = 1\n\nthrow new Error('inside')\n", name: text})
    done = motia(tmp_path, "config")
    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_dev_and_start_refuse_a_broken_configuration(tmp_path: Path) -> None:
    write(tmp_path, {"motia.config.js": "module.exports = {\n  streamAuth: { authenticate: 'yes' },\n}\n"})
    for mode in ("dev", "start"):
        done = motia(tmp_path, mode, "--port", "0")
        assert done.returncode == 1
        assert "streams would be open to everybody" in done.stderr


GUARDED = {
    "motia.config.ts": "export default {{ {0}production: {{ streamAuth: {{ authenticate: async () => ({{}}) }} }} }}\n",
    "motia_config.py": "config = {{ {1}'production': {{'stream_auth': {{'authenticate': lambda request: {{}}}}}} }}\n",
    "motia_config.rb": "def config = {{ {2}production: {{ stream_auth: {{ authenticate: ->(request) {{ {{}} }} }} }} }}\n",
}


@pytest.mark.parametrize("name", list(GUARDED))
def test_a_guard_may_stand_in_the_section_of_an_environment(tmp_path: Path, name: str) -> None:
    top = (
        "streamAuth: { authenticate: () => null }, ",
        "'streamAuth': {'authenticate': print}, ",
        "streamAuth: { authenticate: method(:p) }, ",
    )
    write(tmp_path, {name: GUARDED[name].format("", "", "")})
    assert "streamAuth.authenticate" not in settings(tmp_path)
    assert (
        settings(tmp_path, "--start")["streamAuth.authenticate"]["from"]
        == f"{name}: production.streamAuth.authenticate"
    )
    write(tmp_path, {name: GUARDED[name].format(*top)})
    assert settings(tmp_path)["streamAuth.authenticate"]["from"] == f"{name}: streamAuth.authenticate"
    assert (
        settings(tmp_path, "--start")["streamAuth.authenticate"]["from"]
        == f"{name}: production.streamAuth.authenticate"
    )


@pytest.mark.rows(126, 132)
@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite://./a/f.db", "a/f.db"),
        ("sqlite:f.db", "f.db"),
        ("sqlite:///f.db", "f.db"),
        ("sqlite:////{0}/abs/f.db", "abs/f.db"),
        ("", ".motia/motia.db"),
    ],
)
def test_where_the_database_is(tmp_path: Path, url: str, file: str) -> None:
    url = url.format(str(tmp_path).lstrip("/"))
    for variable in ("MOTIA_DB_URL", "DATABASE_URL"):
        assert motia(tmp_path, "state", "set", "g", variable, "1", **{variable: url}).returncode == 0
    if url:
        write(tmp_path, {"motia.toml": f'[database]\nurl = "{url}"\n'})
    found = json.loads(motia(tmp_path, "state", "list", "--json").stdout)
    assert {one["key"] for one in found} == {"MOTIA_DB_URL", "DATABASE_URL"}
    databases = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.db") if ".traces" not in path.name]
    assert databases == [file]


@pytest.mark.rows(129, 273)
def test_databases_of_other_kinds(tmp_path: Path) -> None:
    """Named as ours, they stop the start in one clear line; where applications name theirs, they are left alone."""
    foreign = "postgresql://user:hidden@db:5432/shop"
    write(tmp_path, {"motia.toml": f'[production.database]\nurl = "{foreign}"\n'})
    for args, env in ((("state", "list"), {"MOTIA_DB_URL": foreign}), (("state", "list"), {"MOTIA_ENV": "production"})):
        done = motia(tmp_path, *args, **env)
        assert done.returncode == 1
        assert done.stderr.splitlines()[0] == "error: database.url: `postgresql:` is not supported, only `sqlite:` is"
        assert "hidden" not in done.stderr
    done = motia(tmp_path, "config", DATABASE_URL=foreign, REDIS_URL="redis://:hidden@cache:6379", JWT_SECRET="hidden")
    assert done.returncode == 0
    assert (done.stderr.count("DATABASE_URL"), done.stderr.count("REDIS_URL")) == (1, 1)
    assert "hidden" not in done.stderr + done.stdout
