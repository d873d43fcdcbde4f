"""What a trace keeps of a runner's call: its names and keys and how large its values are, never the values themselves
unless `traces.payload` asks for small ones, and then without secrets. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Raw

from motia_core.protocol.calls import TransactionCommit, Write
from motia_core.protocol.message import Message
from motia_core.protocol.messages import METHODS

Redact = Callable[[Raw], Raw]
_encode = msgspec.json.Encoder().encode
_LEFT_OUT = frozenset({"invocation", "ttl"})
_ANSWERED = frozenset({"deliveries", "count", "stored"})


class Outline:
    """For the calls of one method."""

    def __init__(self, params: type[Message], payload: int, redact: Redact) -> None:
        hints = get_type_hints(params)
        fields = [one for one in msgspec.structs.fields(params) if one.name not in _LEFT_OUT]
        raw = {one.name for one in fields if _may_be(hints[one.name], Raw)}
        self._raw = [(one.name, one.encode_name) for one in fields if one.name in raw]
        self._plain = [
            (one.name, one.encode_name) for one in fields if one.name not in raw and _is_name(hints[one.name])
        ]
        self._lists = [one.name for one in fields if get_origin(hints[one.name]) is list]
        self._payload = payload
        self._redact = redact

    def data(self, call: Message, result: Message | None) -> bytes:
        """As JSON. `result` is what was answered, None when the call was refused."""
        return _encode(self.facts(call, result))

    def facts(self, call: Message, result: Message | None = None) -> dict[str, Any]:
        said = {key: value for name, key in self._plain if (value := getattr(call, name)) is not None}
        for name in self._lists:
            said[name] = _listed(call, name)
        size = None
        for name, key in self._raw:
            value = getattr(call, name)
            if isinstance(value, Raw):
                size = (size or 0) + self._weigh(said, key, value)
        if result is not None:
            size = self._answer(said, result, size)
        if size is not None:
            said["size"] = size
        return said

    def _answer(self, said: dict[str, Any], result: Message, size: int | None) -> int | None:
        """What a reading call found; what a writing one did."""
        for name in _ANSWERED:
            if (value := getattr(result, name, None)) is not None:
                said[name] = value
        if (items := getattr(result, "items", None)) is not None:
            said["found"] = len(items)
            return sum(len(memoryview(value)) for _, value in items)
        if (names := getattr(result, "names", None)) is not None:
            said["found"] = len(names)
            return size
        value = getattr(result, "value", None)
        if size is None and isinstance(value, Raw):
            said["found"] = bytes(value) != b"null"
            return self._weigh(said, "value", value)
        return size

    def _weigh(self, said: dict[str, Any], key: str, value: Raw) -> int:
        size = len(memoryview(value))
        if size <= self._payload:
            # A key alone may say that a value is secret, as in `state.set('users', 'apiToken', …)`.
            wrapped = msgspec.json.decode(self._redact(Raw(b"{%s:%s}" % (_encode(said.get("key", "")), bytes(value)))))
            said[key] = wrapped[said.get("key", "")]
        return size


def _listed(call: Message, name: str) -> object:
    """Operations and reads are counted, the writes of a transaction are named."""
    value = getattr(call, name)
    if isinstance(call, TransactionCommit) and name == "writes":
        return [_written(write) for write in value]
    return len(value)


def _written(write: Write) -> dict[str, Any]:
    row = METHODS.get(write.method)
    if row is None:
        return {"method": write.method}
    outline = _PLAIN.get(write.method)
    if outline is None:
        outline = _PLAIN[write.method] = Outline(row.params, -1, lambda raw: raw)
    try:
        call = msgspec.json.decode(b'{"invocation":"",' + bytes(write.params).lstrip()[1:], type=row.params)
    except msgspec.MsgspecError:
        return {"method": write.method}
    return {"method": write.method, **outline.facts(call)}


_PLAIN: dict[str, Outline] = {}


def _may_be(hint: object, kind: type) -> bool:
    return hint is kind or (get_origin(hint) is not None and kind in get_args(hint))


def _is_name(hint: object) -> bool:
    """A text, number or truth, perhaps none."""
    kinds = set(get_args(hint)) if get_origin(hint) is Union or type(hint).__name__ == "UnionType" else {hint}
    return kinds <= {str, int, float, bool, type(None)}
