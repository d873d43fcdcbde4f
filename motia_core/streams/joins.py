"""Joining and leaving: who may follow what, and what a newcomer is told first.

A join takes its seat before the room is read, so that nothing falls between the reading and the first change.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from motia_core.config.knobs import Streams
from motia_core.errors import MotiaError
from motia_core.model import Level, is_hidden
from motia_core.steps.registry import Registry
from motia_core.streams.access import Access, Auth
from motia_core.streams.pipe import Pipe
from motia_core.streams.protocol import CROWDED, DENIED, UNAVAILABLE, Key, Message, refusal
from motia_core.streams.rooms import Joining, Rooms

_NO = "Access denied"
_LATER = 0.25
"""A refusal is told so much later (s): the published React hooks begin to listen one rendering after they have joined,
and what comes before is never heard."""
Note = Callable[[Level, str], None]


class Joins:
    """`read` gives the `sync` of a room, of a moment after it was asked; `computed` says which streams exist without a
    file; `stamp` numbers what only one client is told; `spawn` starts what is done later."""

    def __init__(
        self,
        rooms: Rooms[Pipe],
        access: Access,
        read: Callable[[Key], Awaitable[Message]],
        registry: Registry,
        knobs: Streams,
        *,
        computed: Callable[[str], bool],
        stamp: Callable[[], int],
        spawn: Callable[..., None],
        note: Note,
    ) -> None:
        self._rooms = rooms
        self._access = access
        self._read = read
        self._registry = registry
        self._knobs = knobs
        self._computed = computed
        self._stamp = stamp
        self._spawn = spawn
        self._note = note

    async def join(self, pipe: Pipe, key: Key, subscription: str) -> None:
        """Follows `key` from now on; the answer is a `sync`, or a little later error events."""
        refused = await self._refused(pipe, key, subscription)
        if pipe.over:
            return
        if refused:
            self._refuse(pipe, key, subscription, refused)
            return
        await self.admit(pipe, key, subscription)

    def _refuse(self, pipe: Pipe, key: Key, subscription: str, reasons: list[tuple[str, str]]) -> None:
        """It follows nothing from now on, and is told why when it listens. `reasons` are codes and texts."""

        async def tell() -> None:
            await anyio.sleep(_LATER)
            if pipe.over or subscription in pipe.subscriptions:  # it has asked again, and may
                return
            for code, text in reasons:
                pipe.push(refusal(self._stamp(), key, code, text))
            pipe.refused(key)

        self._rooms.leave(pipe, subscription)
        self._spawn(tell)

    async def admit(self, pipe: Pipe, key: Key, subscription: str) -> None:
        """The same for one who may."""
        self._rooms.enter(pipe, subscription, key)
        joining = pipe.joining = Joining(key)
        try:
            sync = await self._sync(pipe, joining)
        except MotiaError as error:
            self._note("error", f"the stream '{key.stream}' cannot be read: {error.message}")
            sync = None
        finally:
            pipe.joining = None
        if not pipe.over:
            self._answer(pipe, joining, sync, subscription)

    async def _sync(self, pipe: Pipe, joining: Joining) -> Message:
        while True:
            await pipe.drained()
            sync = await self._read(joining.key)
            if not joining.lost:
                return sync
            joining.lost = False
            joining.held.clear()

    def _answer(self, pipe: Pipe, joining: Joining, sync: Message | None, subscription: str) -> None:
        if sync is None:
            self._refuse(pipe, joining.key, subscription, [(UNAVAILABLE, "The stream cannot be read now")])
        seat = self._rooms.seat(pipe, joining.key)
        if sync is None or seat is None:
            for message, wanted in joining.held:
                if wanted:
                    pipe.push(message)
            return
        before, after = joining.around(sync.stamp)
        for message in (*before, sync, *after):
            pipe.push(message)
        seat.stamp = max(sync.stamp, seat.stamp or 0)

    def leave(self, pipe: Pipe, subscription: str) -> None:
        self._rooms.leave(pipe, subscription)

    def drop(self, pipe: Pipe, key: Key) -> None:
        """It may not follow `key` any more."""
        self._rooms.leave_all(pipe, key)
        pipe.push(refusal(self._stamp(), key, DENIED, _NO))
        pipe.refused(key)

    async def may_join(self, key: Key, auth: Auth) -> bool:
        if is_hidden(key.stream):
            return auth.admin and self._exists(key.stream)
        return self._is_ad_hoc(key.stream) or await self._access.may_join(key.stream, key.group, key.id, auth)

    def exists(self, stream: str, auth: Auth) -> bool:
        """Whether there is such a stream, for all that this visitor may know."""
        return self._exists(stream) and (auth.admin or not is_hidden(stream))

    async def _refused(self, pipe: Pipe, key: Key, subscription: str) -> list[tuple[str, str]]:
        """What is to be said against it, as code and text."""
        if len(pipe.subscriptions) >= self._knobs.subscriptions and subscription not in pipe.subscriptions:
            return [(CROWDED, f"One connection may have {self._knobs.subscriptions} subscriptions")]
        if not is_hidden(key.stream) and not self._exists(key.stream):
            return [(DENIED, f"Stream {key.stream} not found"), (DENIED, _NO)]
        return [] if await self.may_join(key, pipe.auth) else [(DENIED, _NO)]

    def _exists(self, stream: str) -> bool:
        return stream in self._registry.current.streams or self._computed(stream) or self._is_ad_hoc(stream)

    def _is_ad_hoc(self, stream: str) -> bool:
        """Steps that need no config send on streams that no file declares. While a file is broken nobody knows whether
        it would have declared this one, and who may follow it."""
        served = self._registry.current
        if stream in served.streams or is_hidden(stream) or self._computed(stream) or served.broken:
            return False
        return any(step.inferred for step in served.steps)
