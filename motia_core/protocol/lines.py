"""Bytes → lines. A frame ends at byte 0x0A and nowhere else; a line above the limit is dropped, its beginning kept.

Never decodes text and never looks for anything but the newline: U+2028 and a split UTF-8 sequence pass untouched.
"""

from __future__ import annotations

from msgspec import Struct

PREFIX = 512


class Oversize(Struct, frozen=True):
    """A line that was longer than allowed: its first bytes and its full length, newline not counted."""

    prefix: bytes
    size: int


class Lines:
    """Feed it chunks; it returns the complete lines, without their newline, in order."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes | Oversize]:
        if b"\n" not in data:
            self._keep(data)
            return []
        first, *rest = data.split(b"\n")
        tail = rest.pop()
        self._keep(first)
        done: list[bytes | Oversize] = [self._take()]
        limit = self._limit
        for line in rest:
            done.append(line if len(line) <= limit else Oversize(line[:PREFIX], len(line)))
        if tail:
            self._keep(tail)
        return done

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size <= self._limit:
            self._parts.append(data)
        elif len(self._parts) != 1 or len(self._parts[0]) != PREFIX:
            self._parts = [b"".join([*self._parts, data[:PREFIX]])[:PREFIX]]

    def _take(self) -> bytes | Oversize:
        parts, size = self._parts, self._size
        self._parts, self._size = [], 0
        if size > self._limit:
            return Oversize(b"".join(parts)[:PREFIX], size)
        return parts[0] if len(parts) == 1 else b"".join(parts)
