"""Which configuration file a project has, and reading those that need no language: TOML and YAML.

Files in TypeScript, Python or Ruby are programs: `load` gives them to a worker.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from motia_core.errors import ConfigError

NAMES = (
    "motia.config.ts",
    "motia.config.mts",
    "motia.config.js",
    "motia.config.mjs",
    "motia.config.cjs",
    "motia_config.py",
    "motia_config.rb",
    "motia.toml",
    "motia.yml",
    "motia.yaml",
    "config.yml",
)
SHARED = "config.yml"
"""A name that other programs use too."""


def present(project: Path) -> list[str]:
    """The configuration files there are, the one to read first."""
    return [name for name in NAMES if (project / name).is_file()]


def is_data(name: str) -> bool:
    """Whether the file is read here, not run by a worker."""
    return name.endswith((".toml", ".yml", ".yaml"))


def read(project: Path, name: str) -> dict[str, Any]:
    """The keys of a TOML or YAML file. Raises ConfigError."""
    try:
        text = (project / name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name} cannot be read: {error}") from None
    found = _toml(text, name) if name.endswith(".toml") else _yaml(text, name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ConfigError(f"{name}: a configuration is a map of keys, not a {type(found).__name__}")
    return {str(key): value for key, value in found.items()}


def _toml(text: str, name: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).partition(" (at line ")
        line = f":{place.split(',')[0]}" if place else ""
        raise ConfigError(f"{name}{line}: {said}") from None


def _yaml(text: str, name: str) -> object:
    from motia_core.config.yaml_text import loads

    return loads(text, name)
