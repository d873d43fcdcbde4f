"""`update` and `compareAndSet` on plain JSON values, for use inside a transaction.

The core applies the same to what it has stored, and both must agree: a missing key, a missing member and None are the
same "nothing there"; missing parents become objects; a list is written at its places and at its end, not beyond.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List

from motia_runner.faults import INVALID_PARAMS, MotiaError

_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}


def updated(value: Any, operations: List[Dict[str, Any]]) -> Any:
    """The value after `operations`; the given one may be changed in place. Raises MotiaError when one does not fit."""
    for operation in operations:
        path = str(operation.get("path") or "")
        value = _applied(value, operation, path.split(".") if path else [])
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same JSON value."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right  # Python counts True as 1; JSON does not
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def _applied(root: Any, operation: Dict[str, Any], path: List[str]) -> Any:
    verb = operation.get("op")
    if not path:
        return None if verb == "remove" else _changed(root, operation, path)
    if verb == "remove":
        _remove(root, path)
        return root
    root = {} if root is None else root
    parent = root
    for depth, part in enumerate(path[:-1], 1):
        child = _child(parent, part, path[:depth])
        if child is None:
            child = {}
            _put(parent, part, child, path[:depth])
        parent = child
    _put(parent, path[-1], _changed(_child(parent, path[-1], path), operation, path), path)
    return root


def _changed(current: Any, operation: Dict[str, Any], path: List[str]) -> Any:
    verb, value = operation.get("op"), operation.get("value")
    if verb == "set":
        return value
    if verb == "increment":
        by, start = (1 if value is None else value), (0 if current is None else current)
        if not _number(by) or not _number(start):
            raise _refused(path, "increment works by and on numbers")
        total = start + by
        if isinstance(total, float) and not math.isfinite(total):
            raise _refused(path, "increment leaves the range of numbers")
        return total
    if verb == "append":
        if current is not None and not isinstance(current, list):
            raise _refused(path, f"append works on a list, not {_kind(current)}")
        return [*(current or []), value]
    if verb == "merge":
        if not isinstance(value, dict) or not (current is None or isinstance(current, dict)):
            raise _refused(path, "merge works of an object into an object")
        return {**(current or {}), **value}
    raise MotiaError(f"update: there is no operation {verb!r}", INVALID_PARAMS)


def _child(parent: Any, part: str, path: List[str]) -> Any:
    if isinstance(parent, dict):
        return parent.get(part)
    if isinstance(parent, list):
        place = _place(parent, part, path)
        return parent[place] if place < len(parent) else None
    raise _refused(path, f"its parent is {_kind(parent)}")


def _put(parent: Any, part: str, value: Any, path: List[str]) -> None:
    if isinstance(parent, dict):
        parent[part] = value
    elif isinstance(parent, list):
        place = _place(parent, part, path)
        parent[place : place + 1] = [value]


def _remove(root: Any, path: List[str]) -> None:
    parent = root
    for depth, part in enumerate(path[:-1], 1):
        if parent is None:
            return
        parent = _child(parent, part, path[:depth])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
    elif isinstance(parent, list):
        place = _place(parent, path[-1], path)
        del parent[place : place + 1]
    elif parent is not None:
        _child(parent, path[-1], path)


def _place(parent: List[Any], part: str, path: List[str]) -> int:
    if not (part.isascii() and part.isdigit() and len(part) < 10):
        raise _refused(path, f"{part!r} is no place in a list")
    if int(part) > len(parent):
        raise _refused(path, f"the list has {len(parent)} items")
    return int(part)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "a number")


def _refused(path: List[str], text: str) -> MotiaError:
    where = ".".join(path) if path else "the value"
    return MotiaError(f"update: {where}: {text}", INVALID_PARAMS)
