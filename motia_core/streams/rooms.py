"""Who hears what: the members of each item and group room. Pure; knows nothing of sockets.

A member has one seat per room, however many of its subscriptions lead there; subscription ids are its own. A seat is
live once it has been given a `sync`. While a join of a member is under way what concerns it is held, so that the
member gets `sync` first and the rest after it, each change at most once.
"""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from motia_core.streams.protocol import Key, Message

_HELD = 10_000


class Seat:
    """`count` subscriptions lead here. `stamp` is that of the last sync, None before the first."""

    __slots__ = ("count", "stamp")

    def __init__(self) -> None:
        self.count = 0
        self.stamp: int | None = None

    def wants(self, message: Message) -> bool:
        """Whether no sync has contained this already."""
        return self.stamp is not None and (message.stamp > self.stamp or not message.lasting)


class Joining:
    """A join under way: what its room has said since. `lost` = more than is held: the room must be read anew."""

    __slots__ = ("held", "key", "lost")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.held: list[tuple[Message, bool]] = []
        self.lost = False

    def hold(self, message: Message, wanted: bool) -> None:
        """`wanted` = a live seat of the member is to hear it in any case."""
        if len(self.held) < _HELD:
            self.held.append((message, wanted))
        else:
            self.lost = True

    def around(self, stamp: int) -> tuple[list[Message], list[Message]]:
        """What goes out before and after a sync of `stamp`: clients drop what is older than what they have seen."""
        before, after = [], []
        for message, wanted in self.held:
            if message.stamp > stamp:
                after.append(message)
            elif wanted or not message.lasting:
                before.append(message)
        return before, after


class Member(Protocol):
    """What sits in rooms. `subscriptions` by their ids."""

    subscriptions: dict[str, Key]
    joining: Joining | None

    def push(self, message: Message) -> None: ...


M = TypeVar("M", bound=Member)


class Counts(Struct, frozen=True):
    rooms: int
    subscriptions: int


class Rooms(Generic[M]):
    def __init__(self) -> None:
        self._rooms: dict[Key, dict[M, Seat]] = {}
        self._subscriptions = 0

    def enter(self, member: M, subscription: str, key: Key) -> Seat:
        """A known subscription keeps its seat; one that meant something else moves."""
        known = member.subscriptions.get(subscription)
        if known == key:
            return self._rooms[key][member]
        if known is not None:
            self.leave(member, subscription)
        member.subscriptions[subscription] = key
        self._subscriptions += 1
        room = self._rooms.setdefault(key, {})
        seat = room.get(member)
        if seat is None:
            seat = room[member] = Seat()
        seat.count += 1
        return seat

    def leave(self, member: M, subscription: str) -> None:
        """Nothing happens when the member has no such subscription."""
        key = member.subscriptions.pop(subscription, None)
        if key is None:
            return
        self._subscriptions -= 1
        room = self._rooms[key]
        seat = room[member]
        seat.count -= 1
        if not seat.count:
            del room[member]
            if not room:
                del self._rooms[key]

    def leave_all(self, member: M, key: Key | None = None) -> None:
        """All subscriptions of the member, or those to `key`."""
        for subscription in [id for id, to in member.subscriptions.items() if key is None or to == key]:
            self.leave(member, subscription)

    def seat(self, member: M, key: Key) -> Seat | None:
        return self._rooms.get(key, {}).get(member)

    def members(self, key: Key) -> list[M]:
        return list(self._rooms.get(key, ()))

    def seats(self, key: Key) -> list[tuple[M, Seat]]:
        return list(self._rooms.get(key, {}).items())

    def keys(self) -> list[Key]:
        return list(self._rooms)

    def hears(self, key: Key) -> bool:
        """Whether anybody follows it, or its group."""
        return key in self._rooms or (key.id is not None and key.whole in self._rooms)

    def audience(self, message: Message) -> list[M]:
        """Everybody who is to be given the message now, each once. Those in the middle of a join that concerns it have
        it held for them. An item's news goes to its own room and to its group's."""
        names = (message.key, message.key.whole)
        own = self._rooms.get(names[0], {})
        group = self._rooms.get(names[1], {}) if message.key.id is not None else {}
        found: list[M] = []
        for member, seat in (*own.items(), *((member, seat) for member, seat in group.items() if member not in own)):
            wanted = seat.wants(message) or (member in own and member in group and group[member].wants(message))
            joining = member.joining
            if joining is not None and joining.key in names:
                joining.hold(message, wanted)
            elif wanted:
                found.append(member)
        return found

    def counts(self) -> Counts:
        return Counts(len(self._rooms), self._subscriptions)
