"""The JSON-RPC 2.0 envelope: one struct, classified after decoding; params and results stay raw until routed."""

from __future__ import annotations

import re

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from motia_core.errors import PayloadRefused, RemoteProtocolError
from motia_core.protocol.nesting import is_deeper


class ErrorObject(Struct, frozen=True, omit_defaults=True):
    """`data` holds `{name, stack, …}` for errors of user code and `{issues}` for refused input."""

    code: int
    message: str
    data: Raw | None = None


class ErrorLine(Struct, frozen=True):
    """An error object as it is decoded: msgspec reads `Raw | None` as "null only"."""

    code: int
    message: str
    data: Raw | UnsetType = UNSET

    def object(self) -> ErrorObject:
        return ErrorObject(self.code, self.message, None if self.data is UNSET else self.data)


class Envelope(Struct, frozen=True):
    """Request: method and id. Notification: method alone. Reply: id and result or error."""

    id: int | UnsetType | None = UNSET
    method: str | UnsetType = UNSET
    params: Raw | UnsetType = UNSET
    result: Raw | UnsetType = UNSET
    error: ErrorLine | UnsetType = UNSET


_decoder = msgspec.json.Decoder(Envelope)
_ID = re.compile(rb'"id"\s*:\s*(\d{1,18})\s*[,}]')
_METHOD = re.compile(rb'"method"\s*:\s*"')


def decode(line: bytes) -> Envelope:
    """Raises RemoteProtocolError when the line is no envelope."""
    try:
        line.decode()  # msgspec does not look into Raw, and other runners refuse what is not UTF-8
        return _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise RemoteProtocolError(f"not a JSON-RPC message: {error}") from None


def request(id: int, method: str, params: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","id":%d,"method":"%s","params":%s}\n' % (id, method.encode(), params)


def notification(method: str, params: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","method":"%s","params":%s}\n' % (method.encode(), params)


def reply(id: int, result: bytes) -> bytes:
    return b'{"jsonrpc":"2.0","id":%d,"result":%s}\n' % (id, result)


def failure(id: int | None, error: ErrorObject) -> bytes:
    number = b"null" if id is None else b"%d" % id
    return b'{"jsonrpc":"2.0","id":%s,"error":%s}\n' % (number, msgspec.json.encode(error))


def guess(prefix: bytes) -> tuple[int | None, bool]:
    """The id at the start of a line too long to read, and whether it is a request. Good enough to answer it."""
    found = _ID.search(prefix)
    return (int(found[1]) if found else None), _METHOD.search(prefix) is not None


def check_depth(data: bytes, limit: int) -> None:
    """Raises PayloadRefused."""
    if is_deeper(data, limit):
        raise PayloadRefused(f"the JSON is nested deeper than {limit} levels")


def one_line(text: bytes) -> bytes:
    """Foreign JSON as one line, so that it cannot smuggle in a frame. Raises ValueError when it is not valid JSON."""
    try:
        text.decode("utf-8")
        return msgspec.json.format(text, indent=-1)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from None
