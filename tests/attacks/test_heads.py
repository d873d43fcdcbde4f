"""Oversized and odd request lines and headers."""

from __future__ import annotations

import pytest

from tests.attacks.client import ask, line, say
from tests.kit.server import Server


def test_a_huge_request_line(server: Server) -> None:
    for target in ("/" + "a" * 1_500, "/plain?" + "a" * 100_000, "/" * 5_000):
        assert ask(server, "GET", target).status == 414
    assert ask(server, "GET", "/plain?" + "a" * 900).status == 200


def test_a_request_line_without_end(server: Server) -> None:
    with line(server) as one:
        one.send(b"GET /" + b"a" * 3_000_000)
        assert one.rest()[:12] in (b"HTTP/1.1 414", b"HTTP/1.1 431", b"")


def test_too_many_headers(server: Server) -> None:
    assert ask(server, "GET", "/plain", **{f"x{number}": "1" for number in range(60)}).status == 431
    assert ask(server, "GET", "/plain", **{f"x{number}": "1" for number in range(10_000)}).status == 431
    assert ask(server, "GET", "/plain", **{f"x{number}": "1" for number in range(40)}).status == 200


def test_a_huge_header(server: Server) -> None:
    assert ask(server, "GET", "/plain", x_long="y" * 1_500).status == 431
    assert ask(server, "GET", "/plain", x_long="y" * 5_000_000).status == 431
    assert ask(server, "GET", "/plain", **{"x" * 1_500: "1"}).status == 431
    assert ask(server, "GET", "/plain", x_long="y" * 900).status == 200


def test_headers_that_are_too_much_together(server: Server) -> None:
    assert ask(server, "GET", "/plain", **{f"x{number}": "y" * 900 for number in range(5)}).status == 431
    assert ask(server, "GET", "/plain", **{f"x{number}": "y" * 900 for number in range(4)}).status == 200


def test_headers_that_are_too_much_together_in_small_pieces(server: Server) -> None:
    with line(server) as one:
        one.send(b"GET /plain HTTP/1.1\r\nhost: h\r\n")
        for number in range(10):
            one.send(b"x%d: %b\r\n" % (number, b"y" * 900))
        assert one.answer().status == 431


def test_a_flood_of_cookies(server: Server) -> None:
    assert ask(server, "GET", "/plain", cookie="; ".join(f"c{number}=1" for number in range(100))).status == 200
    assert ask(server, "GET", "/plain", cookie='a="' + "\\" * 800).status == 200
    assert ask(server, "GET", "/plain", cookie="=" * 900).status == 200
    assert ask(server, "GET", "/plain", cookie="; " * 400).status == 200
    lines = "".join(f"cookie: c{number}=1\r\n" for number in range(40))
    assert say(server, f"GET /plain HTTP/1.1\r\nhost: h\r\nconnection: close\r\n{lines}\r\n".encode()).status == 200


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf0\x90", b"a\x80b"])
def test_bytes_that_are_no_text(server: Server, raw: bytes) -> None:
    """In a header, in a path, in a query: answered, never a fault."""
    for request in (
        b"GET /plain HTTP/1.1\r\nhost: h\r\nconnection: close\r\nx-odd: " + raw + b"\r\n\r\n",
        b"GET /path/" + raw + b" HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
        b"GET /plain?a=" + raw + b" HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
    ):
        assert say(server, request).status in (200, 400)
    escaped = "".join(f"%{byte:02x}" for byte in raw)
    assert ask(server, "GET", f"/path/{escaped}").status in (200, 400)
    assert ask(server, "GET", f"/plain?a={escaped}&{escaped}=1").status == 200


@pytest.mark.parametrize(
    "name",
    ["%00", "a%00b", "%0d%0aset-cookie:%20x=1", "%2e%2e", "%2e%2e%2fetc%2fpasswd", "..%5c..", "%", "%zz", "%c0%ae"],
)
def test_odd_path_parameters_stay_one_parameter(server: Server, name: str) -> None:
    got = ask(server, "GET", f"/path/{name}")
    assert got.status in (200, 400, 404)
    assert "set-cookie" not in got.headers
    assert b"root:" not in got.raw


@pytest.mark.parametrize(
    "target",
    [
        "/../../../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/./motia.toml",
        "/motia.toml",
        "/.motia/motia.db",
        "/steps/plain_step.py",
        "/__motia/workbench/../../../../etc/passwd",
        "/__motia/workbench/%2e%2e%2f%2e%2e%2fmotia.toml",
        "/__motia/workbench//etc/passwd",
        "/__motia/workbench/..%5c..%5cmotia.toml",
    ],
)
def test_no_path_leads_to_a_file(server: Server, target: str) -> None:
    got = ask(server, "GET", target)
    assert got.status in (400, 401, 404)
    assert b"root:" not in got.raw and b"headerTimeout" not in got.raw and b"SQLite" not in got.raw


@pytest.mark.parametrize(
    "target", ["*", "http://evil.test/plain", "http://h", "://", "http:/plain", "?a=1", "#x", "a b"]
)
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_odd_targets(server: Server, method: str, target: str) -> None:
    assert ask(server, method, target).status in (200, 204, 400, 404, 405)


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"a{number}=1" for number in range(101)),
        "&" * 900,
        "a=1&" * 200,
    ],
)
def test_more_parameters_than_allowed(server: Server, query: str) -> None:
    assert ask(server, "GET", f"/plain?{query}").status == 400


@pytest.mark.parametrize(
    "query",
    [
        "a" + "[a]" * 250 + "=1",
        "a" + "[" * 800 + "=1",
        "a" + "]" * 800 + "=1",
        "a" + "[]" * 300 + "=1",
        "&".join(f"a[{number}]=1" for number in range(90)),
        "a[99999999999999999999]=1&a[-1]=2&a[1e9]=3",
        "a[__proto__][x]=1&__proto__[y]=2&constructor[prototype][z]=3",
        "a=1&a[b]=2&a[]=3&a[b][c]=4&a[0]=5",
        "%5b%5d=1&%00=%00&=&==&[]=1",
    ],
)
def test_odd_parameters(server: Server, query: str) -> None:
    got = ask(server, "GET", f"/plain?{query}")
    assert got.status == 200
    assert deep(got.json["query"]) <= 6


def deep(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((deep(one) for one in inner), default=0) if isinstance(value, dict | list) else 0


def test_a_hundred_thousand_parameters_in_a_form(server: Server) -> None:
    body = "&".join(f"a{number}=1" for number in range(20_000)).encode()
    assert ask(server, "POST", "/body", body, content_type="application/x-www-form-urlencoded").status == 413
