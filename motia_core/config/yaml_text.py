"""YAML by the rules of its 1.2: `off`, `no` and `12:30` are texts.

Imported by `files.py` where there is such a file: few projects have one, and the library takes its time to load.
"""

from __future__ import annotations

import re

import yaml

from motia_core.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """Plain YAML 1.2: only `true` and `false` are truth values, and no base-60 numbers."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)$"), list("-+0123456789"))


def loads(text: str, name: str) -> object:
    """The value of `text`, which stands in the file `name`. Raises ConfigError."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        raise ConfigError(f"{name}{line}: {getattr(error, 'problem', None) or error}") from None
