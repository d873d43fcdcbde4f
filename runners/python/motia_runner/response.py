"""What an api handler returned → `{status, headers, kind, body}` as JSON text. The core knows no dialect; this does.

Streamed bodies are recognised here and sent by `streaming.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Dict, List, NamedTuple, Optional, Union

from motia_runner import values
from motia_runner.faults import refusal

_MISSING = object()
_ENVELOPE = {"status", "headers", "body"}
Headers = Dict[str, Union[str, List[str]]]


class Reply(NamedTuple):
    """A handler's answer, taken apart. `body` is `_MISSING` when there is none; `ignored` names keys left out."""

    status: int
    headers: Headers
    body: Any
    bare: bool
    ignored: List[str]


def read(result: Any, strict: bool) -> Reply:
    """`strict` is dialect (b): an envelope has no other keys there."""
    if result is None:
        return Reply(204, {}, _MISSING, True, [])
    envelope = _envelope(result, strict)
    if envelope is None:
        return Reply(200, {}, result, True, [])
    status = _status(envelope.get("status", 200)) or 200
    headers = _headers(envelope.get("headers"))
    ignored = [key for key in envelope if key not in _ENVELOPE]
    return Reply(status, headers, envelope.get("body", _MISSING), False, ignored)


def is_stream(body: Any) -> bool:
    """Whether the body comes piece by piece."""
    return (
        hasattr(body, "__aiter__")
        or inspect.isgenerator(body)
        or (hasattr(body, "__next__") and not isinstance(body, (str, bytes)))
    )


def text(reply: Reply) -> str:
    """The JSON of a whole response. Raises MotiaError (1012) naming the key path of what has no form."""
    body, headers = reply.body, reply.headers
    if isinstance(body, Mapping) and body.get("type") == "Buffer" and set(body) == {"type", "data"}:
        body = _buffer(body)
    if body is _MISSING:
        return _text(reply.status, headers, "none", None)
    if isinstance(body, (bytes, bytearray, memoryview)):
        return _text(reply.status, headers, "bytes", values.dump(bytes(body)))
    if isinstance(body, str):
        if not any(name.lower() == "content-type" for name in headers):
            kind = "text/plain" if reply.bare else "text/html"
            headers = {**headers, "content-type": f"{kind}; charset=utf-8"}
        return _text(reply.status, headers, "text", values.dump(body))
    return _text(reply.status, headers, "json", values.dump_plain(body, "result" if reply.bare else "result.body"))


def streamed(reply: Reply) -> str:
    return _text(reply.status, reply.headers, "streamed", None)


def _text(status: int, headers: Headers, kind: str, body: Optional[str]) -> str:
    start = f'{{"status":{status},"headers":{values.dump(headers) if headers else "{}"},"kind":"{kind}"'
    return start + "}" if body is None else f'{start},"body":{body}}}'


def _envelope(result: Any, strict: bool) -> Optional[Mapping[str, Any]]:
    if not isinstance(result, Mapping):
        if isinstance(result, (str, bytes, list, int, float)) or _status(getattr(result, "status", None)) is None:
            return None
        # An object with a status: the attributes of an envelope, as of a small response class.
        found = {name: getattr(result, name) for name in ("status", "headers", "body") if hasattr(result, name)}
        return found if len(found) > 1 or not strict else None
    if "status" in result:
        if _status(result["status"]) is None or (strict and not _ENVELOPE.issuperset(result)):
            return None
        return result
    return result if "body" in result and _ENVELOPE.issuperset(result) else None


def _status(value: Any) -> Optional[int]:
    if isinstance(value, str):
        value = int(value) if value.isdigit() and len(value) == 3 else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not float(value).is_integer():
        return None
    return int(value) if 100 <= value <= 599 else None


def _headers(given: Any) -> Headers:
    if given is None:
        return {}
    pairs = given.items() if hasattr(given, "items") else given
    told: Headers = {}
    try:
        for name, value in pairs:
            if isinstance(value, (list, tuple, set)):
                told[str(name)] = [_header(part) for part in value]
            elif value is not None:
                told[str(name)] = _header(value)
    except (TypeError, ValueError):
        raise refusal("result.headers: must be a dict of names and values") from None
    return told


def _header(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else str(value)


def _buffer(body: Mapping[str, Any]) -> bytes:
    try:
        return bytes(body["data"])
    except (TypeError, ValueError) as error:
        raise refusal(f"result.body.data: {error}") from None
