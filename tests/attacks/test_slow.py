"""Clients that take their time: to ask, to send, to read. Each is cut by a deadline; nobody else waits."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import ExitStack, suppress

import pytest

from tests.attacks.client import Line, ask, line, memory, say
from tests.kit.server import Server, until

POST = b"POST /body HTTP/1.1\r\nhost: h\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n"


def drips(server: Server, starts: list[bytes], each: bytes) -> list[bytes]:
    """Sends `each` again and again on all connections until the server has hung up: what it said on each."""
    with ExitStack() as stack:
        lines = [stack.enter_context(line(server)) for _ in starts]
        for one, start in zip(lines, starts, strict=True):
            one.send(start)
        over = threading.Event()

        def dripping() -> None:
            while not over.wait(0.05):
                for one, start in zip(lines, starts, strict=True):
                    one.send(b"1\r\na\r\n" if each and b"chunked" in start else each)

        thread = threading.Thread(target=dripping)
        thread.start()
        try:
            return [one.rest() for one in lines]
        finally:
            over.set()
            thread.join()


def test_silence_before_the_end_of_the_header(server: Server) -> None:
    start = b"GET /plain HTTP/1.1\r\n"
    for said in drips(server, [b"", start, start + b"host: h\r\nx-slow: ", b"\r\n", b"G"], b""):
        assert said.startswith(b"HTTP/1.1 408 ")


def test_one_byte_at_a_time_in_the_header(server: Server) -> None:
    start = b"GET /plain HTTP/1.1\r\n"
    for said in drips(server, [b"GET /", start + b"host: h\r\nx-slow: ", start + b"x"], b"a"):
        assert said.startswith(b"HTTP/1.1 408 ")


def test_headers_without_end(server: Server) -> None:
    (said,) = drips(server, [b"GET /plain HTTP/1.1\r\nhost: h\r\n"], b"x-more: 1\r\n")
    assert said.startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 431 "))


def test_a_second_request_that_never_ends(server: Server) -> None:
    (said,) = drips(server, [b"GET /plain HTTP/1.1\r\nhost: h\r\n\r\nGET /pl"], b"a")
    assert said.startswith(b"HTTP/1.1 200 ") and b"HTTP/1.1 408 " in said


@pytest.mark.parametrize("each", [b"", b"a"], ids=["silent", "dripping"])
def test_slow_bodies(server: Server, each: bytes) -> None:
    """With a length, in chunks, in parts, compressed, expected, checked by a schema."""
    heads = [
        POST,
        b"POST /body HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n",
        POST.replace(b"text/plain", b"multipart/form-data; boundary=B"),
        POST + b"content-encoding: gzip\r\n",
        POST + b"expect: 100-continue\r\n",
        POST.replace(b"/body", b"/checked").replace(b"text/plain", b"application/json"),
    ]
    for said in drips(server, [head + b"\r\n" for head in heads], each):
        assert b"HTTP/1.1 408 " in said


def test_a_slow_body_that_nobody_wants(server: Server) -> None:
    (said,) = drips(server, [POST.replace(b"/body", b"/nowhere") + b"\r\n"], b"a")
    assert said.startswith(b"HTTP/1.1 404 ")


def test_a_kept_connection_is_closed_when_idle(server: Server) -> None:
    with line(server) as one:
        one.send(b"GET /plain HTTP/1.1\r\nhost: h\r\n\r\n")
        assert one.rest().startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("how", ["json", "bytes", "stream"])
def test_a_client_that_does_not_read_its_answer(server: Server, how: str) -> None:
    """Cut, although the answer is larger than what the system buffers; the cut is a reset, not an end."""
    with line(server, receive_buffer=4096) as one:
        one.send(b"GET /large/%b HTTP/1.1\r\nhost: h\r\n\r\n" % how.encode())
        assert one.take(9) == b"HTTP/1.1 "
        until(lambda: is_cut(one))
        assert len(one.rest()) < 5_900_000


def is_cut(one: Line) -> bool:
    """Whether the other end has reset the connection, seen without reading from it."""
    info = one.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)
    return struct.unpack("B", info[:1])[0] in (7, 8)  # CLOSE, CLOSE_WAIT


def test_a_client_that_does_not_read_small_answers_and_asks_on(server: Server) -> None:
    one = b"GET /plain?%b HTTP/1.1\r\nhost: h\r\n\r\n" % (b"x" * 900)
    with line(server, receive_buffer=4096) as first:
        first.socket.settimeout(0.2)
        with suppress(TimeoutError, ConnectionError):
            for _ in range(60):
                first.socket.sendall(one * 100)
        first.socket.settimeout(15)
        until(lambda: is_cut(first))


def test_a_client_that_reads_slowly_but_reads_is_served(server: Server) -> None:
    """For longer than the deadline it takes far less than it could, but not next to nothing."""
    with line(server, receive_buffer=4096) as one:
        one.send(b"GET /large/bytes HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        end, got = time.monotonic() + 2.5, 0
        while time.monotonic() < end:
            got += len(one.take(65536))
            time.sleep(0.02)
        got += len(one.rest())
        assert got > 6_000_000


def test_many_clients_that_do_not_read_hold_little_memory(server: Server) -> None:
    pid = server.process.pid
    ask(server, "GET", "/large/json")
    before = memory(pid)
    stalled = [line(server, receive_buffer=4096) for _ in range(12)]
    opened = [one.__enter__() for one in stalled]
    try:
        for one in opened:
            one.send(b"GET /large/json HTTP/1.1\r\nhost: h\r\n\r\n")
        until(lambda: sum(is_cut(one) for one in opened) >= 6)
        assert memory(pid) - before < 150_000_000
        assert say(server, b"GET /plain HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n").status == 200
    finally:
        for context in stalled:
            context.__exit__(None, None, None)
