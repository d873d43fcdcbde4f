"""Hostile and clumsy clients: each gets one clear answer in bounded time and memory, and nobody else notices."""

from __future__ import annotations

import gzip
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import pytest
from msgspec import Raw

from motia_core.config.knobs import Config, Http
from motia_core.model import Invocation, Outcome
from motia_core.services.running import ResponseSink
from tests.e2e.front import Answer, Front, answer, drain, echo, front, step

pytestmark = pytest.mark.anyio


def limited(**http: float) -> Config:
    return Config(port=0, host="127.0.0.1", http=Http(**http))  # type: ignore[arg-type]


async def test_broken_json(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"), step("s", "POST /s", body_schema=Raw(b"{}")))
        for path in ("/a", "/s"):
            for body in (b'{"a": ', b"{}x", b"NaN", b'"\xff"', b'"\\ud800"', b"\xef\xbb\xbf"):
                got = await site.ask("POST", path, body, content_type="application/json")
                assert (got.status, got.json["error"]) == (400, "Malformed JSON"), body
                assert got.headers["access-control-allow-origin"] == "*"
        assert site.seen == []


async def test_deep_json(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"), step("s", "POST /s", body_schema=Raw(b"{}")))
        for path in ("/a", "/s"):
            for depth, status in ((100, 200), (101, 400), (100_000, 400)):
                body = b"[" * depth + b"]" * depth
                assert (await site.ask("POST", path, body, content_type="application/json")).status == status


async def test_bodies_above_the_limit(tmp_path: Path) -> None:
    async with front(tmp_path, config=limited(body_limit=1000)) as site:
        site.serve(step("a", "POST /a"))
        assert (await site.ask("POST", "/a", b"x" * 1000)).status == 200
        assert (await site.ask("POST", "/a", b"x" * 1001)).status == 413
        told = await site.send(b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 99999999\r\n\r\n")
        assert (told.status, told.headers["connection"]) == (413, "close")
        chunked = b"POST /a HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n"
        assert (await site.send(chunked + b"3e8\r\n" + b"x" * 1000 + b"\r\n1\r\nx\r\n0\r\n\r\n")).status == 413
        bomb = gzip.compress(b"0" * 5_000_000)
        assert (await site.ask("POST", "/a", bomb[:900], content_encoding="gzip")).status == 413


async def test_bodies_nobody_can_read(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"))
        got = await site.ask("POST", "/a", b"x", content_encoding="zstd")
        assert (got.status, got.headers["accept-encoding"]) == (415, "gzip, deflate")
        assert (await site.ask("POST", "/a", b"x", content_encoding="gzip")).status == 400
        for charset in ("nope", "idna", "base64", "punycode"):
            assert (await site.ask("POST", "/a", b"x", content_type=f"text/plain; charset={charset}")).status == 415


async def test_expectations(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"))
        async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
            await stream.send(
                b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n"
            )
            with anyio.fail_after(5):
                assert (await stream.receive()).startswith(b"HTTP/1.1 100 ")
            await stream.send(b"ab")
            assert Answer(await drain(stream)).status == 200
        head = b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 2\r\nexpect: wonders\r\nconnection: close\r\n\r\n"
        assert (await site.send(head)).status == 417


async def test_parameters_above_the_limit(tmp_path: Path) -> None:
    async with front(tmp_path, config=limited(params=10)) as site:
        site.serve(step("a", "POST /a"))
        many = "&".join(f"a{number}=1" for number in range(11))
        assert (await site.ask("POST", f"/a?{many}")).status == 400
        form = {"content_type": "application/x-www-form-urlencoded"}
        assert (await site.ask("POST", "/a", many.encode(), **form)).status == 413
        assert (await site.ask("POST", "/a", many[:-6].encode(), **form)).status == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"--B\r\nnonsense\r\n\r\nx\r\n--B--", 400),
        (b'--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx', 400),
        (b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 4 + b"--B--", 413),
        (b"--B\r\nx-long: " + b"x" * 20_000 + b"\r\n\r\n", 413),
        (b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * 1_100_000 + b"\r\n--B--", 413),
    ],
)
async def test_broken_multipart_leaves_no_files(tmp_path: Path, body: bytes, status: int) -> None:
    async with front(tmp_path, config=limited(parts=3)) as site:
        site.serve(step("a", "POST /a"))
        assert (await site.ask("POST", "/a", body, content_type="multipart/form-data; boundary=B")).status == status
        assert site.left_files() == []


async def test_headers_above_the_limit(tmp_path: Path) -> None:
    async with front(tmp_path, config=limited(header_count=10, header_size=300)) as site:
        site.serve(step("a", "GET /a"))
        many = {f"x{number}": "1" for number in range(20)}
        assert (await site.ask("GET", "/a", **many)).status == 431
        assert (await site.ask("GET", "/a", x_long="x" * 400)).status in (400, 431)
        for bad in (
            b"GET /a HTTP/1.1\r\n\r\n",
            b"NONSENSE\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        ):
            got = await site.send(bad)
            assert got.status == 400
            assert got.json["traceId"] == got.headers["x-trace-id"]
        twice = b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
        assert (await site.send(twice)).status == 400
        assert (await site.ask("GET", "/a")).status == 200


async def trickle(site: Front, pieces: list[bytes]) -> Answer:
    """Sends the pieces, then nothing, and waits for what the server does."""
    async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
        for piece in pieces:
            await stream.send(piece)
            await anyio.sleep(0.02)
        return Answer(await drain(stream))


async def test_a_slow_header_ends_the_connection(tmp_path: Path) -> None:
    async with front(tmp_path, config=limited(header_timeout=0.2)) as site:
        site.serve(step("a", "GET /a"))
        silent = await trickle(site, [])
        partial = await trickle(site, [b"GET /a HT", b"TP/1.1\r\nhost: h\r\n"])
        kept = await trickle(site, [b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n", b"GET /a HT"])
        assert (silent.status, partial.status) == (408, 408)
        assert kept.raw.startswith(b"HTTP/1.1 200") and b"HTTP/1.1 408" in kept.raw


async def test_a_kept_connection_outlives_the_header_deadline(tmp_path: Path) -> None:
    async with front(tmp_path, config=limited(header_timeout=0.1)) as site:
        site.serve(step("a", "GET /a"))
        async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
            for _ in range(2):
                await stream.send(b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n")
                with anyio.fail_after(5):
                    assert (await stream.receive()).startswith(b"HTTP/1.1 200")
                await anyio.sleep(0.25)


async def test_a_slow_body_is_answered_and_cut(tmp_path: Path) -> None:
    async with front(tmp_path, config=limited(body_timeout=0.2)) as site:
        site.serve(step("a", "POST /a"))
        got = await trickle(site, [b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n", b"a", b"b"])
        assert (got.status, got.headers["connection"], site.seen) == (408, "close", [])


async def test_an_idle_connection_is_closed(tmp_path: Path) -> None:
    async with front(tmp_path, config=limited(keep_alive=0.2)) as site:
        site.serve(step("a", "GET /a"))
        assert (await trickle(site, [b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n"])).status == 200


async def test_a_newcomer_takes_the_place_of_an_idle_connection(tmp_path: Path) -> None:
    async with front(tmp_path, config=limited(connections=2)) as site:
        site.serve(step("a", "GET /a"))
        asked = b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n"
        async with (
            await anyio.connect_tcp("127.0.0.1", site.port) as first,
            await anyio.connect_tcp("127.0.0.1", site.port) as silent,
        ):
            await first.send(asked)
            assert (await first.receive()).startswith(b"HTTP/1.1 200")
            assert (await site.send(asked.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))).status == 200
            assert await drain(silent) == b""
            await first.send(asked)
            assert (await first.receive()).startswith(b"HTTP/1.1 200")


async def test_more_connections_than_allowed_are_closed_when_all_are_busy(tmp_path: Path) -> None:
    async def waits(invocation: Invocation, sink: ResponseSink) -> Outcome:
        await anyio.sleep_forever()
        raise AssertionError

    async with front(tmp_path, config=limited(connections=2)) as site:
        site.serve(step("a", "GET /a"))
        site.runs = waits
        async with (
            await anyio.connect_tcp("127.0.0.1", site.port) as first,
            await anyio.connect_tcp("127.0.0.1", site.port) as second,
        ):
            for one in (first, second):
                await one.send(b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n")
            with anyio.fail_after(5):
                while len(site.seen) < 2:
                    await anyio.sleep(0.01)
            async with await anyio.connect_tcp("127.0.0.1", site.port) as third:
                assert await drain(third) == b""
            assert site.cancelled == []
        site.runs = echo
        with anyio.fail_after(5):
            while not (await site.send(b"GET /a HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")).raw:
                await anyio.sleep(0.01)


async def test_answers_that_nobody_takes_have_a_memory_of_their_own(tmp_path: Path) -> None:
    """Long before their deadline: the one that has waited longest goes first, and only as many as must."""
    whole = answer({"text": "x" * 8_000_000})

    async def large(invocation: Invocation, sink: ResponseSink) -> Outcome:
        return whole

    config = limited(send_timeout=60, send_memory=8_000_000, header_timeout=0.2)
    async with front(tmp_path, config=config) as site, AsyncExitStack() as stack:
        site.serve(step("a", "GET /a"))
        site.runs = large
        clients = []
        for _ in range(5):
            one = await stack.enter_async_context(await anyio.connect_tcp("127.0.0.1", site.port))
            one.extra(anyio.abc.SocketAttribute.raw_socket).setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            await one.send(b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n")
            clients.append(one)
        listener = site.server._listeners[0]
        with anyio.fail_after(10):
            while len(site.seen) < 5 or listener.connections == 5:
                await anyio.sleep(0.02)
        assert listener.connections


async def test_a_client_that_leaves_while_sending_harms_nobody(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"))
        for body in (b"", b"ab", b"--B\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\nabc"):
            async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
                kind = b"content-type: multipart/form-data; boundary=B\r\n" if body[:1] == b"-" else b""
                await stream.send(b"POST /a HTTP/1.1\r\nhost: h\r\n" + kind + b"content-length: 99\r\n\r\n" + body)
                await anyio.sleep(0.02)
        assert (await site.json("/a", {})).status == 200
        with anyio.fail_after(5):
            while site.left_files():
                await anyio.sleep(0.01)


async def test_a_backtracking_pattern_is_an_issue(tmp_path: Path) -> None:
    schema = Raw(b'{"type":"object","properties":{"a":{"type":"string","pattern":"^(a|a?)+(?<!b)$"}}}')
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a", body_schema=schema))
        got = await site.json("/a", {"a": "a" * 50 + "b"})
        assert (got.status, got.json["issues"][0]["path"]) == (400, "a")
