"""What the world can reach of an application: the listener, users' routes, health, and the admin surface.

Says what `/health` and `/ready` mean; opens and closes the listener when told to.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable

from motia_core import __version__
from motia_core.app import condition
from motia_core.app.exposed import Exposed
from motia_core.app.manual import run_by_hand
from motia_core.app.parts import Parts
from motia_core.app.replay import Replay
from motia_core.app.screens import Screens
from motia_core.config.load import Loaded
from motia_core.errors import StoreError
from motia_core.problems import gravity
from motia_core.triggers.api import Api
from motia_core.validation import Validators
from motia_core.web.guards import Guard
from motia_core.web.server import Server
from motia_core.web.streams import Live
from motia_core.workbench.api import AdminApi
from motia_core.workbench.assets import Assets
from motia_core.workbench.queues import QueuesApi


class Surface:
    """`token` is the one in the server file; `draining` says that the end was asked for."""

    def __init__(self, parts: Parts, loaded: Loaded, *, token: str, draining: Callable[[], bool]) -> None:
        self._parts = parts
        self._draining = draining
        config = loaded.config
        chosen = os.environ.get("MOTIA_ADMIN_TOKEN", "")
        self.made_token = secrets.token_urlsafe(18) if _wants_token(parts.mode, loaded) and not chosen else None
        guard = Guard(
            parts.mode,
            hosts=[*config.allowed_hosts, config.host],
            origins=config.cors.origins,
            local_token=token,
            admin_token=chosen or self.made_token,
        )
        api = Api(
            config,
            parts.mode,
            parts.registry,
            parts.dispatcher,
            Validators(
                regex_limit=config.validation.regex_limit,
                regex_time=config.validation.regex_time,
                explains=config.validation.explain,
            ),
            parts.clock,
            parts.run_dir,
            parts.recorder,
            parts.services.counts,
            parts.sampler,
        )
        admin = AdminApi(
            parts.services,
            pools=parts.fleet.statuses,
            run=lambda step, value, follow: run_by_hand(parts, step, value, follow=follow),
            clock=parts.clock,
        )
        exposed = Exposed(parts, parts.project, screens=config.workbench.enabled is not False)
        self.screens = Screens(parts, self._health, config.workbench.base.rstrip("/"))
        live = Live(parts.hub, api.stage, api.composer, api.proxies.trusts)
        api.live = live.follow
        self._server = Server(
            config,
            parts.mode,
            api,
            guard,
            parts.clock,
            health=self._health,
            ready=self._ready,
            admin={
                **admin.routes,
                **QueuesApi(parts.services, parts.clock).routes,
                **exposed.routes,
                **Replay(parts).routes,
                **self.screens.routes,
            },
            sockets=live.upgrade,
            assets=Assets,
        )
        self.url = ""
        self.workbench_url = ""

    async def start(self) -> tuple[str, int]:
        """Listens; the address by which this machine reaches it. Raises PortBusy."""
        server = self._server
        await server.start()
        anywhere = {"0.0.0.0", "::"} & set(server.hosts)  # noqa: S104
        host = "127.0.0.1" if anywhere or "127.0.0.1" in server.hosts else server.hosts[0]
        shown = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{server.port}"
        if server.base is not None:
            port = server.workbench_port or server.port
            self.workbench_url = f"http://{shown}:{port}{server.base}/"
        return host, server.port

    async def drain(self) -> None:
        self._parts.hub.drain()
        await self._server.drain()

    async def stop(self, grace: float) -> None:
        await self._server.stop(grace)

    @property
    def busy(self) -> int:
        """Requests being answered."""
        return self._server.busy

    async def _health(self) -> tuple[int, object]:
        parts = self._parts
        if self._draining():
            return 503, {"status": "draining", "version": __version__}
        try:
            await parts.storage.check()
        except StoreError:
            return 503, {"status": "failing", "version": __version__, "store": "unavailable"}
        statuses = parts.fleet.statuses()
        languages = condition.languages(statuses, parts.fleet.wanted())
        whole = all(state == "ready" for state in languages.values())
        broken = any(gravity(problem) == "error" for problem in parts.registry.current.problems)
        status = "ok" if whole and not broken else "degraded"
        pools = condition.pools(statuses)
        return 200, {"status": status, "version": __version__, "languages": languages, "pools": pools}

    async def _ready(self) -> tuple[int, object]:
        if self._draining():
            return 503, {"ready": False, "reasons": ["the server is shutting down"]}
        fleet = self._parts.fleet
        reasons = condition.unready(fleet.statuses(), fleet.wanted())
        return (503 if reasons else 200), {"ready": not reasons, "reasons": reasons}


def _wants_token(mode: str, loaded: Loaded) -> bool:
    return mode == "start" and loaded.config.workbench.enabled is True
