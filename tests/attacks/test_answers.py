"""What handlers may not say: a handler that passes on what a client sent it must not let the client write headers."""

from __future__ import annotations

import pytest

from tests.attacks.client import ask_json
from tests.attacks.target import LANGUAGES
from tests.kit.server import Server

pytestmark = pytest.mark.parametrize("server", ["start"], indirect=True, scope="session")
EVIL = "set-cookie: evil=1"


@pytest.fixture(params=LANGUAGES)
def path(request: pytest.FixtureRequest) -> str:
    return f"/answers/{request.param}"


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize(
    "headers",
    [
        {"x-a": f"1\r\n{EVIL}"},
        {"x-a": f"1\n{EVIL}"},
        {"x-a": f"1\r{EVIL}"},
        {"x-a": "1\r\n\r\n<script>"},
        {"x-a": "1\0"},
        {"x-a": ["fine", f"1\r\n{EVIL}"]},
        {f"x-a\r\n{EVIL}\r\nx": "1"},
        {"x-a: 1\r\nx": "1"},
        {"": "1"},
        {"x a": "1"},
        {"x\0": "1"},
        {"x:": "1"},
        {"content-type": f"text/html\r\n{EVIL}"},
        {"location": f"/x\r\n{EVIL}"},
        {"é": "1"},
    ],
    ids=range(15),
)
def test_headers_that_break_out_are_never_sent(server: Server, path: str, headers: object, streamed: bool) -> None:
    got = ask_json(server, path, {"status": 200, "headers": headers, "body": "x", "streamed": streamed})
    assert got.status == 500
    assert "set-cookie" not in got.headers
    assert b"evil=1" not in got.raw.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "value",
    [
        "\u560a\u560dset-cookie: evil=1",
        "\u010d\u010aset-cookie: evil=1",
        "\x85set-cookie: evil=1",
        "\u2028set-cookie: evil=1",
    ],
)
def test_letters_that_end_in_a_line_break_stay_letters(server: Server, path: str, value: str) -> None:
    got = ask_json(server, path, {"status": 200, "headers": {"x-a": value}, "body": "x"})
    assert got.status in (200, 500)
    assert "set-cookie" not in got.headers


@pytest.mark.parametrize(
    "name", ["Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Trailer", "TE"]
)
def test_headers_that_frame_the_answer_are_not_theirs(server: Server, path: str, name: str) -> None:
    got = ask_json(server, path, {"status": 200, "headers": {name: "7"}, "body": "hello"})
    assert (got.status, got.body) == (200, b"hello")
    assert [value for key, value in got.pairs if key == name.lower()] in ([], ["5"], ["close"])


@pytest.mark.parametrize("status", [100, 101, 103, 199, 600, 700, 1000, -1, 0, 10**20])
def test_a_status_out_of_range(server: Server, path: str, status: int) -> None:
    """What is no status is a body like any other, or an error; never a status line."""
    got = ask_json(server, path, {"status": status, "body": "x"})
    assert got.status in (200, 500)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-n": 5},
        {"x-n": True},
        {"x-n": 1.5},
        {"x-n": None},
        {"x-n": {"a": 1}},
        {"x-n": []},
        {"x-n": [1, None]},
        {"content-type": []},
        {"content-type": ["a/b", "c/d"]},
        [],
        "x",
        5,
        None,
    ],
    ids=range(13),
)
def test_headers_that_are_no_texts(server: Server, path: str, headers: object) -> None:
    """Sent as text, left out, or an error of the handler; never a broken answer or a fault of the server."""
    got = ask_json(server, path, {"status": 200, "headers": headers, "body": "x"})
    assert got.whole
    assert got.status in (200, 500)


@pytest.mark.parametrize("status", [204, 205, 304])
def test_answers_without_a_body_stay_without(server: Server, path: str, status: int) -> None:
    got = ask_json(server, path, {"status": status, "body": "HTTP/1.1 200 OK\r\n\r\n"})
    assert (got.status, got.body) == (status, b"")


def test_ten_thousand_headers(server: Server, path: str) -> None:
    headers = {f"x-{number}": "y" for number in range(5_000)}
    assert ask_json(server, path, {"status": 200, "headers": headers, "body": "x"}).status in (200, 500)
