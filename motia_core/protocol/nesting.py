"""How deep valid JSON is nested: whether deeper than a limit, in time linear in its length. Pure; makes no values."""

from __future__ import annotations

from array import array
from itertools import accumulate

_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_FOLD = bytes.maketrans(b"{}", b"[]")
_STEPS = bytes.maketrans(b"[]", b"\x01\xff")


def is_deeper(data: bytes, limit: int) -> bool:
    """Whether valid JSON is nested deeper than `limit`. Counting brackets settles nearly every text."""
    return data.count(b"{") + data.count(b"[") > limit and deeper_than(data, limit)


def deeper_than(data: bytes, limit: int) -> bool:
    """The same without the short cut. Passes at C speed take the innermost level away as long as each takes half."""
    marks = outside_strings(data).translate(_FOLD, _NOT_BRACKETS)
    while marks and limit > 0:
        fewer = marks.replace(b"[]", b"")
        if len(fewer) > len(marks) // 2:
            break
        marks, limit = fewer, limit - 1
    return max(accumulate(array("b", marks.translate(_STEPS))), default=0) > limit


def outside_strings(data: bytes) -> bytes:
    """Valid JSON without its strings."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(data.split(b'"')[::2])
