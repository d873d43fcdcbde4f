"""What one connection does with request after request: read ahead, pause, end. Each of these once hung, leaked or lied."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import pytest

from motia_core.config.knobs import Config, Http
from motia_core.model import Invocation, Outcome
from motia_core.services.running import ResponseSink
from tests.e2e.front import Front, answer, front, step

pytestmark = pytest.mark.anyio
GET = b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n"
HEAD = b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\n"
CHUNKED = b"POST /a HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"


@asynccontextmanager
async def served(tmp_path: Path, **http: Any) -> AsyncIterator[Front]:
    async with front(tmp_path, config=Config(port=0, host="127.0.0.1", http=Http(**http))) as site:
        site.serve(step("a", "GET /a", "POST /a"))
        yield site


class Client:
    """A connection, and what came on it."""

    def __init__(self, stream: anyio.abc.SocketStream) -> None:
        self.stream = stream
        self.raw = b""

    async def until(self, count: int) -> list[int]:
        """The statuses of so many answers."""
        with anyio.fail_after(10):
            while self.raw.count(b"HTTP/1.1 ") < count:
                self.raw += await self.stream.receive()
        return [int(part[:3]) for part in self.raw.split(b"HTTP/1.1 ")[1:]]


@asynccontextmanager
async def client(site: Front) -> AsyncIterator[Client]:
    async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
        yield Client(stream)


@pytest.mark.parametrize("chunks", [16383, 16384, 16385, 16386])
async def test_a_body_after_one_of_many_chunks(tmp_path: Path, chunks: int) -> None:
    """The parser pauses at so many chunks, also at the very last one."""
    async with served(tmp_path) as site, client(site) as one:
        await one.stream.send(CHUNKED + b"1\r\na\r\n" * chunks + b"0\r\n\r\n")
        assert await one.until(1) == [200]
        await one.stream.send(HEAD + b"abc")
        assert await one.until(2) == [200, 200]


@pytest.mark.parametrize("more", [GET, HEAD + b"abc"], ids=["GET", "POST"])
@pytest.mark.parametrize("count", [31, 32, 33, 100])
async def test_requests_ahead_after_a_body_that_came_late(tmp_path: Path, more: bytes, count: int) -> None:
    async with served(tmp_path) as site, client(site) as one:
        await one.stream.send(HEAD)
        await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(5):
            while not site.server.busy:
                await anyio.sleep(0.01)
        await one.stream.send(b"abc")
        await one.until(1)
        await one.stream.send(more * count)
        assert set(await one.until(1 + count)) == {200}


async def test_a_body_that_breaks_later_is_refused_at_once(tmp_path: Path) -> None:
    async with served(tmp_path, body_timeout=60) as site, client(site) as one:
        await one.stream.send(CHUNKED + b"3\r\nabc\r\n")
        with anyio.fail_after(5):
            while not site.server.busy:
                await anyio.sleep(0.01)
        await one.stream.send(b"no size\r\n")
        assert await one.until(1) == [400]
    assert site.seen == []


async def test_an_error_of_ours_is_not_taken_for_a_client_that_left(tmp_path: Path) -> None:
    async def breaks(invocation: Invocation, sink: ResponseSink) -> Outcome:
        raise ConnectionRefusedError("the database of a step")

    async with served(tmp_path) as site, client(site) as one:
        site.runs = breaks
        await one.stream.send(GET)
        assert await one.until(1) == [500]


async def held(site: Front, count: int, open: list[socket.socket]) -> None:
    """So many clients, each with an answer that it does not take, and none that it waits for."""
    listener = site.server._listeners[0]
    for _ in range(count):
        one = socket.socket()
        open.append(one)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", site.port))
        with anyio.fail_after(20):
            while not (mine := [c for c in listener._open if c._pipe.get_extra_info("peername") == one.getsockname()]):
                await anyio.sleep(0.001)
            pipe = mine[0]._pipe
            pipe.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            one.send(GET)
            while not (mine[0].has_asked and mine[0].is_idle and pipe.get_write_buffer_size()):
                if mine[0].has_asked and mine[0].is_idle:
                    one.send(GET)
                await anyio.sleep(0.002)


async def large(invocation: Invocation, sink: ResponseSink) -> Outcome:
    return answer("x" * 60_000)


async def test_clients_that_are_ending_do_not_hide_others(tmp_path: Path) -> None:
    """More of them than are ended in one look: whoever came after them is still looked at."""
    open: list[socket.socket] = []
    async with served(tmp_path, header_timeout=1.0, keep_alive=2.0, send_timeout=60) as site:
        site.runs = large
        try:
            await held(site, 55, open)
            with anyio.fail_after(10):
                while any(one.transport is not None for one in site.server._listeners[0]._open):
                    await anyio.sleep(0.05)
            async with client(site) as late:
                await late.stream.send(b"GET /a HT")
                assert await late.until(1) == [408]
        finally:
            for one in open:
                one.close()


async def test_who_made_room_is_cut_in_the_end(tmp_path: Path) -> None:
    open: list[socket.socket] = []
    async with served(tmp_path, connections=5, send_timeout=2.0) as site:
        site.runs = large
        listener = site.server._listeners[0]
        try:
            for _ in range(3):
                await held(site, 5, open)
            assert len(listener._open) == 5 < listener.connections
            with anyio.fail_after(10):
                while listener.connections > 5:
                    await anyio.sleep(0.05)
        finally:
            for one in open:
                one.close()
