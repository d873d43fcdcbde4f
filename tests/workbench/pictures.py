"""Makes a screenshot small enough for the documentation: a PNG of 24 bits becomes one of 256 colours.

Screens have few colours besides the soft edges of letters, so nothing is seen of it.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256


def shrink(source: Path, target: Path) -> None:
    """Writes `source` with fewer colours."""
    width, height, lines = _lines(source.read_bytes())
    seen = Counter(line[at : at + 3] for line in lines for at in range(0, len(line), 3))
    palette = _palette(seen)
    place = {colour: at for at, colour in enumerate(palette)}
    for colour in seen:
        if colour not in place:
            place[colour] = min(range(len(palette)), key=lambda at: _apart(palette[at], colour))
    found = b"".join(b"\0" + bytes(place[line[at : at + 3]] for at in range(0, len(line), 3)) for line in lines)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(found, 9)), (b"IEND", b""))
    target.write_bytes(_SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks))


def _palette(seen: Counter[bytes]) -> list[bytes]:
    """The most frequent colour of each kind first, so that a small mark of its own colour keeps it; then the most frequent."""
    kinds: dict[bytes, bytes] = {}
    for colour, _ in seen.most_common():
        kinds.setdefault(bytes(part >> 5 for part in colour), colour)
    first = list(kinds.values())[: _COLOURS // 2]
    more = (colour for colour, _ in seen.most_common(_COLOURS) if colour not in first)
    return [*first, *more][:_COLOURS]


def _apart(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _lines(png: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height, and the three bytes of each pixel by line, without the filters of the format."""
    packed = b""
    width = height = 0
    for kind, data in _chunks(png):
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack_from(">IIBB", data)
            assert (depth, colours) == (8, 2), "screenshots have 24 bits"
        elif kind == b"IDAT":
            packed += data
    raw = zlib.decompress(packed)
    size = width * 3
    lines, above = [], bytearray(size)
    for start in range(0, len(raw), size + 1):
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + size]), above)
        lines.append(bytes(above))
    return width, height, lines


def _unfiltered(kind: int, line: bytearray, above: bytearray) -> bytearray:
    for at in range(len(line)):
        left, corner = (line[at - 3], above[at - 3]) if at > 2 else (0, 0)
        line[at] = (line[at] + _expected(kind, left, above[at], corner)) & 255
    return line


def _expected(kind: int, left: int, up: int, corner: int) -> int:
    if kind < 4:
        return (0, left, up, (left + up) // 2)[kind]
    guess = left + up - corner
    to_left, to_up, to_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
