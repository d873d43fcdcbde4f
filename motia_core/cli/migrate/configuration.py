"""Checks of the configuration file and `.env`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from motia_core.cli.migrate.finding import Finding, finding
from motia_core.cli.migrate.script import Script
from motia_core.cli.migrate.script_shape import top_level
from motia_core.config.environment import OLD

_CODES = {
    "app": "config_app",
    "plugins": "config_plugins",
    "adapters": "config_adapters",
    "redis": "config_redis",
    "streamAuth": "config_auth",
}


def check(file: str, text: str) -> list[Finding]:
    """The keys of an old `motia.config`, where they stand."""
    script = Script(text)
    opener = _object(script)
    if opener is None:
        return []
    found = []
    for key, at in script.entries(opener).items():
        if key in _CODES:
            # The key itself: a method's value begins at its name.
            index = at if script.value(at) == key else at - 2
            found.append(finding(_CODES[key], file, script.line(index)))
    return found


def decides_validation(text: str) -> bool:
    """Whether the file has a key `validation`."""
    script = Script(text)
    opener = _object(script)
    return opener is not None and "validation" in script.entries(opener)


def _object(script: Script) -> int | None:
    """Where the object begins that the file exports as its configuration."""
    for index in top_level(script):
        default = script.is_name(index, "default") and script.is_name(index - 1, "export")
        module = script.is_mark(index, "=") and script.is_name(index - 1, "exports")
        if not default and not module:
            continue
        at = index + 1
        if script.is_name(at) and script.is_mark(at + 1, "("):  # defineConfig(…), config(…)
            at += 2
        if script.is_mark(at, "{"):
            return at
        if script.is_name(at):
            return _declared(script, script.value(at))
    return None


def _declared(script: Script, name: str) -> int | None:
    level = top_level(script)
    for position, index in enumerate(level):
        if script.is_name(index, name) and script.is_name(index - 1, "const", "let", "var"):
            for later in level[position + 1 :]:
                if script.is_mark(later, "="):
                    at = later + (3 if script.is_name(later + 1) and script.is_mark(later + 2, "(") else 1)
                    return at if script.is_mark(at, "{") else None
    return None


def check_environment(text: str, values: Mapping[str, str]) -> Iterator[Finding]:
    """`values` as `.env` gives them. Their contents are never shown: they may be secret."""
    file = ".env"

    def line(name: str) -> int:
        match = re.search(rf"^[ \t]*(?:export\s+)?{re.escape(name)}[ \t]*=", text, re.MULTILINE)
        return text.count("\n", 0, match.start()) + 1 if match else 1

    for name in ("PORT", "HOST"):
        if values.get(name):
            yield finding("env_port", file, line(name), f"{name} is read now; the old system ignored it")
    for name in ("DATABASE_URL", "REDIS_URL"):
        url = values.get(name, "")
        if name == "DATABASE_URL" and url.lower().startswith("sqlite:"):
            yield finding("env_database", file, line(name))
        elif url:
            yield finding("env_foreign", file, line(name), f"{name} is left to the application")
    for name in values:
        if OLD.fullmatch(name):
            yield finding("env_old_variable", file, line(name), f"{name}: only the old system read it")
