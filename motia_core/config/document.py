"""Writes the reference tables of the documentation from the structs that define the keys, so that both agree.

`python -m motia_core.config.document` writes `docs/configuration.md` and `docs/limits.md`; a test fails when one lags
behind. The parts that describe one key in words serve `steps/document.py` too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Meta, Raw, Struct

from motia_core.config.environment import variables
from motia_core.config.knobs import Config, Section
from motia_core.config.merge import section_of

DOCS = Path(__file__).parents[2] / "docs"
_PLAIN: dict[object, str] = {str: "text", int: "whole number", float: "number", bool: "true or false", Raw: "any"}


def fill(text: str, name: str, table: str) -> str:
    """`text` with the part between the markers of `name` replaced by `table`."""
    pattern = re.compile(rf"(<!-- {name}: generated -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"the markers of {name} are missing")
    return pattern.sub(lambda found: f"{found[1]}\n{table.strip()}\n\n{found[2]}", text)


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def heading(*cells: str) -> list[str]:
    return [row(*cells), row(*("---" for _ in cells))]


def meaning(kind: object) -> str:
    """The description that stands with a type."""
    metas = [part for part in get_args(kind)[1:] if isinstance(part, Meta)] if get_origin(kind) is Annotated else []
    return next((meta.description for meta in metas if meta.description), "")


def words(kind: object) -> str:
    """A type in words, with its bounds."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        bounds = [_bounds(part) for part in parts[1:] if isinstance(part, Meta)]
        return " ".join([words(parts[0]), *(bound for bound in bounds if bound)])
    if origin in (Union, UnionType):
        return " or ".join(words(part) for part in parts if part is not NoneType)
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin is list:
        return f"list of {words(parts[0])}"
    if origin is dict:
        return "object" if parts[1] is Raw else f"object of {words(parts[1])}"
    return "object" if isinstance(kind, type) and issubclass(kind, Struct) else _PLAIN[kind]


def shown(value: object) -> str:
    """A default as people read it."""
    if value is None or value == "" or isinstance(value, Struct | Raw):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int) and value >= 1024 and value % 1024 == 0:
        unit, name = (1024 * 1024, "MiB") if value % (1024 * 1024) == 0 else (1024, "KiB")
        return f"`{value}` ({value // unit} {name})"
    if isinstance(value, float):
        return f"`{value:g}`" if value < 100_000 else f"`{value:.0f}`"
    return f"`{msgspec.json.encode(value).decode()}`" if isinstance(value, list | dict) else f"`{value}`"


def default_of(one: msgspec.structs.FieldInfo) -> object:
    if one.default is not msgspec.NODEFAULT:
        return one.default
    return one.default_factory() if one.default_factory is not msgspec.NODEFAULT else None


def configuration_table() -> str:
    """Every knob, section by section."""
    names = {key: name for name, (key, _) in variables().items()}
    lines: list[str] = []
    told: dict[type[Section], str] = {}
    for path, shape in _sections(Config, ""):
        lines += [f"### {f'`{path}`' if path else 'Top level'}", "", (shape.__doc__ or "").strip(), ""]
        same = told.setdefault(shape, path)
        if same != path:
            lines += [f"The same keys as `{same}`.", ""]
            continue
        lines += heading("Key", "Type", "Default", "Meaning", "Variable")
        for one in msgspec.structs.fields(shape):
            key = f"{path}.{one.encode_name}" if path else one.encode_name
            if section_of(one.type)[0] is None:
                default, seen = shown(default_of(one)), beyond(one.type)
                said = f"{meaning(one.type)}; beyond it: {seen}" if seen else meaning(one.type)
                lines.append(row(f"`{key}`", words(one.type), default, said, f"`{names[key]}`"))
        lines.append("")
    return "\n".join(lines)


def beyond(kind: object) -> str:
    """What happens beyond a limit; empty for a key that is none."""
    metas = [part for part in get_args(kind)[1:] if isinstance(part, Meta)] if get_origin(kind) is Annotated else []
    return next((str(meta.extra["seen"]) for meta in metas if meta.extra and "seen" in meta.extra), "")


def limits_table() -> str:
    """Every knob that limits something, and what is seen of it from outside."""
    lines = heading("Key", "Limits", "Default", "Beyond it")
    told: set[type[Section]] = set()
    for path, shape in _sections(Config, ""):
        if shape in told:
            continue
        told.add(shape)
        for one in msgspec.structs.fields(shape):
            if seen := beyond(one.type):
                key = f"{path}.{one.encode_name}" if path else one.encode_name
                lines.append(row(f"`{key}`", meaning(one.type), shown(default_of(one)), seen))
    return "\n".join(lines)


def _bounds(meta: Meta) -> str:
    named = (("≥", meta.ge), (">", meta.gt), ("≤", meta.le), ("<", meta.lt))
    return " and ".join(f"{sign} {limit:g}" for sign, limit in named if limit is not None)


def _sections(shape: type[Section], path: str) -> Iterator[tuple[str, type[Section]]]:
    yield path, shape
    for one in msgspec.structs.fields(shape):
        inner, many = section_of(one.type)
        if inner is not None:
            below = f"{path}.{one.encode_name}" if path else one.encode_name
            yield from _sections(inner, f"{below}.NAME" if many else below)


def main() -> None:
    for name, marker, table in (
        ("configuration.md", "knobs", configuration_table()),
        ("limits.md", "limits", limits_table()),
    ):
        path = DOCS / name
        path.write_text(fill(path.read_text(encoding="utf-8"), marker, table), encoding="utf-8")


if __name__ == "__main__":
    main()
