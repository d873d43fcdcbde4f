"""Who stands at the doors of the admin surface: strange hosts, strange pages, no token."""

from __future__ import annotations

import pytest

from tests.attacks.client import ask, say
from tests.attacks.target import TOKEN
from tests.kit.server import Server

ADMIN = "/__motia/api/workers"
DOORS = [
    ADMIN,
    "/__motia/workbench?plain",
    "/metrics",
    "/openapi.json",
    "/__motia//api/workers",
    "//__motia/api/workers",
    "/%5f%5fmotia/api/workers",
    "/__motia/api/%77orkers",
    "/__MOTIA/api/workers",
    "/__motia/api/workers/",
]


def is_dev(server: Server) -> bool:
    return bool(server.mode == "dev")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.test"},
        {"host": "evil.test:3000"},
        {"host": "localhost.evil.test"},
        {"host": "127.0.0.1.evil.test"},
        {"host": "evil.test#localhost"},
        {"host": "localhost@evil.test"},
        {"host": "localhost:80:evil.test"},
        {"host": "[::1].evil.test"},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "http://localhost@evil.test"},
        {"origin": "http://evil.test/localhost"},
        {"origin": "x" * 900},
        {"authorization": "Bearer wrong", "host": "evil.test"},
        {"x-forwarded-host": "localhost", "host": "evil.test"},
    ],
    ids=range(16),
)
def test_strangers_stay_outside(server: Server, headers: dict[str, str]) -> None:
    for path in DOORS:
        got = ask(server, "GET", path, **headers)
        assert got.status in ((401, 403) if path == ADMIN else (401, 403, 404)), (path, got.raw[:300])
        assert "access-control-allow-origin" not in got.headers or got.status == 404


def test_the_page_itself_tells_nothing(server: Server) -> None:
    """Under `start` anybody may load the app, which asks for the token; in dev no strange host may."""
    got = ask(server, "GET", "/__motia/workbench/", host="evil.test")
    assert got.status in ((403,) if is_dev(server) else (200, 401))
    assert server.project.name.encode() not in got.raw and b"plain_step" not in got.raw


@pytest.mark.parametrize("target", ["http://localhost" + ADMIN, "http://evil.test" + ADMIN, "HTTP://h" + ADMIN])
def test_an_absolute_target_opens_no_door(server: Server, target: str) -> None:
    assert ask(server, "GET", target, host="evil.test").status in (400, 401, 403, 404)


def test_hosts_missing_doubled_and_odd(server: Server) -> None:
    assert say(server, f"GET {ADMIN} HTTP/1.1\r\n\r\n".encode()).status == 400
    assert say(server, f"GET {ADMIN} HTTP/1.1\r\nhost: localhost\r\nhost: evil.test\r\n\r\n".encode()).status == 400
    for host in ("", "[", "[::1", "]", ":", "a" * 900, "evil.test\t", "\u00e9vil.test"):
        got = ask(server, "GET", ADMIN, host=host)
        assert got.status in (200, 400, 401, 403), (host, got.raw[:200])


def test_who_may_enter_enters(server: Server) -> None:
    """The attacks above would prove nothing if nobody could."""
    assert ask(server, "GET", ADMIN, authorization=f"Bearer {TOKEN}", host="evil.test").status == 200
    assert ask(server, "GET", ADMIN).status == (200 if is_dev(server) else 401)
    assert ask(server, "GET", ADMIN, host="evil.test").status == (403 if is_dev(server) else 401)


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://["])
def test_a_page_of_another_origin_changes_nothing(server: Server, origin: str) -> None:
    body = b'{"topic":"x","data":1}'
    for kind in ("text/plain", "application/json", "application/x-www-form-urlencoded"):
        got = ask(server, "POST", "/emit", body, origin=origin, content_type=kind)
        assert got.status in (401, 403)
    preflight = ask(server, "OPTIONS", ADMIN, origin=origin, access_control_request_method="POST")
    assert "access-control-allow-origin" not in preflight.headers
    # Under `start` any page may open a socket, as an unknown one: tests/streams/test_access_start.py.
    if is_dev(server):
        socket = ask(server, "GET", "/", origin=origin, connection="upgrade", upgrade="websocket",
                     sec_websocket_version="13", sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==")  # fmt: skip
        assert socket.status == 403


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer ", "Basic YTpi", f"bearer  {TOKEN}x", "Bearer \u00e9", "Bearer " + "x" * 900]
)
def test_wrong_tokens(server: Server, token: str) -> None:
    assert ask(server, "GET", ADMIN, host="evil.test", authorization=token).status in (401, 403)


def test_bodies_of_admin_routes_have_limits_too(server: Server) -> None:
    known = {"authorization": f"Bearer {TOKEN}", "content_type": "application/json"}
    assert ask(server, "POST", "/emit", b"x" * 200_001, **known).status == 413
    assert ask(server, "POST", "/emit", b"[" * 30_000, **known).status == 400
    assert ask(server, "GET", f"{ADMIN}?" + "&" * 900, **known).status == 400
    assert ask(server, "POST", "/__motia/session", b"x" * 200_001).status == 413
    assert ask(server, "POST", "/__motia/session", b'{"token": 5}', content_type="application/json").status == 401
