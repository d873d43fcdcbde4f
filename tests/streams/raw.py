"""A WebSocket client made of a plain socket: says what it is told to, however wrong, and shows what comes back."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
PATIENCE = 10.0


class Handshake(NamedTuple):
    """The answer to the opening; `rest` is what came behind its header."""

    status: int
    headers: dict[str, str]
    rest: bytes


class Closed(Exception):
    """The server has ended the connection, with the code it gave, None without one."""

    def __init__(self, code: int | None = None, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Raw:
    """One connection, open or refused: see `handshake`."""

    def __init__(self, sock: socket.socket, handshake: Handshake) -> None:
        self.sock = sock
        self.handshake = handshake
        self._buffer = handshake.rest

    def send(self, text: str | bytes, opcode: int = TEXT, **how: Any) -> None:
        self.sock.sendall(frame(opcode, text.encode() if isinstance(text, str) else text, **how))

    def say(self, value: object) -> None:
        self.send(json.dumps(value))

    def join(self, stream: str, group: str, id: str | None = None, *, sub: str = "s") -> None:
        self.say({"type": "join", "data": _data(stream, group, id, sub)})

    def leave(self, stream: str, group: str, id: str | None = None, *, sub: str = "s") -> None:
        self.say({"type": "leave", "data": _data(stream, group, id, sub)})

    def frame(self, *, patience: float = PATIENCE) -> tuple[int, bytes]:
        """The next frame. Raises Closed, TimeoutError."""
        end = time.monotonic() + patience
        head = self._take(2, end)
        assert not head[1] & 0x80, "a server masks nothing"
        assert head[0] & 0xF0 == 0x80, "no extension was agreed on, and frames are whole"
        size = head[1] & 0x7F
        if size >= 126:
            size = int.from_bytes(self._take(2 if size == 126 else 8, end), "big")
        payload = self._take(size, end)
        if head[0] & 0x0F == CLOSE:
            raise Closed(int.from_bytes(payload[:2], "big"), payload[2:].decode())
        return head[0] & 0x0F, payload

    def hear(self, *, patience: float = PATIENCE) -> Any:
        """The next message, decoded; pings are answered on the way."""
        while True:
            opcode, payload = self.frame(patience=patience)
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == PING:
                self.send(payload, PONG)

    def hears_nothing(self) -> bool:
        """Whether nothing but the answer to a ping comes: everything said before it has been done by then."""
        self.say({"type": "ping", "timestamp": 7})
        return bool(self.hear() == {"type": "pong", "timestamp": 7})

    def closed(self, *, patience: float = PATIENCE) -> Closed:
        """How the connection ends; what comes before is passed over."""
        end = time.monotonic() + patience
        while True:
            try:
                self.frame(patience=end - time.monotonic())
            except Closed as closed:
                return closed
            except ConnectionError:
                return Closed()

    def close(self) -> None:
        self.sock.close()

    def _take(self, size: int, end: float) -> bytes:
        while len(self._buffer) < size:
            self.sock.settimeout(max(0.01, end - time.monotonic()))
            data = self.sock.recv(65536)
            if not data:
                raise Closed
            self._buffer += data
        found, self._buffer = self._buffer[:size], self._buffer[size:]
        return found


def _data(stream: str, group: str, id: str | None, sub: str) -> dict[str, str]:
    data = {"streamName": stream, "groupId": group, "subscriptionId": sub}
    return data if id is None else {**data, "id": id}


def frame(opcode: int, payload: bytes, *, mask: bytes | None = None, final: bool = True, masked: bool = True) -> bytes:
    key = mask or os.urandom(4)
    first = bytes([(0x80 if final else 0) | opcode])
    bit = 0x80 if masked else 0
    size = len(payload)
    if size < 126:
        first += bytes([bit | size])
    elif size < 65536:
        first += bytes([bit | 126]) + size.to_bytes(2, "big")
    else:
        first += bytes([bit | 127]) + size.to_bytes(8, "big")
    if not masked:
        return first + payload
    return first + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))


def dial(
    url: str,
    target: str = "/",
    *,
    headers: Mapping[str, str | None] | None = None,
    early: bytes = b"",
    small: bool = False,
) -> Raw:
    """Opens a socket; `headers` replace those of the opening, None leaves one out. `early` is sent with the opening.
    `small`: with a small window, so that little waits in the system."""
    place = urlsplit(url)
    sock = socket.socket()
    if small:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(PATIENCE)
    sock.connect((place.hostname or "", place.port or 80))
    key = base64.b64encode(os.urandom(16)).decode()
    sent: dict[str, str | None] = {
        "Host": place.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items() if value is not None)
    sock.sendall(f"GET {target} HTTP/1.1\r\n{lines}\r\n".encode() + early)
    handshake = head_of(sock)
    if handshake.status == 101:
        accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        assert handshake.headers["sec-websocket-accept"] == accept
    return Raw(sock, handshake)


def head_of(sock: socket.socket) -> Handshake:
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            raise Closed
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Handshake(int(first.split()[1]), headers, rest)


@contextmanager
def talking(url: str, target: str = "/", **how: Any) -> Iterator[Raw]:
    raw = dial(url, target, **how)
    try:
        yield raw
    finally:
        raw.close()
