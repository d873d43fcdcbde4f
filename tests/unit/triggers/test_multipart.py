"""Multipart bodies, however they are cut into pieces."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from motia_core.config.knobs import Http
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.uploads import Uploads

BLOB = os.urandom(3000) + b"\r\n--Bo\r\n--BoX\r\n"


def part(head: str, data: bytes) -> bytes:
    return b"--Bou\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n"


BODY = (
    b"preamble\r\n"
    + part('Content-Disposition: form-data; name="a"', b"1")
    + part('content-disposition:form-data;name="a"', b"")
    + part("Content-Disposition: form-data; name=bare", "é".encode())
    + part('Content-Disposition: form-data; name="n[x]"', b"--Bou")
    + part('Content-Disposition: form-data; name="q%22\\"z"', b"quoted")
    + part('Content-Disposition: form-data; name="f"; filename="C:\\dir\\p.png"\r\nContent-Type: image/png', BLOB)
    + part("Content-Disposition: form-data; name=f; filename=x; filename*=UTF-8''%c3%a9.txt", b"")
    + part('Content-Disposition: form-data; name="none"; filename=""', b"")
    + b"--Bou--\r\nepilogue\r\n--Bou\r\n"
)


def uploads(tmp_path: Path, parts: int = 10, raw_limit: int = 100_000) -> Uploads:
    return Uploads("Bou", run_dir=tmp_path, prefix="up", http=Http(parts=parts), raw_limit=raw_limit)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 64, 1000, 100_000])
def test_pieces_of_any_size(tmp_path: Path, size: int) -> None:
    made = uploads(tmp_path)
    for at in range(0, len(BODY), size):
        made.feed(BODY[at : at + size])
    assert made.finish() == {"a": ["1", ""], "bare": "é", "n": {"x": "--Bou"}, 'q""z': "quoted"}
    first, second = (msgspec.json.decode(file) for file in made.files)
    assert (first["name"], first["filename"], first["contentType"]) == ("f", "p.png", "image/png")
    assert Path(first["path"]).read_bytes() == BLOB
    assert first["size"] == len(BLOB)
    assert (second["filename"], second["size"], second["contentType"]) == ("é.txt", 0, "application/octet-stream")
    assert made.raw == BODY
    assert [path.stat().st_mode & 0o777 for path in made.paths] == [0o600, 0o600]


def test_the_raw_body_is_dropped_when_long(tmp_path: Path) -> None:
    made = uploads(tmp_path, raw_limit=100)
    made.feed(BODY)
    assert made.raw is None


def test_no_parts_at_all(tmp_path: Path) -> None:
    made = uploads(tmp_path)
    made.feed(b"--Bou--")
    assert made.finish() == {}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"no boundary", 400),
        (BODY[:-40], 400),
        (b"--Boujunk\r\n\r\nx\r\n--Bou--", 400),
        (b"--Bou" + b" " * 300, 400),
        (part("Content-Disposition: attachment", b"") + b"--Bou--", 400),
        (part("X-Nothing: y", b"") + b"--Bou--", 400),
        (part('Content-Disposition: form-data; name="a"', b"") * 11 + b"--Bou--", 413),
        (b"--Bou\r\n" + b"x" * 20_000, 413),
        (part('Content-Disposition: form-data; name="a"', b"x" * 1_100_000), 413),
    ],
)
def test_damage(tmp_path: Path, body: bytes, status: int) -> None:
    made = uploads(tmp_path)
    with pytest.raises(Refusal) as caught:
        made.feed(body)
        made.finish()
    made.close()
    assert caught.value.status == status
