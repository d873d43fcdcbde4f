"""Layers of settings to one `Config`: spelling, merging, converting, and where each value came from. Pure.

Maps merge deeply, lists are replaced, null means not set. Values from JavaScript and the environment may be texts:
`"3001"` is a number where a number is meant, and one text is a list of one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec
from msgspec import Struct, field

from motia_core.config.knobs import Config, Section
from motia_core.config.section import LONGEST

Tree = dict[str, Any]


class Layer(Struct, frozen=True):
    """Settings from one place; a later layer wins over an earlier."""

    origin: str
    values: Tree


class Settled(Struct):
    """What came of the layers. `origins`: dotted key → place, for every key that is not a default."""

    values: Tree = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)


def spelled(values: Mapping[str, Any], shape: type[Section] = Config, path: str = "") -> tuple[Tree, list[str]]:
    """The known keys in camelCase without nulls, and the dotted names of the unknown ones."""
    known = {one.encode_name: one.type for one in msgspec.structs.fields(shape)}
    kept: Tree = {}
    unknown: list[str] = []
    for written, value in values.items():
        key = written if written in known else camel(str(written))
        if key not in known:
            unknown.append(f"{path}{written}")
        elif value is not None:
            inner, many = section_of(known[key])
            if inner is None or not isinstance(value, dict):
                kept[key] = value
            elif many:
                kept[key] = {}
                for name, each in value.items():
                    kept[key][name], more = (
                        spelled(each, inner, f"{path}{key}.{name}.") if isinstance(each, dict) else (each, [])
                    )
                    unknown += more
            else:
                kept[key], more = spelled(value, inner, f"{path}{key}.")
                unknown += more
    return kept, unknown


def settle(layers: Iterable[Layer]) -> Settled:
    """All layers in one, the last one winning."""
    settled = Settled()
    for layer in layers:
        settled.values = _merged(settled.values, layer.values)
        for key in leaves(layer.values):
            settled.origins[key] = layer.origin
    return settled


def convert(settled: Settled) -> tuple[Config | None, list[str]]:
    """The `Config`, or what is wrong with which key, and where that was written."""
    errors: list[str] = []
    config = _convert(Config, settled.values, "", settled.origins, errors)
    return (config if isinstance(config, Config) and not errors else None), errors


def merged(low: Mapping[str, Any], high: Mapping[str, Any]) -> Tree:
    """`high` over `low`: maps deep, everything else replaced."""
    return _merged(dict(low), high)


def leaves(values: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Everything in `values` that is no section, by its dotted name."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        found |= leaves(value, f"{path}{key}.") if isinstance(value, dict) and value else {f"{path}{key}": value}
    return found


def camel(key: str) -> str:
    """`max_in_flight` → `maxInFlight`."""
    return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda found: found[1].upper(), key)


def section_of(annotated: object) -> tuple[type[Section] | None, bool]:
    """The section a key holds, and whether it holds many of them by name."""
    plain = bare(annotated)
    if isinstance(plain, type) and issubclass(plain, Section):
        return plain, False
    if get_origin(plain) is dict:
        inner = bare(get_args(plain)[1])
        if isinstance(inner, type) and issubclass(inner, Section):
            return inner, True
    return None, False


def bare(annotated: object) -> object:
    """A type without its annotations."""
    return get_args(annotated)[0] if get_origin(annotated) is Annotated else annotated


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word that `word` was probably meant to be, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""


def known_keys(shape: type[Section] = Config, path: str = "") -> list[str]:
    """The dotted names of all keys, sections included."""
    found = []
    for one in msgspec.structs.fields(shape):
        found.append(f"{path}{one.encode_name}")
        inner, many = section_of(one.type)
        if inner is not None:
            found += known_keys(inner, f"{path}{one.encode_name}.{'NAME.' if many else ''}")
    return found


def _merged(low: Tree, high: Mapping[str, Any]) -> Tree:
    both = dict(low)
    for key, value in high.items():
        below = both.get(key)
        both[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return both


def _convert(
    shape: type[Section], values: Mapping[str, Any], path: str, origins: Mapping[str, str], errors: list[str]
) -> Section:
    made: Tree = {}
    for one in msgspec.structs.fields(shape):
        key = f"{path}{one.encode_name}"
        if one.encode_name not in values:
            continue
        value = values[one.encode_name]
        inner, many = section_of(one.type)
        if inner is not None and isinstance(value, dict):
            if many:
                made[one.name] = {
                    name: _convert(inner, each, f"{key}.{name}.", origins, errors)
                    for name, each in value.items()
                    if _is_map(each, f"{key}.{name}", origins, errors)
                }
            else:
                made[one.name] = _convert(inner, value, f"{key}.", origins, errors)
        elif inner is None or _is_map(value, key, origins, errors):
            _convert_one(one, key, value, made, origins, errors)
    return shape(**made)


def _convert_one(
    one: msgspec.structs.FieldInfo, key: str, value: Any, made: Tree, origins: Mapping[str, str], errors: list[str]
) -> None:
    if get_origin(bare(one.type)) is list and isinstance(value, str):
        value = [value]
    try:
        found = msgspec.convert(value, one.type, strict=False)
        if isinstance(found, float) and not found <= LONGEST:
            raise msgspec.ValidationError(f"Expected `float` <= {LONGEST:.0f}")
        made[one.name] = found
    except msgspec.ValidationError as error:
        text, _, inner = str(error).partition(" - at `$")
        said = text.replace("`", "").replace("Expected", "expected").replace("Invalid", "invalid")
        errors.append(f"{key}{inner.rstrip('`')}: {said} ({_place(key, origins)})")


def _is_map(value: Any, key: str, origins: Mapping[str, str], errors: list[str]) -> bool:
    if isinstance(value, dict):
        return True
    errors.append(f"{key}: expected an object of keys, got {type(value).__name__} ({_place(key, origins)})")
    return False


def _place(key: str, origins: Mapping[str, str]) -> str:
    return next((place for name, place in origins.items() if name == key or name.startswith(f"{key}.")), "default")
