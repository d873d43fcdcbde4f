"""JSON about deliveries: `/__motia/api/queues` and `/__motia/api/dead`. Guarded by `web/guards.py`, not here."""

from __future__ import annotations

from msgspec import Struct

from motia_core.clock import Clock
from motia_core.services import queues
from motia_core.services.context import Services
from motia_core.services.queues import Queues
from motia_core.workbench.asked import MOST, BadBody, Handler, Request, body_of, query_of


class Redirect(Struct, frozen=True, forbid_unknown_fields=True):
    step: str
    to: str


class Discard(Struct, frozen=True, forbid_unknown_fields=True):
    step: str
    force: bool = False


class Chosen(Struct, frozen=True, forbid_unknown_fields=True):
    """Dead letters: by id, or all of a step."""

    ids: list[int] = []
    step: str | None = None


class Page(Struct, frozen=True):
    step: str | None = None
    limit: int = 100
    after: int = 0


class QueuesApi:
    """`routes` maps method and path to handlers."""

    def __init__(self, services: Services, clock: Clock) -> None:
        self._services = services
        self._store = services.storage.events
        self._clock = clock
        self.routes: dict[str, Handler] = {
            "GET /__motia/api/queues": self._waiting,
            "POST /__motia/api/queues/redirect": self._redirect,
            "POST /__motia/api/queues/discard": self._discard,
            "GET /__motia/api/dead": self._dead,
            "POST /__motia/api/dead/redrive": self._redrive,
            "POST /__motia/api/dead/discard": self._discard_dead,
        }

    def _queues(self) -> Queues:
        return Queues(self._store, self._services.registry.current)

    async def _waiting(self, request: Request) -> object:
        return await self._queues().waiting(now=self._clock.now_ms())

    async def _redirect(self, request: Request) -> object:
        asked = body_of(request, Redirect)
        count = await self._queues().redirect(asked.step, asked.to, now=self._clock.now_ms())
        self._services.wake()
        return {"redirected": count}

    async def _discard(self, request: Request) -> object:
        asked = body_of(request, Discard)
        return {"discarded": await self._queues().discard(asked.step, force=asked.force)}

    async def _dead(self, request: Request) -> object:
        page = query_of(request, Page)
        limit = max(1, min(page.limit, MOST))
        return await queues.letters(self._store, step=page.step, limit=limit, after=page.after)

    async def _redrive(self, request: Request) -> object:
        asked = _chosen(request)
        count = await queues.redrive(self._store, asked.ids, asked.step, now=self._clock.now_ms())
        self._services.wake()
        return {"redriven": count}

    async def _discard_dead(self, request: Request) -> object:
        asked = _chosen(request)
        return {"discarded": await queues.discard(self._store, asked.ids, asked.step)}


def _chosen(request: Request) -> Chosen:
    asked = body_of(request, Chosen)
    if not asked.ids and asked.step is None:
        raise BadBody("nothing chosen: give `ids`, or `step` for all of a step")
    return asked
