"""WebSocket frames (RFC 6455) without I/O: bytes in, messages out; what we send as bytes. The server's side only.

Strict: an unmasked, reserved, oversized or unknown frame ends the connection with the code the standard gives it. At
most one message is held at a time, never more of it than the limit. Extensions are never agreed on.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
GOING_AWAY, NOT_TEXT, BAD_TEXT, POLICY, TOO_BIG, BAD_FRAME, FAULT = 1001, 1003, 1007, 1008, 1009, 1002, 1011
_CONTROL = 0x8
_LONGEST_CONTROL = 125
_REASON = 123
_ECHOED = frozenset(range(3000, 5000)) | {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}


class BadFrame(Exception):
    """The connection must end with `code`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Received(Struct, frozen=True):
    """One whole message of the other end. `code` is that of a close; `data` of a text is valid UTF-8."""

    kind: Literal["text", "ping", "pong", "close"]
    data: bytes = b""
    code: int = 1000


class Frames:
    """Feed it what arrives; it returns what is complete, in order. Raises BadFrame; then nothing more may be fed.

    `limit` is the size of the longest message."""

    __slots__ = ("_buffer", "_limit", "_parts", "_size")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = b""
        self._parts: list[bytes] | None = None
        self._size = 0

    def feed(self, data: bytes) -> list[Received]:
        buffer = self._buffer + data if self._buffer else bytes(data)
        found: list[Received] = []
        at = 0
        while (end := self._end(buffer, at)) is not None:
            start, opcode, final = end[1], buffer[at] & 0x0F, bool(buffer[at] & 0x80)
            payload = _unmasked(buffer[start : end[0]], buffer[start - 4 : start])
            at = end[0]
            message = self._control(opcode, payload) if opcode & _CONTROL else self._data(opcode, payload, final)
            if message is not None:
                found.append(message)
                if message.kind == "close":
                    break
        self._buffer = buffer[at:]
        return found

    def _end(self, buffer: bytes, at: int) -> tuple[int, int] | None:
        """Where the frame at `at` ends and where its payload starts; None when it is not whole."""
        have = len(buffer) - at
        if have < 2:
            return None
        first, second = buffer[at], buffer[at + 1]
        self._check(first, second)
        size, start = second & 0x7F, at + 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            if have < 2 + wide:
                return None
            size = int.from_bytes(buffer[start : start + wide], "big")
            start += wide
        if not first & _CONTROL and self._size + size > self._limit:
            raise BadFrame(TOO_BIG, f"a message may have {self._limit} bytes")
        end = start + 4 + size
        return (end, start + 4) if len(buffer) >= end else None

    def _check(self, first: int, second: int) -> None:
        opcode = first & 0x0F
        if first & 0x70:
            raise BadFrame(BAD_FRAME, "a reserved bit is set; no extension was agreed on")
        if not second & 0x80:
            raise BadFrame(BAD_FRAME, "frames of a client must be masked")
        if opcode not in (0, TEXT, BINARY, CLOSE, PING, PONG):
            raise BadFrame(BAD_FRAME, f"there is no opcode {opcode}")
        if opcode & _CONTROL:
            if not first & 0x80 or second & 0x7F > _LONGEST_CONTROL:
                raise BadFrame(BAD_FRAME, "a control frame is fragmented or too long")
        elif opcode == BINARY:
            raise BadFrame(NOT_TEXT, "messages are JSON text, not binary")
        elif (opcode == 0) != (self._parts is not None):
            raise BadFrame(BAD_FRAME, "a fragment is out of place")

    def _control(self, opcode: int, payload: bytes) -> Received:
        if opcode == CLOSE:
            return Received("close", code=_close_code(payload))
        return Received("ping" if opcode == PING else "pong", payload)

    def _data(self, opcode: int, payload: bytes, final: bool) -> Received | None:
        parts = self._parts
        if not final:
            if parts is None:
                self._parts = [payload]
            elif payload:
                parts.append(payload)
            self._size += len(payload)
            return None
        if parts is not None:
            payload = b"".join([*parts, payload])
            self._parts, self._size = None, 0
        try:
            payload.decode()
        except UnicodeDecodeError:
            raise BadFrame(BAD_TEXT, "the message is no UTF-8") from None
        return Received("text", payload)


def frame(opcode: int, payload: bytes) -> bytes:
    """One whole frame of the server: unmasked, so that the same bytes serve every client."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65536:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8, "big") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    return frame(CLOSE, code.to_bytes(2, "big") + reason.encode()[:_REASON].decode(errors="ignore").encode())


def _close_code(payload: bytes) -> int:
    if not payload:
        return 1000
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or code not in _ECHOED:
        raise BadFrame(BAD_FRAME, "the close frame is malformed")
    return code


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    if not size:
        return b""
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")
