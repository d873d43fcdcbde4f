"""The opening of a stream socket and its frames, through a real server: paths, sub-protocols, pings, fragments."""

from __future__ import annotations

import json
import re
import time

import pytest

from tests.kit.server import until
from tests.streams.conftest import Site
from tests.streams.raw import CLOSE, PING, PONG, TEXT, dial, frame, talking


@pytest.mark.parametrize("target", ["/", "/any/path?authToken=x&y=%20", "/act", "/__motia/anything", "/health"])
def test_any_path_opens_a_socket(site: Site, target: str) -> None:
    with talking(site.url, target) as raw:
        assert raw.handshake.status == 101 and raw.hears_nothing()


def test_the_port_of_the_workbench_opens_sockets_too(tight: Site) -> None:
    address = re.compile(r"http://[^/ ]+:(\d+)/__motia/workbench/")
    found = until(lambda: address.search(tight.server.output))
    assert not tight.url.endswith(found[1])
    with talking(f"http://127.0.0.1:{found[1]}") as raw:
        assert raw.handshake.status == 101 and raw.hears_nothing()


def test_the_first_sub_protocol_is_agreed_on(site: Site) -> None:
    with talking(site.url, headers={"Sec-WebSocket-Protocol": "Authorization, tok.en"}) as raw:
        assert raw.handshake.headers["sec-websocket-protocol"] == "Authorization"
    with talking(site.url, headers={"Sec-WebSocket-Extensions": "permessage-deflate"}) as raw:
        assert "sec-websocket-protocol" not in raw.handshake.headers
        assert "sec-websocket-extensions" not in raw.handshake.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-WebSocket-Protocol": "Authorization,a b"}, 400),
        ({"Sec-WebSocket-Protocol": "Authorization,a="}, 400),
        ({"Sec-WebSocket-Protocol": "same,same"}, 400),
        ({"Sec-WebSocket-Protocol": "a,,b"}, 400),
        ({"Sec-WebSocket-Key": None}, 400),
        ({"Sec-WebSocket-Key": "short"}, 400),
        ({"Sec-WebSocket-Version": "8"}, 426),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Upgrade": "h2c"}, 404),
    ],
)
def test_a_bad_opening_is_refused(site: Site, headers: dict[str, str | None], status: int) -> None:
    with talking(site.url, "/nothing", headers=headers) as raw:
        assert raw.handshake.status == status


def test_requests_still_win_where_nobody_asks_for_a_socket(site: Site) -> None:
    assert site.server.post("/act", []).json == []
    assert site.server.get("/health").status == 200


def test_what_is_said_with_the_opening_is_heard(site: Site, group: str) -> None:
    join = {"type": "join", "data": {"streamName": "todo", "groupId": group, "subscriptionId": "s"}}
    raw = dial(site.url, early=frame(TEXT, json.dumps(join).encode()))
    assert raw.hear()["event"] == {"type": "sync", "data": []}
    raw.close()


def test_pings_are_answered_in_both_ways(site: Site) -> None:
    with talking(site.url) as raw:
        raw.say({"type": "ping", "timestamp": 1763670000001})
        assert raw.hear() == {"type": "pong", "timestamp": 1763670000001}
        raw.send(b"hello", PING)
        assert raw.frame() == (PONG, b"hello")


def test_a_close_is_answered(site: Site) -> None:
    with talking(site.url) as raw:
        raw.send((3007).to_bytes(2, "big") + b"bye", CLOSE)
        assert raw.closed().code == 3007
        assert raw.sock.recv(10) == b""


def test_fragments_make_one_message(site: Site) -> None:
    text = json.dumps({"type": "ping", "timestamp": 5}).encode()
    with talking(site.url) as raw:
        raw.send(text[:3], final=False)
        raw.send(b"", PING)
        raw.send(text[3:9], 0, final=False)
        raw.send(text[9:], 0)
        assert raw.frame() == (PONG, b"")
        assert raw.hear() == {"type": "pong", "timestamp": 5}


def test_a_message_may_come_byte_by_byte(site: Site) -> None:
    with talking(site.url) as raw:
        for byte in frame(TEXT, b'{"type":"ping","timestamp":6}'):
            raw.sock.sendall(bytes([byte]))
            time.sleep(0.0005)
        assert raw.hear() == {"type": "pong", "timestamp": 6}


def test_what_means_nothing_is_passed_over(site: Site, group: str) -> None:
    with talking(site.url) as raw:
        for said in (
            {"type": "dance"},
            {"type": "join"},
            {"type": "join", "data": {"streamName": "todo", "groupId": group}},
            {"type": "join", "data": {"streamName": "todo", "subscriptionId": "s"}},
            {"type": "join", "data": {"streamName": 1, "groupId": group, "subscriptionId": "s"}},
            {"type": "leave", "data": {"streamName": "todo", "groupId": group}},
            {"type": "leave", "data": {"subscriptionId": "never joined"}},
            [],
            7,
            None,
        ):
            raw.say(said)
        assert raw.hears_nothing()
