"""What a request body is: its kind, its charset, its text, its JSON. Pure; inflates with a bound.

`raw` is always what was received, after inflating: a JSON string of the text where the charset decodes, else a bytes
object. Nothing here reads a socket or writes a file.
"""

from __future__ import annotations

import base64
import codecs
import importlib
import re
import zlib
from email.message import Message
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from motia_core.protocol.nesting import is_deeper, outside_strings
from motia_core.triggers.refusal import Refusal

Kind = Literal["none", "json", "form", "text", "multipart", "bytes"]

_TEXTS = frozenset(
    {
        "application/xml",
        "application/javascript",
        "application/graphql",
        "application/x-ndjson",
        "application/ndjson",
        "application/yaml",
        "application/x-yaml",
        "application/toml",
        "application/sql",
        "image/svg+xml",
    }
)
# Text encodings that do work out of proportion to their input, or are not for bodies.
_NOT_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
_ENCODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_READABLE = "gzip, deflate"
_MOST_MEMBERS = 64
# Not every language reads longer ones, because the time that takes grows with the square of the length.
_MOST_DIGITS = 4300
_ENDLESS = re.compile(rb"(?<![\d.eE+\-])-?\d{4301}\d*+(?![.eE])")


class BodyType(Struct, frozen=True):
    """`charset` is Python's name for it, or None when the type says nothing and has no text."""

    kind: Kind
    charset: str | None = None
    boundary: str = ""


_known: dict[str, BodyType] = {"application/json": BodyType("json", "utf-8")}


def body_type(header: str | None) -> BodyType:
    """Raises Refusal (415) for a charset that does not exist."""
    if header is None:
        return _UNTYPED
    found = _known.get(header)
    if found is None:
        found = _parse(header)
        if found.kind != "multipart" and len(_known) < 500:
            _known[header] = found
    return found


_UNTYPED = BodyType("bytes")


def _parse(header: str) -> BodyType:
    message = Message()
    message["content-type"] = header.replace("\n", " ").replace("\r", " ")
    name, charset = message.get_content_type(), message.get_param("charset")
    if name == "multipart/form-data":
        boundary = message.get_param("boundary")
        if not isinstance(boundary, str) or not 0 < len(boundary) <= 200:
            raise Refusal(400, "the multipart body names no boundary", close=True)
        return BodyType("multipart", None, boundary)
    kind: Kind = "bytes"
    if name in ("application/json", "text/json") or name.endswith("+json"):
        kind = "json"
    elif name == "application/x-www-form-urlencoded":
        kind = "form"
    elif header.lstrip().lower().startswith("text/") or name in _TEXTS or name.endswith("+xml"):
        kind = "text"
    if isinstance(charset, str):
        return BodyType("text" if kind == "bytes" else kind, _charset(charset))
    return BodyType(kind, None if kind == "bytes" else "utf-8")


def _charset(name: str) -> str:
    try:
        found = codecs.lookup(name.strip(" '\""))
    except (LookupError, ValueError):
        found = None
    if found is None or found.name.replace("-", "_") in _NOT_CHARSETS or not getattr(found, "_is_text_encoding", True):
        raise Refusal(415, f"the charset '{name[:40]}' is not known", close=True)
    return "utf-8" if found.name == "ascii" else found.name


def text_of(data: bytes, charset: str | None) -> str | None:
    """The text, or None where the charset does not decode it."""
    if charset is None:
        return None
    try:
        return data.decode(charset)
    except (UnicodeError, ValueError):
        return None


def bytes_object(data: bytes) -> Raw:
    return Raw(b'{"$bytes":"' + base64.b64encode(data) + b'"}')


def check_json(data: bytes, depth: int) -> None:
    """Only whether it is JSON that every language reads. Raises Refusal (400)."""
    try:
        msgspec.json.decode(data, type=Raw)
    except RecursionError:
        raise too_deep(depth) from None
    except msgspec.MsgspecError as error:
        raise malformed(error) from None
    if is_deeper(data, depth):
        raise too_deep(depth)
    if len(data) > _MOST_DIGITS and _ENDLESS.search(data) and _ENDLESS.search(outside_strings(data)):
        raise Refusal(400, f"a whole number of more than {_MOST_DIGITS} digits", error="Malformed JSON")


def read_json(data: bytes, depth: int) -> object:
    """The value. Raises Refusal (400)."""
    try:
        value: object = msgspec.json.decode(data)
    except RecursionError:
        raise too_deep(depth) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise malformed(error) from None
    if is_deeper(data, depth):
        raise too_deep(depth)
    return value


def malformed(error: Exception) -> Refusal:
    return Refusal(400, str(error), error="Malformed JSON")


def too_deep(limit: int) -> Refusal:
    return Refusal(400, f"nested deeper than {limit} levels", error="Malformed JSON")


def inflate(data: bytes, encoding: str, limit: int) -> bytes:
    """Raises Refusal: 415 unknown encoding, 413 more than `limit` bytes, 400 damaged."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return data
    try:
        if name == "br":
            return _brotli(data, limit)
        bits = _ENCODINGS.get(name)
        if bits is None:
            raise _unreadable(encoding)
        if name == "deflate" and data and data[0] & 0x0F != 8:
            bits = -15
        return _zlib(data, bits, limit)
    except (zlib.error, EOFError) as error:
        raise Refusal(400, f"the {name} body is damaged: {error}") from None


def _zlib(data: bytes, bits: int, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit
    while data:
        if len(parts) == _MOST_MEMBERS:
            raise zlib.error(f"more than {_MOST_MEMBERS} members")
        stream = zlib.decompressobj(bits)
        part = stream.decompress(data, left + 1)
        left -= len(part)
        if left < 0:
            raise Refusal(413, f"the body inflates to more than {limit} bytes")
        if not stream.eof:
            raise EOFError("it ends too early")
        parts.append(part)
        data = stream.unused_data if bits == 31 and stream.unused_data[:2] == b"\x1f\x8b" else b""
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _brotli(data: bytes, limit: int) -> bytes:
    """With the `brotli` package, where it is installed and can stop at a bound."""
    try:
        brotli = importlib.import_module("brotli")
        stream = brotli.Decompressor()
        out = bytes(stream.process(data, output_buffer_limit=limit + 1))
    except (ImportError, TypeError):
        raise _unreadable("br") from None
    except Exception as error:
        raise zlib.error(str(error)) from None
    if len(out) > limit:
        raise Refusal(413, f"the body inflates to more than {limit} bytes")
    if not stream.is_finished():
        raise EOFError("it ends too early")
    return out


def _unreadable(encoding: str) -> Refusal:
    text = f"the content encoding '{encoding[:40]}' cannot be read"
    return Refusal(415, text, headers={"Accept-Encoding": _READABLE}, close=True)
