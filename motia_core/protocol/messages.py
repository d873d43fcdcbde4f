"""`METHODS`, the table of every wire method: its direction, params and result.

Shapes only: `runners/PROTOCOL.md` says what they mean, `requests.py` and `calls.py` hold the structs.
"""

from __future__ import annotations

from enum import Enum

import msgspec
from msgspec import Struct

from motia_core.protocol import calls as c
from motia_core.protocol import requests as r
from motia_core.protocol.message import Message, Nothing

PROTOCOL_VERSION = 1


class Direction(Enum):
    TO_RUNNER = "core → runner"
    TO_CORE = "runner → core"


class Method(Struct, frozen=True):
    """`result` is None for a notification."""

    name: str
    direction: Direction
    params: type[Message]
    result: type[Message] | None


def _table(*rows: tuple[str, Direction, type[Message], type[Message] | None]) -> dict[str, Method]:
    return {name: Method(name, direction, params, result) for name, direction, params, result in rows}


_DOWN, _UP = Direction.TO_RUNNER, Direction.TO_CORE

METHODS: dict[str, Method] = _table(
    ("initialize", _DOWN, r.Initialize, r.Initialized),
    ("step.describe", _DOWN, r.Describe, r.Described),
    ("step.run", _DOWN, r.Run, r.RunResult),
    ("stream.canAccess", _DOWN, r.CanAccess, r.Allowed),
    ("stream.authenticate", _DOWN, r.Authenticate, r.Authenticated),
    ("config.load", _DOWN, r.LoadConfig, r.LoadedConfig),
    ("ping", _DOWN, Nothing, Nothing),
    ("shutdown", _DOWN, r.Shutdown, Nothing),
    ("cancel", _DOWN, r.Cancel, None),
    ("state.get", _UP, c.StateKey, c.Value),
    ("state.set", _UP, c.StateSet, c.Value),
    ("state.delete", _UP, c.StateKey, c.Value),
    ("state.clear", _UP, c.StateGroup, c.Count),
    ("state.getGroup", _UP, c.StateGroup, c.Items),
    ("state.keys", _UP, c.StateGroup, c.Names),
    ("state.groups", _UP, c.Call, c.Names),
    ("state.update", _UP, c.StateUpdate, c.Value),
    ("state.setIfAbsent", _UP, c.StateSet, c.Stored),
    ("state.compareAndSet", _UP, c.StateCompare, c.Stored),
    ("events.emit", _UP, c.Emit, c.Emitted),
    ("events.trigger", _UP, c.TriggerStep, c.Triggered),
    ("streams.get", _UP, c.StreamKey, c.Value),
    ("streams.set", _UP, c.StreamSet, c.Value),
    ("streams.delete", _UP, c.StreamKey, c.Value),
    ("streams.getGroup", _UP, c.StreamGroup, c.Items),
    ("streams.query", _UP, c.StreamQuery, c.Items),
    ("streams.update", _UP, c.StreamUpdate, c.Value),
    ("streams.send", _UP, c.StreamSend, Nothing),
    ("transaction.read", _UP, c.TransactionRead, c.Versioned),
    ("transaction.readGroup", _UP, c.TransactionReadGroup, c.VersionedItems),
    ("transaction.commit", _UP, c.TransactionCommit, c.Committed),
    ("once.get", _UP, c.OnceKey, c.OnceFound),
    ("once.put", _UP, c.OncePut, c.Value),
    ("stats.get", _UP, c.Call, c.StatsTaken),
    ("response.chunk", _UP, c.ResponseChunk, Nothing),
    ("log", _UP, c.Log, None),
)

TRANSACTION_WRITES = frozenset(
    {
        "state.set",
        "state.delete",
        "state.clear",
        "streams.set",
        "streams.delete",
        "streams.send",
        "events.emit",
        "once.put",
    }
)


def encode(message: Message) -> bytes:
    """One line of JSON, without the newline."""
    return msgspec.json.encode(message)
