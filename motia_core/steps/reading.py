"""Reads one JSON object into a struct of `keys.py`, key by key, so that every mistake is told at once and by its path.

Pure. Unknown keys come back as warnings with the nearest known key; a snake_case key is taken as its camelCase twin;
null means left out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import FieldInfo

from motia_core.model import Emit
from motia_core.steps.keys import (
    KINDS,
    BackoffKeys,
    BaseConfigKeys,
    HandlerKeys,
    InfrastructureKeys,
    Keys,
    QueueKeys,
    RouteKeys,
)

K = TypeVar("K", bound=Keys)

_NESTED: dict[str, type[Keys]] = {
    "infrastructure": InfrastructureKeys,
    "infrastructure.handler": HandlerKeys,
    "infrastructure.queue": QueueKeys,
    "infrastructure.queue.backoff": BackoffKeys,
    "baseConfig": BaseConfigKeys,
}
# Lists that may hold objects: which keys these may have.
_ENTRIES: dict[str, type[Struct]] = {"emits": Emit, "virtualEmits": Emit, "routes": RouteKeys}
_WORDS = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "array": "a list"}
_WORDS |= {"object": "an object", "null": "null"}


class Issue(Struct, frozen=True):
    """`code` is one of `problems.CODES`."""

    code: str
    message: str
    hint: str = ""


def fields_of(config: Raw) -> dict[str, Raw] | None:
    """The top-level keys of a config, or None when it is no object."""
    try:
        return msgspec.json.decode(config, type=dict[str, Raw])
    except msgspec.MsgspecError:
        return None


def read(
    shape: type[K], given: Mapping[str, Raw], *, of: str, ignore: Iterable[str] = ()
) -> tuple[K | None, list[Issue]]:
    """`shape` filled from `given`, or None when something in it cannot be used. `of` names what is read, for people."""
    issues: list[Issue] = []
    skipped = frozenset(ignore)
    kept = {key: raw for key, raw in given.items() if key not in skipped and camel(key) not in skipped}
    return _read(shape, kept, "", of, issues), issues


def camel(key: str) -> str:
    """`body_schema` → `bodySchema`; other keys stay as they are."""
    return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda found: found[1].upper(), key)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word that `word` was probably meant to be, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""


@cache
def _fields(shape: type[Keys]) -> dict[str, FieldInfo]:
    """By key. Kept, because finding the types out again for every file costs more than reading the file."""
    return {field.encode_name: field for field in msgspec.structs.fields(shape)}


def _whose(key: str) -> str:
    owners = [kind for kind, shape in KINDS.items() if key in _fields(shape)]
    return f"it is a key of {' and '.join(owners)} configs" if owners else ""


def _read(shape: type[K], given: Mapping[str, Raw], path: str, of: str, issues: list[Issue]) -> K | None:
    known = _fields(shape)
    values: dict[str, object] = {}
    usable = True
    for written, raw in given.items():
        key = written if written in known else camel(written)
        where = f"{path}{key}"
        if key not in known:
            hint = _whose(key) or nearest(key, known)
            issues.append(Issue("unknown_key", f"`{path}{written}` is not a key of {of}", hint))
            continue
        if bytes(raw).strip() == b"null":
            continue
        field = known[key]
        try:
            if where in _NESTED:
                inner = msgspec.json.decode(raw, type=dict[str, Raw])
                values[field.name] = below = _read(_NESTED[where], inner, f"{where}.", of, issues)
                usable = usable and below is not None
            else:
                values[field.name] = msgspec.json.decode(raw, type=field.type)
                issues += _strange_entries(where, raw)
        except msgspec.ValidationError as error:
            usable = False
            issues.append(Issue("bad_config", explain(where, str(error))))
    for key, field in known.items():
        if field.required and field.name not in values and usable:
            usable = False
            issues.append(Issue("bad_config", f"`{path}{key}` is missing", f"add `{key}` to the config"))
    return shape(**values) if usable else None


def _strange_entries(where: str, raw: Raw) -> list[Issue]:
    """Unknown keys of the objects in a list."""
    shape = _ENTRIES.get(where)
    if shape is None or b"{" not in bytes(raw):
        return []
    known = [field.encode_name for field in msgspec.structs.fields(shape)]
    return [
        Issue("unknown_key", f"`{where}[{number}].{key}` is not a key of its entries", nearest(key, known))
        for number, entry in enumerate(msgspec.json.decode(raw))
        if isinstance(entry, dict)
        for key in entry
        if key not in known
    ]


def explain(key: str, text: str) -> str:
    """A decoder's message in words, with the whole key path: `flows[0]: expected text, got a whole number`."""
    text, _, inner = text.partition(" - at `$")
    path = key + inner.rstrip("`")
    text = text.replace("Object missing required field ", "it lacks ")
    text = re.sub(r"`([a-z |]+)`", lambda found: _in_words(found[1]), text)
    return f"`{path}`: {text[:1].lower()}{text[1:]}"


def _in_words(types: str) -> str:
    names = [name for name in types.split(" | ") if name != "null"] or ["null"]
    return " or ".join(_WORDS.get(name, f"`{name}`") for name in names)
