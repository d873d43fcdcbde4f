"""Who hears what, without sockets."""

from __future__ import annotations

import random

from motia_core.streams.protocol import Key, Message
from motia_core.streams.rooms import Joining, Rooms

GROUP, ITEM, OTHER = Key("s", "g"), Key("s", "g", "a"), Key("s", "g", "b")


class Somebody:
    def __init__(self) -> None:
        self.subscriptions: dict[str, Key] = {}
        self.joining: Joining | None = None


def change(stamp: int, key: Key, kind: str = "update") -> Message:
    return Message(stamp, key, kind, b"{}")


def seated(rooms: Rooms[Somebody], *keys: Key, stamp: int = 0) -> Somebody:
    member = Somebody()
    for number, key in enumerate(keys):
        rooms.enter(member, f"s{number}", key).stamp = stamp
    return member


def test_who_is_given_what() -> None:
    rooms: Rooms[Somebody] = Rooms()
    whole, item, both = seated(rooms, GROUP), seated(rooms, ITEM), seated(rooms, GROUP, ITEM, ITEM)
    other = seated(rooms, Key("s", "other"), Key("t", "g"), Key("s", "other", "a"), OTHER)
    for key, expected in {
        GROUP: [both, whole],
        ITEM: [both, item, whole],
        OTHER: [both, other, whole],
        Key("s", "g", ""): [both, whole],
        Key("s", "none", "a"): [],
    }.items():
        found = rooms.audience(change(1, key))
        assert sorted(map(id, found)) == sorted(map(id, expected)), key
        assert rooms.hears(key) is bool(expected)


def test_what_a_sync_has_said_already_is_not_said_again() -> None:
    rooms: Rooms[Somebody] = Rooms()
    member = seated(rooms, GROUP, stamp=10)
    assert not rooms.audience(change(9, ITEM)) and not rooms.audience(change(10, ITEM))
    assert rooms.audience(change(11, ITEM)) == [member]
    assert rooms.audience(change(9, ITEM, "event")) == [member], "no sync holds an event"
    rooms.enter(member, "item", ITEM).stamp = 5
    assert rooms.audience(change(9, ITEM)) == [member], "the item has not been told of it"


def test_no_seat_hears_before_its_sync() -> None:
    rooms: Rooms[Somebody] = Rooms()
    member = Somebody()
    rooms.enter(member, "s", GROUP)
    assert rooms.audience(change(1, ITEM)) == []


def test_what_happens_during_a_join_is_held() -> None:
    rooms: Rooms[Somebody] = Rooms()
    member = seated(rooms, ITEM, stamp=1)
    rooms.enter(member, "group", GROUP)
    joining = member.joining = Joining(GROUP)
    for message in (change(2, ITEM), change(3, OTHER), change(4, GROUP, "event"), change(6, OTHER)):
        assert rooms.audience(message) == []
    before, after = joining.around(5)
    assert [one.stamp for one in before] == [2, 4], "the item's change, which its own seat waits for, and the event"
    assert [one.stamp for one in after] == [6]


def test_a_join_of_an_item_holds_only_that_item() -> None:
    rooms: Rooms[Somebody] = Rooms()
    member = seated(rooms, GROUP, stamp=1)
    rooms.enter(member, "item", ITEM)
    member.joining = Joining(ITEM)
    assert rooms.audience(change(2, OTHER)) == [member]
    assert rooms.audience(change(3, GROUP, "event")) == [member]
    assert rooms.audience(change(4, ITEM)) == []
    assert [one.stamp for one, _ in member.joining.held] == [4]


def test_too_much_to_hold_is_noticed() -> None:
    joining = Joining(GROUP)
    for stamp in range(10_001):
        joining.hold(change(stamp, ITEM), False)
    assert joining.lost and len(joining.held) == 10_000


def test_rooms_are_as_if_they_were_counted_by_hand() -> None:
    """Any sequence of joins and leaves leaves exactly the rooms that somebody's subscriptions name."""
    dice = random.Random(11)
    rooms: Rooms[Somebody] = Rooms()
    members = [Somebody() for _ in range(5)]
    keys = [GROUP, ITEM, OTHER, Key("s", "h"), Key("t", "g", "a")]
    model: dict[tuple[Somebody, str], Key] = {}
    for _ in range(3000):
        member, sub, key = dice.choice(members), f"s{dice.randint(0, 4)}", dice.choice(keys)
        act = dice.random()
        if act < 0.5:
            rooms.enter(member, sub, key).stamp = 0
            model[member, sub] = key
        elif act < 0.9:
            rooms.leave(member, sub)
            model.pop((member, sub), None)
        else:
            gone = None if act < 0.95 else key
            rooms.leave_all(member, gone)
            model = {at: to for at, to in model.items() if at[0] is not member or gone not in (None, to)}
        assert set(rooms.keys()) == set(model.values())
        for one in keys:
            assert {id(each) for each in rooms.members(one)} == {id(at[0]) for at, to in model.items() if to == one}
        assert rooms.counts().subscriptions == len(model)
        for each in members:
            assert each.subscriptions == {sub: to for (who, sub), to in model.items() if who is each}
