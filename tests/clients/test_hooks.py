"""The published React hooks in a real page."""

from __future__ import annotations

import pytest

from tests.clients.project import act, socket
from tests.clients.published import Driver
from tests.kit.server import Server

pytestmark = [pytest.mark.node, pytest.mark.ruby]


def test_hooks_show_what_steps_do(driver: Driver, server: Server, group: str) -> None:
    act(server, ("todo", "set", group, "b", {"text": "milk"}))
    page = driver.open("hooks", address=socket(server), stream="todo", group=group, id="a")
    page.shows("li", "milk")
    page.shows("#one", "nothing")
    act(
        server,
        ("todo", "set", group, "a", {"text": "eggs"}),
        ("todo", "send", {"groupId": group}, {"type": "note", "data": {"text": "hello"}}),
    )
    page.shows("li", "eggs", "milk")
    page.shows("#one", "eggs")
    page.shows("#heard", "hello")
    act(server, ("todo", "delete", group, "b"), ("todo", "delete", group, "a"))
    page.shows("li")
    page.shows("#one", "nothing")
    assert page.ask("complaints") == []
