"""Filters of state values, as the screens and older tools say them. Pure.

All must hold. They look at one property of values that are objects; `key` is the state key where the value has no such
property. Numbers are compared as numbers, everything else as text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from motia_core.workbench.asked import BadBody

Operation = Literal[
    "eq", "neq", "gt", "gte", "lt", "lte",
    "contains", "notContains", "startsWith", "endsWith", "isNotNull", "isNull",
]  # fmt: skip


class Filter(Struct, frozen=True, rename="camel"):
    value_key: str
    operation: Operation
    value: object = None


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "neq": lambda left, right: left != right,
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}
_TEXTUAL: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda left, right: right in left,
    "notContains": lambda left, right: right not in left,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
}


def parse(text: object) -> list[Filter]:
    """A JSON list of filters. Raises BadBody."""
    try:
        return msgspec.json.decode(str(text or "[]"), type=list[Filter])
    except msgspec.MsgspecError as error:
        raise BadBody(f"`filter` is not as expected: {error}") from None


def holds(filters: Sequence[Filter], key: str, value: object) -> bool:
    return all(_holds(one, key, value) for one in filters)


def _holds(one: Filter, key: str, value: object) -> bool:
    there = isinstance(value, dict)
    found = value.get(one.value_key) if isinstance(value, dict) else None
    if one.value_key == "key" and (not there or "key" not in value):  # type: ignore[operator]
        found = key
    if one.operation in ("isNull", "isNotNull"):
        return (found is None) is (one.operation == "isNull")
    if found is None:
        return one.operation in ("neq", "notContains")
    if one.operation in _TEXTUAL:
        return _TEXTUAL[one.operation](_text(found), _text(one.value))
    left, right = _number(found), _number(one.value)
    if left is not None and right is not None:
        return _COMPARED[one.operation](left, right)
    return _COMPARED[one.operation](_text(found), _text(one.value))


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _number(value: object) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
