"""What is said on a stream socket, without I/O: messages of clients are read, envelopes for them are written.

A message is one JSON object per frame. `Message` is one envelope for everybody who hears it: made once, kept in the
form each kind of connection needs. Values come from the store as wire JSON and go out as plain JSON.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from motia_core.protocol.nesting import is_deeper
from motia_core.protocol.values import from_wire
from motia_core.streams.frames import TEXT, frame

DENIED = "STREAM_ACCESS_DENIED"
CROWDED = "STREAM_LIMIT_REACHED"
UNAVAILABLE = "STREAM_UNAVAILABLE"
_DEEPEST = 32
_LONGEST_STAMP = 32
_encode = msgspec.json.Encoder().encode


class Malformed(ValueError):
    """No client of ours says this; the text says why. `beyond` = it breaks a limit rather than the form."""

    def __init__(self, text: str, *, beyond: bool = False) -> None:
        super().__init__(text)
        self.beyond = beyond


class Key(Struct, frozen=True):
    """What one follows: an item, or with `id` None its whole group."""

    stream: str
    group: str
    id: str | None = None

    @property
    def whole(self) -> Key:
        return self if self.id is None else Key(self.stream, self.group)


class Join(Struct, frozen=True):
    key: Key
    subscription: str


class Leave(Struct, frozen=True):
    subscription: str


class Ping(Struct, frozen=True):
    """A question of programs that check the line themselves; `stamp` comes back as it was sent."""

    stamp: Raw


class _Data(Struct, rename="camel"):
    stream_name: str | UnsetType = UNSET
    group_id: str | UnsetType = UNSET
    id: str | None = None
    subscription_id: str | UnsetType = UNSET


class _Said(Struct):
    type: str
    data: Raw = Raw(b"null")
    timestamp: Raw = Raw(b"null")


_said = msgspec.json.Decoder(_Said).decode
_data = msgspec.json.Decoder(_Data).decode


def parse(text: bytes, *, names: int) -> Join | Leave | Ping | None:
    """None for what means nothing here: another type, a join or leave that names no subscription. `names` is the
    longest a name may be. Raises Malformed."""
    if is_deeper(text, _DEEPEST):
        raise Malformed(f"the message is nested deeper than {_DEEPEST}", beyond=True)
    try:
        said = _said(text)
        if said.type == "ping":
            return Ping(said.timestamp if len(said.timestamp) <= _LONGEST_STAMP else Raw(b"null"))
        return _moved(said.type, _data(said.data), names) if said.type in ("join", "leave") else None
    except msgspec.ValidationError:
        return None
    except msgspec.MsgspecError as error:
        raise Malformed(f"the message is no JSON: {error}") from None


def _moved(kind: str, data: _Data, names: int) -> Join | Leave | None:
    stream, group, subscription = data.stream_name, data.group_id, data.subscription_id
    for name, value in (("streamName", stream), ("groupId", group), ("id", data.id), ("subscriptionId", subscription)):
        if isinstance(value, str) and len(value) > names:
            raise Malformed(f"{name} has more than {names} characters", beyond=True)
    if subscription is UNSET or not subscription:
        return None
    if kind == "leave":
        return Leave(subscription)
    return None if stream is UNSET or group is UNSET else Join(Key(stream, group, data.id or None), subscription)


def pong(ping: Ping) -> bytes:
    return frame(TEXT, _encode({"type": "pong", "timestamp": ping.stamp}))


Kind = Literal["sync", "create", "update", "delete", "event"]


class _Envelope(Struct, rename="camel"):
    timestamp: int
    stream_name: str
    group_id: str
    id: str | UnsetType
    event: object


class _Event(Struct):
    type: str
    data: Raw | UnsetType = UNSET
    event: Raw | UnsetType = UNSET


class Message:
    """One envelope. `data` is plain JSON. `lasting` = it tells of what is stored, so that a later `sync` holds it."""

    __slots__ = ("_frame", "_sse", "data", "key", "kind", "stamp")

    def __init__(self, stamp: int, key: Key, kind: str, data: bytes | Raw) -> None:
        self.stamp = stamp
        self.key = key
        self.kind = kind
        self.data = data
        self._frame: bytes | None = None
        self._sse: bytes | None = None

    @property
    def lasting(self) -> bool:
        return self.kind != "event"

    @property
    def frame(self) -> bytes:
        """For sockets."""
        if self._frame is None:
            key, data = self.key, Raw(self.data)
            event = _Event(self.kind, event=data) if self.kind == "event" else _Event(self.kind, data=data)
            id = UNSET if key.id is None else key.id
            self._frame = frame(TEXT, _encode(_Envelope(self.stamp, key.stream, key.group, id, event)))
        return self._frame

    @property
    def sse(self) -> bytes:
        """For readers of Server-Sent Events. JSON has no raw line ends, so `data` is one line."""
        if self._sse is None:
            data = bytes(self.data) if b"\n" not in self.data else _encode(msgspec.json.decode(self.data))
            self._sse = b"id: %d\nevent: %b\ndata: %b\n\n" % (self.stamp, self.kind.encode(), data)
        return self._sse


def plain(value: bytes | Raw) -> bytes:
    """A wire value as the JSON that browsers get."""
    text = bytes(value)
    return _encode(from_wire(text)) if b'"$' in text or b"\\u0024" in text else text


def listed(values: list[bytes]) -> bytes:
    return b"[%b]" % b",".join(values)


def refusal(stamp: int, key: Key, code: str, text: str) -> Message:
    """The error event."""
    return Message(stamp, key, "event", _encode({"type": "error", "data": {"code": code, "message": text}}))
