"""Too many connections, too many requests in one of them."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.attacks.client import Line, ask, is_well, line, sockets
from tests.kit.server import Server, until

LIMIT, PER_ADDRESS = 60, 40
MORE_THAN_BUFFERED = 8_000_000


def flood(stack: ExitStack, server: Server, count: int, start: bytes, *sources: str) -> list[Line]:
    opened = []
    for number in range(count):
        one = stack.enter_context(line(server, source=sources[number % len(sources)]))
        one.send(start)
        opened.append(one)
    return opened


@pytest.mark.parametrize("start", [b"", b"GET /plain HTTP/1.1\r\nx: "], ids=["silent", "begun"])
def test_more_connections_than_there_may_be_leave_room_for_those_who_ask(server: Server, start: bytes) -> None:
    """Idle ones make room, so that a newcomer is served while the flood lasts."""
    with ExitStack() as stack:
        flood(stack, server, 3 * LIMIT, start, "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")
        assert is_well(server)
        until(lambda: sockets(server.process.pid) < LIMIT + 40)


def test_one_address_cannot_take_all_places(server: Server) -> None:
    """Those above its share are closed at once and without a word; the others are told later that they are slow."""
    with ExitStack() as stack:
        opened = flood(stack, server, PER_ADDRESS + 10, b"", "127.0.0.6")
        assert is_well(server)
        assert [one.rest()[:12] for one in opened].count(b"") == 10


def test_connections_that_are_busy_are_not_closed_for_a_newcomer(server: Server) -> None:
    """Some are streams that are read; a flood of silent ones does not end them."""
    with ExitStack() as stack:
        streams = flood(stack, server, 3, b"GET /large/stream HTTP/1.1\r\nhost: h\r\n\r\n", "127.0.0.7")
        for one in streams:
            assert one.take(12) == b"HTTP/1.1 200"
        flood(stack, server, 2 * LIMIT, b"", "127.0.0.8", "127.0.0.9")
        got = [0] * len(streams)
        while min(got) < MORE_THAN_BUFFERED:
            for number, one in enumerate(streams):
                piece = one.take(1 << 20)
                assert piece
                got[number] += len(piece)


def test_connections_that_come_and_go(server: Server) -> None:
    for _ in range(300):
        with line(server, source="127.0.0.2"):
            pass
    assert is_well(server)


def test_a_thousand_requests_in_one_go(server: Server) -> None:
    """Pipelining: all are answered, in order."""
    with line(server) as one:
        heads = [b"GET /path/%d HTTP/1.1\r\nhost: h\r\n\r\n" % number for number in range(1000)]
        one.send(b"".join(heads[:-1]) + heads[-1].replace(b"host: h", b"host: h\r\nconnection: close"))
        said = one.rest()
    assert said.count(b"HTTP/1.1 200") == 1000
    assert said.index(b'"name":"7"') < said.index(b'"name":"8"') < said.index(b'"name":"999"')


def test_pipelined_nonsense_after_a_good_request(server: Server) -> None:
    with line(server) as one:
        one.send(b"GET /plain HTTP/1.1\r\nhost: h\r\n\r\nNONSENSE\r\n\r\n")
        said = one.rest()
    assert said.count(b"HTTP/1.1 ") <= 2 and b"HTTP/1.1 400" in said


def test_a_client_that_leaves_at_once_cancels_what_it_asked(server: Server) -> None:
    for _ in range(20):
        with line(server) as one:
            one.send(b"GET /large/stream HTTP/1.1\r\nhost: h\r\n\r\n")
    assert ask(server, "GET", "/plain").status == 200


def test_large_bodies_together_exceed_the_memory_for_them(server: Server) -> None:
    """Bodies under way take places; who comes too much is told to come later, and the first ones are not harmed."""
    head = b"POST /body HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: 200000\r\n\r\n"
    with ExitStack() as stack:
        first = flood(stack, server, 6, head + b"x" * 199_000, "127.0.0.1")
        statuses = [one.answer().status for one in first]
        assert statuses.count(503) >= 2
        assert statuses.count(408) >= 1
    assert ask(server, "POST", "/body", b"x" * 200_000, content_type="text/plain").status == 200
