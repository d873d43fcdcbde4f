"""What an object looks like as JSON: one step from anything towards dict, list, str, int, float, bool, None or bytes.

Looks at one object at a time; `values.py` walks. Modules that may not be loaded are looked up, never imported: a value
of their types cannot exist without them.
"""

from __future__ import annotations

import datetime
import sys
from collections import deque
from collections.abc import ItemsView, KeysView, Mapping, Set, ValuesView
from enum import Enum
from typing import Any, Dict, List, Tuple

from motia_runner import faults

_METHODS = ("__json__", "toJSON", "to_dict", "as_dict")
_NO_FORM = {
    "function": "a function", "method": "a method", "builtin_function_or_method": "a function", "type": "a class",
    "module": "a module", "coroutine": "a coroutine (await it)", "generator": "a generator",
    "async_generator": "a generator", "Pending": "a call under way (await it)",
}  # fmt: skip


# The greatest integer that every language reads exactly.
_EXACT = 2**53 - 1


class NoForm(ValueError):
    """There is no sensible JSON for this."""


def unfold(value: Any) -> Any:
    """The JSON shape of `value`; its parts may need unfolding themselves. Raises NoForm."""
    if isinstance(value, Enum):
        return unfold(value.value)
    for base, convert in _BASES:
        if isinstance(value, base):
            return convert(value)
    for module, name, convert in _ELSEWHERE:
        found = getattr(sys.modules.get(module), name, None)
        if found is not None and isinstance(value, found):
            return convert(value)
    if isinstance(value, type):
        raise NoForm("a class has no form in JSON")
    return _object(value)


def iso(value: datetime.datetime) -> str:
    """UTC with `Z`. A date without a zone is local time, as everywhere in Python."""
    utc = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds" if utc.microsecond % 1000 else "milliseconds") + "Z"


def _date(value: datetime.datetime) -> Any:
    return iso(value) if value == value else None  # pandas.NaT is a datetime that equals nothing


def _tuple(value: Tuple[Any, ...]) -> Any:
    names = getattr(value, "_fields", None)
    return dict(zip(names, value)) if isinstance(names, tuple) else list(value)


def _set(value: Any) -> List[Any]:
    try:
        return sorted(value)
    except TypeError:
        return list(value)


def _seconds(value: datetime.timedelta) -> Any:
    seconds = value.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _decimal(value: Any) -> Any:
    """A number where every language reads the same number, else text."""
    if not value.is_finite():
        return None
    if abs(value) <= _EXACT and value == value.to_integral_value():
        return int(value)
    if abs(value.adjusted()) < 25 and type(value)(repr(float(value))) == value and value != value.to_integral_value():
        return float(value)
    return str(value)


_BASES: Tuple[Tuple[Any, Any], ...] = (
    (bool, bool),
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    ((bytes, bytearray, memoryview), bytes),
    (tuple, _tuple),
    (list, list),
    (dict, dict),
    (Mapping, dict),
    ((deque, range, KeysView, ValuesView, ItemsView), list),
    (Set, _set),
    (datetime.datetime, _date),
    ((datetime.date, datetime.time), lambda value: value.isoformat()),
    (datetime.timedelta, _seconds),
    (BaseException, faults.describe),
)
_ELSEWHERE: Tuple[Tuple[str, str, Any], ...] = (
    ("decimal", "Decimal", _decimal),
    ("uuid", "UUID", str),
    ("pathlib", "PurePath", str),
    ("fractions", "Fraction", float),
    ("ipaddress", "_IPAddressBase", str),
    ("numpy", "generic", lambda value: value.item()),
    ("numpy", "ndarray", lambda value: value.tolist()),
    ("pandas", "DataFrame", lambda value: value.to_dict("records")),
)


def _object(value: Any) -> Any:
    kind = type(value)
    for names in ("__dataclass_fields__", "__struct_fields__"):
        if hasattr(kind, names):
            return {name: getattr(value, name) for name in getattr(kind, names)}
    if hasattr(kind, "__attrs_attrs__"):
        return {field.name: getattr(value, field.name) for field in kind.__attrs_attrs__}
    if hasattr(kind, "model_dump"):
        return value.model_dump()
    if hasattr(kind, "__fields__") and hasattr(kind, "dict"):
        return value.dict()
    for name in _METHODS:
        if callable(getattr(kind, name, None)):
            return getattr(value, name)()
    return _attributes(value)


def _attributes(value: Any) -> Dict[str, Any]:
    kind = type(value)
    own = getattr(value, "__dict__", None)
    if kind.__name__ in _NO_FORM or own is None or callable(value) or kind.__module__ in ("_thread", "threading", "io"):
        raise NoForm(f"{_NO_FORM.get(kind.__name__, f'a {kind.__name__}')} has no form in JSON")
    return {name: part for name, part in own.items() if not name.startswith("_") and not callable(part)}
