"""Clients that break the rules, say too much, read too little or are simply gone: each is ended, nobody else notices."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from tests.kit.server import until
from tests.streams.conftest import Site
from tests.streams.raw import BINARY, CLOSE, PING, PONG, TEXT, Closed, dial, frame, talking

DEEP = b'{"type":"join","data":' + b"[" * 1000 + b"]" * 1000 + b"}"


@pytest.mark.parametrize(
    ("data", "code", "why"),
    [
        pytest.param(frame(TEXT, b"{}", masked=False), 1002, "masked", id="unmasked"),
        pytest.param(frame(BINARY, b"{}"), 1003, "binary", id="binary"),
        pytest.param(frame(TEXT, b'{"type":"\xff"}'), 1007, "UTF-8", id="no UTF-8"),
        pytest.param(frame(TEXT, b"hello"), 1007, "JSON", id="no JSON"),
        pytest.param(frame(TEXT, DEEP), 1008, "nested", id="deep"),
        pytest.param(frame(TEXT | 0x40, b"\x00" * 64), 1002, "extension", id="compressed"),
        pytest.param(frame(TEXT, b"x" * 4097), 1009, "4096", id="giant"),
        pytest.param(b"\x81\xff\x00\x00\x00\xff\xff\xff\xff\xff", 1009, "4096", id="said to be giant"),
        pytest.param(frame(TEXT, b"x" * 3000, final=False) + frame(0, b"x" * 3000), 1009, "4096", id="giant in pieces"),
        pytest.param(frame(PING, bytes(200)), 1002, "control", id="a long ping"),
        pytest.param(
            frame(TEXT, json.dumps({"type": "join", "data": {"streamName": "s" * 65, "subscriptionId": "x"}}).encode()),
            1008,
            "64",
            id="a long name",
        ),
    ],
)  # fmt: skip
def test_a_client_that_breaks_the_rules_is_told_why(tight: Site, data: bytes, code: int, why: str) -> None:
    with talking(tight.url) as raw:
        raw.sock.sendall(data)
        closed = raw.closed()
    assert closed.code == code
    assert why in closed.reason


def test_a_giant_frame_under_way_does_not_hide_the_reason(tight: Site) -> None:
    """The code arrives although the client is still sending; and it is not read for ever."""
    with talking(tight.url) as raw:
        raw.sock.sendall(b"\x81\xff" + (10**9).to_bytes(8, "big") + b"mask" + bytes(200_000))
        assert raw.closed().code == 1009
        with pytest.raises(OSError):
            while True:
                raw.sock.sendall(bytes(65536))


def test_nothing_is_said_after_a_bad_frame(tight: Site, group: str) -> None:
    join = {"type": "join", "data": {"streamName": "todo", "groupId": group, "subscriptionId": "s"}}
    with talking(tight.url) as raw:
        raw.sock.sendall(frame(BINARY, b"x") + frame(TEXT, json.dumps(join).encode()))
        with pytest.raises(Closed) as caught:
            raw.frame()
        assert caught.value.code == 1003


def test_too_many_subscriptions_are_refused_one_by_one(tight: Site, group: str) -> None:
    with talking(tight.url) as raw:
        for number in range(22):
            raw.join("todo", f"{group}-{number}", sub=f"s{number}")
        heard = [raw.hear() for _ in range(22)]
        assert [one["event"]["type"] for one in heard] == ["sync"] * 20 + ["event"] * 2
        assert heard[20]["event"]["event"]["data"]["code"] == "STREAM_LIMIT_REACHED"
        raw.join("todo", f"{group}-3", sub="s3")
        assert raw.hear()["event"]["type"] == "sync", "one that is there already may be joined again"
        raw.leave("todo", group, sub="s0")
        raw.join("todo", f"{group}-20", sub="s20")
        assert raw.hear()["event"]["type"] == "sync"


def test_a_flood_is_read_slowly_and_in_order(tight: Site, group: str) -> None:
    with talking(tight.url) as flood, talking(tight.url) as other:
        began = time.monotonic()
        flood.sock.sendall(b"".join(frame(TEXT, b'{"type":"ping","timestamp":%d}' % at) for at in range(110)))
        other.join("todo", group)
        assert other.hear()["event"]["type"] == "sync"
        assert [flood.hear()["timestamp"] for _ in range(110)] == list(range(110))
        assert time.monotonic() - began > 0.9, "60 at once, then 50 a second"


def test_a_flood_that_is_never_read_is_bounded(tight: Site) -> None:
    """What is not read any more waits with the sender: it cannot send on for ever."""
    with talking(tight.url) as flood:
        flood.sock.settimeout(1)
        message = frame(TEXT, b'{"type":"ping","timestamp":1}' + b" " * 3000) * 20
        with pytest.raises(OSError):
            for _ in range(2000):
                flood.sock.sendall(message)


def test_a_slow_reader_is_cut_and_nobody_else_notices(tight: Site, group: str) -> None:
    slow = dial(tight.url, small=True)
    slow.join("todo", group, "big")
    found: list[int] = []
    with talking(tight.url) as fast:
        fast.join("todo", group, "big")
        fast.hear()

        def read() -> None:
            while len(found) < 400:
                found.append(fast.hear()["event"]["data"]["n"])

        reader = threading.Thread(target=read)
        reader.start()
        tight.many(stream="todo", group=group, id="big", times=400, size=20_000)
        reader.join(20)
    assert found == list(range(400))
    heard = 0
    with pytest.raises((Closed, ConnectionError)):
        while True:
            slow.hear()
            heard += 1
    assert heard < 400, "it was cut"
    slow.close()


def test_a_client_that_answers_no_ping_is_cut(tight: Site) -> None:
    with talking(tight.url) as silent, talking(tight.url) as alive:
        for _ in range(2):
            assert alive.frame() == (PING, b"")
            alive.send(b"", PONG)
        assert silent.frame() == (PING, b"")
        with pytest.raises((Closed, ConnectionError)):
            silent.frame()
        assert alive.hears_nothing()


def test_a_client_that_has_ended_its_half_is_let_go(tight: Site) -> None:
    with talking(tight.url) as raw:
        raw.sock.shutdown(socket.SHUT_WR)
        assert raw.closed().code is None


def test_who_leaves_in_the_middle_leaves_nothing_behind(tight: Site, group: str) -> None:
    before = live(tight)
    for number in range(30):
        raw = dial(tight.url)
        raw.join("secret", "open", sub=f"{number}")
        raw.join("todo", group)
        if number % 3 == 0:
            raw.send(b"", CLOSE)
        raw.close()
    until(lambda: live(tight) == before)
    tight.set("todo", group, "a", {})


def live(site: Site) -> tuple[float, float]:
    """Connections and subscriptions, as the server counts them."""
    text = site.server.get("/metrics").body.decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("motia_stream"))
    return float(values["motia_stream_connections"]), float(values["motia_stream_subscriptions"])
