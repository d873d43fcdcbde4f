"""What an HTTP answer tells of a stream item: enough to follow it from there."""

from __future__ import annotations

import pytest

from tests.clients.project import LANGUAGES, act, socket
from tests.clients.published import Driver
from tests.kit.server import Server

pytestmark = [pytest.mark.node, pytest.mark.ruby]


def test_an_answered_item_says_how_to_follow_it(driver: Driver, server: Server) -> None:
    answer = server.request("PUT", "/todo/g/answered", {"text": "milk"}).json
    mark = answer.pop("__motia")
    assert mark == {"type": "state-stream", "streamName": "todo", "groupId": "g", "id": "answered"}
    following = driver.connect("node", socket(server)).item(mark["streamName"], mark["groupId"], mark["id"])
    following.holds(answer)
    server.request("PUT", "/todo/g/answered", {"text": "eggs"})
    following.holds({**answer, "text": "eggs"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mark_is_on_every_result_and_never_in_what_is_kept(
    driver: Driver, server: Server, group: str, language: str
) -> None:
    calls = [("todo", verb, group, "a", *more) for verb, *more in (("set", {"text": "milk"}), ("get",))]
    marked = act(server, *calls, ("todo", "get_group" if language == "rb" else "getGroup", group), language=language)
    mark = {"type": "state-stream", "streamName": "todo", "groupId": group, "id": "a"}
    item = {"text": "milk", "id": "a", "__motia": mark}
    assert marked == [item, item, [item]]
    following = driver.connect("node", socket(server)).item("todo", group, "a")
    act(server, ("todo", "set", group, "a", {**item, "text": "written back"}), language=language)
    following.holds({"text": "written back", "id": "a"})
    deleted = act(server, ("todo", "delete", group, "a"), language=language)
    assert deleted == [{**item, "text": "written back"}]
