"""The opening of a stream socket, judged and answered. Pure: headers in, the answer or a refusal out.

Any path opens a socket. The first sub-protocol offered is agreed on, whatever it is called: browsers drop a socket
whose offer is not answered, and clients send their token that way.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping

from msgspec import Struct

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_OFFERS = 100
Headers = Mapping[str, str | list[str]]


class Refused(Exception):
    """There will be no stream: the status and the words to answer with."""

    def __init__(self, status: int, text: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = dict(headers or {})


class Opening(Struct, frozen=True):
    """A good request. `answer` makes the connection a socket."""

    accept: str
    protocol: str | None

    def answer(self) -> bytes:
        chosen = f"Sec-WebSocket-Protocol: {self.protocol}\r\n" if self.protocol is not None else ""
        return (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {self.accept}\r\n{chosen}\r\n"
        ).encode()


def open_socket(headers: Headers) -> Opening:
    """`headers` have lower-case names. Raises Refused."""
    if "upgrade" not in [one.strip().lower() for one in _text(headers, "connection").split(",")]:
        raise Refused(400, "an upgrade needs 'Connection: Upgrade'")
    if _text(headers, "sec-websocket-version").strip() != "13":
        raise Refused(426, "only version 13 of WebSockets is spoken here", headers={"Sec-WebSocket-Version": "13"})
    key = _text(headers, "sec-websocket-key").strip()
    try:
        whole = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        whole = False
    if not whole:
        raise Refused(400, "Sec-WebSocket-Key is missing or malformed")
    digest = hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()
    return Opening(base64.b64encode(digest).decode(), _first_offer(headers))


def _first_offer(headers: Headers) -> str | None:
    if "sec-websocket-protocol" not in headers:
        return None
    offers = [one.strip() for one in _text(headers, "sec-websocket-protocol").split(",", _OFFERS)]
    if len(offers) > _OFFERS or len(set(offers)) < len(offers) or not all(map(_TOKEN.fullmatch, offers)):
        raise Refused(400, "Sec-WebSocket-Protocol is malformed: a list of different tokens is expected")
    return offers[0]


def _text(headers: Headers, name: str) -> str:
    found = headers.get(name, "")
    return found if isinstance(found, str) else ""
