"""The hub: takes changes from the store and gives each to everybody who follows it, at most once per connection.

Changes come in their one order, whichever server made them; where some were lost on the way the rooms are said anew.
Owns the open connections and the tasks of this package.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

import anyio
import anyio.lowlevel
import msgspec
from anyio.abc import TaskGroup
from msgspec import Struct

from motia_core.clock import Clock
from motia_core.config.knobs import Streams
from motia_core.errors import MotiaError
from motia_core.steps.registry import Registry
from motia_core.storage.base import Item, Storage
from motia_core.storage.items import CHANNEL, decode
from motia_core.storage.listeners import LOST
from motia_core.streams.access import Access
from motia_core.streams.joins import Joins, Note
from motia_core.streams.lines import Lines
from motia_core.streams.pipe import Pipe
from motia_core.streams.protocol import Key, Message, listed, plain
from motia_core.streams.rechecks import Rechecks
from motia_core.streams.rooms import Rooms
from motia_core.streams.snapshots import Snapshots
from motia_core.streams.stamps import Stamps

_AT_ONCE = 64
_BREATH = 256
_TRIES = 20
_CALM = 0.1


class Source(Protocol):
    """What a stream that is not stored holds; as `StreamStore.snapshot`."""

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]: ...


class Status(Struct, frozen=True, rename="camel"):
    """Counts for people: open connections, what they follow, messages given out, and connections cut because they were
    too slow or gone."""

    connections: int
    rooms: int
    subscriptions: int
    delivered: int
    cut: int


class Hub:
    """`sources` are streams that are computed, by name. Nothing is said before `run` and after it."""

    def __init__(
        self,
        *,
        storage: Storage,
        registry: Registry,
        access: Access,
        knobs: Streams,
        memory: int,
        clock: Clock,
        note: Note,
    ) -> None:
        self.knobs = knobs
        self.note = note
        self.now = clock.monotonic
        self.access = access
        self.sources: dict[str, Source] = {}
        self.lines = Lines(knobs, memory)
        self._rooms: Rooms[Pipe] = Rooms()
        self._storage = storage
        self._clock = clock
        self._group: TaskGroup | None = None
        self._snapshots = Snapshots(self._read, self.spawn)
        self._anew: dict[Key, bool] = {}
        self._again: dict[Key, list[Key]] = {}
        self._stamps = Stamps(self._storage.stream("").pass_over, self.spawn)
        self._delivered = 0
        self.joins = Joins(
            self._rooms,
            access,
            self._snapshots.get,
            registry,
            knobs,
            computed=self.sources.__contains__,
            stamp=self._stamps.next,
            spawn=self.spawn,
            note=note,
        )
        self._rechecks = Rechecks(self._rooms, access, clock, period=knobs.recheck, drop=self.joins.drop)
        access.on_renewal(self.lines.renew)

    async def run(self, *, task_status: Any = anyio.TASK_STATUS_IGNORED) -> None:
        """Until it is cancelled or the store is closed; started when changes are heard."""
        heard = self._storage.notifier.listen()
        _, self._stamps.last = await self._storage.stream("").snapshot("", now=self._clock.now_ms())
        async with anyio.create_task_group() as group:
            self._group = group
            group.start_soon(self._look)
            group.start_soon(self._rechecks.run)
            task_status.started()
            try:
                while news := await heard.several(_AT_ONCE):
                    await self._spread(news)
            finally:
                self._group = None
                self.lines.close()
            group.cancel_scope.cancel()

    def spawn(self, work: Callable[..., Coroutine[Any, Any, Any]], *args: Any) -> None:
        if self._group is not None:
            self._group.start_soon(work, *args)

    def forget(self, pipe: Pipe) -> None:
        """It hears nothing any more."""
        self._rooms.leave_all(pipe)

    def drain(self) -> None:
        """Says goodbye; clients then go to another server, or come back."""
        self.lines.drain()

    @property
    def status(self) -> Status:
        counts = self._rooms.counts()
        return Status(len(self.lines), counts.rooms, counts.subscriptions, self._delivered, self.lines.cut)

    def tell(self, messages: Sequence[Message]) -> None:
        """What is new in streams that are computed, to those who follow them here. Stamps are the source's own."""
        due: list[Pipe] = []
        for message in messages:
            if self._rooms.hears(message.key):
                self._address(message, due)
        for pipe in due:
            self._flush(pipe)

    def followed(self, stream: str) -> set[str]:
        """The groups of a stream that somebody follows here, whole or in part."""
        every = self._rooms.keys()
        return {key.group for key in every if key.stream == stream}

    def followers(self) -> Counter[tuple[str, str]]:
        """How many connections sit in the rooms of each stream and group."""
        found: Counter[tuple[str, str]] = Counter()
        every = self._rooms.keys()
        for key in every:
            found[key.stream, key.group] += len(self._rooms.members(key))
        return found

    async def _spread(self, news: list[tuple[str, bytes]]) -> None:
        """What has piled up goes to each connection together."""
        due: list[Pipe] = []
        for channel, said in news:
            if channel == CHANNEL:
                self._hear(said, due)
            elif channel == LOST:
                self.say_all_anew()
        count = 0
        for pipe in due:
            count += len(pipe.due)
            self._flush(pipe)
            if count >= _BREATH:
                count = 0
                await anyio.lowlevel.checkpoint()

    def _flush(self, pipe: Pipe) -> None:
        try:
            pipe.flush()
        except Exception as error:
            self.note("error", f"a stream connection failed: {error!r}")
            pipe.cut()

    def _hear(self, news: bytes, due: list[Pipe]) -> None:
        """Makes it due with all who are to hear of it."""
        try:
            change = decode(news)
        except msgspec.MsgspecError as error:
            self.note("warn", f"another server tells of a change that is not understood: {error}")
            return
        self._stamps.last = max(self._stamps.last, change.timestamp)
        key = Key(change.stream_name, change.group_id, change.id)
        if self._rooms.hears(key):
            self._address(Message(change.timestamp, key, change.event, plain(change.data)), due)

    def _address(self, message: Message, due: list[Pipe]) -> None:
        if message.key.whole in self._anew:
            self._anew[message.key.whole] = True
        audience = self._rooms.audience(message)
        self._delivered += len(audience)
        for pipe in audience:
            if not pipe.due:
                due.append(pipe)
            pipe.due.append(message)

    async def _read(self, key: Key) -> Message:
        await self._stamps.settled()
        source = self.sources.get(key.stream) or self._storage.stream(key.stream)
        items, stamp = await source.snapshot(key.group, key.id, now=self._clock.now_ms())
        self._stamps.last = max(self._stamps.last, stamp)
        values = [plain(item.value) for item in items]
        data = listed(values) if key.id is None else values[0] if values else b"null"
        return Message(stamp, key, "sync", data)

    def say_all_anew(self, stream: str | None = None) -> None:
        """Changes may have been lost, of `stream` or of any: everybody is told what there is."""
        every = self._rooms.keys()
        followed: defaultdict[Key, list[Key]] = defaultdict(list)
        for key in every:
            if stream in (None, key.stream):
                followed[key.whole].append(key)
        for group, keys in followed.items():
            if group in self._anew:
                self._again[group] = keys
            else:
                self._anew[group] = False
                self.spawn(self._repeat, group, keys)

    async def _repeat(self, group: Key, keys: list[Key]) -> None:
        """A `sync` for everybody who follows the group or an item of it. Clients drop one that is older than what they
        have heard: it is read again until nothing was said meanwhile."""
        try:
            await anyio.sleep(_CALM)
            for key in keys:
                for _ in range(_TRIES):
                    self._anew[group] = False
                    sync = await self._snapshots.get(key)
                    if not self._anew[group]:
                        break
                for pipe, seat in self._rooms.seats(key):
                    if seat.stamp is not None:
                        seat.stamp = max(seat.stamp, sync.stamp)
                        pipe.push(sync)
        except MotiaError as error:
            self.note("warn", f"the stream '{group.stream}' cannot be said anew: {error.message}")
        finally:
            self._anew.pop(group, None)
        if (again := self._again.pop(group, None)) is not None:
            self._anew[group] = False
            self.spawn(self._repeat, group, again)

    async def _look(self) -> None:
        while True:
            await anyio.sleep(self.lines.period)
            self.lines.look(self.now())
