"""Reads multipart/form-data piece by piece, sans I/O: bytes in, events out. Memory stays small whatever the size.

`Multipart.feed` returns what became clear; `uploads.py` turns it into fields and files.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from msgspec import Struct

from motia_core.triggers.refusal import Refusal

_QUOTED = re.compile(r'(?<![*\w])(name|filename)="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_BARE = re.compile(r"(?<![*\w])(name|filename)=([^\s;\"]+)", re.IGNORECASE)
_EXTENDED = re.compile(r"filename\*=utf-8''([^\s;]+)", re.IGNORECASE)


class Begin(Struct, frozen=True):
    """A part begins; `filename` None means a field."""

    name: str
    filename: str | None
    content_type: str


class Data(Struct, frozen=True):
    data: bytes


class End(Struct, frozen=True):
    """The part begun last is whole."""


Event = Begin | Data | End


class Multipart:
    """States: before the first boundary, in a head, in a body, after the last boundary."""

    def __init__(self, boundary: str, *, parts: int, header: int) -> None:
        self._mark = b"\r\n--" + boundary.encode("utf-8", "surrogateescape")
        self._buffer = b"\r\n"
        self._state = "preamble"
        self._left = parts
        self._most_head = header

    @property
    def finished(self) -> bool:
        return self._state == "epilogue"

    def feed(self, chunk: bytes) -> list[Event]:
        """Raises Refusal."""
        if self._state == "epilogue":
            return []
        self._buffer += chunk
        found: list[Event] = []
        while self._step(found):
            pass
        return found

    def _step(self, found: list[Event]) -> bool:
        """One step forward; False when more bytes are needed."""
        if self._state == "head":
            return self._head(found)
        if self._state == "boundary":
            return self._after_mark()
        at = self._buffer.find(self._mark)
        if at < 0:
            keep = len(self._mark) - 1
            self._emit(found, self._buffer[:-keep])
            self._buffer = self._buffer[-keep:]
            return False
        self._emit(found, self._buffer[:at])
        if self._state == "body":
            found.append(End())
        self._buffer = self._buffer[at + len(self._mark) :]
        self._state = "boundary"
        return True

    def _emit(self, found: list[Event], data: bytes) -> None:
        if data and self._state == "body":
            found.append(Data(data))

    def _after_mark(self) -> bool:
        """`--` ends the whole; white space and a line break begin a part."""
        if len(self._buffer) < 2:
            return False
        if self._buffer.startswith(b"--"):
            self._state, self._buffer = "epilogue", b""
            return False
        at = self._buffer.find(b"\r\n")
        if at < 0:
            if len(self._buffer) > 256:
                raise _damaged()
            return False
        if self._buffer[:at].strip(b" \t"):
            raise _damaged()
        if self._left == 0:
            raise Refusal(413, "too many parts", close=True)
        self._left -= 1
        # The line break stays: in a head without lines it is the first of the two that end the head.
        self._buffer = self._buffer[at:]
        self._state = "head"
        return True

    def _head(self, found: list[Event]) -> bool:
        at = self._buffer.find(b"\r\n\r\n")
        if (at if at >= 0 else len(self._buffer)) > self._most_head:
            raise Refusal(413, "the head of a part is too long", close=True)
        if at < 0:
            return False
        found.append(_begin(self._buffer[:at].decode("utf-8", "replace")))
        self._buffer = self._buffer[at + 4 :]
        self._state = "body"
        return True


def _begin(head: str) -> Begin:
    """Raises Refusal for a part without a name."""
    lines = dict(line.split(":", 1) for line in re.split(r"\r\n(?![ \t])", head) if ":" in line)
    fields = {key.strip().lower(): value.strip() for key, value in lines.items()}
    disposition = fields.get("content-disposition", "")
    found = {key.lower(): value for key, value in _BARE.findall(disposition)}
    found |= {key.lower(): re.sub(r'\\(["\\])', r"\1", value) for key, value in _QUOTED.findall(disposition)}
    if not disposition.lower().startswith("form-data") or "name" not in found:
        raise _damaged()
    extended = _EXTENDED.search(disposition)
    filename = unquote(extended[1]) if extended else found.get("filename")
    if filename is not None:
        filename = re.split(r"[/\\]", filename)[-1].replace("\0", "")
    return Begin(_unescape(found["name"]), filename, _type(fields.get("content-type"), filename))


def _unescape(name: str) -> str:
    """Browsers write a quote and line breaks in a name as `%22`, `%0D`, `%0A`."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _type(value: str | None, filename: str | None) -> str:
    return value or ("text/plain" if filename is None else "application/octet-stream")


def _damaged() -> Refusal:
    return Refusal(400, "the multipart body is damaged", close=True)
