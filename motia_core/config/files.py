"""Which configuration file a project has, and reading those that need no language: TOML and YAML.

Files in TypeScript, Python or Ruby are programs: `load` gives them to a worker. YAML is read by the rules of its 1.2:
`off`, `no` and `12:30` are texts.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

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


class _Yaml(yaml.SafeLoader):
    """Plain YAML 1.2: only `true` and `false` are truth values, and no base-60 numbers."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Yaml.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)$"), list("-+0123456789"))


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
    try:
        found = tomllib.loads(text) if name.endswith(".toml") else yaml.load(text, Loader=_Yaml)  # noqa: S506
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).partition(" (at line ")
        line = f":{place.split(',')[0]}" if place else ""
        raise ConfigError(f"{name}{line}: {said}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise ConfigError(f"{name}{line}: {getattr(error, 'problem', None) or error}") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ConfigError(f"{name}: a configuration is a map of keys, not a {type(found).__name__}")
    return {str(key): value for key, value in found.items()}
