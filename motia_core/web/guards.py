"""Who may use admin routes. Headers in, verdict out; only wrong tokens are remembered, for a minute.

In dev a browser page of another origin must not reach them, nor a name that an attacker points at this machine: Host
and Origin are checked. In `start` only a bearer token opens them, or the cookie that was given for it; without a token
the server pretends they are not there.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from motia_core.clock import Clock
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.request import SESSION_COOKIE, Client, Headers
from motia_core.web.guesses import Guesses

SESSION = 7 * 24 * 60 * 60 * 1000
"""How long a session lasts at most (ms); the browser ends it when it is closed."""
_CREDENTIALS = ("cookie", "authorization")
_UNKNOWN = Client("")


class Guard:
    """`local_token` is the one in `.motia/run/server.json`: long and made by us, so nobody guesses it, and it opens
    also while guesses are refused. `admin_token` is the one people are given."""

    def __init__(
        self,
        mode: str,
        *,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
        local_token: str = "",
        admin_token: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._dev = mode != "start"
        self._hosts = frozenset(host.lower().strip("[]") for host in hosts if host)
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._local = local_token
        self._admin = admin_token or ""
        self._clock = clock or Clock()
        self._guesses = Guesses(self._clock.monotonic)
        # Sockets of users carry tokens of their own: those of one address must not lock it out of the admin routes.
        self._on_sockets = Guesses(self._clock.monotonic)
        self.has_surface = self._dev or admin_token is not None

    def check(self, headers: Headers, client: Client = _UNKNOWN) -> None:
        """Raises Refusal: 403 in dev; 401, 429 while guesses are refused, or 404 where there is no admin surface, in
        `start`."""
        shown = _Shown(headers, client)
        wait = self._guesses.wait(client.ip)
        if self._opens(shown, client, self._guesses):
            return
        if not self._dev:
            if not self.has_surface:
                raise Refusal(404)
            if wait and (shown.token or shown.session):
                raise _too_many(wait)
            raise Refusal(401, "a bearer token is needed", headers={"WWW-Authenticate": 'Bearer realm="motia"'})
        host = _text(headers, "host")
        if not self._is_ours(_name(host)):
            raise Refusal(403, f"the host '{host[:100]}' is not allowed here; add it to allowedHosts")
        origin = _text(headers, "origin")
        if origin and not self._is_near(origin, host):
            raise Refusal(403, f"the origin '{origin[:100]}' is not allowed here; add its host to allowedHosts")

    def is_admin(self, headers: Headers, client: Client = _UNKNOWN) -> bool:
        """Whether who opens a stream socket may do what admins do, such as join a hidden stream."""
        if self._opens(_Shown(headers, client), client, self._on_sockets):
            return True
        try:
            # Without what it presented, which has been looked at.
            self.check({name: value for name, value in headers.items() if name in ("host", "origin")}, client)
        except Refusal:
            return False
        return True

    def enter(self, token: object, client: Client = _UNKNOWN) -> str:
        """The whole cookie for who knows the token. Raises Refusal, 401 or 429."""
        self.slow(client)
        if not isinstance(token, str) or not self._knows(token):
            if isinstance(token, str):
                self._guesses.wrong(client.ip, token)
            raise Refusal(401, "this is not the token of this server")
        until = self._clock.now_ms() + SESSION
        return self._cookie(f"{until}.{session_of(token, until)}", client)

    def leave(self, client: Client = _UNKNOWN) -> str:
        """The cookie that takes the cookie away."""
        return self._cookie("", client) + "; Max-Age=0"

    def slow(self, client: Client) -> None:
        """Raises Refusal, 429, when this address has guessed too often."""
        wait = self._guesses.wait(client.ip)
        if wait:
            raise _too_many(wait)

    def check_socket(self, headers: Headers, client: Client = _UNKNOWN) -> None:
        """Who may open the stream socket: programs, our own pages, and the origins of `cors` in `start`. `*` there is
        everybody without credentials, as for requests: what a browser adds by itself would speak for its user, and is
        taken out of `headers`."""
        origin = _text(headers, "origin")
        if not origin:
            return
        host = _text(headers, "host")
        if self._dev and self._is_ours(_name(host)) and self._is_near(origin, host):
            return
        if not self._dev and (origin.lower() in self._origins or _is_own(origin, host, client)):
            return
        if not self._dev and "*" in self._origins:
            for name in _CREDENTIALS:
                headers.pop(name, None)
            return
        raise Refusal(403, f"the origin '{origin[:100]}' may not open the stream socket")

    def _opens(self, shown: _Shown, client: Client, guesses: Guesses) -> bool:
        """Wrong ones are counted where there is something to guess."""
        if shown.token and self._local and _equal(shown.token, self._local):
            return True
        if shown.session:
            guesses = self._guesses
        if not (shown.token or shown.session) or guesses.wait(client.ip):
            return False
        if self._knows(shown.token) if shown.token else self._signed(shown.session):
            return bool(shown.token) or _until(shown.session) > self._clock.now_ms()
        if self._admin:
            guesses.wrong(client.ip, shown.token or shown.session)
        return False

    def _knows(self, given: str) -> bool:
        found = [_equal(given, token) for token in (self._local, self._admin) if token]
        return any(found)

    def _signed(self, session: str) -> bool:
        """Whether we made it, whenever that was."""
        until = _until(session)
        made = [f"{until}.{session_of(token, until)}" for token in (self._local, self._admin) if token]
        found = [_equal(session, one) for one in made]
        return any(found)

    def _cookie(self, value: str, client: Client) -> str:
        secure = "; Secure" if client.scheme == "https" else ""
        return f"{SESSION_COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict{secure}"

    def _is_ours(self, name: str) -> bool:
        """Names that only this machine answers to, and addresses: those cannot be pointed elsewhere."""
        if name in ("localhost", "") or name.endswith(".localhost") or name in self._hosts:
            return True
        if any(entry.startswith(".") and name.endswith(entry) for entry in self._hosts):
            return True
        return _is_address(name)

    def _is_near(self, origin: str, host: str) -> bool:
        """A page served by this machine, by this server, or from a host that is allowed."""
        name = _name(_place(origin))
        if not name:
            return False
        if name == "localhost" or name.endswith(".localhost") or name in self._hosts:
            return True
        if any(entry.startswith(".") and name.endswith(entry) for entry in self._hosts):
            return True
        return _is_loopback(name) or _is_same(origin, host)


class _Shown:
    """What a request shows to be let in: a bearer token, else the session cookie together with an origin of our own."""

    def __init__(self, headers: Headers, client: Client) -> None:
        bearer, origin = _text(headers, "authorization"), _text(headers, "origin")
        self.token = bearer[7:].strip() if bearer[:7].lower() == "bearer " else _text(headers, "x-motia-token")
        is_own = not origin or _is_own(origin, _text(headers, "host"), client)
        self.session = _session(_text(headers, "cookie")) if is_own and not self.token else ""


def _too_many(wait: int) -> Refusal:
    return Refusal(
        429,
        "too many wrong tokens came from this address; wait for a minute",
        error="Too many requests",
        headers={"Retry-After": str(wait)},
    )


def session_of(token: str, until: int) -> str:
    """What the session cookie holds instead of the token, beside its end."""
    return hmac.new(token.encode(), f"motia session {until}".encode(), hashlib.sha256).hexdigest()


def _until(session: str) -> int:
    text = session.partition(".")[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _equal(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode())


def _text(headers: Headers, name: str) -> str:
    found = headers.get(name, "")
    return found if isinstance(found, str) else ""


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        return name.lower() if port == "" or port.startswith(":") else host.lower()
    return (host.rsplit(":", 1)[0] if host.count(":") == 1 else host).lower().rstrip(".")


def _is_own(origin: str, host: str, client: Client) -> bool:
    """Whether a page of ours asks, under the name that a trusted proxy was asked by too."""
    return _is_same(origin, host) or (client.host is not None and _is_same(origin, client.host))


def _is_same(origin: str, host: str) -> bool:
    return bool(host) and _place(origin) == host.lower()


def _place(origin: str) -> str:
    """Host and port of an origin; empty where it is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_loopback(name: str) -> bool:
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


def _session(text: str) -> str:
    try:
        found = SimpleCookie(text).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
