"""Environment variables: which knob each one sets, which are old or unknown, and the project's `.env`.

Every knob has a variable: `MOTIA_` and its path, so `queue.maxRetries` is `MOTIA_QUEUE_MAX_RETRIES`. `PORT`, `HOST`,
`LOG_LEVEL` and `LOG_FORMAT` have their usual names too. `.env` fills in what is not set; real variables win.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, get_origin

import msgspec
from dotenv import dotenv_values

from motia_core.config.knobs import Config, Section
from motia_core.config.merge import Layer, bare, merged, nearest, section_of
from motia_core.errors import ConfigError
from motia_core.model import Problem

PLAIN = {"PORT": "port", "HOST": "host", "LOG_LEVEL": "logLevel", "LOG_FORMAT": "logFormat"}
# Read elsewhere: by commands, runners, or the screens.
ELSEWHERE = frozenset(
    {
        "MOTIA_ADMIN_TOKEN",
        "MOTIA_CACHE",
        "MOTIA_CACHE_DIR",
        "MOTIA_DB_URL",
        "MOTIA_DOCKER_DISABLE_WORKBENCH",
        "MOTIA_ENV",
        "MOTIA_LIFELINE",
        "MOTIA_NODE",
        "MOTIA_PACKAGES",
        "MOTIA_PACKAGES_FROM_TREE",
        "MOTIA_SDK",
        "MOTIA_TUTORIAL_DISABLED",
        "MOTIA_URL",
        "MOTIA_WORKER",
    }
)
OLD = re.compile(
    r"MOTIA_(ANALYTICS_DISABLED|API_KEY|ENVIRONMENT_ID|DISABLE_MEMORY_SERVER|REDIS_\w+|PYTHON_VERSION|PLATFORM|ONLY_BINARY"
    r"|PROJECT_NAME)"
)
# Kubernetes and Docker describe a service called "motia" with variables of these shapes.
_LINKS = re.compile(r"MOTIA_(SERVICE_HOST|SERVICE_PORT\w*|PORT_\d+_(TCP|UDP)\w*)")
_LINK_VALUE = re.compile(r"(tcp|udp)://")
_LEVELS = {"debug": "debug", "info": "info", "warn": "warn", "warning": "warn", "error": "error", "critical": "error"}
_FORMATS = ("text", "json")
_NO = frozenset({"", "0", "false", "no", "off"})


def variables(shape: type[Section] = Config, path: str = "", prefix: str = "MOTIA_") -> dict[str, tuple[str, object]]:
    """Variable → the dotted key it sets and the key's type."""
    found: dict[str, tuple[str, object]] = {}
    for one in msgspec.structs.fields(shape):
        name = f"{prefix}{one.name.upper()}"
        inner, many = section_of(one.type)
        if inner is not None and not many:
            found |= variables(inner, f"{path}{one.encode_name}.", f"{name}_")
        elif inner is None:
            found[name] = (f"{path}{one.encode_name}", one.type)
    return found


def layer(environ: Mapping[str, str], mode: str) -> tuple[list[Layer], list[Problem]]:
    """What the environment sets, and what is odd about it."""
    layers: list[Layer] = []
    problems: list[Problem] = []
    knobs = variables()
    for name, key in PLAIN.items():
        value = environ.get(name, "").strip()
        if value and name == "LOG_LEVEL":
            value = _LEVELS.get(value.lower(), "")
            if not value:
                text = f"LOG_LEVEL: there is no level '{environ[name]}': info is used"
                problems.append(Problem(code="bad_variable", message=text, hint="debug, info, warn or error"))
        if value and name == "LOG_FORMAT" and value.lower() not in _FORMATS:
            text = f"LOG_FORMAT: there is no format '{value}': text is used"
            problems.append(Problem(code="bad_variable", message=text, hint=" or ".join(_FORMATS)))
            value = ""
        if value:
            layers.append(Layer(name, nested(key, value.lower() if name == "LOG_FORMAT" else value)))
    if mode == "start" and environ.get("MOTIA_DOCKER_DISABLE_WORKBENCH", "").strip().lower() not in _NO:
        layers.append(Layer("MOTIA_DOCKER_DISABLE_WORKBENCH", nested("workbench.enabled", False)))
    for name in sorted(environ):
        if not name.startswith("MOTIA_") or name in ELSEWHERE or not environ[name].strip():
            continue
        if _LINKS.fullmatch(name) or _LINK_VALUE.match(environ[name]):
            continue
        if name in knobs:
            key, kind = knobs[name]
            layers.append(Layer(name, nested(key, _parsed(name, environ[name].strip(), kind))))
        elif OLD.fullmatch(name):
            problems.append(Problem(code="old_variable", message=f"{name} has no effect any more"))
        else:
            hint = nearest(name, [*knobs, *ELSEWHERE])
            problems.append(Problem(code="unknown_variable", message=f"nobody reads the variable {name}", hint=hint))
    return layers, problems


def database(environ: Mapping[str, str]) -> tuple[Layer | None, list[Problem]]:
    """The database for a project whose configuration names none."""
    problems = []
    ours: Layer | None = None
    for name in ("MOTIA_DB_URL", "DATABASE_URL"):
        url = environ.get(name, "").strip()
        if not url:
            continue
        if name == "MOTIA_DB_URL" or url.lower().startswith("sqlite:"):
            ours = ours or Layer(name, nested("database.url", url))
        else:
            problems.append(foreign(name))
    if environ.get("REDIS_URL", "").strip():
        problems.append(foreign("REDIS_URL"))
    return ours, problems


def foreign(name: str) -> Problem:
    """The address of a store of the application's own. It is not shown: it may hold a password."""
    text = f"{name} is left to the application: Motia keeps its own data in SQLite"
    return Problem(code="foreign_database", message=text)


def nested(key: str, value: Any) -> dict[str, Any]:
    """`a.b` → `{"a": {"b": value}}`."""
    for part in reversed(key.split(".")):
        value = {part: value}
    assert isinstance(value, dict)
    return value


def flags_layer(flags: Mapping[str, object]) -> Layer:
    """What the command line sets, by dotted key."""
    values: dict[str, Any] = {}
    for key, value in flags.items():
        if value is not None:
            values = merged(values, nested(key, value))
    return Layer("command line", values)


def _parsed(name: str, text: str, kind: object) -> Any:
    """A list is written with commas, a map as JSON; the rest is converted later."""
    container = get_origin(bare(kind))
    if container is list:
        return [part.strip() for part in text.split(",") if part.strip()]
    if container is dict:
        try:
            return msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise ConfigError(f"{name}: a JSON object is needed: {error}") from None
    return text


def read_dotenv(project: Path) -> dict[str, str]:
    """The variables of the project's `.env`, to the letter: `$` has no meaning in it."""
    path = project / ".env"
    if not path.is_file():
        return {}
    try:
        return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f".env cannot be read: {error}") from None


def apply_dotenv(
    values: Mapping[str, str], environ: MutableMapping[str, str], before: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Sets what is not set already; `before` is what an earlier call set and may be changed or removed. Returns what
    this call has set."""
    before = before or {}
    for name, value in before.items():
        if name not in values and environ.get(name) == value:
            del environ[name]
    applied = {
        name: value for name, value in values.items() if name not in environ or environ[name] == before.get(name)
    }
    environ.update(applied)
    return applied
