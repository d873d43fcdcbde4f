"""Paths of our own: health, readiness, the root, the admin surface. Outside `/__motia/` users' steps win over them.

An admin route is a callable the application injects, keyed `METHOD /path`; templates as in steps.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import anyio.to_thread
import msgspec
from msgspec import UNSET, Struct

from motia_core.errors import MotiaError
from motia_core.model import Route, Step
from motia_core.triggers.api import Api
from motia_core.triggers.composer import Asked
from motia_core.triggers.query import Value
from motia_core.triggers.refusal import Refusal, later
from motia_core.triggers.reply import Reply
from motia_core.triggers.request import Client, Headers, Request
from motia_core.triggers.response import JSON
from motia_core.triggers.routes import BadPath, Match, Refused, RouteTable
from motia_core.web.guards import Guard
from motia_core.workbench.asked import Answer, Nothing
from motia_core.workbench.assets import Assets, takes_gzip

HTML = "text/html; charset=utf-8"
PREFIX = "/__motia"


class AdminRequest(Struct, frozen=True):
    """What an admin route is given. `body` is the decoded body, None without one."""

    method: str
    path: str
    params: dict[str, str]
    query: dict[str, Value]
    headers: Headers
    body: object
    trace_id: str = ""


Report = Callable[[], Awaitable[tuple[int, object]]]
AdminRoute = Callable[[AdminRequest], Awaitable[object]]


class Builtin:
    """`health` and `ready` answer status and JSON. `base` is the path of the workbench, None when it is off; `assets`
    its web app, which anybody may load: what it shows is guarded."""

    def __init__(
        self,
        api: Api,
        guard: Guard,
        *,
        mode: str,
        health: Report,
        ready: Report,
        admin: Mapping[str, AdminRoute],
        base: str | None,
        assets: Assets | None = None,
    ) -> None:
        self._assets = assets
        self._api = api
        self._guard = guard
        self._dev = mode != "start"
        self._health = health
        self._ready = ready
        self._base = base
        self._admin = {f"GET {PREFIX}/api": self._index, **admin}
        self._table = RouteTable([_as_step(key) for key in self._admin])

    async def open(self, request: Request, asked: Asked, path: str) -> Reply | None:
        """A path that no step owns, if it is ours."""
        key = path.rstrip("/") or "/"
        if key in ("/health", "/ready"):
            self._only_get(asked)
            status, report = await (self._health() if key == "/health" else self._ready())
            return self._json(asked, status, report, cors=True)
        if key == "/" and asked.method in ("GET", "HEAD") and not (self._base == "" and _is_page(asked)):
            return self._root(asked)
        if self._assets is not None and self._assets.owns(path) and asked.method in ("GET", "HEAD"):
            return await self.admin(request, asked, path)
        if isinstance(self._table.find(asked.method, path), Match | Refused):
            return await self.admin(request, asked, path)
        return None

    def _only_get(self, asked: Asked) -> None:
        if asked.method not in ("GET", "HEAD"):
            raise Refusal(405, headers={"Allow": "GET, HEAD"}, more={"allow": ("GET", "HEAD")})

    def _root(self, asked: Asked) -> Reply:
        if self._dev and self._base and _is_page(asked):
            return self.redirect(asked)
        return self._json(asked, 200, {"status": "ok"}, cors=True)

    def redirect(self, asked: Asked) -> Reply:
        """To the workbench."""
        return self._api.composer.plain(asked, 302, b"", {"location": f"{self._base or '/'}/".replace("//", "/")})

    async def admin(self, request: Request, asked: Asked, path: str) -> Reply:
        """A guarded path. Never with CORS lines."""
        try:
            return await self._guarded(request, asked, path)
        except Refusal as refusal:
            if refusal.status == 401 and _is_page(asked):
                return self._api.composer.plain(asked, 401, _SIGN_IN, {**_SIGN_IN_HEADERS, **refusal.headers})
            return self._api.composer.refuse(asked, refusal, cors=False)
        except MotiaError as error:
            told = Refusal(error.status, error.hint or None, error=error.message, headers=later(error.status))
            return self._api.composer.refuse(asked, told, cors=False)

    async def _guarded(self, request: Request, asked: Asked, path: str) -> Reply:
        if path == PREFIX + "/session" and asked.method == "POST" and self._guard.has_surface:
            return await self._sign_in(request, asked)
        if path == PREFIX + "/session" and asked.method == "DELETE" and self._guard.has_surface:
            return self._sign_out(request, asked)
        shown = await self._app(request, asked, path)
        if shown is not None:
            return shown
        self._guard.check(asked.headers, self.client(request, asked))  # type: ignore[arg-type]
        try:
            found = self._table.find(asked.method, path)
        except BadPath as error:
            raise Refusal(400, str(error)) from None
        if isinstance(found, Refused):
            raise Refusal(405, headers={"Allow": ", ".join(found.methods)}, more={"allow": found.methods})
        if found is None:
            raise Refusal(404, f"there is nothing at {path[:200]}")
        body = await self._api.read(request, asked)
        query = self._api.query(request.target.partition("?")[2])
        asking = AdminRequest(asked.method, path, found.params, query, asked.headers, body, asked.trace_id)  # type: ignore[arg-type]
        result = await self._admin[found.target.step.name](asking)
        if isinstance(result, Nothing):
            result = Answer(status=204, headers={})
        if isinstance(result, Answer):
            return self._api.composer.plain(asked, result.status, result.body, result.headers)
        return self._json(asked, 200, result, cors=False)

    async def _app(self, request: Request, asked: Asked, path: str) -> Reply | None:
        """A file of the web app. `?plain` asks for the page without scripts."""
        assets = self._assets
        if assets is None or asked.method not in ("GET", "HEAD") or not assets.owns(path):
            return None
        if request.target.partition("?")[2] == "plain" or not assets.is_built or self._is_route(asked, path):
            return None
        if self._dev or not self._guard.has_surface:
            self._guard.check(asked.headers, self.client(request, asked))  # type: ignore[arg-type]
        gzip = takes_gzip(str(asked.headers.get("accept-encoding", "")))
        found = await anyio.to_thread.run_sync(lambda: assets.find(path, gzip=gzip))
        if found is None:
            raise Refusal(404, f"there is nothing at {path[:200]}")
        return self._api.composer.plain(asked, found.status, found.body, found.headers)

    def _is_route(self, asked: Asked, path: str) -> bool:
        """Whether an admin route is there: the workbench may be moved to where they are."""
        try:
            found = self._table.find(asked.method, path)
        except BadPath:
            return False
        return isinstance(found, Match) and found.target.step.name != f"GET {self._base or '/'}"

    def client(self, request: Request, asked: Asked) -> Client:
        """Who asks, as the steps are told too."""
        return self._api.proxies.client(request.line.address, asked.headers)  # type: ignore[arg-type]

    def _sign_out(self, request: Request, asked: Asked) -> Reply:
        gone = self._guard.leave(self.client(request, asked))
        return self._api.composer.plain(asked, 204, b"", {"cache-control": "no-store", "set-cookie": gone})

    async def _sign_in(self, request: Request, asked: Asked) -> Reply:
        client = self.client(request, asked)
        self._guard.slow(client)
        body = await self._api.read(request, asked)
        cookie = self._guard.enter(body.get("token") if isinstance(body, dict) else None, client)
        headers = {"cache-control": "no-store", "set-cookie": cookie}
        if "application/json" in str(asked.headers.get("accept", "")) and not _is_page(asked):
            return self._api.composer.plain(asked, 200, b'{"ok":true}', {"content-type": JSON, **headers})
        target = f"{self._base or '/'}/".replace("//", "/")
        return self._api.composer.plain(asked, 303, b"", {"location": target, **headers})

    async def _index(self, request: AdminRequest) -> list[str]:
        """Every admin route there is."""
        return sorted(self._admin)

    def _json(self, asked: Asked, status: int, value: object, *, cors: bool) -> Reply:
        body = b"null" if value is UNSET else msgspec.json.encode(value)
        headers = {"content-type": JSON, "cache-control": "no-store"}
        return self._api.composer.plain(asked, status, body, headers, cors=cors)


def _is_page(asked: Asked) -> bool:
    """Whether a browser wants to show the answer."""
    return "text/html" in str(asked.headers.get("accept", ""))


def _as_step(key: str) -> Step:
    """Admin routes are matched like steps."""
    method, _, path = key.partition(" ")
    route = Route(method, path)
    return Step(id=key, name=key, kind="api", file="", member="", runner="", language="", routes=(route,))


_SIGN_IN_HEADERS = {
    "content-type": HTML,
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
}
_SIGN_IN = b"""<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Motia</title><style>body{font:16px system-ui;display:grid;place-items:center;min-height:90vh;margin:0}
form{display:flex;gap:.5rem}input,button{font:inherit;padding:.5rem}</style>
<form method="post" action="/__motia/session"><input type="password" name="token" placeholder="Admin token" autofocus
autocomplete="current-password" aria-label="Admin token"><button>Open</button></form></html>"""
