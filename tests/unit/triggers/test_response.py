"""What may go out, and how."""

from __future__ import annotations

import gzip

import pytest
from msgspec import Raw

from motia_core.model import Response
from motia_core.triggers.response import (
    STATUS_LINES,
    BadResponse,
    DateLine,
    Head,
    body_of,
    check_status,
    compress,
    default_type,
    etag,
    is_known,
    may_compress,
    with_charset,
)


def test_status_lines() -> None:
    assert STATUS_LINES[200] == b"HTTP/1.1 200 OK\r\n"
    assert STATUS_LINES[299] == b"HTTP/1.1 299 \r\n"
    for bad in (-1, 0, 99, 100, 101, 199, 600):
        with pytest.raises(BadResponse):
            check_status(bad)


def test_the_authors_headers() -> None:
    head = Head().author(
        {"X-A": "1", "Set-Cookie": ["a", "b"], "Content-Type": "text/css", "Transfer-Encoding": "chunked"}
    )
    head.default({"x-a": "ours", "x-b": "ours"})
    assert head.type == "text/css"
    assert head.encode() == b"X-A: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nx-b: ours\r\n"


@pytest.mark.parametrize(
    "headers", [{"a": "x\r\ny: z"}, {"a": "x\0"}, {"a\n": "x"}, {"": "x"}, {"a:b": "x"}, {"é": "x"}]
)
def test_headers_that_cannot_be_sent(headers: dict[str, str]) -> None:
    with pytest.raises(BadResponse):
        Head().author(headers)


def test_odd_but_fine_headers() -> None:
    head = Head().author({"x": "a\tb", "y": "é\xa0", "z": ""})
    assert head.encode() == "x: a\tb\r\ny: é\xa0\r\nz: \r\n".encode()


def test_bodies() -> None:
    assert body_of(Response(kind="json", body=Raw(b'{"a":1}'))) == b'{"a":1}'
    assert body_of(Response(kind="text", body=Raw(b'"a\\n\\u00e9"'))) == "a\né".encode()
    assert body_of(Response(kind="none")) == b""
    assert default_type(Response(kind="none")) is None
    assert with_charset("text/css") == "text/css; charset=utf-8"
    assert with_charset("text/css; Charset=latin1") == "text/css; Charset=latin1"


def test_etags() -> None:
    tag = etag(b"abc")
    assert tag is not None and tag == etag(b"ab" + b"c") != etag(b"abd")
    assert etag(b"") is None and etag(b"x" * 100_000) is None
    text = tag.decode()
    assert is_known(tag, text) and is_known(tag, f'"x", {text.removeprefix("W/")}') and is_known(tag, "*")
    assert not is_known(tag, '"x"')


@pytest.mark.parametrize(
    ("content_type", "accepted", "expected"),
    [
        ("text/html", "gzip, br", True),
        ("application/json; charset=utf-8", "br, gzip;q=0.5", True),
        ("application/ld+json", "gzip", True),
        ("image/png", "gzip", False),
        ("text/html", "gzip;q=0", False),
        ("text/html", "gzip; q=0.0, br", False),
        ("text/html", "br", False),
        ("text/html", None, False),
        (None, "gzip", False),
    ],
)
def test_when_to_compress(content_type: str | None, accepted: str | None, expected: bool) -> None:
    assert may_compress(content_type, accepted) is expected


def test_compress() -> None:
    assert gzip.decompress(compress(b"abc" * 1000)) == b"abc" * 1000


def test_the_date_changes_with_the_second() -> None:
    line = DateLine()
    first = line.at(1_700_000_000.2)
    assert first == b"Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
    assert line.at(1_700_000_000.9) is first
    assert line.at(1_700_000_001.0) != first
