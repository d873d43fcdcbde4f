"""What streams promise beyond `Keyed`: every change is numbered, and told to whoever listens.

A change's stamp is an integer greater than that of every change before it in this database, whichever process made
it, and at least the time of the change. Storing, numbering and telling are one: a change that is committed is published
on `CHANNEL` in the order of stamps, also when its caller has gone; one that is not committed is never seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import msgspec
from msgspec import Raw, Struct

from motia_core.storage.base import Item, Keyed, Op

CHANNEL = "streams"

Kind = Literal["create", "update", "delete", "event"]


class Change(Struct, frozen=True, rename="camel"):
    """What is published: the envelope of the stream socket. `id` None = to the whole group. `data` is the item, that of
    a deleted one too; for `event` it is `{type, data}`."""

    timestamp: int
    stream_name: str
    group_id: str
    id: str | None
    event: Kind
    data: Raw


class StreamEvent(Struct, frozen=True, kw_only=True):
    """Part of a transaction: an `event` to a group or an item. Nothing is stored."""

    stream: str
    group: str
    key: str | None
    data: bytes


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Change).decode


class StreamStore(Keyed, Protocol):
    """One stream. What expires is published as `delete` when it is swept, or before the next change of that item."""

    async def update(
        self,
        group: str,
        key: str,
        ops: Sequence[Op],
        *,
        now: int,
        expires: int | None = None,
        then: Callable[[bytes], bytes] | None = None,
    ) -> tuple[bytes, bool]:
        """As `Keyed.update`; what `then` makes of the new value is stored, and what it raises refuses the update. It
        must be pure: it runs on any thread, and may run again."""

    async def send(self, group: str, key: str | None, data: bytes, *, now: int) -> None:
        """Publishes an `event` to the group or the item; stores nothing."""

    async def pass_over(self, stamp: int) -> None:
        """No later change in this database has this stamp or a lesser one, and `snapshot` tells this one or a greater.
        Nothing is told."""

    async def page(self, group: str, *, now: int, offset: int, limit: int | None) -> list[Item]:
        """A part of the group, in the order first set."""

    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Item], int]:
        """The group, or the one item, with the stamp of the last change in this database: each change of the group with
        a greater stamp comes after what is returned, each other one is in it."""
