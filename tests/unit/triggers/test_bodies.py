"""Kinds, charsets, JSON and inflating of request bodies."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motia_core.protocol.nesting import deeper_than
from motia_core.triggers.bodies import (
    BodyType,
    body_type,
    bytes_object,
    check_json,
    inflate,
    read_json,
    text_of,
)
from motia_core.triggers.refusal import Refusal


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, BodyType("bytes")),
        ("", BodyType("bytes")),
        ("garbage", BodyType("bytes")),
        ("application/json", BodyType("json", "utf-8")),
        ("Application/JSON ; Charset=UTF-16", BodyType("json", "utf-16")),
        ("application/problem+json", BodyType("json", "utf-8")),
        ("application/x-www-form-urlencoded", BodyType("form", "utf-8")),
        ("text/plain", BodyType("text", "utf-8")),
        ('text/csv; charset="us-ascii"', BodyType("text", "utf-8")),
        ("application/soap+xml", BodyType("text", "utf-8")),
        ("image/svg+xml", BodyType("text", "utf-8")),
        ("application/pdf", BodyType("bytes")),
        ("application/pdf; charset=utf-8", BodyType("text", "utf-8")),
        ('multipart/form-data; boundary="a b"', BodyType("multipart", None, "a b")),
        ("multipart/mixed; boundary=x", BodyType("bytes")),
    ],
)
def test_types(header: str | None, expected: BodyType) -> None:
    assert body_type(header) == expected
    assert body_type(header) == expected


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("text/plain; charset=nope", 415),
        ("application/json; charset=idna", 415),
        ("text/plain; charset=zlib", 415),
        ("text/plain; charset=rot13", 415),
        ("text/plain; charset=unicode_escape", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=" + "x" * 300, 400),
    ],
)
def test_types_nobody_can_read(header: str, status: int) -> None:
    with pytest.raises(Refusal) as caught:
        body_type(header)
    assert caught.value.status == status


def test_texts() -> None:
    assert text_of("é".encode("latin-1"), "iso8859-1") == "é"
    assert text_of(b"\xff", "utf-8") is None
    assert text_of(b"a", None) is None
    assert bytes(bytes_object(b"\x00\xff")) == b'{"$bytes":"AP8="}'


@pytest.mark.parametrize("text", [b"{}", b" [1, 2.5e3] ", b'"\\u00e9\\n"', b"null", b"123456789012345678901234567890"])
def test_json(text: bytes) -> None:
    check_json(text, 100)
    assert read_json(text, 100) == json.loads(text)


@pytest.mark.parametrize(
    "text", [b"{", b"{}{}", b"NaN", b"[1,]", b"{'a':1}", b'"\t"', b'"\\ud800"', b"01", b"\xef\xbb\xbf{}"]
)
def test_what_is_no_json(text: bytes) -> None:
    for read in (check_json, read_json):
        with pytest.raises(Refusal) as caught:
            read(text, 100)
        assert (caught.value.status, caught.value.error) == (400, "Malformed JSON")


def test_depth() -> None:
    for depth in (100, 101, 200_000):
        text = b'{"a":' * depth + b"1" + b"}" * depth
        for read in (check_json, read_json):
            if depth > 100:
                with pytest.raises(Refusal):
                    read(text, 100)
            else:
                read(text, 100)


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max((depth_of(inner) for inner in value.values()), default=0)
    return 1 + max((depth_of(inner) for inner in value), default=0) if isinstance(value, list) else 0


words = st.text(alphabet='[]{}"\\ax', max_size=4)
values = st.recursive(
    st.none() | words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)
)


@given(values, st.integers(0, 6), st.sampled_from([None, 1]))
def test_depth_is_counted_outside_strings(value: object, limit: int, indent: int | None) -> None:
    assert deeper_than(json.dumps(value, indent=indent).encode(), limit) == (depth_of(value) > limit)


def test_inflating() -> None:
    for name, packed in (
        ("gzip", gzip.compress(b"abc", mtime=0)),
        ("X-Gzip", gzip.compress(b"ab", mtime=0) + gzip.compress(b"c", mtime=0)),
        ("deflate", zlib.compress(b"abc")),
        ("deflate", zlib.compress(b"abc", wbits=-15)),
        ("identity", b"abc"),
    ):
        assert inflate(packed, name, 3) == b"abc"


@pytest.mark.parametrize(
    ("name", "packed", "status"),
    [
        ("gzip", gzip.compress(b"abcd", mtime=0), 413),
        ("deflate", zlib.compress(b"0" * 10_000_000), 413),
        ("gzip", gzip.compress(b"ab", mtime=0) + gzip.compress(b"cd", mtime=0), 413),
        ("gzip", gzip.compress(b"abc", mtime=0)[:-4], 400),
        ("gzip", b"nonsense", 400),
        ("gzip", gzip.compress(b"", mtime=0) * 100, 400),
        ("zstd", b"", 415),
        ("gzip, gzip", b"", 415),
    ],
)
def test_bombs_and_damage(name: str, packed: bytes, status: int) -> None:
    with pytest.raises(Refusal) as caught:
        inflate(packed, name, 3)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (b"9" * 4300, False),
        (b"9" * 4301, True),
        (b"[-" + b"9" * 5000 + b"]", True),
        (b'{"a":1,"b":' + b"1" * 9000 + b"}", True),
        (b'"' + b"9" * 9000 + b'"', False),
        (b'["\\"' + b"9" * 9000 + b'"]', False),
        (b"0." + b"1" * 9000, False),
        (b"1" * 9000 + b".5", False),
        (b"1" * 9000 + b"e5", False),
        (b"[" + b"1," * 9000 + b"1]", False),
    ],
)
def test_whole_numbers_that_not_every_language_reads(text: bytes, refused: bool) -> None:
    if refused:
        with pytest.raises(Refusal, match="4300 digits"):
            check_json(text, 100)
    else:
        check_json(text, 100)
