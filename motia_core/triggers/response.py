"""A handler's answer as bytes ready for the socket: status line, headers, body. Pure.

Owns the defaults (content type, length, date), what a handler may not set, ETag, and when to compress. Raises
BadResponse for what cannot be sent; the caller turns that into a 500.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus

import msgspec

from motia_core.model import Response

Headers = Mapping[str, str | list[str]]

STATUS_LINES = {code: b"HTTP/1.1 %d \r\n" % code for code in range(200, 600)} | {
    status.value: b"HTTP/1.1 %d %s\r\n" % (status.value, status.phrase.encode()) for status in HTTPStatus
}
JSON = "application/json; charset=utf-8"
BYTES = "application/octet-stream"
TEXT = "text/html; charset=utf-8"
SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
}
BODILESS = frozenset({204, 205, 304})
JSON_LINE = b"Content-Type: application/json; charset=utf-8\r\n"
_FRAMING = frozenset(
    {"content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "trailer", "te", "proxy-connection"}
)
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_COMPRESSIBLE = re.compile(r"text/|application/(?:.*\+)?(?:json|xml|javascript|graphql|x-ndjson|wasm)|image/svg")
_ETAG_LIMIT = 64 * 1024


class BadResponse(ValueError):
    """The answer cannot be sent as it is."""


class Head:
    """The header lines of one answer without what depends on the connection. Names stay as the author wrote them."""

    __slots__ = ("lines", "names", "type")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: set[str] = set()
        self.type: str | None = None

    def author(self, headers: Headers) -> Head:
        """Takes a handler's headers; those that frame the message are ours and are dropped. Raises BadResponse."""
        for name, value in headers.items():
            lower = name.lower()
            if lower in _FRAMING:
                continue
            if _TOKEN.fullmatch(name) is None:
                raise BadResponse(f"the header name {name!r} cannot be sent")
            self.names.add(lower)
            if lower == "content-type":
                self.type = _clean(name, value if isinstance(value, str) else value[-1]) if value else None
                continue
            for one in [value] if isinstance(value, str) else value:
                self.lines.append(f"{name}: {_clean(name, one)}\r\n")
        return self

    def default(self, headers: Mapping[str, str]) -> None:
        """Ours, where the author said nothing; `vary` is added to what is there."""
        for name, value in headers.items():
            if name not in self.names or name == "vary":
                self.lines.append(f"{name}: {value}\r\n")

    def encode(self) -> bytes:
        return "".join(self.lines).encode("utf-8", "surrogateescape")


def _clean(name: str, value: str) -> str:
    if not value.isprintable() and _CONTROL.search(value) is not None:
        raise BadResponse(f"the header {name} holds a control character")
    return value


def check_status(status: int) -> None:
    if not 200 <= status <= 599:
        raise BadResponse(f"the status {status} cannot be sent: an answer has 200 to 599")


def body_of(response: Response) -> bytes:
    """The bytes of a `json`, `text` or `none` body."""
    if response.kind == "json":
        return bytes(response.body)
    if response.kind == "text":
        try:
            return msgspec.json.decode(response.body, type=str).encode()
        except (msgspec.MsgspecError, UnicodeEncodeError) as error:
            raise BadResponse(f"the text cannot be sent: {error}") from None
    return b""


def default_type(response: Response) -> str | None:
    """The content type of a body whose author named none."""
    return {"json": JSON, "text": TEXT, "bytes": BYTES}.get(response.kind)


def with_charset(content_type: str) -> str:
    """A text's type names its charset."""
    return content_type if "charset" in content_type.lower() else content_type + "; charset=utf-8"


def etag(body: bytes) -> bytes | None:
    """Weak, and only good within this process: another one merely sends the body again."""
    if not body or len(body) > _ETAG_LIMIT:
        return None
    return b'W/"%x-%x"' % (len(body), hash(body) & 0xFFFFFFFFFFFFFFFF)


def is_known(tag: bytes, asked: str) -> bool:
    """Whether `If-None-Match: asked` names `tag`."""
    if asked.strip() == "*":
        return True
    bare = tag.decode().removeprefix("W/")
    return any(one.strip().removeprefix("W/") == bare for one in asked.split(","))


def may_compress(content_type: str | None, accepted: str | None) -> bool:
    """Whether the client takes gzip and the body is worth it."""
    if accepted is None or content_type is None or "gzip" not in accepted:
        return False
    refused = re.search(r"gzip\s*;\s*q=0(?:\.0*)?(?:\s*,|\s*$)", accepted) is not None
    return not refused and _COMPRESSIBLE.match(content_type.lower()) is not None


def compress(body: bytes) -> bytes:
    packer = zlib.compressobj(5, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


class DateLine:
    """The Date header, made once a second. Give it the time."""

    def __init__(self) -> None:
        self._second = 0
        self._line = b""

    def at(self, now: float) -> bytes:
        second = int(now)
        if second != self._second:
            self._second = second
            self._line = b"Date: " + formatdate(second, usegmt=True).encode() + b"\r\n"
        return self._line
