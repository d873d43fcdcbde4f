"""Requests whose ends can be read in two ways, and bytes that are no HTTP at all: each is refused and the connection closed."""

from __future__ import annotations

import gzip
import ssl

import pytest

from tests.attacks.client import ask, line, say
from tests.kit.server import Server

HOST = b"host: h\r\n"
TAIL = b"0\r\n\r\nGET /path/smuggled HTTP/1.1\r\nhost: h\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"content-length: 5\r\ncontent-length: 6\r\n",
        b"content-length: 5\r\ncontent-length: 5\r\n",
        b"content-length: 5, 5\r\n",
        b"content-length: 5\r\ntransfer-encoding: chunked\r\n",
        b"transfer-encoding: chunked\r\ncontent-length: 5\r\n",
        b"transfer-encoding: xchunked\r\n",
        b"transfer-encoding: chunked, identity\r\n",
        b"transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        b"transfer-encoding : chunked\r\n",
        b"transfer-encoding: \x0bchunked\r\n",
        b"content-length: -5\r\n",
        b"content-length: +5\r\n",
        b"content-length: 0x5\r\n",
        b"content-length: 5_0\r\n",
        b"content-length: 5 \r\n x\r\n",
        b"content-length:\r\n",
        b"content-length: " + b"9" * 500 + b"\r\n",
        b"content-length: 5\r\n transfer-encoding: chunked\r\n",
        b"x\r\n",
        b": x\r\n",
        b"x y: 1\r\n",
        b"x: a\x00b\r\n",
        b"x: a\rb\r\n",
        b"x\xff: 1\r\n",
        b"host: other\r\n",
    ],
    ids=lambda head: head.decode("latin-1").strip().replace("\r\n", "|")[:50].encode("unicode_escape").decode(),
)
def test_ambiguous_heads(server: Server, head: bytes) -> None:
    with line(server) as one:
        one.send(b"POST /body HTTP/1.1\r\n" + HOST + head + b"\r\n" + TAIL)
        said = one.rest()
    assert said.startswith(b"HTTP/1.1 4"), said[:200]
    assert b"smuggled" not in said


@pytest.mark.parametrize(
    "body",
    [
        b"5\r\nabc\r\n0\r\n\r\n",
        b"zz\r\nabc\r\n0\r\n\r\n",
        b"-1\r\nabc\r\n0\r\n\r\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"3 \r\nabcd\r\n0\r\n\r\n",
        b"3\r\nabcX\r\n0\r\n\r\n",
        b"FFFFFFFFFFFFFFFFFF\r\nabc",
        b"3\nabc\n0\n\n",
        b"3\r\nabc\r\n0\r\n" + b"x-trailer: y\r\n" * 20_000 + b"\r\n",
        b"3\r\nabc\r\n0\r\nx-trailer: " + b"y" * 300_000 + b"\r\n\r\n",
    ],
    ids=["short", "word", "negative", "hexmark", "long", "noend", "huge", "bare", "trailers", "trailer"],
)
def test_bad_chunks(server: Server, body: bytes) -> None:
    head = b"POST /body HTTP/1.1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n"
    with line(server) as one:
        one.send(head + HOST + b"\r\n" + body)
        said = one.rest()
    assert not said or said.startswith((b"HTTP/1.1 4",)), said[:200]


def test_a_chunk_whose_extension_has_no_end(server: Server) -> None:
    with line(server) as one:
        one.send(b"POST /body HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n3;" + b"x" * 2_000_000)
        assert one.rest()[:10] in (b"HTTP/1.1 4", b"")


def test_a_lying_length(server: Server) -> None:
    """Too long: the rest never comes. Too short: the rest is the next request, and no good one."""
    head = b"POST /body HTTP/1.1\r\ncontent-type: text/plain\r\n" + HOST
    assert say(server, head + b"content-length: 100\r\nconnection: close\r\n\r\nabc").status == 408
    with line(server) as one:
        one.send(head + b"content-length: 2\r\n\r\nabcd")
        said = one.rest()
    assert said.count(b"HTTP/1.1 ") <= 2 and b"HTTP/1.1 400" in said
    assert say(server, head + b"content-length: 99999999999\r\n\r\n").status == 413


@pytest.mark.parametrize(
    "data",
    [
        b"GET /plain\r\n",
        b"GET /plain\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /plain HTTP/9.9\r\nhost: h\r\n\r\n",
        b"GET /plain HTTP/1.1\rhost: h\r\r",
        b"GET /plain HTTP/1.1\nhost: h\n\n",
        b"\0" * 1000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.0\r\n\r\n",
        b"USER anonymous\r\n\r\n",
        b'{"jsonrpc":"2.0"}\n\n',
        bytes(range(256)) * 20,
        b"G\xc3\x89T /plain HTTP/1.1\r\nhost: h\r\n\r\n",
        b"get /plain HTTP/1.1\r\nhost: h\r\n\r\n",
        b"G" * 5000 + b" / HTTP/1.1\r\nhost: h\r\n\r\n",
    ],
    ids=[
        "0.9",
        "0.9-end",
        "tls",
        "http2",
        "9.9",
        "cr",
        "lf",
        "nulls",
        "ssh",
        "ftp",
        "json",
        "bytes",
        "utf8",
        "lower",
        "long",
    ],
)
def test_no_http(server: Server, data: bytes) -> None:
    with line(server) as one:
        one.send(data)
        said = one.rest()
    assert said.startswith((b"HTTP/1.1 400", b"HTTP/1.1 408", b"HTTP/1.1 414", b"HTTP/1.1 431")), said[:200]


def test_a_real_tls_client(server: Server) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with line(server) as one, pytest.raises(ssl.SSLError):
        context.wrap_socket(one.socket, server_hostname="localhost")


def test_http_1_0(server: Server) -> None:
    got = say(server, b"GET /plain HTTP/1.0\r\n\r\n")
    assert (got.status, got.headers["connection"]) == (200, "close")


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "DEBUG", "PROPFIND", "BREW", "M-SEARCH", "PURGE", "SOURCE"])
def test_odd_methods_reach_no_handler(server: Server, method: str) -> None:
    got = ask(server, method, "/plain", x_secret="s3cret")
    assert got.status in (400, 405)
    assert b"s3cret" not in got.raw


def test_connect_opens_no_tunnel(server: Server) -> None:
    for target in (b"127.0.0.1:22", b"/plain"):
        with line(server) as one:
            one.send(b"CONNECT " + target + b" HTTP/1.1\r\nhost: h\r\n\r\nGET /path/inside HTTP/1.1\r\nhost: h\r\n\r\n")
            said = one.rest()
        assert said.startswith(b"HTTP/1.1 4"), said[:200]


@pytest.mark.parametrize("upgrade", ["websocket", "h2c", "TLS/1.0", "x" * 500, "websocket, h2c"])
def test_upgrades_nobody_asked_for(server: Server, upgrade: str) -> None:
    """The request is answered as if nothing had been said of another protocol, and what follows is read as HTTP."""
    head = f"GET /plain HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: {upgrade}\r\n\r\n".encode()
    with line(server) as one:
        one.send(head + b"GET /path/next HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        said = one.rest()
    assert said.startswith((b"HTTP/1.1 200", b"HTTP/1.1 4")), said[:200]
    assert b"101" not in said[:12]


def test_an_upgrade_followed_by_a_flood(server: Server) -> None:
    with line(server) as one:
        one.send(b"GET /plain HTTP/1.1\r\nhost: h\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n" + b"x" * 2_000_000)
        assert one.rest().startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("expect", ["wonders", "100-continue, 100-continue", "200-ok", "x" * 900])
def test_expectations_nobody_fulfils(server: Server, expect: str) -> None:
    """Refused at once; where the whole body has come already, there was nothing to expect."""
    assert ask(server, "POST", "/body", expect=expect, content_length="2").status == 417
    assert ask(server, "POST", "/body", b"ab", expect=expect).status == 200


def test_an_expectation_where_nothing_is_read(server: Server) -> None:
    """No `100 Continue` for a path that is not there, nor for a body above the limit."""
    for target, length, status in (("/nowhere", 5, b"404"), ("/body", 10**9, b"413")):
        with line(server) as one:
            head = f"POST {target} HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\ncontent-length: {length}\r\n\r\n"
            one.send(head.encode())
            assert one.rest().startswith(b"HTTP/1.1 " + status)


def test_many_expectations_without_a_body(server: Server) -> None:
    head = b"GET /plain HTTP/1.1\r\nhost: h\r\nexpect: 100-continue\r\n"
    with line(server) as one:
        one.send((head + b"\r\n") * 50 + head + b"connection: close\r\n\r\n")
        assert one.rest().count(b"HTTP/1.1 200") == 51


def test_a_compressed_body_cut_short(server: Server) -> None:
    packed = gzip.compress(b"hello" * 100)
    for data in (packed[:-5], packed[:5], b"", packed + packed[:5], b"\x1f\x8b" + b"\xff" * 100):
        got = ask(server, "POST", "/body", data, content_encoding="gzip", content_type="text/plain")
        assert got.status in (200, 400)
