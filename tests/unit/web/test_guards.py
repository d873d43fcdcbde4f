"""Host, Origin and token rules of admin routes; the whole of it runs over sockets in tests/e2e/test_http_admin.py."""

from __future__ import annotations

import pytest

from motia_core.triggers.refusal import Refusal
from motia_core.web.guards import Guard, session_of


def verdict(guard: Guard, **headers: str) -> int:
    try:
        guard.check({name.replace("_", "-"): value for name, value in headers.items()})
    except Refusal as refusal:
        return refusal.status
    return 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:3000", 200),
        ("LOCALHOST", 200),
        ("localhost.", 200),
        ("[::1]:3000", 200),
        ("127.0.0.1", 200),
        ("10.1.2.3:80", 200),
        ("dev.test", 200),
        ("a.b.shop.test", 200),
        ("shop.test", 403),
        ("xdev.test", 403),
        ("127.0.0.1.evil.test", 403),
        ("evil.test:127.0.0.1", 403),
        ("[::1].evil.test", 403),
        ("[::1]evil", 403),
    ],
)
def test_hosts_in_dev(host: str, status: int) -> None:
    assert verdict(Guard("dev", hosts=["dev.test", ".shop.test"]), host=host) == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("", 200),
        ("http://localhost:5173", 200),
        ("https://127.0.0.1", 200),
        ("http://me.test:3000", 200),
        ("http://dev.test", 200),
        ("http://evil.test", 403),
        ("null", 403),
        ("file://", 403),
        ("http://8.8.8.8", 403),
        ("chrome-extension://abc", 403),
        ("http://[", 403),
    ],
)
def test_origins_in_dev(origin: str, status: int) -> None:
    assert verdict(Guard("dev", hosts=["me.test", "dev.test"]), host="me.test:3000", origin=origin) == status


def test_tokens() -> None:
    guard = Guard("start", local_token="local", admin_token="admin")
    assert guard.has_surface
    assert verdict(guard) == 401
    for given in ("local", "admin"):
        assert verdict(guard, authorization=f"Bearer {given}") == 200
        assert verdict(guard, x_motia_token=given) == 200
    for wrong in ("", "Local", "admin ", "é", "admin\0"):
        assert verdict(guard, x_motia_token=wrong) == 401
    assert verdict(Guard("start", local_token="local")) == 404
    assert verdict(Guard("start", local_token="", admin_token=None), x_motia_token="") == 404


def test_the_session_cookie_is_no_token_and_needs_our_own_origin() -> None:
    guard = Guard("start", admin_token="admin")
    cookie = f"x=1; motia_session={session_of('admin')}"
    assert verdict(guard, host="h", cookie=cookie) == 200
    assert verdict(guard, host="h", cookie=cookie, origin="http://h") == 200
    assert verdict(guard, host="h", cookie=cookie, origin="http://other") == 401
    assert verdict(guard, host="h", cookie="motia_session=admin") == 401
    assert verdict(guard, host="h", x_motia_token=session_of("admin")) == 401


def test_admins() -> None:
    assert Guard("dev").is_admin({"host": "localhost"})
    assert not Guard("dev").is_admin({"host": "localhost", "origin": "http://evil.test"})
    assert not Guard("start", admin_token="a").is_admin({"host": "localhost"})
