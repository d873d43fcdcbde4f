"""Host, Origin and token rules of admin routes; the whole of it runs over sockets in tests/e2e/test_http_admin.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from motia_core.clock import Clock
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.request import Client, Headers
from motia_core.web.guards import SESSION, Guard, session_of


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


class Still(Clock):
    """Time that stands until it is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 1_000_000.0

    def monotonic(self) -> float:
        return self.seconds

    def now_ms(self) -> int:
        return int(self.seconds * 1000)


def cookie_of(guard: Guard, token: str = "admin", client: Client | None = None) -> str:
    return guard.enter(token, client or Client("1.1.1.1")).partition(";")[0]


def test_the_session_cookie_is_no_token_and_needs_our_own_origin() -> None:
    guard = Guard("start", admin_token="admin")
    cookie = f"x=1; {cookie_of(guard)}"
    assert verdict(guard, host="h", cookie=cookie) == 200
    assert verdict(guard, host="h", cookie=cookie, origin="http://h") == 200
    assert verdict(guard, host="h", cookie=cookie, origin="http://other") == 401
    assert verdict(guard, host="h", cookie="motia_session=admin") == 401
    assert verdict(guard, host="h", cookie=f"motia_session={session_of('admin', 0)}") == 401
    assert verdict(guard, host="h", x_motia_token=cookie.partition("=")[2]) == 401
    assert verdict(Guard("start", admin_token="another"), host="h", cookie=cookie) == 401


def test_a_session_ends() -> None:
    clock = Still()
    guard = Guard("start", admin_token="admin", clock=clock)
    cookie = cookie_of(guard)
    clock.seconds += SESSION / 1000 - 1
    assert verdict(guard, cookie=cookie) == 200
    clock.seconds += 1
    assert verdict(guard, cookie=cookie) == 401
    value = cookie.partition("=")[2]
    until, _, mark = value.partition(".")
    assert verdict(guard, cookie=f"motia_session={int(until) + 10**9}.{mark}") == 401, "nobody prolongs it"
    for odd in ("", ".", f".{mark}", f"x.{mark}", f"-1.{mark}", f"{'9' * 400}.{mark}", f"\u0661.{mark}", f"0{value}"):
        assert verdict(guard, cookie=f"motia_session={odd}") == 401


@pytest.mark.parametrize(("scheme", "is_secure"), [("http", False), ("https", True)])
def test_what_the_cookie_says(scheme: str, is_secure: bool) -> None:
    guard = Guard("start", admin_token="admin")
    for cookie in (guard.enter("admin", Client("1.1.1.1", scheme)), guard.leave(Client("1.1.1.1", scheme))):
        parts = [part.strip() for part in cookie.split(";")]
        assert {"Path=/", "HttpOnly", "SameSite=Strict"} < set(parts)
        assert ("Secure" in parts) is is_secure
        assert "admin" not in cookie
    assert guard.leave().endswith("Max-Age=0")


def test_behind_a_proxy_that_is_trusted_its_name_counts() -> None:
    guard = Guard("start", admin_token="admin")
    asked: Headers = {"host": "inner:3000", "cookie": cookie_of(guard), "origin": "https://shop.example"}
    guard.check(asked, Client("1.1.1.1", "https", "shop.example"))
    with pytest.raises(Refusal):
        guard.check(asked, Client("1.1.1.1"))
    guard.check_socket(asked, Client("1.1.1.1", "https", "shop.example"))


class Door:
    """Somebody at one address, who says what the answers are."""

    def __init__(self, guard: Guard, address: str) -> None:
        self._guard, self._client = guard, Client(address)

    def bearer(self, token: str) -> int:
        return self._status(lambda: self._guard.check({"authorization": f"Bearer {token}"}, self._client))

    def session(self, value: str) -> int:
        return self._status(lambda: self._guard.check({"host": "h", "cookie": f"motia_session={value}"}, self._client))

    def enter(self, token: object) -> int:
        return self._status(lambda: self._guard.enter(token, self._client))

    def _status(self, ask: Callable[[], object]) -> int:
        try:
            ask()
        except Refusal as refusal:
            self.wait = refusal.headers.get("Retry-After")
            return refusal.status
        return 200


@pytest.mark.parametrize("how", ["bearer", "session", "enter"])
def test_ten_wrong_ones_in_a_minute_are_enough(how: str) -> None:
    clock = Still()
    guard = Guard("start", local_token="local", admin_token="admin", clock=clock)
    guesser, other = Door(guard, "1.1.1.1"), Door(guard, "2.2.2.2")
    guess = getattr(guesser, how)
    assert [guess(f"wrong-{number}") for number in range(10)] == [401] * 10
    clock.seconds += 20
    assert guess("wrong-11") == 429 and guesser.wait == "40"
    assert verdict(guard) == 401, "who shows nothing is asked to"
    for ask in (guesser.bearer, guesser.enter):
        assert ask("admin") == 429, "the right one says nothing to whom guesses"
    assert guesser.session(cookie_of(guard, client=Client("2.2.2.2")).partition("=")[2]) == 429
    assert guesser.bearer("local") == 200, "nobody guesses that one"
    assert (other.bearer("admin"), other.enter("admin")) == (200, 200)
    clock.seconds += 39
    assert guess("wrong-12") == 429
    clock.seconds += 1
    assert (guess("wrong-13"), guesser.bearer("admin"), guesser.enter("admin")) == (401, 200, 200)


def test_who_repeats_one_old_token_is_not_guessing() -> None:
    guard = Guard("start", admin_token="admin", clock=Still())
    door = Door(guard, "1.1.1.1")
    assert {door.bearer("old") for _ in range(50)} == {401}
    assert {door.session("old") for _ in range(50)} == {401}
    assert door.bearer("admin") == 200


def test_what_is_no_guess_is_not_counted() -> None:
    clock = Still()
    guard = Guard("start", admin_token="admin", clock=clock)
    door = Door(guard, "1.1.1.1")
    gone = [cookie_of(guard).partition("=")[2]]
    for _ in range(19):
        clock.seconds += 1
        gone.append(cookie_of(guard).partition("=")[2])
    clock.seconds += SESSION / 1000
    assert {door.session(value) for value in gone} == {401}, "sessions that ended were right once"
    odd: list[object] = [None, 1, [], {}, True]
    assert {door.enter(one) for one in odd * 9} == {401}
    assert door.bearer("admin") == 200
    hidden = Guard("start", local_token="local", clock=clock)
    assert {Door(hidden, "1.1.1.1").bearer(str(number)) for number in range(50)} == {404}


def test_tokens_of_users_on_sockets_lock_nobody_out_and_help_nobody_guess() -> None:
    guard = Guard("start", admin_token="admin", clock=Still())
    here = Client("1.1.1.1")
    for number in range(10):
        assert not guard.is_admin({"authorization": f"Bearer user {number}"}, here)
    assert not guard.is_admin({"authorization": "Bearer admin"}, here)
    assert guard.is_admin({"host": "h", "cookie": cookie_of(guard)}, here)
    assert Door(guard, "1.1.1.1").bearer("admin") == 200


def test_in_dev_a_wrong_token_is_no_worse_than_none() -> None:
    guard = Guard("dev", admin_token="admin", clock=Still())
    for number in range(20):
        guard.check({"host": "localhost", "authorization": f"Bearer {number}"}, Client("127.0.0.1"))
    assert verdict(guard, host="evil.test", authorization="Bearer admin") == 200
    with pytest.raises(Refusal):
        guard.check({"host": "evil.test", "authorization": "Bearer admin"}, Client("127.0.0.1"))


def test_admins() -> None:
    assert Guard("dev").is_admin({"host": "localhost"})
    assert not Guard("dev").is_admin({"host": "localhost", "origin": "http://evil.test"})
    assert not Guard("start", admin_token="a").is_admin({"host": "localhost"})
