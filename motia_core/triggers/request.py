"""One HTTP request: as the listener hands it on, and what a handler is told of it: headers, query, client address, the
whole as wire JSON. Pure.

`X-Forwarded-*` counts only when the peer is one the configuration trusts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import msgspec
from msgspec import Raw, Struct

from motia_core.protocol.requests import HttpInput
from motia_core.protocol.values import escape
from motia_core.triggers.query import TooMany, Value, parse_query
from motia_core.triggers.refusal import Refusal

Headers = dict[str, str | list[str]]
_NAMED = {
    "loopback": ("127.0.0.0/8", "::1/128"),
    "linklocal": ("169.254.0.0/16", "fe80::/10"),
    "uniquelocal": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    "*": ("0.0.0.0/0", "::/0"),
}
_encode = msgspec.json.Encoder().encode
SESSION_COOKIE = "motia_session"
"""Opens the admin routes for who has signed in to the workbench."""
NO_QUERY: dict[str, Value] = {}


class Content(Protocol):
    """The body as it arrives."""

    total_bytes: int

    def is_eof(self) -> bool: ...
    def at_eof(self) -> bool: ...
    def read_nowait(self, n: int = -1) -> bytes: ...
    async def readany(self) -> bytes: ...


class Socket(Protocol):
    def write(self, data: bytes) -> None: ...
    def is_closing(self) -> bool: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...


class Line(Protocol):
    """The connection a request came on. `transport` is None once the client has left."""

    address: str

    @property
    def transport(self) -> Any: ...
    @property
    def writing_paused(self) -> bool: ...
    async def drain(self) -> None: ...
    def force_close(self) -> None: ...


class Request(Struct):
    """`target` is what was asked for, as it was sent, `version` that of HTTP. `headers` as `headers_of` makes them."""

    method: str
    target: str
    version: tuple[int, int]
    headers: Headers
    keep_alive: bool
    content: Content
    line: Line


def headers_of(items: Mapping[str, str]) -> Headers:
    """Lower-case names; duplicates joined with a comma, cookies with a semicolon, `set-cookie` a list."""
    found: Headers = {name.lower(): value for name, value in items.items()}
    if len(found) != len(items):
        found.clear()
        for name, value in items.items():
            key = name.lower()
            old = found.get(key)
            if key == "set-cookie":
                found[key] = [*old, value] if isinstance(old, list) else [value]
            else:
                found[key] = value if old is None else f"{old}{'; ' if key == 'cookie' else ', '}{value}"
    elif isinstance(single := found.get("set-cookie"), str):
        found["set-cookie"] = [single]
    if len(found) < 3:
        found = {"$" + name if name in ("$bytes", "$file") else name: value for name, value in found.items()}
    return found


def told(headers: Mapping[str, str | list[str]]) -> Headers:
    """As a project's code is told them: without what would let it into the workbench in somebody's name."""
    cookies = headers.get("cookie")
    if not isinstance(cookies, str) or SESSION_COOKIE not in cookies:
        return headers  # type: ignore[return-value]
    found = (one.strip() for one in cookies.split(";"))
    kept = "; ".join(one for one in found if one.partition("=")[0].rstrip() != SESSION_COOKIE)
    others = {name: value for name, value in headers.items() if name != "cookie"}
    return {**others, "cookie": kept} if kept else others


def query_of(text: str, limit: int, depth: int = 5) -> dict[str, Value]:
    """As a wire value. Raises Refusal (400)."""
    try:
        found = parse_query(text, limit, depth)
    except TooMany as error:
        raise Refusal(400, str(error)) from None
    return escape(found) if "$" in text or "%24" in text else found  # type: ignore[return-value]


def encode(found: HttpInput) -> Raw:
    """The `input` of `step.run`. Bytes in a header that are no UTF-8 are read as Latin-1."""
    try:
        return Raw(_encode(found))
    except UnicodeEncodeError:
        plain = {name: msgspec.structs.asdict(found)[name] for name in ("method", "path", "url", "ip")}
        mended = {name: _mend(value) for name, value in plain.items()}
        headers = {
            _mend(name): [_mend(one) for one in value] if isinstance(value, list) else _mend(value)
            for name, value in found.headers.items()
        }
        params = {name: _mend(value) for name, value in found.params.items()}
        query = {_mend(name): _mend_value(value) for name, value in found.query.items()}
        return Raw(_encode(msgspec.structs.replace(found, **mended, headers=headers, params=params, query=query)))


def _mend(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1") if not _encodable(text) else text


def _mend_value(value: Value) -> Value:
    if isinstance(value, list):
        return [_mend_value(one) for one in value]
    if isinstance(value, dict):
        return {_mend(name): _mend_value(one) for name, one in value.items()}
    return _mend(value)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Client(Struct, frozen=True):
    """Who asks, and under which address. `direct` = no proxy had a word in it."""

    ip: str
    scheme: str = "http"
    host: str | None = None
    direct: bool = True

    @property
    def is_loopback(self) -> bool:
        return self.direct and (self.ip.startswith("127.") or self.ip == "::1")


class Proxies:
    """`trust` holds addresses, networks, or `loopback`, `linklocal`, `uniquelocal`, `*`. Raises ValueError."""

    def __init__(self, trust: Iterable[str]) -> None:
        texts = [text for entry in trust for text in _NAMED.get(entry, (entry,))]
        self._networks = [ipaddress.ip_network(text.strip(), strict=False) for text in texts]

    def client(self, peer: str, headers: Headers) -> Client:
        """`peer` is the other end of the socket; `headers` have lower-case names."""
        forwarded = _text(headers, "x-forwarded-for")
        if not self._networks or not self.trusts(peer):
            direct = not forwarded and "forwarded" not in headers
            return Client(peer, direct=direct)
        ip = peer
        for hop in reversed(forwarded.split(",")):
            ip = _address(hop.strip()) or ip
            if not self.trusts(ip):
                break
        scheme = _text(headers, "x-forwarded-proto").split(",")[0].strip().lower()
        host = _text(headers, "x-forwarded-host").split(",")[0].strip() or None
        return Client(ip, "https" if scheme == "https" else "http", host, direct=False)

    def trusts(self, ip: str) -> bool:
        try:
            address = ipaddress.ip_address(ip.split("%", 1)[0])
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _text(headers: Headers, name: str) -> str:
    found = headers.get(name, "")
    return found if isinstance(found, str) else ""


def _address(text: str) -> str | None:
    """An address as proxies write it, without its port."""
    if text.startswith("["):
        text = text[1:].split("]", 1)[0]
    elif text.count(":") == 1:
        text = text.split(":", 1)[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
