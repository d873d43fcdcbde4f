"""Query strings and form bodies by the rules users know from `qs`. Pure.

A repeated key is a list, `a[b]=1` an object, `a[]=1` a list, a key without a value is `""`. All leaves are strings.
Broken percent escapes stay as they are. More than `limit` parameters are refused before any is read, and
brackets deeper than `depth` stay part of the key.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from msgspec import Struct

_LIST_LIMIT = 20
_BROKEN = re.compile(r"%(?![0-9a-fA-F]{2})")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")

Value = str | list["Value"] | dict[str, "Value"]


class TooMany(ValueError):
    """More parameters than are allowed."""


class _Slots(Struct):
    """An object under construction; `listed` while every key could be a list index, `next` the next free one."""

    items: dict[str, Value | _Slots] = {}
    listed: bool = True
    next: int = 0


def parse_query(text: str, limit: int, depth: int = 5) -> dict[str, Value]:
    """Raises TooMany."""
    if text.count("&") >= limit:
        raise TooMany(f"more than {limit} parameters")
    if "[" not in text and "%" not in text and "+" not in text:
        simple = _simple(text)
        if simple is not None:
            return simple
    form = Form(depth)
    for pair in text.split("&"):
        if not pair:
            continue
        at = pair.find("]=")
        at = pair.find("=") if at < 0 else at + 1
        key, value = (pair, "") if at < 0 else (pair[:at], pair[at + 1 :])
        if "%" in key or "+" in key:
            key = _decode(key)
        if "%" in value or "+" in value:
            value = _decode(value)
        form.add(key, value)
    return form.result()


def _simple(text: str) -> dict[str, Value] | None:
    """Plain keys, each once: nearly every query there is. None when it is not that simple."""
    found: dict[str, Value] = {}
    for pair in text.split("&"):
        key, _, value = pair.partition("=")
        if key in found or key in ("", "__proto__"):
            return None
        found[key] = value
    return found


def _decode(text: str) -> str:
    text = text.replace("+", " ")
    if "%" not in text:
        return text
    try:
        return text if _BROKEN.search(text) else unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return text


class Form:
    """Collects keys and values, decoded already, one after the other."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._plain: dict[str, Value | _Slots] = {}

    def add(self, key: str, value: str) -> None:
        if "[" in key and "]" in key:
            self._nest(key, value)
        elif key:
            self._join(key, value)

    def result(self) -> dict[str, Value]:
        return {key: _finish(value) for key, value in self._plain.items() if key != "__proto__"}

    def _join(self, key: str, value: str) -> None:
        """A plain key; a second value makes a list."""
        old = self._plain.get(key)
        if old is None:
            self._plain[key] = value
        elif isinstance(old, _Slots):
            _put(old, "", value)
        elif isinstance(old, list):
            old.append(value)
        elif isinstance(old, str):
            self._plain[key] = [old, value]

    def _nest(self, key: str, value: str) -> None:
        """A key with brackets: walks down to where the value belongs."""
        path = _path(key, self._depth)
        name = path[0]
        if len(path) == 1:
            self._join(name, value)
            return
        old = self._plain.get(name)
        slots = self._plain[name] = old if isinstance(old, _Slots) else _seed(old)
        for step in path[1:-1]:
            slot = str(slots.next) if step == "" else step
            inner = slots.items.get(slot)
            deeper = inner if isinstance(inner, _Slots) else _seed(inner)
            _place(slots, slot, deeper)
            slots = deeper
        _put(slots, path[-1], value)


def _path(key: str, deepest: int) -> list[str]:
    """`a[b][]` as `["a", "b", ""]`; what is deeper than allowed stays one key, brackets included."""
    start = key.find("[")
    path, at = ([key[:start]] if start else []), start
    while (found := _BRACKETS.match(key, at)) is not None:
        if len(path) > deepest:
            break
        path.append(found[1])
        at = found.end()
    if at < len(key):
        if at == start:
            return [key]
        if len(path) > deepest:
            path.append(key[at:])
    return path


def _seed(old: Value | _Slots | None) -> _Slots:
    """Turns what was there before into slots, so that nothing sent is lost."""
    slots = _Slots()
    for value in [] if old is None else old if isinstance(old, list) else [old]:
        _place(slots, str(slots.next), value)
    return slots


def _put(slots: _Slots, name: str, value: str) -> None:
    slot = str(slots.next) if name == "" else name
    old = slots.items.get(slot)
    if old is None:
        _place(slots, slot, value)
    elif isinstance(old, _Slots):
        _put(old, "", value)
    else:
        slots.items[slot] = [*old, value] if isinstance(old, list) else [old, value]


def _place(slots: _Slots, slot: str, value: Value | _Slots) -> None:
    slots.items[slot] = value
    if slot.isascii() and slot.isdigit() and str(int(slot[:9])) == slot and int(slot) <= max(_LIST_LIMIT, slots.next):
        slots.next = max(slots.next, int(slot) + 1)
    else:
        slots.listed = False


def _finish(value: Value | _Slots) -> Value:
    """Slots whose keys were all indexes become a list, in the order of the indexes."""
    if not isinstance(value, _Slots):
        return value
    if value.listed:
        return [_finish(value.items[slot]) for slot in sorted(value.items, key=int)]
    return {key: _finish(inner) for key, inner in value.items.items() if key != "__proto__"}
