"""The protocol of the stream socket, spoken by a plain client to a real server."""

from __future__ import annotations

import pytest

from tests.streams.conftest import Site
from tests.streams.raw import talking


@pytest.mark.rows(269)
def test_a_group_is_said_and_then_what_happens_to_it(site: Site, group: str) -> None:
    with talking(site.url) as raw:
        assert raw.handshake.status == 101
        raw.join("todo", group)
        first = raw.hear()
        assert first.pop("timestamp") > 1_600_000_000_000
        assert first == {"streamName": "todo", "groupId": group, "event": {"type": "sync", "data": []}}
        site.act(
            ["todo", "set", group, "a", {"text": "milk"}],
            ["todo", "set", group, "a", {"text": "eggs"}],
            ["todo", "delete", group, "a"],
            ["todo", "delete", group, "a"],
        )
        heard = [raw.hear() for _ in range(3)]
        assert raw.hears_nothing()
    assert [one["event"] for one in heard] == [
        {"type": "create", "data": {"text": "milk", "id": "a"}},
        {"type": "update", "data": {"text": "eggs", "id": "a"}},
        {"type": "delete", "data": {"text": "eggs", "id": "a"}},
    ]
    assert all((one["streamName"], one["groupId"], one["id"]) == ("todo", group, "a") for one in heard)
    stamps = [one["timestamp"] for one in heard]
    assert stamps == sorted(set(stamps))


def test_an_item_is_said_and_a_missing_one_is_null(site: Site, group: str) -> None:
    site.set("todo", group, "a", {"text": "milk"})
    with talking(site.url) as raw:
        raw.join("todo", group, "a", sub="1")
        raw.join("todo", group, "b", sub="2")
        found = [raw.hear(), raw.hear()]
        assert [(one["id"], one["event"]) for one in found] == [
            ("a", {"type": "sync", "data": {"text": "milk", "id": "a"}}),
            ("b", {"type": "sync", "data": None}),
        ]
        site.act(["todo", "set", group, "c", {}], ["todo", "set", group, "b", {"n": 1}])
        assert raw.hear()["event"] == {"type": "create", "data": {"n": 1, "id": "b"}}
        assert raw.hears_nothing()


def test_an_empty_id_means_the_group(site: Site, group: str) -> None:
    with talking(site.url) as raw:
        raw.join("todo", group, "")
        assert "id" not in raw.hear()


def test_items_of_one_name_in_two_groups_are_two(site: Site, group: str) -> None:
    with talking(site.url) as raw:
        raw.join("todo", group, "a")
        raw.hear()
        site.set("todo", f"{group}-other", "a", {})
        site.set("notes", group, "a", {})
        assert raw.hears_nothing()


def test_a_socket_gets_one_copy_however_it_follows(site: Site, group: str) -> None:
    """Each join is answered by a sync of its own; each change comes once."""
    with talking(site.url) as raw:
        for number, id in enumerate([None, "a", None, "a", "b"]):
            raw.join("todo", group, id, sub=f"s{number}")
        assert [raw.hear()["event"]["type"] for _ in range(5)] == ["sync"] * 5
        site.act(["todo", "set", group, "a", {}], ["todo", "send", {"groupId": group}, {"type": "t", "data": 1}])
        assert [raw.hear()["event"]["type"] for _ in range(2)] == ["create", "event"]
        assert raw.hears_nothing()
        raw.leave("todo", group, sub="s0")
        raw.leave("todo", group, sub="s1")
        site.set("todo", group, "a", {"n": 2})
        assert raw.hear()["event"]["data"]["n"] == 2
        raw.leave("todo", group, sub="s2")
        raw.leave("todo", group, sub="s3")
        assert raw.hears_nothing()
        site.set("todo", group, "a", {"n": 3})
        assert raw.hears_nothing()


def test_joining_again_changes_nothing_but_says_what_there_is(site: Site, group: str) -> None:
    with talking(site.url) as raw:
        for _ in range(3):
            raw.join("todo", group, sub="same")
            assert raw.hear()["event"]["type"] == "sync"
        site.set("todo", group, "a", {})
        assert raw.hear()["event"]["type"] == "create"
        raw.leave("todo", group, sub="same")
        assert raw.hears_nothing()
        site.set("todo", group, "b", {})
        assert raw.hears_nothing()


def test_a_subscription_that_means_something_else_moves(site: Site, group: str) -> None:
    with talking(site.url) as raw:
        raw.join("todo", group, sub="s")
        raw.join("todo", f"{group}-2", sub="s")
        assert [raw.hear()["groupId"] for _ in range(2)] == [group, f"{group}-2"]
        site.set("todo", group, "a", {})
        assert raw.hears_nothing()
        site.set("todo", f"{group}-2", "a", {})
        assert raw.hear()["groupId"] == f"{group}-2"


def test_ids_of_subscriptions_are_each_sockets_own(site: Site, group: str) -> None:
    with talking(site.url) as one, talking(site.url) as two:
        for raw in (one, two):
            raw.join("todo", group, sub="shared")
            raw.hear()
        two.leave("todo", group, sub="shared")
        assert two.hears_nothing()
        site.set("todo", group, "a", {})
        assert one.hear()["event"]["type"] == "create"
        assert two.hears_nothing()


def test_a_leave_never_overtakes_its_join(site: Site, group: str) -> None:
    """Joining asks `canAccess` in a worker and reads the store; what is said after it waits for it."""
    with talking(site.url) as raw:
        for number in range(5):
            raw.join("secret", "open", sub=f"s{number}")
            raw.leave("secret", "open", sub=f"s{number}")
        raw.say({"type": "ping", "timestamp": 1})
        assert [raw.hear().get("type", "sync") for _ in range(6)] == ["sync"] * 5 + ["pong"]
        site.set("secret", "open", "a", {})
        assert raw.hears_nothing()


def test_events_reach_the_group_or_the_item(site: Site, group: str) -> None:
    with talking(site.url) as whole, talking(site.url) as item:
        whole.join("todo", group)
        item.join("todo", group, "a")
        assert whole.hear() and item.hear()
        site.act(
            ["todo", "send", {"groupId": group}, {"type": "typing", "data": {"user": "u1"}}],
            ["todo", "send", {"groupId": group, "id": "a"}, {"type": "seen", "data": None}],
        )
        first = whole.hear()
        assert "id" not in first
        assert first["event"] == {"type": "event", "event": {"type": "typing", "data": {"user": "u1"}}}
        for raw in (whole, item):
            heard = raw.hear()
            assert heard["id"] == "a"
            assert heard["event"] == {"type": "event", "event": {"type": "seen", "data": None}}
            assert raw.hears_nothing()


def test_a_thousand_changes_arrive_whole_and_in_order(site: Site, group: str) -> None:
    with talking(site.url) as raw:
        raw.join("todo", group, "n")
        raw.hear()
        site.many(stream="todo", group=group, id="n", times=1000)
        heard = [raw.hear() for _ in range(1000)]
    assert [one["event"]["data"]["n"] for one in heard] == list(range(1000))
    stamps = [one["timestamp"] for one in heard]
    assert stamps == sorted(set(stamps))


def test_an_unknown_stream_is_refused_as_ever(site: Site, group: str) -> None:
    with talking(site.url) as raw:
        raw.join("nowhere", group, "a")
        heard = [raw.hear(), raw.hear()]
        assert all(one["id"] == "a" and one["event"]["type"] == "event" for one in heard)
        assert [one["event"]["event"] for one in heard] == [
            {"type": "error", "data": {"code": "STREAM_ACCESS_DENIED", "message": text}}
            for text in ("Stream nowhere not found", "Access denied")
        ]


@pytest.mark.node
@pytest.mark.rows(159, 160)
def test_a_stream_without_a_file_is_heard(tight: Site) -> None:
    with talking(tight.url) as raw:
        raw.join("progress", "default")
        assert raw.hear()["event"] == {"type": "sync", "data": []}
        assert tight.server.post("/tell", {"percent": 50}).json == {"ok": True}
        heard = raw.hear()
        assert "id" not in heard and heard["event"]["type"] == "event"
        assert heard["event"]["event"]["data"] == {"percent": 50}


def test_a_denied_join_is_one_error_and_nothing_else(site: Site) -> None:
    with talking(site.url) as raw:
        raw.join("secret", "closed", sub="1")
        raw.join("secret", "open", sub="2")
        assert raw.hear()["event"]["type"] == "sync"
        denied = raw.hear()
        assert "id" not in denied
        assert denied["event"]["event"] == {
            "type": "error",
            "data": {"code": "STREAM_ACCESS_DENIED", "message": "Access denied"},
        }
        site.act(["secret", "set", "closed", "a", {}], ["secret", "set", "open", "a", {}])
        assert raw.hear()["groupId"] == "open"
        assert raw.hears_nothing()
