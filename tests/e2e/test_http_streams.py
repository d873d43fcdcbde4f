"""Streamed answers, clients that leave, and the two verbs of the end: drain and stop."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from msgspec import Raw

from motia_core.errors import CallRefused, ClientGone
from motia_core.model import Failure, Invocation, Outcome, Response
from motia_core.services.running import ResponseSink
from tests.e2e.front import Answer, answer, drain, front, step

pytestmark = pytest.mark.anyio
STREAMED = Outcome(response=Response(kind="streamed"))


async def test_chunks_arrive_as_they_are_made(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        more = anyio.Event()

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            await sink.chunk(201, {"content-type": "text/event-stream", "set-cookie": ["a=1", "b=2"]}, b"data: 1\n\n")
            await more.wait()
            await sink.chunk(None, None, b"data: 2\n\n")
            return STREAMED

        site.runs = run
        async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
            await stream.send(b"GET /a HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
            first = b""
            with anyio.fail_after(5):
                while b"data: 1" not in first:
                    first += await stream.receive()
            more.set()
            got = Answer(first + await drain(stream))
        assert (got.status, got.body, got.whole) == (201, b"data: 1\n\ndata: 2\n\n", True)
        assert (got.headers["content-type"], got.headers["x-accel-buffering"]) == ("text/event-stream", "no")
        assert [value for name, value in got.pairs if name == "set-cookie"] == ["a=1", "b=2"]
        assert got.headers["access-control-allow-origin"] == "*"


async def test_a_kept_connection_goes_on_after_a_stream(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            await sink.chunk(200, {}, b"x")
            return STREAMED

        site.runs = run
        one = b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n"
        got = await site.send(one + one.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        assert got.raw.count(b"1\r\nx\r\n0\r\n\r\n") == 2
        old = await site.send(b"GET /a HTTP/1.0\r\n\r\n")
        assert (old.body, "transfer-encoding" in old.headers) == (b"x", False)


async def test_a_stream_without_chunks_is_an_empty_answer(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            return Outcome(response=Response(status=202, headers={"x-a": "1"}, kind="streamed"))

        site.runs = run
        got = await site.ask("GET", "/a")
        assert (got.status, got.headers["x-a"], got.headers["content-length"]) == (202, "1", "0")


async def test_an_error_in_the_middle_cuts_the_stream(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            await sink.chunk(200, {}, b"half")
            return Outcome(failure=Failure(code=1001, name="E", message="m"))

        site.runs = run
        got = await site.send(b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n")
        assert (got.status, got.body, got.whole) == (200, b"half", False)


async def test_a_head_that_cannot_be_sent_fails_the_chunk(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        raised: list[Exception] = []

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            try:
                await sink.chunk(200, {"x": "a\r\nb: c"}, b"x")
            except CallRefused as error:
                raised.append(error)
            return Outcome(failure=Failure(code=1001, name="E", message="m"))

        site.runs = run
        assert (await site.ask("GET", "/a")).status == 500
        assert "control character" in str(raised[0])


async def test_head_of_a_stream_ends_it(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            with pytest.raises(ClientGone):
                await sink.chunk(200, {"x-a": "1"}, b"x")
            return STREAMED

        site.runs = run
        got = await site.ask("HEAD", "/a")
        assert (got.status, got.headers["x-a"], got.body) == (200, "1", b"")


async def test_a_client_that_leaves_cancels_the_handler(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"), step("s", "GET /s"))

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            if invocation.step.name == "s":
                await sink.chunk(200, {}, b"x")
            await anyio.sleep_forever()
            return STREAMED

        site.runs = run
        for path in ("/a", "/s"):
            async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
                await stream.send(f"GET {path} HTTP/1.1\r\nhost: h\r\n\r\n".encode())
                with anyio.fail_after(5):
                    while len(site.seen) <= len(site.cancelled):
                        await anyio.sleep(0.01)
            with anyio.fail_after(5):
                while len(site.cancelled) < len(site.seen):
                    await anyio.sleep(0.01)
        assert len(site.cancelled) == 2


async def test_a_client_that_does_not_read_slows_the_handler(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        sent = 0

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            nonlocal sent
            while sent < 400:
                await sink.chunk(200, {}, b"x" * 65536)
                sent += 1
            return STREAMED

        site.runs = run
        async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
            await stream.send(b"GET /a HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
            before = -1
            while sent != before:
                before = sent
                await anyio.sleep(0.1)
            assert 0 < sent < 400
            got = Answer(await drain(stream))
        assert (len(got.body), got.whole) == (400 * 65536, True)


async def test_drain_finishes_answers_and_takes_no_more(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        go = anyio.Event()

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            await go.wait()
            return answer(1)

        site.runs = run
        async with (
            await anyio.connect_tcp("127.0.0.1", site.port) as idle,
            await anyio.connect_tcp("127.0.0.1", site.port) as busy,
        ):
            await busy.send(b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n")
            with anyio.fail_after(5):
                while not site.seen:
                    await anyio.sleep(0.01)
            await site.server.drain()
            assert await drain(idle) == b""
            with pytest.raises(OSError):
                await anyio.connect_tcp("127.0.0.1", site.port)
            assert site.server.busy == 1
            go.set()
            got = Answer(await drain(busy))
            assert (got.status, got.headers["connection"]) == (200, "close")


async def test_stop_cancels_what_is_left_at_the_deadline(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            await anyio.sleep_forever()
            return Outcome(response=Response(kind="json", body=Raw(b"1")))

        site.runs = run
        async with await anyio.connect_tcp("127.0.0.1", site.port) as stream:
            await stream.send(b"GET /a HTTP/1.1\r\nhost: h\r\n\r\n")
            with anyio.fail_after(5):
                while not site.seen:
                    await anyio.sleep(0.01)
            await site.server.stop(0.05)
            assert await drain(stream) == b""
        assert len(site.cancelled) == 1
