"""Answers over real sockets: every kind, header and failure, as the client gets them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from motia_core.config.knobs import Config, Cors
from motia_core.errors import (
    BacklogFull,
    Draining,
    HandlerFailed,
    InputInvalid,
    StepUnavailable,
    StoreUnavailable,
    WorkerDied,
    WorkersBusy,
)
from motia_core.model import Failure, Invocation, Outcome, Response
from motia_core.services.running import ResponseSink
from tests.e2e.front import Run, front, step

pytestmark = pytest.mark.anyio
LOCAL = {"port": 0, "host": "127.0.0.1"}


def gives(outcome: Outcome) -> Run:
    async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
        return outcome

    return run


def responds(kind: str, body: bytes, status: int = 200, headers: dict[str, Any] | None = None) -> Run:
    return gives(Outcome(response=Response(status=status, kind=kind, body=Raw(body), headers=headers or {})))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("run", "status", "content_type", "body"),
    [
        (responds("json", b"null"), 200, "application/json; charset=utf-8", b"null"),
        (responds("text", b'"<p>\\u00e9"'), 200, "text/html; charset=utf-8", "<p>é".encode()),
        (responds("text", b'"a"', headers={"Content-Type": "text/css"}), 200, "text/css; charset=utf-8", b"a"),
        (responds("bytes", b'{"$bytes":"AP8="}'), 200, "application/octet-stream", b"\x00\xff"),
        (responds("none", b"null", 204), 204, None, b""),
        (responds("json", b"{}", 204), 204, None, b""),
        (responds("none", b"null", 302, {"Location": "/x"}), 302, None, b""),
        (responds("json", b"[1]", headers={"content-type": "application/x+json"}), 200, "application/x+json", b"[1]"),
    ],
)
async def test_answers(tmp_path: Path, run: Run, status: int, content_type: str | None, body: bytes) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        site.runs = run
        got = await site.ask("GET", "/a")
        assert (got.status, got.headers.get("content-type"), got.body) == (status, content_type, body)
        assert got.whole
        assert ("content-length" in got.headers) == (status != 204)


async def test_headers_of_an_answer(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        own = {"Set-Cookie": ["a=1", "b=2"], "Content-Length": "999", "Access-Control-Allow-Origin": "http://me"}
        site.runs = responds("json", b"{}", headers=own)
        got = await site.ask("GET", "/a")
        assert [value for name, value in got.pairs if name == "set-cookie"] == ["a=1", "b=2"]
        assert [value for name, value in got.pairs if name == "access-control-allow-origin"] == ["http://me"]
        assert got.body == b"{}" and got.whole


@pytest.mark.parametrize(
    "response",
    [
        Response(headers={"x-evil": "a\r\nset-cookie: b=c"}),
        Response(headers={"x evil": "a"}),
        Response(headers={"x-evil": ["a", "b\nc"]}),
        Response(status=101),
        Response(status=999),
        Response(kind="text", body=Raw(b"17")),
        Response(kind="bytes", body=Raw(b'{"$file":"/etc/passwd","size":3}')),
        Response(kind="bytes", body=Raw(b'{"$bytes":"***"}')),
    ],
)
async def test_what_cannot_be_sent_is_a_500(tmp_path: Path, response: Response) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        site.runs = gives(Outcome(response=response))
        got = await site.ask("GET", "/a")
        assert got.status == 500
        assert got.json["error"] == "Internal server error"
        assert "set-cookie" not in got.headers
        assert any("cannot be sent" in line for line in site.notes.lines)


async def test_a_file_answer_is_sent_and_deleted(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        path = site.run_dir / "out"
        for method, size in (("GET", 700_000), ("HEAD", 0)):
            path.write_bytes(b"x" * 700_000)
            site.runs = responds("bytes", msgspec.json.encode({"$file": str(path), "size": 700_000}))
            got = await site.ask(method, "/a")
            assert (got.status, len(got.body), got.whole) == (200, size, True)
            assert site.left_files() == []


async def test_head_and_etag(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        site.runs = responds("json", b'{"a":1}')
        head = await site.ask("HEAD", "/a")
        assert (head.status, head.headers["content-length"], head.body) == (200, "7", b"")
        tag = (await site.ask("GET", "/a")).headers["etag"]
        again = await site.ask("GET", "/a", if_none_match=f'"zzz", {tag}')
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert "content-type" not in again.headers
        assert (await site.ask("GET", "/a", if_none_match='"zzz"')).status == 200


async def test_several_requests_on_one_connection(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a", "POST /a"))
        site.runs = responds("json", b"1")
        one = b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
        last = b"GET /a HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n"
        got = await site.send(one + one + last)
        assert got.raw.count(b"HTTP/1.1 200 OK") == 3
        old = await site.send(b"GET /a HTTP/1.0\r\n\r\n")
        assert (old.status, old.headers["connection"], old.body) == (200, "close", b"1")


@pytest.mark.rows(87, 278)
@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Failure(code=HandlerFailed.code, name="TypeError", message="boom", stack="at x"), 500),
        (Failure(code=-32602, name="InvalidParams", message="?"), 500),
        (Failure(code=1012, name="PayloadRefused", message="result.a: a cycle"), 500),
        (Failure(code=WorkerDied.code, name="WorkerDied", message="?"), 502),
        (Failure(code=WorkersBusy.code, name="WorkersBusy", message="?"), 503),
        (Failure(code=StepUnavailable.code, name="StepUnavailable", message="?"), 503),
        (Failure(code=BacklogFull.code, name="BacklogFull", message="?"), 503),
        (Failure(code=StoreUnavailable.code, name="StoreUnavailable", message="?"), 503),
        (Failure(code=Draining.code, name="Draining", message="?"), 503),
        (Failure(code=-32800, name="Cancelled", message="?"), 503),
        (Failure(code=1004, name="DeadlineExceeded", message="?"), 504),
    ],
)
async def test_failures(tmp_path: Path, failure: Failure, status: int) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        site.runs = gives(Outcome(failure=failure))
        got = await site.ask("GET", "/a")
        assert got.status == status
        assert got.json["traceId"] == got.headers["x-trace-id"]
        assert got.headers["access-control-allow-origin"] == "*"
        assert ("retry-after" in got.headers) == (status == 503)
        assert got.json["message"] == failure.message
        behind = await site.ask("GET", "/a", x_forwarded_for="1.2.3.4")
        assert "message" not in behind.json and "stack" not in behind.json


async def test_details_stay_inside_under_start(tmp_path: Path) -> None:
    async with front(tmp_path, mode="start") as site:
        site.serve(step("a", "GET /a"))
        site.runs = gives(Outcome(failure=Failure(code=1001, name="E", message="secret", stack="secret")))
        got = await site.ask("GET", "/a")
        assert (got.status, got.json["error"]) == (500, "Internal server error")
        assert b"secret" not in got.raw
        assert b"near" not in (await site.ask("GET", "/b")).raw


async def test_the_runners_verdict(tmp_path: Path) -> None:
    data = Raw(b'{"issues":[{"path":"a","message":"m","code":"custom"}]}')
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"))
        site.runs = gives(Outcome(failure=Failure(code=InputInvalid.code, name="E", message="m", data=data)))
        got = await site.json("/a", {})
        assert (got.status, got.json["issues"]) == (400, [{"path": "a", "message": "m", "code": "custom"}])


@pytest.mark.rows(277)
async def test_cors(tmp_path: Path) -> None:
    asks = {"origin": "http://app.test", "access_control_request_method": "PUT"}
    async with front(tmp_path) as site:
        site.serve(step("a", "PUT /a"), step("own", "OPTIONS /own"), step("all", "* /all"))
        got = await site.ask("OPTIONS", "/a", **asks, access_control_request_headers="authorization, x-a")
        assert (got.status, got.headers["access-control-allow-origin"]) == (204, "*")
        assert got.headers["access-control-allow-methods"] == "OPTIONS, PUT"
        assert got.headers["access-control-allow-headers"] == "authorization, x-a"
        assert "access-control-allow-credentials" not in got.headers
        assert (await site.ask("OPTIONS", "/own", **asks)).json["path"] == "/own"
        assert (await site.ask("OPTIONS", "/all", **asks)).status == 204
        assert (await site.ask("OPTIONS", "/all")).json["path"] == "/all"


@pytest.mark.rows(277)
async def test_cors_with_named_origins(tmp_path: Path) -> None:
    named = Cors(origins=["http://app.test"], credentials=True, headers=["x-a"])
    async with front(tmp_path, config=Config(**LOCAL, cors=named)) as site:
        site.serve(step("a", "GET /a"))
        got = await site.ask("GET", "/a", origin="http://app.test")
        assert got.headers["access-control-allow-origin"] == "http://app.test"
        assert got.headers["access-control-allow-credentials"] == "true"
        assert got.headers["vary"] == "Origin"
        other = await site.ask("GET", "/a", origin="http://evil.test")
        assert "access-control-allow-origin" not in other.headers and other.headers["vary"] == "Origin"
        missing = await site.ask("GET", "/nope", origin="http://app.test")
        assert missing.headers["access-control-allow-origin"] == "http://app.test"


@pytest.mark.rows(277, 278)
async def test_start_adds_security_headers_and_compresses(tmp_path: Path) -> None:
    async with front(tmp_path, mode="start") as site:
        site.serve(step("a", "GET /a"))
        long = b'"' + b"x" * 100_000 + b'"'
        site.runs = responds("json", long)
        got = await site.ask("GET", "/a", accept_encoding="br, gzip")
        assert (got.headers["content-encoding"], gzip.decompress(got.body)) == ("gzip", long)
        assert (got.headers["x-content-type-options"], got.headers["vary"]) == ("nosniff", "Accept-Encoding")
        assert (await site.ask("GET", "/a", accept_encoding="gzip;q=0")).body == long
        site.runs = responds("json", b"1", headers={"X-Frame-Options": "DENY"})
        small = await site.ask("GET", "/a", accept_encoding="gzip")
        assert (small.body, small.headers["x-frame-options"]) == (b"1", "DENY")
