"""Params and results of what a runner asks the core. `Raw` fields are wire JSON passed through unread."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, UnsetType

from motia_core.protocol.message import NULL, Message


class Call(Message, frozen=True, kw_only=True):
    """Every call carries the invocation in whose name it is made."""

    invocation: str


class StateKey(Call, frozen=True, kw_only=True):
    group: str
    key: str


class StateSet(StateKey, frozen=True, kw_only=True):
    value: Raw
    ttl: float | None = None


class StateWrite(StateSet, frozen=True, kw_only=True):
    """As part of a transaction. `keep`: without `ttl` the value goes on ending when it did."""

    keep: bool = False


class StateGroup(Call, frozen=True, kw_only=True):
    group: str


class Operation(Message, frozen=True, kw_only=True):
    op: Literal["set", "increment", "append", "merge", "remove"]
    path: str = ""
    value: Raw = NULL


class StateUpdate(StateKey, frozen=True, kw_only=True):
    ops: list[Operation]
    ttl: float | None = None


class StateCompare(StateSet, frozen=True, kw_only=True):
    expected: Raw = NULL


class Value(Message, omit_defaults=False, frozen=True, kw_only=True):
    value: Raw = NULL


class Items(Message, omit_defaults=False, frozen=True, kw_only=True):
    items: list[tuple[str, Raw]]


class Names(Message, omit_defaults=False, frozen=True, kw_only=True):
    names: list[str]


class Stored(Message, omit_defaults=False, frozen=True, kw_only=True):
    stored: bool
    value: Raw = NULL


class Count(Message, omit_defaults=False, frozen=True, kw_only=True):
    count: int


class Emit(Call, frozen=True, kw_only=True):
    topic: str
    data: Raw = NULL
    message_group_id: str | None = None
    delay: float | None = None
    at: int | None = None
    id: str | None = None


class Emitted(Message, omit_defaults=False, frozen=True, kw_only=True):
    id: str
    deliveries: int


class TriggerStep(Call, frozen=True, kw_only=True):
    step: str
    data: Raw = NULL


class Triggered(Message, omit_defaults=False, frozen=True, kw_only=True):
    id: str
    trace_id: str


class StreamKey(Call, frozen=True, kw_only=True):
    stream: str
    group: str
    id: str


class StreamSet(StreamKey, frozen=True, kw_only=True):
    value: Raw
    ttl: float | None = None


class StreamWrite(StreamSet, frozen=True, kw_only=True):
    """As `StateWrite`."""

    keep: bool = False


class StreamGroup(Call, frozen=True, kw_only=True):
    stream: str
    group: str


class StreamQuery(StreamGroup, frozen=True, kw_only=True):
    """`items`: what a transaction sees of the group, to choose from instead of what is stored."""

    where: dict[str, Raw] = {}
    order_by: str | None = None
    order_direction: Literal["asc", "desc"] = "asc"
    offset: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=0)] | None = None
    items: list[tuple[str, Raw]] | None = None


class StreamUpdate(StreamKey, frozen=True, kw_only=True):
    ops: list[Operation]
    ttl: float | None = None


class StreamSend(Call, frozen=True, kw_only=True):
    """`ad_hoc`: the stream need not be declared by a file."""

    stream: str
    group: str
    id: str | None = None
    type: str
    data: Raw = NULL
    ad_hoc: bool = False


class TransactionRead(Call, frozen=True, kw_only=True):
    """`stream` names a stream; without it the state is read."""

    group: str
    key: str
    stream: str | None = None


class TransactionReadGroup(Call, frozen=True, kw_only=True):
    group: str
    stream: str | None = None


class Versioned(Message, omit_defaults=False, frozen=True, kw_only=True):
    value: Raw = NULL
    version: str


class VersionedItems(Message, omit_defaults=False, frozen=True, kw_only=True):
    items: list[tuple[str, Raw]]
    version: str


class Seen(Message, frozen=True, kw_only=True):
    """What a transaction has read: `key` absent = the whole group."""

    group: str
    version: str
    key: str | None = None
    stream: str | None = None


class Write(Message, frozen=True, kw_only=True):
    """One write of a transaction: a method of `TRANSACTION_WRITES` and its params, without `invocation`."""

    method: str
    params: Raw


class TransactionCommit(Call, frozen=True, kw_only=True):
    reads: list[Seen] = []
    writes: list[Write] = []


class Committed(Message, omit_defaults=False, frozen=True, kw_only=True):
    results: list[Raw]


class OnceKey(Call, frozen=True, kw_only=True):
    key: str


class OnceFound(Message, omit_defaults=False, frozen=True, kw_only=True):
    found: bool
    value: Raw = NULL


class OncePut(Call, frozen=True, kw_only=True):
    key: str
    value: Raw = NULL


class Figures(Message, omit_defaults=False, frozen=True, kw_only=True):
    """How one step fares. `p50` and `p95` in milliseconds, null before the first run."""

    runs: int
    failures: int
    retries: int
    p50: float | None
    p95: float | None
    waiting: int
    running: int
    dead: int


class StatsTaken(Message, omit_defaults=False, frozen=True, kw_only=True):
    """`since`: when counting began (epoch ms). `steps` by name."""

    since: int
    steps: dict[str, Figures]


class ResponseChunk(Call, frozen=True, kw_only=True):
    """The first carries `status` and `headers`; `data` is a string or a bytes object, absent = headers only."""

    status: int | None = None
    headers: dict[str, str | list[str]] | None = None
    data: Raw | UnsetType = UNSET


class Log(Message, frozen=True, kw_only=True):
    msg: str
    level: Literal["debug", "info", "warn", "error"] = "info"
    invocation: str | None = None
    fields: Raw = Raw(b"{}")
    source: Literal["logger", "stdout", "stderr"] = "logger"
    time: int | None = None
