from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from motia_core.errors import LocalProtocolError, PayloadRefused, RemoteProtocolError
from motia_core.protocol.envelope import ErrorObject
from motia_core.protocol.peer import Late, Notification, Peer, Refuse, Reply, Request, Stray


def ready(frame: int = 10_000, depth: int = 20) -> Peer:
    peer = Peer(frame=frame, depth=depth)
    peer.call("initialize", b"{}")
    peer.feed(b'{"jsonrpc":"2.0","id":1,"result":{}}\n')
    assert peer.ready
    return peer


def code(happening: object) -> int:
    assert isinstance(happening, Refuse)
    assert happening.data.endswith(b"\n")
    return int(json.loads(happening.data)["error"]["code"])


def test_ids_count_up_from_one() -> None:
    peer = Peer(frame=1000, depth=20)
    assert peer.call("initialize", b"{}") == (1, b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}\n')
    peer.feed(b'{"id":1,"result":{}}\n')
    assert [peer.call("ping", b"{}")[0] for _ in range(3)] == [2, 3, 4]
    assert peer.pending == {2: "ping", 3: "ping", 4: "ping"}


def test_nothing_is_sent_before_the_handshake() -> None:
    peer = Peer(frame=1000, depth=20)
    with pytest.raises(LocalProtocolError):
        peer.call("ping", b"{}")
    peer.call("initialize", b"{}")
    with pytest.raises(LocalProtocolError):
        peer.call("ping", b"{}")
    with pytest.raises(LocalProtocolError):
        peer.call("initialize", b"{}")


def test_a_refused_handshake_leaves_the_peer_unready() -> None:
    peer = Peer(frame=1000, depth=20)
    peer.call("initialize", b"{}")
    line = b'{"id":1,"error":{"code":1017,"message":"m","data":{"supported":[1]}}}\n'
    (reply,) = peer.feed(line)
    assert isinstance(reply, Reply)
    assert reply.error is not None
    assert reply.error.data is not None
    assert bytes(reply.error.data) == b'{"supported":[1]}'
    assert not peer.ready


def test_requests_before_the_handshake_are_refused_and_notifications_pass() -> None:
    peer = Peer(frame=1000, depth=20)
    assert code(peer.feed(b'{"id":1,"method":"state.get","params":{}}\n')[0]) == -32002
    assert isinstance(peer.feed(b'{"method":"log","params":{}}\n')[0], Notification)
    with pytest.raises(LocalProtocolError):
        peer.reply(1, b"{}")


def test_answers_come_in_any_order_and_only_once() -> None:
    peer = ready()
    for _ in range(3):
        peer.call("ping", b"{}")
    happened = peer.feed(
        b'{"id":4,"result":4}\n{"id":2,"result":2}\n{"id":4,"result":5}\n{"id":99,"error":{"code":1,"message":""}}\n'
    )
    assert [type(one) for one in happened] == [Reply, Reply, Late, Late]
    assert [one.id for one in happened if isinstance(one, Reply)] == [4, 2]
    assert peer.pending == {3: "ping"}


def test_a_forgotten_call_is_answered_late() -> None:
    peer = ready()
    number, _ = peer.call("ping", b"{}")
    peer.forget(number)
    peer.forget(number)
    assert peer.feed(b'{"id":%d,"result":{}}\n' % number) == [Late(number)]


def test_a_null_result_is_a_result() -> None:
    peer = ready()
    peer.call("ping", b"{}")
    assert peer.feed(b'{"id":2,"result":null}\n') == [Reply(2, Raw(b"null"), None)]


def test_requests_are_answered_once() -> None:
    peer = ready()
    (asked,) = peer.feed(b'{"id":5,"method":"state.get","params":{"key":"k"}}\n')
    assert asked == Request(5, "state.get", Raw(b'{"key":"k"}'))
    assert peer.reply(5, b'{"value":1}') == b'{"jsonrpc":"2.0","id":5,"result":{"value":1}}\n'
    for again in (
        lambda: peer.reply(5, b"{}"),
        lambda: peer.fail(5, ErrorObject(1, "m")),
        lambda: peer.reply(6, b"{}"),
    ):
        with pytest.raises(LocalProtocolError):
            again()


def test_params_may_be_left_out() -> None:
    assert ready().feed(b'{"id":5,"method":"state.groups"}\n') == [Request(5, "state.groups", Raw(b"{}"))]


def test_an_id_in_use_is_their_fault() -> None:
    peer = ready()
    peer.feed(b'{"id":5,"method":"state.get","params":{}}\n')
    with pytest.raises(RemoteProtocolError):
        peer.feed(b'{"id":5,"method":"state.get","params":{}}\n')


@pytest.mark.parametrize("line", [b"printed", b"\x00\xff", b"[1,2]", b'"{}"', b" {}", b"null", b"\r", b"[jsonrpc"])
def test_lines_that_are_no_objects_are_strays(line: bytes) -> None:
    assert ready().feed(line + b"\n\n" + line + b"\n") == [Stray(line), Stray(line)]


def test_a_batch_is_refused() -> None:
    assert code(ready().feed(b'[{"jsonrpc":"2.0","id":1,"method":"log"}]\n')[0]) == -32600


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"{not json",
        b'{"id":1}',
        b'{"id":2,"result":{},"error":{"code":1,"message":"m"}}',
        b'{"result":{}}',
        b'{"id":null,"method":"m"}',
        b'{"id":null,"error":{"code":-32700,"message":"m"}}',
        b'{"id":"x","method":"m"}',
        b'{"id":1,"method":"m","params":{"a":"\xff"}',
    ],
)
def test_broken_objects_end_the_conversation(line: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        ready().feed(line + b"\n")


def test_a_request_too_long_is_refused_by_its_id() -> None:
    peer = ready(frame=1000)
    long = b"x" * 2000
    first = b'{"jsonrpc":"2.0","id":5,"method":"state.set","params":{"value":"%s"}}\n' % long
    refused, after = peer.feed(first + b'{"id":6,"method":"state.get"}\n')
    assert code(refused) == 1012
    assert json.loads(refused.data)["id"] == 5  # type: ignore[union-attr]
    assert isinstance(after, Request)


def test_an_answer_too_long_fails_its_call() -> None:
    peer = ready(frame=1000)
    peer.call("step.run", b"{}")
    line = b'{"jsonrpc":"2.0","id":2,"result":{"value":"%s"}}\n' % (b"x" * 2000)
    first, second = peer.feed(line + line)
    assert isinstance(first, Reply)
    assert first.error is not None
    assert first.error.code == 1012
    assert second == Late(2)


def test_a_long_line_without_an_id_is_a_stray() -> None:
    (stray,) = ready(frame=1000).feed(b"y" * 2000 + b"\n")
    assert isinstance(stray, Stray)
    assert len(stray.line) < 1000


def test_we_send_nothing_above_the_frame_limit() -> None:
    peer = ready(frame=1000)
    with pytest.raises(PayloadRefused):
        peer.call("step.run", b'"%s"' % (b"x" * 1000))
    with pytest.raises(PayloadRefused):
        peer.notify("cancel", b'"%s"' % (b"x" * 1000))
    assert peer.pending == {}
    peer.feed(b'{"id":9,"method":"state.get","params":{}}\n')
    assert json.loads(peer.reply(9, b'"%s"' % (b"x" * 1000)))["error"]["code"] == 1012


def test_a_request_too_deep_is_refused() -> None:
    peer = ready(depth=20)
    params = b"[" * 19 + b"]" * 19
    assert isinstance(peer.feed(b'{"id":5,"method":"m","params":%s}\n' % params)[0], Request)
    assert code(peer.feed(b'{"id":6,"method":"m","params":[%s]}\n' % params)[0]) == 1012


def test_large_integers_pass_unchanged() -> None:
    params = Raw(b'{"n":123456789012345678901234567890}')
    assert ready().feed(b'{"id":5,"method":"m","params":%s}\n' % bytes(params)) == [Request(5, "m", params)]


PIECES = """{ } [ ] "id": 1 2 , "method":"log" "result":{} "params":{} "error": {"code":1,"message":"m"} null " \\ :"""
FRAGMENTS = st.sampled_from([*PIECES.encode().split(), b"\n", b"\xff", b"\x00", b'{"id":2,"result":{}}\n'])


@given(st.lists(st.binary(max_size=30) | FRAGMENTS, max_size=60))
def test_whatever_arrives_only_a_remote_protocol_error_comes_out(pieces: list[bytes]) -> None:
    peer = ready(frame=200)
    peer.call("ping", b"{}")
    try:
        for piece in pieces:
            for happening in peer.feed(piece):
                assert isinstance(happening, Request | Notification | Reply | Late | Stray | Refuse)
    except RemoteProtocolError:
        pass
    assert peer.pending in ({}, {2: "ping"})


def test_a_flood_without_newline_needs_no_memory() -> None:
    peer, chunk = ready(frame=65536), b"{" * 65536
    tracemalloc.start()
    for _ in range(500):
        peer.feed(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
