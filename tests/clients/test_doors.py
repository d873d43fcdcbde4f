"""Who gets in and who does not, as the published clients see it."""

from __future__ import annotations

import http.client
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.clients.project import act, socket
from tests.clients.published import KINDS, Driver
from tests.kit.server import Answer, Server, until

pytestmark = [pytest.mark.node, pytest.mark.ruby]

DENIED = {"type": "error", "data": {"code": "STREAM_ACCESS_DENIED", "message": "Access denied"}}
NEWEST = ("node", "new")


@pytest.mark.parametrize("kind", KINDS)
def test_any_path_and_query_is_a_door(driver: Driver, server: Server, group: str, kind: str) -> None:
    act(server, ("todo", "set", group, "a", {"text": "milk"}))
    for path in ("", "/", "/socket/of/mine?version=2&x=%20", "/act/js", "/__motia/streams"):
        driver.connect(kind, socket(server, path)).group("todo", group).holds([{"text": "milk", "id": "a"}])


@pytest.mark.parametrize("kind", NEWEST)
def test_the_first_sub_protocol_is_echoed_and_the_second_is_the_token(
    driver: Driver, server: Server, kind: str
) -> None:
    following = driver.connect(kind, socket(server), ["Authorization", "tok.en"]).group("private", "tok.en", "error")
    assert following.holds([]).events == []
    act(server, ("private", "set", "tok.en", "a", {"text": "mine"}))
    following.holds([{"text": "mine", "id": "a"}])
    act(server, ("private", "delete", "tok.en", "a"))


def test_sub_protocols_that_are_no_list_of_tokens_are_refused(server: Server) -> None:
    for offered in ("Authorization,a token=", "twice,twice"):
        assert handshake(server, offered=offered).status == 400


def test_a_raising_authenticate_is_401(driver: Driver, server: Server, group: str) -> None:
    answer = handshake(server, "/?authToken=bad.token")
    assert answer.status == 401
    assert answer.body == b"Authentication failed"
    assert answer.headers["content-type"].startswith("text/html")
    refused = driver.connect("node", socket(server, "/?authToken=bad.token")).group("todo", group)
    accepted = driver.connect("node", socket(server, "/?authToken=good")).group("todo", group)
    act(server, ("todo", "set", group, "a", {"text": "milk"}))
    accepted.holds([{"text": "milk", "id": "a"}])
    assert refused.look().changes == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_token_one_is_nobody_but_connected(driver: Driver, server: Server, kind: str) -> None:
    nobody = driver.connect(kind, socket(server))
    mine, anybody = nobody.group("private", "ada", "error"), nobody.group("private", "anybody", "error")
    assert mine.hears(1) == [DENIED]
    until(lambda: anybody.look().changes == [[]])
    ada = driver.connect(kind, socket(server, "/?authToken=ada"))
    until(lambda: ada.group("private", "ada", "error").look().changes == [[]])
    assert ada.group("private", "anybody", "error").hears(1) == [DENIED]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("group", ["closed", "broken"])
def test_a_denied_join_is_told_once_and_hears_nothing_more(
    driver: Driver, server: Server, kind: str, group: str
) -> None:
    """`broken` is a group for which the check itself fails: it counts as a no."""
    act(server, ("guarded", "set", "open", "a", {"text": "before"}), ("guarded", "set", group, "a", {"text": "before"}))
    client = driver.connect(kind, socket(server))
    all, one = client.group("guarded", group, "error"), client.item("guarded", group, "b", "error")
    assert all.hears(1)[0] == DENIED
    assert one.hears(1) == [DENIED]
    allowed = client.group("guarded", "open", "error")
    act(server, *(("guarded", "set", name, "b", {"text": kind}) for name in (group, "open")))
    allowed.holds([{"text": "before", "id": "a"}, {"text": kind, "id": "b"}])
    # A denied item is told with its id, so a client tells whoever follows its group on the same connection too.
    assert all.look() == ([], [], [DENIED, DENIED])
    assert one.look() == (None, [], [DENIED])
    act(server, *(("guarded", "delete", name, id) for name in (group, "open") for id in ("a", "b")))


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_stream_is_told_of(driver: Driver, server: Server, kind: str) -> None:
    client = driver.connect(kind, socket(server))
    told = [one["data"] for one in client.group("nowhere", "g", "error").hears(2)]
    assert told == [
        {"code": "STREAM_ACCESS_DENIED", "message": "Stream nowhere not found"},
        {"code": "STREAM_ACCESS_DENIED", "message": "Access denied"},
    ]


def handshake(server: Server, path: str = "/", offered: str | None = None) -> Answer:
    """A refusal as it stands in HTTP, which clients do not show."""
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    if offered is not None:
        headers["Sec-WebSocket-Protocol"] = offered
    address = urlsplit(server.url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port or 0, timeout=10)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
