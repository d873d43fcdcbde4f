"""Bombs in bodies: compressed, nested, numerous, and those that make a schema work."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from tests.attacks.client import ask, ask_json, memory
from tests.attacks.target import LANGUAGES
from tests.kit.server import Server


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", "raw"])
def test_a_compression_bomb(server: Server, encoding: str) -> None:
    data = b"0" * 100_000_000
    packed = {
        "gzip": lambda: gzip.compress(data),
        "x-gzip": lambda: gzip.compress(data),
        "deflate": lambda: zlib.compress(data),
        "raw": lambda: zlib.compress(data)[2:-4],
    }[encoding]()
    before = memory(server.process.pid)
    named = "deflate" if encoding == "raw" else encoding
    got = ask(server, "POST", "/body", packed, content_encoding=named, content_type="application/json")
    assert got.status == 413
    assert memory(server.process.pid) - before < 30_000_000


def test_nested_and_repeated_compression(server: Server) -> None:
    twice = gzip.compress(gzip.compress(b"0" * 10_000_000))
    assert ask(server, "POST", "/body", twice, content_encoding="gzip, gzip", content_type="text/plain").status == 415
    assert ask(server, "POST", "/body", twice, content_encoding="gzip", content_type="text/plain").status == 200
    members = gzip.compress(b"") * 5000
    assert ask(server, "POST", "/body", members, content_encoding="gzip", content_type="text/plain").status == 400
    assert ask(server, "POST", "/body", b"x", content_encoding="br").status in (400, 415)
    assert ask(server, "POST", "/body", b"x", content_encoding="x" * 900).status == 415


@pytest.mark.parametrize("path", ["/body", "/checked"])
@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        b"[" * 90_000 + b"]" * 90_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b"[" * 21 + b"]" * 21,
        b'{"a":1',
        b"",
        b"\0",
        b"nul",
        b"NaN",
        b"[1,]",
        b'{"a":1}{"b":2}',
        b'"\xff"',
        b'"\\ud800"',
        b'{"a\x00":1}',
        b"\xff\xfe[\x001\x00]\x00",
    ],
    ids=range(15),
)
def test_json_that_is_refused(server: Server, path: str, text: bytes) -> None:
    if not text:
        assert ask(server, "POST", path, content_type="application/json").status == 200
        return
    got = ask_json(server, path, text)
    assert (got.status, got.json["error"]) == (400, "Malformed JSON")


@pytest.mark.parametrize("server", ["dev"], indirect=True, scope="session")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "number",
    ["9" * 20, "9" * 4000, "9" * 5000, "9" * 150_000, "1e400", "-1e400", "1e-400", "1e999999999", "0." + "1" * 100_000],
)
def test_numbers_beyond_all_measure(server: Server, language: str, number: str) -> None:
    """Refused or passed on, but never a crash, and never long."""
    got = ask_json(server, f"/answers/{language}", b'{"status":200,"body":{"n":%b}}' % number.encode())
    assert got.status == (400 if number.startswith("9" * 5000) else 200), got.raw[:300]


@pytest.mark.parametrize("server", ["dev"], indirect=True, scope="session")
@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_without_end(server: Server, language: str) -> None:
    same = b'{"status":200,"body":{%b}}' % b",".join(b'"a":%d' % n for n in range(15_000))
    assert ask_json(server, f"/answers/{language}", same).json == {"a": 14_999}
    odd = {"__proto__": {"x": 1}, "constructor": 2, "$bytes": "x", "$file": "/etc/passwd", "": 3, "\u0000": 4}
    got = ask_json(server, f"/answers/{language}", {"status": 200, "body": odd})
    assert got.status == 200
    assert b"root:" not in got.raw
    many = {str(n * 65536): n for n in range(8_000)}
    assert ask_json(server, f"/answers/{language}", {"status": 200, "body": many}).status == 200


def test_a_body_above_the_limit(server: Server) -> None:
    assert ask(server, "POST", "/body", b"x" * 200_001, content_type="text/plain").status == 413
    assert (
        ask(server, "POST", "/body", b"x" * 3_000_000, content_type="text/plain", content_length="3000000").status
        == 413
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"name": "a" * 50 + "!"}, "does not match"),
        ({"name": "a" * 100_000 + "!"}, "does not match"),
        ({"word": "a" * 50 + "b"}, "takes too long"),
        ({"words": ["a" * 15 + "b"] * 8_000}, "takes too long"),
    ],
    ids=["linear", "long", "steps", "time"],
)
def test_patterns_that_explode(server: Server, body: object, said: str) -> None:
    got = ask_json(server, "/checked", body)
    assert (got.status, got.json["error"]) == (400, "Validation failed")
    assert said in got.json["issues"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [{"numbers": ["x"] * 30_000}, {"either": [1] * 60_000}, {"either": [{}] * 45_000}],
    ids=["list", "union", "objects"],
)
def test_a_body_that_is_wrong_everywhere_is_told_so_once(server: Server, body: object) -> None:
    before = memory(server.process.pid)
    got = ask_json(server, "/checked", body)
    assert got.status == 400
    assert len(got.json["issues"]) == 1
    assert memory(server.process.pid) - before < 60_000_000


def part(head: str, data: bytes = b"x") -> bytes:
    return b"--B\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (part('name="a"') * 5_000 + b"--B--", 413),
        (part('name="a"; filename="f"') * 11 + b"--B--", 413),
        (part('name="a"; filename="f"') * 10, 400),
        (b"--B\r\nx-long: " + b"x" * 150_000, 413),
        (b"--B\r\n" + b"x: y\r\n" * 20_000, 413),
        (part('name="a"', b"x" * 10_000) + b"--B--", 413),
        (b"--B\r\n\r\nx\r\n--B--", 400),
        (b"--B" * 49_000, 200),
        (b"--B--", 200),
        (b"", 200),
        (b"--B " * 30_000, 400),
        (b"\r\n--B\r" * 20_000, 400),
        (part('name="' + "n" * 900 + '"') + b"--B--", 200),
        (part('name="a' + "[a]" * 200 + '"') + b"--B--", 200),
        (part('name="' + '\\"' * 400 + '"') + b"--B--", 200),
    ],
    ids=range(15),
)
def test_multipart_out_of_bounds(server: Server, body: bytes, status: int) -> None:
    got = ask(server, "POST", "/body", body, content_type="multipart/form-data; boundary=B")
    assert got.status == status, got.raw[:300]


@pytest.mark.parametrize("boundary", ["", "x" * 300, '"', "=?utf-8?q?x?=", "B; boundary=C"])
def test_odd_boundaries(server: Server, boundary: str) -> None:
    got = ask(server, "POST", "/body", b"--B--\r\n", content_type=f"multipart/form-data; boundary={boundary}")
    assert got.status in (200, 400)


@pytest.mark.parametrize(
    "name",
    [
        "../../../../tmp/evil",
        "/etc/passwd",
        "C:\\\\windows\\\\x",
        "a\0b",
        "..",
        ".",
        "%2e%2e%2fx",
        "a\u202etxt.exe",
        "n" * 800,
    ],
)
def test_names_of_files_never_become_paths(server: Server, name: str) -> None:
    body = part(f'name="f"; filename="{name}"') + b"--B--"
    got = ask(server, "POST", "/body", body, content_type="multipart/form-data; boundary=B")
    assert got.status == 200
    for filename, path in got.json["files"]:
        assert "/" not in filename and "\\" not in filename and "\0" not in filename
        assert path.startswith(str(server.project / ".motia/run"))
        assert name not in path or name in (".", "..")


@pytest.mark.parametrize(
    "kind",
    [
        "",
        ";",
        "a/b; charset=utf-99",
        "text/plain; charset=" + "x" * 900,
        "application/json; charset=utf-7",
        "application/json; charset=utf-16",
        "\u00e9",
        "a" * 900,
        "application/json;" * 50,
    ],
)
def test_odd_content_types(server: Server, kind: str) -> None:
    assert ask(server, "POST", "/body", json.dumps({}).encode(), content_type=kind).status in (200, 400, 415)
