"""What a client that follows a group or an item gets to hold and to hear."""

from __future__ import annotations

import pytest

from tests.clients.project import LANGUAGES, act, socket
from tests.clients.published import BROWSERS, KINDS, Driver
from tests.kit.server import Server, until

pytestmark = [pytest.mark.node, pytest.mark.ruby]


def item(id: str, **data: object) -> dict[str, object]:
    return {**data, "id": id}


@pytest.mark.rows(266, 269, 312)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_follows_what_steps_do(driver: Driver, server: Server, group: str, kind: str, language: str) -> None:
    following = driver.connect(kind, socket(server)).group("todo", group)
    until(lambda: following.look().changes == [[]])
    act(
        server,
        ("todo", "set", group, "a", {"text": "milk"}),
        ("todo", "set", group, "b", {"text": "eggs"}),
        ("todo", "set", group, "a", {"text": "oat milk"}),
        ("todo", "delete", group, "b"),
        ("todo", "update", group, "a", [{"op": "set", "path": "text", "value": "tea"}]),
        language=language,
    )
    seen = following.holds([item("a", text="tea")])
    assert seen.changes == [
        [],
        [item("a", text="milk")],
        [item("a", text="milk"), item("b", text="eggs")],
        [item("a", text="oat milk"), item("b", text="eggs")],
        [item("a", text="oat milk")],
        [item("a", text="tea")],
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_follows_what_steps_do(driver: Driver, server: Server, group: str, kind: str) -> None:
    act(server, ("todo", "set", group, "a", {"text": "milk"}), ("todo", "set", group, "b", {"text": "eggs"}))
    client = driver.connect(kind, socket(server))
    following = client.item("todo", group, "a")
    following.holds(item("a", text="milk"))
    act(
        server,
        ("todo", "set", group, "a", {"text": "oat milk"}),
        ("todo", "set", group, "b", {"text": "6 eggs"}),
        ("todo", "delete", group, "a"),
        ("todo", "set", group, "a", {"text": "tea"}),
    )
    seen = following.holds(item("a", text="tea"))
    assert seen.changes == [item("a", text="milk"), item("a", text="oat milk"), None, item("a", text="tea")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_is_sorted_by_the_key_asked_for(driver: Driver, server: Server, group: str, kind: str) -> None:
    following = driver.connect(kind, socket(server)).group("todo", group, sort="text")
    act(server, *(("todo", "set", group, text, {"text": text}) for text in ("pear", "apple", "melon")))
    until(lambda: [one["text"] for one in following.look().state] == ["apple", "melon", "pear"])


@pytest.mark.parametrize("kind", BROWSERS)
def test_what_is_left_is_no_longer_sent(driver: Driver, server: Server, group: str, kind: str) -> None:
    client = driver.connect(kind, socket(server))
    left = client.group("todo", group)
    until(lambda: left.look().changes)
    left.leave()
    # What is said on one connection is done in its order: once this is answered the other is left.
    kept = client.group("todo", f"{group} 2")
    until(lambda: kept.look().changes)
    said = f"said after {group}"
    act(server, ("todo", "set", group, "a", {"text": said}), ("todo", "set", f"{group} 2", "a", {"text": "eggs"}))
    kept.holds([item("a", text="eggs")])
    assert left.look().state == []
    assert client.received(said) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("awaited", [True, False], ids=["awaited", "at-once"])
def test_no_change_of_a_tight_loop_is_lost(
    driver: Driver, server: Server, group: str, kind: str, awaited: bool
) -> None:
    client = driver.connect(kind, socket(server))
    one, all = client.item("todo", group, "counter"), client.group("todo", group)
    all.holds([])
    until(lambda: one.look().changes == [None])
    asked = {"group": group, "id": "counter", "until": 1000, "awaited": awaited}
    assert server.post("/count", asked).json["n"] == 1000
    last = item("counter", n=1000)
    assert [change["n"] for change in one.holds(last).changes[1:]] == list(range(1, 1001))
    assert [change[0]["n"] for change in all.holds([last]).changes[1:]] == list(range(1, 1001))


@pytest.mark.rows(271)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_reaches_whom_it_is_for_once(driver: Driver, server: Server, group: str, kind: str) -> None:
    act(server, ("todo", "set", group, "a", {"text": "milk"}))
    client, other = driver.connect(kind, socket(server)), driver.connect("node", socket(server))
    all, one = client.group("todo", group, "typing"), client.item("todo", group, "a", "typing")
    alone, elsewhere = other.item("todo", group, "a", "typing"), other.group("todo", f"{group} 2", "typing")
    for following in (all, one, alone):
        until(lambda following=following: following.look().changes)
    act(
        server,
        ("todo", "send", {"groupId": group}, {"type": "typing", "data": {"who": "ada"}}),
        ("todo", "send", {"groupId": group, "id": "a"}, {"type": "typing", "data": {"who": "bob"}}),
        ("todo", "set", group, "a", {"text": "over"}),
        ("todo", "set", f"{group} 2", "a", {"text": "over"}),
    )
    ada, bob = ({"type": "typing", "data": {"who": who}} for who in ("ada", "bob"))
    for following in (one, alone):
        assert following.holds(item("a", text="over")).events == [bob]
    assert all.holds([item("a", text="over")]).events == [ada, bob]
    assert elsewhere.holds([item("a", text="over")]).events == []


@pytest.mark.parametrize("kind", BROWSERS)
def test_items_of_the_same_name_in_two_groups_stay_apart(driver: Driver, server: Server, group: str, kind: str) -> None:
    client = driver.connect(kind, socket(server))
    here, secret = client.item("todo", group, "a"), f"not for {group}"
    until(lambda: here.look().changes)
    act(server, ("todo", "set", f"{group}:a", "a", {"text": secret}), ("todo", "set", group, "a", {"text": "here"}))
    here.holds(item("a", text="here"))
    # The client would not show it, but it could be read.
    assert client.received(secret) == []


@pytest.mark.parametrize("kind", BROWSERS)
def test_two_windows_with_the_same_subscription_id_do_not_touch_each_other(
    driver: Driver, server: Server, group: str, kind: str
) -> None:
    leaving, staying = pages = [driver.open(kind, same=True) for _ in range(2)]
    left, kept = (page.connect(socket(server)).group("todo", group) for page in pages)
    until(lambda: left.look().changes and kept.look().changes)
    joins = [page.ask("frames", "sent", "join") for page in pages]
    assert joins[0] == joins[1]
    assert len(joins[0]) == 1
    left.leave()
    until(lambda: leaving.ask("frames", "sent", "leave"))
    act(server, ("todo", "set", group, "a", {"text": "milk"}))
    kept.holds([item("a", text="milk")])
    leaving.ask("close")
    act(server, ("todo", "set", group, "a", {"text": "eggs"}))
    kept.holds([item("a", text="eggs")])
    staying.ask("close")
