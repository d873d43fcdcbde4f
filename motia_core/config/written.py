"""What the author of a configuration file wrote, as layers of settings: the top level and the section that counts.

Also says what has no effect: keys of old Motia, unknown keys, functions that nobody calls. `streamAuth` is no setting
but a guard: one that cannot be called stops the start. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from motia_core.config.environment import foreign
from motia_core.config.merge import Layer, camel, known_keys, nearest, spelled
from motia_core.errors import ConfigError
from motia_core.model import Problem

_STORED = "remove it: everything is kept in the database, see `database.url`"
OLD_KEYS = {
    "app": "remove it: routes are API steps, CORS and limits are the keys `cors` and `http`",
    "plugins": "remove it: a route that a plugin registered can be an API step",
    "adapters": _STORED,
    "redis": _STORED,
    "state": _STORED,
    "states": _STORED,
    "streams": _STORED,
    "events": _STORED,
}
USUAL_SECTIONS = ("development", "production", "test", "staging")
AUTH = "streamAuth"
_OWN = frozenset(key for key in known_keys() if "." not in key)


class Written(Struct):
    """A configuration file as read. `functions`: dotted names. `read`: every file that was read for it."""

    name: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


def strange(keys: Iterable[str], env: str) -> list[str]:
    """The top-level keys that mean nothing to Motia."""
    known = {AUTH, *OLD_KEYS, *USUAL_SECTIONS, env}
    return [key for key in keys if key not in known and spelled({key: None})[1]]


def layers(source: Written, env: str, warnings: list[Problem]) -> list[Layer]:
    """The settings in force, the section of `env` over the top level."""
    if source.name is None:
        return []
    sections = _sections(source.values, env)
    mine = [name for name in (env, camel(env)) if name in sections]
    old = _functions(source, env, sections, warnings)
    found = []
    addressed = False
    top = {key: value for key, value in source.values.items() if key not in sections}
    for origin, values in (
        (source.name, top),
        *((f"{source.name} [{name}]", source.values[name]) for name in mine),
    ):
        settings = {key: value for key, value in values.items() if key != AUTH}
        if _is_address(settings.get("redis")):
            addressed |= bool(settings.pop("redis").get("url"))
        if _is_adapter(settings.get("streams")):
            del settings["streams"]
            old.append("streams")
        kept, unknown = spelled(settings)
        old += [key for key in unknown if key in OLD_KEYS]
        for key in unknown:
            if key not in OLD_KEYS:
                hint = nearest(key, [*known_keys(), AUTH])
                text = f"{origin}: nobody reads the key `{key}`"
                warnings.append(Problem(code="unknown_key", message=text, file=source.name, hint=hint))
        found.append(Layer(origin, kept))
    if addressed and "redis" not in old:
        warnings.append(foreign("redis.url"))
    for key in dict.fromkeys(old):
        text = f"{source.name}: `{key}` is a key of old Motia and has no effect"
        warnings.append(Problem(code="old_key", message=text, file=source.name, hint=OLD_KEYS[key]))
    return found


def _is_address(redis: object) -> bool:
    """Whether `redis` is how an application tells itself where its Redis is; old Motia's `redis` held other keys."""
    return isinstance(redis, Mapping) and set(redis) <= {"url"}


def _is_adapter(streams: object) -> bool:
    """Whether `streams` is where old Motia kept them, rather than settings of ours."""
    if not isinstance(streams, Mapping):
        return streams is not None
    known = [key.removeprefix("streams.") for key in known_keys() if key.startswith("streams.")]
    return bool(streams) and not any(camel(str(key)) in known or nearest(str(key), known) for key in streams)


def guard(source: Written, env: str) -> str | None:
    """The dotted name of the function that guards the streams, the environment's before the general one; None when the
    file mentions none. Raises ConfigError when there should be one and it cannot be called."""
    mentioned = False
    for prefix in dict.fromkeys((f"{env}.", f"{camel(env)}.", "")):
        name = f"{prefix}{AUTH}.authenticate"
        if name in source.functions:
            return name
        within = source.values.get(prefix[:-1]) if prefix else source.values
        auth = within.get(AUTH) if isinstance(within, Mapping) else None
        mentioned |= auth is not None or any(one.startswith(f"{prefix}{AUTH}") for one in source.functions)
        if isinstance(auth, Mapping) and "authenticate" not in auth:
            continue  # only the rest of it stands here; the function may stand at the top level
        if mentioned:
            break
    if mentioned:
        raise ConfigError(
            f"{source.name}: `{AUTH}.authenticate` is no function, and streams would be open to everybody",
            hint="export it from a configuration file that is a program: docs/configuration.md",
        )
    return None


def _sections(values: Mapping[str, Any], env: str) -> set[str]:
    """The keys that hold settings of one environment: the usual names, the current one, and any map under a strange
    name that holds nothing but keys of ours."""
    usual = {*USUAL_SECTIONS, env, camel(env)}
    return {
        key
        for key, value in values.items()
        if key not in _OWN
        and key not in OLD_KEYS
        and key != AUTH
        and isinstance(value, Mapping)
        and (key in usual or (value and not [one for one in spelled(value)[1] if one not in (*OLD_KEYS, AUTH)]))
    }


def _functions(source: Written, env: str, sections: set[str], warnings: list[Problem]) -> list[str]:
    """The old keys among the functions of the file. A setting that is a function cannot be used."""
    found = []
    for written in source.functions:
        first, *rest = re.split(r"[.\[]", written)
        if first in sections:
            if first not in (env, camel(env)):
                continue
            first = rest[0]
        if first == "streams":
            found.append(first)
        elif first in _OWN:
            raise ConfigError(f"{source.name}: `{written}` cannot be a function")
        elif first in OLD_KEYS:
            found.append(first)
        elif not re.search(rf"(^|\.){AUTH}\.authenticate$", written):
            text = f"{source.name}: nobody calls the function `{written}`"
            warnings.append(Problem(code="unknown_key", message=text, file=source.name))
    return found
