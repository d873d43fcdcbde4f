"""The server: opens ports, hands each request to users' steps or to built-in paths, drains, stops.

Two verbs end it: `drain` takes no new connection and lets answers finish; `stop` cancels what is left at the deadline.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import anyio

from motia_core.clock import Clock
from motia_core.config.knobs import Config
from motia_core.triggers.api import Api
from motia_core.triggers.composer import Asked
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.reply import Reply
from motia_core.triggers.request import Request
from motia_core.web.builtin import PREFIX, AdminRequest, AdminRoute, Builtin, Report
from motia_core.web.guards import Guard
from motia_core.web.listener import Listener
from motia_core.web.ports import allow_files, open_sockets
from motia_core.workbench.asked import Answer
from motia_core.workbench.assets import Assets
from motia_core.workbench.page import HEADERS, render


class Sockets(Protocol):
    """Makes the connection of a request a stream socket; `is_admin`: of somebody who may join hidden streams."""

    def __call__(self, request: Request, asked: Asked, *, is_admin: bool) -> Awaitable[Reply]: ...


_ABORT_GRACE = 0.5
_OLDEST = (1, 0)


class Server:
    """`admin` maps `METHOD /path` to callables; `sockets` takes WebSocket upgrades on any path; `assets` makes the web
    app of the workbench for a base."""

    def __init__(
        self,
        config: Config,
        mode: str,
        api: Api,
        guard: Guard,
        clock: Clock,
        *,
        health: Report,
        ready: Report,
        admin: Mapping[str, AdminRoute],
        sockets: Sockets | None = None,
        assets: Callable[[str], Assets] | None = None,
    ) -> None:
        self._config = config
        self._dev = mode != "start"
        self._api = api
        self._guard = guard
        self._clock = clock
        self._sockets = sockets
        enabled = config.workbench.enabled
        self.base = config.workbench.base.rstrip("/") if enabled or (enabled is None and guard.has_surface) else None
        app = assets(self.base) if assets is not None and self.base is not None else None
        self._app = app
        self._builtin = Builtin(
            api, guard, mode=mode, health=self._while_open(health), ready=self._while_open(ready),
            admin={**self._screens(), **admin}, base=self.base,
            assets=app,
        )  # fmt: skip
        api.fallback = self._builtin.open
        self._listeners: list[Listener] = []
        self.port = 0
        self.hosts: list[str] = []
        self.workbench_port: int | None = None

    async def start(self) -> None:
        """Listens. Raises PortBusy."""
        allow_files(self._config.http.connections + self._config.streams.sockets)
        sockets = open_sockets(self._wanted_hosts(), self._config.port, climb=self._dev)
        self.port = sockets[0].getsockname()[1]
        self.hosts = [one.getsockname()[0] for one in sockets]
        await self._listen(self._handle, sockets)
        second = self._config.workbench.port
        if second is not None and self.base is not None:
            sockets = open_sockets(self._wanted_hosts(), second, climb=self._dev)
            self.workbench_port = sockets[0].getsockname()[1]
            await self._listen(self._handle_workbench, sockets)

    def _screens(self) -> dict[str, AdminRoute]:
        async def page(request: AdminRequest) -> Answer:
            return Answer(render(self._api.snapshot, is_built=self._app is None or self._app.is_built), headers=HEADERS)

        return {} if self.base is None else {f"GET {self.base or '/'}": page}

    def _wanted_hosts(self) -> list[str]:
        host = self._config.host
        if host == "localhost" or (not host and self._dev):
            return ["127.0.0.1", "::1"]
        return [host or "0.0.0.0"]  # noqa: S104

    async def _listen(self, handler: Any, sockets: list[socket.socket]) -> None:
        trusts = self._api.proxies.trusts
        listener = Listener(handler, http=self._config.http, clock=self._clock, refused=self._refused, exempt=trusts)
        await listener.listen(sockets)
        self._listeners.append(listener)

    async def drain(self) -> None:
        """No new connections; answers under way are finished and close theirs."""
        self._api.stage.draining = True
        for listener in self._listeners:
            listener.shut()
            listener.close_idle()

    async def stop(self, grace: float) -> None:
        """Waits for answers under way, at most `grace` seconds, then cancels them."""
        await self.drain()
        with anyio.move_on_after(grace):
            while self.busy:  # noqa: ASYNC110
                await anyio.sleep(0.02)
        for listener in self._listeners:
            listener.close_all()
        with anyio.move_on_after(_ABORT_GRACE):
            while any(listener.connections for listener in self._listeners):  # noqa: ASYNC110
                await anyio.sleep(0.01)
        for listener in self._listeners:
            listener.cut_all()
        self._listeners.clear()

    @property
    def busy(self) -> int:
        """Requests being answered."""
        return sum(listener.busy for listener in self._listeners)

    def _handle(self, request: Request) -> Awaitable[Reply]:
        if request.version < _OLDEST:
            return self._too_old()
        if "upgrade" in request.headers and self._sockets is not None and _wants_socket(request):
            return self._upgrade(request, self._asked(request), self._sockets)
        if request.target.startswith(PREFIX):
            return self._builtin.admin(request, self._asked(request), request.target.partition("?")[0])
        return self._api.handle(request)

    async def _handle_workbench(self, request: Request) -> Reply:
        """The second port opens on the workbench and is otherwise the same."""
        if request.target == "/" and request.method == "GET" and "upgrade" not in request.headers:
            return self._builtin.redirect(self._asked(request))
        return await self._handle(request)

    async def _too_old(self) -> Reply:
        return self._refused(Refusal(400, "HTTP/1.0 or later is needed", close=True))

    async def _upgrade(self, request: Request, asked: Asked, sockets: Sockets) -> Reply:
        """Any path opens a stream socket."""
        client = self._builtin.client(request, asked)
        try:
            self._guard.check_socket(asked.headers, client)  # type: ignore[arg-type]
        except Refusal as refusal:
            return self._api.composer.refuse(asked, refusal, cors=False)
        return await sockets(request, asked, is_admin=self._guard.is_admin(asked.headers, client))  # type: ignore[arg-type]

    def _asked(self, request: Request) -> Asked:
        return Asked(request.method, request.headers, self._clock.new_trace_id())

    def _refused(self, refusal: Refusal) -> Reply:
        """What the parser could not read: nothing is known of the request."""
        return self._api.composer.refuse(Asked("GET", {}, self._clock.new_trace_id()), refusal)

    def _while_open(self, report: Report) -> Report:
        """A draining server is neither healthy nor ready, whatever its parts say."""

        async def ask() -> tuple[int, object]:
            if self._api.stage.draining:
                return 503, {"status": "draining"}
            return await report()

        return ask


def _wants_socket(request: Request) -> bool:
    return request.method == "GET" and "websocket" in str(request.headers["upgrade"]).lower()
