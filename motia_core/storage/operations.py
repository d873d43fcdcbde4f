"""The meaning of `update` and `compareAndSet`: values in, values out. Both backends use it, so that no two differ.

Pure: no store, no clock. PROTOCOL.md `state.update` is the specification; what it leaves open is settled here: a
missing key, a missing member and `null` are the same "nothing there"; missing parents become objects, since `users.42`
is more often a member than a place in a list; a list is written at its places and at its end, not beyond.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from motia_core.errors import CallRefused
from motia_core.storage.base import Op

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

MAX_DEPTH = 100


def updated(current: bytes | None, ops: Sequence[Op]) -> bytes:
    """The stored value after `ops`, each applied to what the one before left. Raises CallRefused, changing nothing."""
    value: Json = None if current is None else decoded(current)
    for op in ops:
        value = _applied(value, op)
    try:
        return msgspec.json.encode(value)
    except (RecursionError, OverflowError, msgspec.MsgspecError) as error:
        raise CallRefused(f"update: the result cannot be stored: {error}") from None


def same(left: bytes | None, right: bytes | None) -> bool:
    """Whether two stored values are the same JSON value; a missing one is `null`."""
    if left == right:
        return True
    return alike(
        None if left is None else decoded(left),
        None if right is None else decoded(right),
    )


def decoded(value: bytes | msgspec.Raw) -> Json:
    """A value as Python data. Raises CallRefused for what is no JSON."""
    try:
        return msgspec.json.decode(value)  # type: ignore[no-any-return]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise CallRefused(f"the value is no JSON: {error}") from None


def alike(left: Json, right: Json) -> bool:
    """Whether two JSON values are the same."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right  # Python counts True as 1; JSON does not
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(alike, left, right))
    return left == right


def _applied(root: Json, op: Op) -> Json:
    path = op.path.split(".") if op.path else []
    if len(path) > MAX_DEPTH:
        raise CallRefused(f"update: the path has {len(path)} parts; {MAX_DEPTH} are allowed")
    if not path:
        return None if op.op == "remove" else _changed(root, op)
    if op.op == "remove":
        _remove(root, path, op)
        return root
    if root is None:
        root = {}
    parent = root
    for depth, part in enumerate(path[:-1]):
        child = _child(parent, part, path[: depth + 1], op)
        if child is None:
            child = {}
            _put(parent, part, child, path[: depth + 1], op)
        parent = child
    last = path[-1]
    _put(parent, last, _changed(_child(parent, last, path, op), op), path, op)
    return root


def _changed(current: Json, op: Op) -> Json:
    """What stands at the path after `op`, other than `remove`."""
    value = decoded(op.value)
    if op.op == "set":
        return value
    if op.op == "increment":
        by = 1 if value is None else value
        start = 0 if current is None else current
        if not _number(by):
            raise _refused(op, "by a number", by)
        if not _number(start):
            raise _refused(op, "on a number", start)
        total = start + by  # type: ignore[operator]
        if isinstance(total, float) and not math.isfinite(total):
            raise CallRefused(f"update: increment of {_where(op)} leaves the range of numbers")
        return total
    if op.op == "append":
        if current is None:
            return [value]
        if not isinstance(current, list):
            raise _refused(op, "on a list", current)
        return [*current, value]
    if not isinstance(value, dict):
        raise _refused(op, "of an object", value)
    if current is None:
        return value
    if not isinstance(current, dict):
        raise _refused(op, "into an object", current)
    return {**current, **value}


def _child(parent: Json, part: str, path: list[str], op: Op) -> Json:
    if isinstance(parent, dict):
        return parent.get(part)
    if isinstance(parent, list):
        place = _place(parent, part, path, op)
        return parent[place] if place < len(parent) else None
    raise CallRefused(f"update: {op.op} cannot enter `{'.'.join(path)}`: its parent is {_kind(parent)}")


def _put(parent: Json, part: str, value: Json, path: list[str], op: Op) -> None:
    if isinstance(parent, dict):
        parent[part] = value
    elif isinstance(parent, list):
        place = _place(parent, part, path, op)
        parent[place : place + 1] = [value]


def _remove(root: Json, path: list[str], op: Op) -> None:
    parent = root
    for depth, part in enumerate(path[:-1]):
        if parent is None:
            return
        parent = _child(parent, part, path[: depth + 1], op)
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
    elif isinstance(parent, list):
        if _child(parent, path[-1], path, op) is not None or int(path[-1]) < len(parent):
            del parent[int(path[-1])]
    elif parent is not None:
        _child(parent, path[-1], path, op)


def _place(parent: list[Json], part: str, path: list[str], op: Op) -> int:
    if not (part.isascii() and part.isdigit() and len(part) < 10):
        raise CallRefused(f"update: {op.op} of `{'.'.join(path)}`: `{part}` is no place in a list")
    place = int(part)
    if place > len(parent):
        raise CallRefused(f"update: {op.op} of `{'.'.join(path)}`: the list has {len(parent)} items")
    return place


def _number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refused(op: Op, wanted: str, found: Json) -> CallRefused:
    return CallRefused(f"update: {op.op} of {_where(op)} works {wanted}, not {_kind(found)}")


def _where(op: Op) -> str:
    return f"`{op.path}`" if op.path else "the value"


def _kind(value: Json) -> str:
    names: dict[type, str] = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
