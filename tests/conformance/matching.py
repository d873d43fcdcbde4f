"""Compares a received value with a pattern of a vector, and fills captures into a line to send. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

Json = object
REST = "…"
_CAPTURE = re.compile(r"\$([A-Za-z]\w*)\Z")
_FILL = re.compile(r'"\$([A-Za-z]\w*)"(?!\s*:)')


def fill(text: str, captures: Mapping[str, Json]) -> str:
    """The line with every `"$name"` value replaced by what was captured. Raises KeyError for an unknown name."""
    return _FILL.sub(lambda found: json.dumps(captures[found[1]]), text)


def difference(pattern: Json, value: Json, captures: dict[str, Json], at: str = "") -> str | None:
    """Where `value` departs from `pattern`, in words; None when it fits. New captures are added as they are seen."""
    if isinstance(pattern, str) and pattern.startswith("$"):
        return _special(pattern, value, captures, at)
    if isinstance(pattern, dict):
        return _object(pattern, value, captures, at)
    if isinstance(pattern, list):
        if not isinstance(value, list) or len(value) != len(pattern):
            return _differs(at, pattern, value)
        for index, (one, other) in enumerate(zip(pattern, value, strict=True)):
            if found := difference(one, other, captures, f"{at}[{index}]"):
                return found
        return None
    if isinstance(pattern, bool) != isinstance(value, bool) or pattern != value:
        return _differs(at, pattern, value)
    return None


def _special(pattern: str, value: Json, captures: dict[str, Json], at: str) -> str | None:
    if pattern == "$_":
        return None
    if pattern == "$_int":
        return None if isinstance(value, int) and not isinstance(value, bool) else _differs(at, "an integer", value)
    if pattern == "$_text":
        return None if isinstance(value, str) else _differs(at, "a string", value)
    if pattern.startswith("$~"):
        return None if isinstance(value, str) and pattern[2:] in value else _differs(at, pattern, value)
    found = _CAPTURE.match(pattern)
    if found is None:
        return None if pattern == value else _differs(at, pattern, value)
    name = found[1]
    if name not in captures:
        if value is None:
            return f"{at or 'the line'}: ${name} needs a value, got null"
        captures[name] = value
        return None
    return None if captures[name] == value else _differs(at, captures[name], value)


def _object(pattern: dict[str, Json], value: Json, captures: dict[str, Json], at: str) -> str | None:
    if not isinstance(value, dict):
        return _differs(at, pattern, value)
    for key, wanted in pattern.items():
        if key == REST:
            continue
        if found := difference(wanted, value.get(key), captures, f"{at}.{key}" if at else key):
            return found
    if REST in pattern:
        return None
    extra = [key for key, one in value.items() if key not in pattern and one is not None]
    return f"{at or 'the line'} has unexpected {', '.join(extra)}" if extra else None


def _differs(at: str, wanted: Json, got: Json) -> str:
    return f"{at or 'the line'}: wanted {_short(wanted)}, got {_short(got)}"


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"


def sample(pattern: Json, captures: dict[str, Json], number: int, at: str = "") -> Json:
    """A value that fits `pattern`, as some runner might send it; a new capture at `id` becomes `number`."""
    if isinstance(pattern, dict):
        return {key: sample(one, captures, number, f"{at}.{key}") for key, one in pattern.items() if key != REST}
    if isinstance(pattern, list):
        return [sample(one, captures, number, f"{at}[]") for one in pattern]
    if not isinstance(pattern, str) or not pattern.startswith("$"):
        return pattern
    if pattern.startswith("$~"):
        return pattern[2:]
    if pattern.startswith("$_"):
        return {"$_": None, "$_int": 7, "$_text": "text"}[pattern]
    return captures.setdefault(pattern[1:], number if at == ".id" else pattern[1:])


def is_open(pattern: Json) -> bool:
    """Whether the pattern leaves something unsaid, so that its sample need not be complete."""
    if isinstance(pattern, dict):
        return REST in pattern or any(is_open(one) for one in pattern.values())
    if isinstance(pattern, list):
        return any(is_open(one) for one in pattern)
    return pattern == "$_"
