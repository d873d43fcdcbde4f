"""Who may use admin routes. Pure: headers in, verdict out.

In dev a browser page of another origin must not reach them, nor a name that an attacker points at this machine: Host
and Origin are checked. In `start` only a bearer token opens them; without one the server pretends they are not there.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from motia_core.triggers.refusal import Refusal
from motia_core.triggers.request import Headers

COOKIE = "motia_session"
_CREDENTIALS = ("cookie", "authorization")


class Guard:
    """`local_token` is the one in `.motia/run/server.json`; `admin_token` the one people are given."""

    def __init__(
        self,
        mode: str,
        *,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
        local_token: str = "",
        admin_token: str | None = None,
    ) -> None:
        self._dev = mode != "start"
        self._hosts = frozenset(host.lower().strip("[]") for host in hosts if host)
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._tokens = [token for token in (local_token, admin_token) if token]
        self.has_surface = self._dev or admin_token is not None

    def check(self, headers: Headers) -> None:
        """Raises Refusal: 403 in dev; 401, or 404 where there is no admin surface, in `start`."""
        if self.has_token(headers):
            return
        if not self._dev:
            if not self.has_surface:
                raise Refusal(404)
            raise Refusal(401, "a bearer token is needed", headers={"WWW-Authenticate": 'Bearer realm="motia"'})
        host = _text(headers, "host")
        if not self._is_ours(_name(host)):
            raise Refusal(403, f"the host '{host[:100]}' is not allowed here; add it to allowedHosts")
        origin = _text(headers, "origin")
        if origin and not self._is_near(origin, host):
            raise Refusal(403, f"the origin '{origin[:100]}' is not allowed here; add its host to allowedHosts")

    def is_admin(self, headers: Headers) -> bool:
        """Whether this request may do what admins do, such as join a hidden stream."""
        try:
            self.check(headers)
        except Refusal:
            return False
        return True

    def check_socket(self, headers: Headers) -> None:
        """Who may open the stream socket: programs, our own pages, and the origins of `cors` in `start`. `*` there is
        everybody without credentials, as for requests: what a browser adds by itself would speak for its user, and is
        taken out of `headers`."""
        origin = _text(headers, "origin")
        if not origin:
            return
        host = _text(headers, "host")
        if self._dev and self._is_ours(_name(host)) and self._is_near(origin, host):
            return
        if not self._dev and (origin.lower() in self._origins or _is_same(origin, host)):
            return
        if not self._dev and "*" in self._origins:
            for name in _CREDENTIALS:
                headers.pop(name, None)
            return
        raise Refusal(403, f"the origin '{origin[:100]}' may not open the stream socket")

    def has_token(self, headers: Headers) -> bool:
        """A bearer token, or the session cookie together with an origin of our own."""
        bearer = _text(headers, "authorization")
        given = bearer[7:].strip() if bearer[:7].lower() == "bearer " else _text(headers, "x-motia-token")
        if given:
            return self.knows(given)
        origin = _text(headers, "origin")
        if origin and not _is_same(origin, _text(headers, "host")):
            return False
        session = _cookie(_text(headers, "cookie"))
        return bool(session) and any(_equal(session, session_of(token)) for token in self._tokens)

    def knows(self, given: str) -> bool:
        found = [_equal(given, token) for token in self._tokens]
        return any(found)

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


def session_of(token: str) -> str:
    """What the session cookie holds instead of the token."""
    return hashlib.sha256(b"motia session " + token.encode()).hexdigest()


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


def _cookie(text: str) -> str:
    try:
        found = SimpleCookie(text).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
