"""Requests over real sockets: what the worker is given, which step is reached, what is refused."""

from __future__ import annotations

import base64
import gzip
import zlib
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from motia_core.config.knobs import Config, Validation, Wire
from motia_core.model import Invocation, Outcome, Problem
from motia_core.services.running import ResponseSink
from motia_core.steps.registry import Broken
from tests.e2e.front import Front, answer, front, step

pytestmark = pytest.mark.anyio
LOCAL = {"port": 0, "host": "127.0.0.1"}


async def test_the_handler_is_told_all(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /orders/:id"))
        got = await site.json("/orders/a%20b?x=1&x=2&n[k]=v", {"k": [1, None]}, X_One="1", cookie="a=1")
        told = got.json
        assert got.status == 200
        assert (told["method"], told["path"], told["params"]) == ("POST", "/orders/a%20b", {"id": "a b"})
        assert told["url"] == f"http://127.0.0.1:{site.port}/orders/a%20b?x=1&x=2&n[k]=v"
        assert told["query"] == {"x": ["1", "2"], "n": {"k": "v"}}
        assert (told["bodyKind"], told["raw"], told["ip"]) == ("json", '{"k":[1,null]}', "127.0.0.1")
        assert "body" not in told
        assert (told["headers"]["x-one"], told["headers"]["cookie"]) == ("1", "a=1")
        (invocation,) = site.seen
        assert invocation.caller.trace_id == got.headers["x-trace-id"]
        assert invocation.issues is None


async def test_headers_join_as_in_node(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        head = "GET /a HTTP/1.1\r\nhost: h\r\nconnection: close\r\nX-A: 1\r\nx-a: 2\r\nCookie: a=1\r\ncookie: b=2\r\n"
        got = await site.send(f"{head}Set-Cookie: s\r\nx-bad: \xe9\r\n\r\n".encode("latin-1"))
        headers = got.json["headers"]
        assert (headers["x-a"], headers["cookie"], headers["set-cookie"]) == ("1, 2", "a=1; b=2", ["s"])
        assert headers["x-bad"] == "é"


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("text/plain", b"hi\n", {"bodyKind": "text", "raw": "hi\n"}),
        ("text/plain; charset=latin1", b"\xe9", {"bodyKind": "text", "raw": "é"}),
        ("application/xml", b"<a/>", {"bodyKind": "text", "raw": "<a/>"}),
        ("application/vnd.api+json", b" [1] ", {"bodyKind": "json", "raw": " [1] "}),
        ("application/json", b"3", {"bodyKind": "json", "raw": "3"}),
        ("application/json", b'\xef\xbb\xbf{"a":1}', {"bodyKind": "json", "raw": '\ufeff{"a":1}', "body": {"a": 1}}),
        ("application/octet-stream", b"\x00\xff", {"bodyKind": "bytes", "raw": {"$bytes": "AP8="}}),
        ("text/plain", b"\xff", {"bodyKind": "text", "raw": {"$bytes": "/w=="}}),
        ("", b"ab", {"bodyKind": "bytes", "raw": {"$bytes": "YWI="}}),
        (
            "application/x-www-form-urlencoded",
            b"a=1&a=2&b%5Bc%5D=x+y&%24bytes=no",
            {
                "bodyKind": "form",
                "raw": "a=1&a=2&b%5Bc%5D=x+y&%24bytes=no",
                "body": {"a": ["1", "2"], "b": {"c": "x y"}, "$$bytes": "no"},
            },
        ),
    ],
)
async def test_bodies_of_every_kind(tmp_path: Path, kind: str, body: bytes, expected: dict[str, object]) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"))
        told = (await site.ask("POST", "/a", body, content_type=kind)).json
        assert {key: told[key] for key in ("bodyKind", "raw", "body") if key in told} == expected


async def test_no_body(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"))
        told = (await site.ask("POST", "/a", content_type="application/json", content_length="0")).json
        assert told.get("bodyKind", "none") == "none"
        assert "raw" not in told


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b'{"a":1}', mtime=0)),
        ("deflate", zlib.compress(b'{"a":1}')),
        ("deflate", zlib.compress(b'{"a":1}', wbits=-15)),
    ],
)
async def test_packed_bodies(tmp_path: Path, encoding: str, packed: bytes) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"))
        got = await site.ask("POST", "/a", packed, content_type="application/json", content_encoding=encoding)
        assert got.json["raw"] == '{"a":1}'


async def test_large_bytes_cross_as_a_file(tmp_path: Path) -> None:
    async with front(tmp_path, config=Config(**LOCAL, wire=Wire(spill=1024))) as site:
        site.serve(step("a", "POST /a"))
        seen: list[tuple[bytes, int]] = []

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            raw = msgspec.json.decode(invocation.input)["raw"]
            path = Path(raw["$file"])
            seen.append((path.read_bytes(), path.stat().st_mode & 0o777))
            return answer(raw["size"])

        site.runs = run
        got = await site.ask("POST", "/a", b"\xff" * 5000, content_type="image/png")
        assert got.json == 5000
        assert seen == [(b"\xff" * 5000, 0o600)]
        assert site.left_files() == []


async def test_multipart(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a"))
        contents: list[bytes] = []

        async def run(invocation: Invocation, sink: ResponseSink) -> Outcome:
            told = msgspec.json.decode(invocation.input)
            contents.extend(Path(file["path"]).read_bytes() for file in told["files"])
            return answer({"body": told["body"], "raw": told["raw"], "files": told["files"]})

        site.runs = run
        body = (
            b'--B\r\nContent-Disposition: form-data; name="title"\r\n\r\nhello\r\n'
            b'--B\r\nContent-Disposition: form-data; name="$file"\r\n\r\nx\r\n'
            b'--B\r\nContent-Disposition: form-data; name="doc"; filename="../a.bin"\r\n'
            b"Content-Type: image/png\r\n\r\n\x00\x01\r\n--B--\r\n"
        )
        told = (await site.ask("POST", "/a", body, content_type="multipart/form-data; boundary=B")).json
        assert told["body"] == {"title": "hello", "$$file": "x"}
        assert base64.b64decode(told["raw"]["$bytes"]) == body
        (file,) = told["files"]
        assert (file["name"], file["filename"], file["contentType"], file["size"]) == ("doc", "a.bin", "image/png", 2)
        assert contents == [b"\x00\x01"]
        assert site.left_files() == []


async def test_defaults_and_validation(tmp_path: Path) -> None:
    schema = Raw(b'{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"n":{"default":[1]}}}')
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a", body_schema=schema), step("m", "POST /m", body_schema=schema, middleware=1))
        told = (await site.json("/a", {"id": 1})).json
        assert (told["raw"], told["body"]) == ('{"id":1}', {"id": 1, "n": [1]})
        assert "body" not in (await site.json("/a", {"id": 1, "n": 2})).json
        got = await site.json("/a", {"id": "x"})
        assert (got.status, got.json["error"]) == (400, "Validation failed")
        assert got.json["issues"] == [{"path": "id", "message": 'is not of type "integer"', "code": "type"}]
        assert got.json["traceId"] == got.headers["x-trace-id"]
        assert (await site.ask("POST", "/a")).json["issues"][0]["path"] == "id"
        seen = len(site.seen)
        assert (await site.json("/m", {})).status == 200
        assert msgspec.json.decode(site.seen[seen].issues or b"") == [
            {"path": "id", "message": "is required", "code": "required"}
        ]


async def test_validation_may_only_warn_or_be_off(tmp_path: Path) -> None:
    schema = Raw(b'{"type":"object","required":["id"],"properties":{"n":{"default":1}}}')
    async with front(tmp_path, config=Config(**LOCAL, validation=Validation(http="warn"))) as site:
        site.serve(
            step("a", "POST /a", body_schema=schema), step("off", "POST /off", body_schema=schema, validation="off")
        )
        assert (await site.json("/a", {})).status == 200
        assert any("id: is required" in line for line in site.notes.lines)
        assert "body" not in (await site.json("/off", {})).json


async def test_a_schema_that_does_not_compile_lets_all_pass(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "POST /a", body_schema=Raw(b'{"type":"strange"}')))
        assert (await site.json("/a", {})).status == 200


async def test_a_response_that_breaks_its_schema_is_told_once(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a", response_schema={"200": Raw(b'{"type":"string"}')}))
        for _ in range(2):
            assert (await site.ask("GET", "/a")).status == 200
        assert len([line for line in site.notes.lines if "responseSchema" in line]) == 1


async def test_unknown_paths_and_methods(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /orders/:id", "POST /orders"))
        lost = await site.ask("GET", "/order")
        assert (lost.status, lost.json["error"]) == (404, "Not found")
        assert "POST /orders" in lost.json["near"]
        wrong = await site.ask("PUT", "/orders/7")
        assert (wrong.status, wrong.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert (await site.ask("GET", "/orders/%zz")).status == 400
        assert (await site.ask("GET", "/../../etc/passwd")).status == 404


async def test_a_broken_file_says_so_on_its_last_route(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        gone = step("a", "GET /a", "GET /shared")
        why = Problem(code="syntax", message="unexpected }", file=gone.file, line=3)
        site.serve(step("b", "GET /shared"), broken=(Broken(file=gone.file, problem=why, steps=(gone,)),))
        got = await site.ask("GET", "/a")
        assert (got.status, got.json["message"]) == (503, "steps/a.step.ts:3: unexpected }")
        assert (await site.ask("GET", "/shared")).status == 200
        site.serve(step("b", "GET /shared"))
        assert (await site.ask("GET", "/a")).status == 404


async def test_forwarded_headers_count_from_trusted_proxies_only(tmp_path: Path) -> None:
    told = {"x_forwarded_for": "9.9.9.9, 8.8.8.8", "x_forwarded_proto": "https", "x_forwarded_host": "shop.test"}
    async with front(tmp_path) as site:
        site.serve(step("a", "GET /a"))
        assert (await site.ask("GET", "/a", **told)).json["ip"] == "127.0.0.1"
    async with front(tmp_path, config=Config(**LOCAL, trust_proxy=["loopback", "8.8.8.0/24"])) as site:
        site.serve(step("a", "GET /a"))
        got = (await site.ask("GET", "/a", **told)).json
        assert (got["ip"], got["url"]) == ("9.9.9.9", "https://shop.test/a")


async def test_reload_changes_routes_between_requests(tmp_path: Path) -> None:
    async with front(tmp_path) as site:
        await _serves(site, "one")
        await _serves(site, "two")
        assert (await site.ask("GET", "/one")).status == 404


async def _serves(site: Front, name: str) -> None:
    site.serve(step(name, f"GET /{name}"))
    assert (await site.ask("GET", f"/{name}")).status == 200
