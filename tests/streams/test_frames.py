"""Frames, openings and messages as tables: what is read, what is refused, what is written."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from msgspec import Raw

from motia_core.streams.frames import BadFrame, Frames, Received, close_frame
from motia_core.streams.frames import frame as served
from motia_core.streams.handshake import Refused, open_socket
from motia_core.streams.protocol import Join, Key, Leave, Malformed, Message, Ping, parse, plain, refusal
from tests.streams.raw import BINARY, CLOSE, PING, PONG, TEXT, frame

LIMIT = 1000


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 999, 1000])
def test_a_frame_of_any_size_is_read_and_written(size: int) -> None:
    payload = bytes(97 + at % 26 for at in range(size))
    assert Frames(LIMIT).feed(frame(TEXT, payload)) == [Received("text", payload)]
    head = served(TEXT, payload)[: -size or None]
    assert head[0] == 0x81 and not head[1] & 0x80
    assert served(TEXT, bytes(70_000))[:10] == b"\x81\x7f" + (70_000).to_bytes(8, "big")


def test_any_cut_of_the_bytes_gives_the_same_messages() -> None:
    said = [
        frame(TEXT, "héllo 🌍".encode()),
        frame(PING, b"p"),
        frame(TEXT, b"a", final=False),
        frame(PONG, b""),
        frame(0, b"", final=False),
        frame(0, b"b"),
        frame(TEXT, b""),
        frame(CLOSE, b"\x03\xe8bye"),
    ]
    expected = [
        Received("text", "héllo 🌍".encode()),
        Received("ping", b"p"),
        Received("pong", b""),
        Received("text", b"ab"),
        Received("text", b""),
        Received("close", code=1000),
    ]
    data, dice = b"".join(said), random.Random(7)
    for _ in range(200):
        frames, found, at = Frames(LIMIT), list[Received](), 0
        while at < len(data):
            step = dice.randint(1, 9)
            found += frames.feed(data[at : at + step])
            at += step
        assert found == expected


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(frame(TEXT, b"x", masked=False), 1002, id="unmasked"),
        pytest.param(frame(BINARY, b"x"), 1003, id="binary"),
        pytest.param(frame(TEXT, b"\xff\xfe"), 1007, id="no UTF-8"),
        pytest.param(frame(TEXT, b"\xed\xa0\x80"), 1007, id="a surrogate"),
        pytest.param(frame(TEXT, b"\xf0\x9f", final=False) + frame(0, b"x"), 1007, id="half a letter"),
        pytest.param(frame(TEXT | 0x40, b"x"), 1002, id="compressed"),
        pytest.param(frame(TEXT | 0x10, b"x"), 1002, id="reserved"),
        pytest.param(frame(3, b"x"), 1002, id="unknown data"),
        pytest.param(frame(11, b"x"), 1002, id="unknown control"),
        pytest.param(frame(PING, bytes(126)), 1002, id="a long ping"),
        pytest.param(frame(PING, b"", final=False), 1002, id="half a ping"),
        pytest.param(frame(0, b"x"), 1002, id="a fragment of nothing"),
        pytest.param(frame(TEXT, b"a", final=False) + frame(TEXT, b"b"), 1002, id="two beginnings"),
        pytest.param(frame(CLOSE, b"\x03"), 1002, id="half a code"),
        pytest.param(frame(CLOSE, b"\x03\xed"), 1002, id="a code nobody sends"),
        pytest.param(frame(TEXT, bytes(LIMIT + 1))[:4], 1009, id="its header is enough"),
        pytest.param(b"\x81\xff" + b"\x7f" + b"\xff" * 7, 1009, id="as long as can be said"),
        pytest.param(frame(TEXT, bytes(600), final=False) + frame(0, bytes(600)), 1009, id="too long in pieces"),
    ],
)
def test_what_breaks_the_rules_ends_the_connection(data: bytes, code: int) -> None:
    with pytest.raises(BadFrame) as caught:
        Frames(LIMIT).feed(data)
    assert caught.value.code == code
    assert len(close_frame(code, "é" * 100)) <= 127


def test_nothing_is_read_after_a_close() -> None:
    assert Frames(LIMIT).feed(frame(CLOSE, b"") + frame(TEXT, b"x")) == [Received("close", code=1000)]


def test_empty_fragments_cost_nothing() -> None:
    frames = Frames(LIMIT)
    frames.feed(frame(TEXT, b"", final=False))
    for _ in range(1000):
        frames.feed(frame(0, b"", final=False))
    assert frames._parts == [b""]


OPENING = {
    "connection": "keep-alive, Upgrade",
    "upgrade": "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def test_the_example_of_the_standard() -> None:
    opening = open_socket({**OPENING, "sec-websocket-protocol": "chat , superchat"})
    assert opening.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" and opening.protocol == "chat"
    assert b"Sec-WebSocket-Protocol: chat\r\n" in opening.answer()
    assert b"WebSocket-Protocol" not in open_socket(OPENING).answer()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"connection": "close"}, 400),
        ({"sec-websocket-version": "7"}, 426),
        ({"sec-websocket-key": ""}, 400),
        ({"sec-websocket-key": "dG9vIHNob3J0"}, 400),
        ({"sec-websocket-key": "not base 64!"}, 400),
        ({"sec-websocket-protocol": ""}, 400),
        ({"sec-websocket-protocol": "a/b"}, 400),
        ({"sec-websocket-protocol": "a, a"}, 400),
        ({"sec-websocket-protocol": "é"}, 400),
        ({"sec-websocket-protocol": "a\r\nX: y"}, 400),
    ],
)
def test_a_bad_opening(changed: dict[str, str], status: int) -> None:
    with pytest.raises(Refused) as caught:
        open_socket({**OPENING, **changed})
    assert caught.value.status == status


def said(kind: str, **data: Any) -> bytes:
    return json.dumps({"type": kind, "data": data}).encode()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (said("join", streamName="s", groupId="g", subscriptionId="x"), Join(Key("s", "g"), "x")),
        (said("join", streamName="s", groupId="g", id="i", subscriptionId="x"), Join(Key("s", "g", "i"), "x")),
        (said("join", streamName="s", groupId="g", id="", subscriptionId="x"), Join(Key("s", "g"), "x")),
        (said("join", streamName="s", groupId="g", id=None, subscriptionId="x"), Join(Key("s", "g"), "x")),
        (said("join", streamName="s", groupId="", subscriptionId="x"), Join(Key("s", ""), "x")),
        (said("join", streamName="s", groupId="g", subscriptionId=""), None),
        (said("join", streamName="s", groupId=1, subscriptionId="x"), None),
        (said("leave", streamName="s", groupId="g", subscriptionId="x"), Leave("x")),
        (said("leave", subscriptionId="x"), Leave("x")),
        (said("leave", streamName="s", groupId="g"), None),
        (b'{"type":"ping","timestamp":5}', Ping(Raw(b"5"))),
        (b'{"type":"ping","timestamp":%b}' % (b"5" * 40), Ping(Raw(b"null"))),
        (b'{"type":"other","data":[[[]]]}', None),
        (b"[]", None),
        (b'"join"', None),
    ],
)
def test_what_clients_say(text: bytes, meant: object) -> None:
    assert parse(text, names=16) == meant


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        (b"", False),
        (b"{", False),
        (b'{"type":"join"} {}', False),
        (b'{"type":"join","data":{"streamName":"\\ud800"}}', False),
        (b'{"type":"x","data":' + b"[" * 5000 + b"]" * 5000 + b"}", True),
        (said("join", streamName="s" * 17, groupId="g", subscriptionId="x"), True),
        (said("join", streamName="s", groupId="g" * 17, subscriptionId="x"), True),
        (said("join", streamName="s", groupId="g", id="i" * 17, subscriptionId="x"), True),
        (said("leave", subscriptionId="x" * 17), True),
    ],
)
def test_what_no_client_says(text: bytes, beyond: bool) -> None:
    with pytest.raises(Malformed) as caught:
        parse(text, names=16)
    assert caught.value.beyond is beyond


@pytest.mark.parametrize(
    ("message", "envelope", "lines"),
    [
        (
            Message(5, Key("s", "g"), "sync", b'[{"id":"a"}]'),
            {"timestamp": 5, "streamName": "s", "groupId": "g", "event": {"type": "sync", "data": [{"id": "a"}]}},
            'id: 5\nevent: sync\ndata: [{"id":"a"}]\n\n',
        ),
        (
            Message(6, Key("s", "g", "é"), "update", b'{"id":"\xc3\xa9"}'),
            {"timestamp": 6, "streamName": "s", "groupId": "g", "id": "é", "event": {"type": "update", "data": {"id": "é"}}},
            'id: 6\nevent: update\ndata: {"id":"é"}\n\n',
        ),
        (
            Message(7, Key("s", "g", "i"), "sync", b"null"),
            {"timestamp": 7, "streamName": "s", "groupId": "g", "id": "i", "event": {"type": "sync", "data": None}},
            "id: 7\nevent: sync\ndata: null\n\n",
        ),
        (
            Message(8, Key("s", "g"), "event", b'{"type":"t",\n"data":1}'),
            {"timestamp": 8, "streamName": "s", "groupId": "g", "event": {"type": "event", "event": {"type": "t", "data": 1}}},
            'id: 8\nevent: event\ndata: {"type":"t","data":1}\n\n',
        ),
        (
            refusal(9, Key("s", "g", "i"), "CODE", "No"),
            {
                "timestamp": 9,
                "streamName": "s",
                "groupId": "g",
                "id": "i",
                "event": {"type": "event", "event": {"type": "error", "data": {"code": "CODE", "message": "No"}}},
            },
            'id: 9\nevent: event\ndata: {"type":"error","data":{"code":"CODE","message":"No"}}\n\n',
        ),
    ],
)  # fmt: skip
def test_what_clients_hear(message: Message, envelope: object, lines: str) -> None:
    data = message.frame
    at = 4 if data[1] == 126 else 2
    assert json.loads(data[at:]) == envelope
    assert message.sse.decode() == lines
    assert message.frame is data, "it is written once for all"


def test_wire_values_become_plain() -> None:
    assert json.loads(plain(b'{"$$bytes":"x","a":{"$$file":1}}')) == {"$bytes": "x", "a": {"$file": 1}}
    assert plain(b'{"a": 1}') == b'{"a": 1}'
