"""What every backend promises, in our verbs. The suite in `tests/storage/` checks each sentence on each backend.

Values are one line of wire JSON as bytes and are never looked into, except by `update` and `compare_and_set`. Times are
milliseconds since the epoch and are passed in: a backend has no clock. Groups and keys are separate and any Unicode:
no prefix, no glob, no escaping. Every write is atomic. `Durability` says what an answer means: `full` is on the disk,
`normal` survives the death of any process. All methods raise StoreUnavailable when the backend cannot serve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from msgspec import Raw, Struct

from motia_core.metrics.histogram import Histogram
from motia_core.model import Addressed, DeadLetter, Delivery, Event, Failure
from motia_core.storage.history import TraceStore
from motia_core.storage.listeners import Listener

if TYPE_CHECKING:
    from motia_core.storage.browsing import Browsing
    from motia_core.storage.items import StreamEvent, StreamStore

Durable = Literal["full", "normal"]


class Item(Struct, frozen=True):
    """One stored value. Every write gives it a `version` it never had, also when a key is deleted and set again."""

    key: str
    value: bytes
    version: str


class Op(Struct, frozen=True):
    """One step of an update; see `state.update` in PROTOCOL.md. `increment` takes `null` as 1; `remove` ignores it."""

    op: Literal["set", "increment", "append", "merge", "remove"]
    path: str
    value: Raw


class Keyed(Protocol):
    """Values by group and key: the state store, and each stream. Expired values are gone for every reader at once: a
    value is there while `now` is before `expires`. A write without `expires` stays for ever; only `update` without it
    keeps the expiry that is there."""

    async def get(self, group: str, key: str, *, now: int) -> bytes | None: ...

    async def read(self, group: str, key: str, *, now: int) -> tuple[bytes | None, str]:
        """The value and its version; a missing key has the version `0`."""

    async def set(self, group: str, key: str, value: bytes, *, now: int, expires: int | None = None) -> bool:
        """True when the key was not there before."""

    async def delete(self, group: str, key: str, *, now: int) -> bytes | None:
        """The value that was there."""

    async def clear(self, group: str, *, now: int) -> int: ...

    async def group(self, group: str, *, now: int) -> list[Item]:
        """In the order first set."""

    async def read_group(self, group: str, *, now: int) -> tuple[list[Item], str]:
        """With a version that changes when anything in the group does: it names what the group holds. An empty group
        has the version `0`."""

    async def keys(self, group: str, *, now: int) -> list[str]:
        """In the order first set."""

    async def groups(self, *, now: int) -> list[str]:
        """Those that hold anything, sorted."""

    async def update(
        self, group: str, key: str, ops: Sequence[Op], *, now: int, expires: int | None = None
    ) -> tuple[bytes, bool]:
        """The new value and whether the key is new. Raises CallRefused when an op does not fit."""

    async def set_if_absent(
        self, group: str, key: str, value: bytes, *, now: int, expires: int | None = None
    ) -> tuple[bool, bytes]:
        """Whether it was stored, and what is there afterwards."""

    async def compare_and_set(
        self, group: str, key: str, expected: bytes, value: bytes, *, now: int, expires: int | None = None
    ) -> tuple[bool, bytes | None]:
        """Compares JSON values, not texts; `null` matches a missing key."""


class Emission(Struct, frozen=True, kw_only=True):
    """An event with the deliveries to make of it. With `dedup`, an earlier event of that topic and id since
    `dedup_since` wins."""

    event: Event
    to: tuple[Addressed, ...]
    dedup_since: int = 0


class Emitted(Struct, frozen=True):
    """`duplicate` = nothing was stored, the id is that of the earlier event."""

    id: int
    deliveries: int
    duplicate: bool = False


Died = Literal["alone", "among others"]
Took = Literal["put", "running", "taken"]
"""What came of a tick: its delivery was put; the one before still runs; it is another server's, or past."""


class Backlog(Struct, frozen=True, kw_only=True):
    """Counts of one step's deliveries. `oldest` is when the oldest waiting one was created."""

    step: str
    ready: int = 0
    delayed: int = 0
    running: int = 0
    blocked: int = 0
    dead: int = 0
    oldest: int | None = None


class EventStore(Protocol):
    """Events, their deliveries and dead letters. A delivery is waiting, claimed under a lease, dead, or gone.

    Each change of a claimed delivery belongs to the owner of its lease: one whose lease was lost changes nothing.
    Putting (ticks too), burying, redriving, redirecting, discarding, dropping and `once_put` have the durability of
    events; claims and acknowledgements survive the death of any process; after a power cut the last may run again."""

    async def put(self, emissions: Sequence[Emission], *, limit: int) -> list[Emitted]:
        """All in one commit. Raises BacklogFull, storing nothing, when more than `limit` deliveries would wait."""

    async def claim(
        self,
        room: dict[str, int],
        *,
        owner: str,
        now: int,
        lease: int,
        limit: int,
        most: Mapping[str, int] | None = None,
    ) -> list[Delivery]:
        """At most `room[step]` deliveries per step, oldest due first, `attempt` already counted durably; of a step in
        `most` never more than it says, claimed by all owners together. A fifo delivery is claimable only when no
        earlier one of its (step, group) exists; without a group it is like others. A lease that ended before `now` is
        claimable again, marked `suspect`, with one more `lost`: a server that ends proves nothing against what it
        held. What was lost before comes back spread out, so that it does not always take the same others with it.
        `lease` is when the new lease ends."""

    async def renew(self, ids: Sequence[int], *, owner: str, lease: int) -> list[int]:
        """Extends the leases still held by `owner` until `lease`; returns those lost."""

    async def ack(self, ids: Sequence[int], *, owner: str) -> None:
        """Done: gone. Ids whose lease was lost are ignored."""

    async def begin(self, id: int, *, owner: str) -> None:
        """User code is about to run: counted in `begun`, which `retry` and `release` set back."""

    async def retry(self, id: int, *, owner: str, due: int, failure: Failure, died: Died | None = None) -> None:
        """Back to waiting until `due`. When its worker `died`, it is a suspect from now on: one that had it to itself
        has one more of `deaths`, others one more of `lost`."""

    async def release(self, ids: Sequence[int], *, owner: str, uncount: bool = True) -> None:
        """Back to waiting, due at once; uncounted because it was never given to user code or was stopped by us."""

    async def bury(self, id: int, *, owner: str, reason: str, failure: Failure | None, now: int) -> None:
        """Into the dead letters, with the last failure told to `retry` if there is none now. The next of its group
        becomes claimable."""

    async def due(self, steps: Sequence[str]) -> int | None:
        """When the next waiting delivery of these steps becomes claimable, or None. Leases that will end are not seen:
        claim now and then without being told."""

    async def newest(self) -> int:
        """The id given last: what is put from now on has a larger one."""

    async def of_trace(self, trace_id: str, *, after: int) -> dict[str, int]:
        """How many deliveries of a trace with an id above `after` are not done yet, by step."""

    async def tick(self, name: str, tick: int, emission: Emission | None, *, now: int) -> Took:
        """Takes the tick of a cron step and puts its delivery in the same commit: for exactly one caller per tick, and
        never for one before the last that was taken, unless that lies more than an hour ahead of `now` (the clock was
        wrong). A fifo delivery is not put while an earlier one of its group is claimed. Without an emission the tick
        only counts as seen."""

    async def last_tick(self, name: str) -> int | None:
        """The latest tick taken."""

    async def backlog(self, *, now: int) -> list[Backlog]:
        """One row per step that has anything, sorted. `ready` is due at `now`, `delayed` later, `blocked` behind an
        earlier one of its group."""

    async def dead(self, *, step: str | None = None, limit: int = 100, after: int = 0) -> list[DeadLetter]:
        """By id, those above `after`."""

    async def redrive(self, ids: Sequence[int], *, now: int) -> int:
        """Back to waiting under the same id, due at once with all attempts before them, nothing held against them and
        no hops; in a group, behind the one that is its turn."""

    async def discard(self, ids: Sequence[int]) -> int:
        """Dead letters away; returns how many there were."""

    async def redirect(self, step: str, to: str, *, fifo: bool, now: int) -> int:
        """All that waits or is blocked for `step` goes to the step `to`, with all attempts before it; what was never
        attempted keeps its delay. `fifo`: in the order of its groups, with what is there already. What is claimed
        stays."""

    async def drop(self, step: str) -> int:
        """Throws away all that waits or is blocked for `step`."""

    async def hurry(self, step: str, *, now: int) -> int:
        """Makes all waiting failures of a step due now (its code was mended). Never attempted ones keep their delay."""

    async def prune(self, *, dead_before: int, dedup_before: int) -> int:
        """Dead letters buried and emit ids put before these times, and what `once` remembers from before
        `dead_before` outside living deliveries; returns the rows removed."""

    async def once_get(self, scope: str, key: str) -> bytes | None:
        """Raises InvocationOver when the scope is that of a delivery which somebody has finished meanwhile."""

    async def once_put(self, scope: str, key: str, value: bytes, *, now: int) -> bytes:
        """The first value wins; returns the one remembered. Raises InvocationOver as `once_get` does. The scope of
        delivery 7 is `delivery:7`; it is removed when the delivery is acknowledged, discarded or pruned."""


class StateWrite(Struct, frozen=True, kw_only=True):
    """`stream` None = state, `value` None deletes, `key` None clears the group. `keep`: without `expires` it stays."""

    group: str
    key: str | None
    value: bytes | None = None
    expires: int | None = None
    keep: bool = False
    stream: str | None = None


class OnceWrite(Struct, frozen=True):
    scope: str
    key: str
    value: bytes


class Seen(Struct, frozen=True, kw_only=True):
    """Something a transaction has read; `key` None = the group's version."""

    group: str
    version: str
    key: str | None = None
    stream: str | None = None


class Notifier(Protocol):
    """Tells other servers on the same store that something happened. Lossy by contract: readers also poll."""

    async def publish(self, channel: str, message: bytes) -> None:
        """Listeners of this process hear it at once, those of others soon."""

    def listen(self) -> Listener:
        """From this call on, also what this process publishes. Where the backend notices that messages were lost it
        says so with one on the channel `listeners.LOST`. Ends when the storage is closed."""


Write: TypeAlias = "StateWrite | OnceWrite | Emission | StreamEvent"
Written = bytes | Emitted | int | bool | None


class Storage(Protocol):
    """The bundle a server opens. `describe` is for people: where it is."""

    describe: str
    state: Keyed
    events: EventStore
    traces: TraceStore
    notifier: Notifier
    browsing: Browsing

    def stream(self, name: str) -> StreamStore: ...

    async def stream_names(self) -> list[str]: ...

    async def sweep(self, *, now: int, limit: int = 1000) -> int:
        """Removes expired values of the state and of all streams, at most `limit`; returns how many."""

    async def transaction(
        self, reads: Sequence[Seen], writes: Sequence[Write], *, now: int, limit: int
    ) -> list[Written]:
        """Everything in one commit at the stricter durability, or TransactionConflict / BacklogFull and nothing. What
        `once` remembers already is a conflict; of a delivery that is finished, InvocationOver.
        Per write: the value stored or deleted (bytes or None), the count cleared, Emitted, the value remembered,
        None for an event of a stream."""

    def writes(self) -> dict[str, Histogram]:
        """How long batches of writes took, by what they went to."""

    async def check(self) -> None:
        """Writes and reads back a probe; raises StoreUnavailable."""

    async def close(self) -> None: ...
