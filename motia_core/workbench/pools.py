"""Workers for the screens: pools by name, searched and paged, and restarted one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from motia_core.errors import UnknownTarget
from motia_core.workbench.asked import Handler, Listing, Page, Request, body_of, cut, query_of
from motia_core.workers.status import PoolStatus

Item = dict[str, Any]


class Named(Struct, frozen=True):
    pool: str


class PoolScreen:
    """`missing` are languages that cannot run, with the reason; `restart` replaces the workers of a pool softly, and
    says whether there is one of that name."""

    def __init__(
        self,
        pools: Callable[[], list[PoolStatus]],
        missing: Callable[[], dict[str, str]],
        restart: Callable[[str], bool],
    ) -> None:
        self._pools = pools
        self._missing = missing
        self._restart = restart
        self.routes: dict[str, Handler] = {
            "GET /__motia/api/pools": self._list,
            "POST /__motia/api/workers/restart": self._restart_pool,
        }

    async def items(self) -> dict[str, Item]:
        found: dict[str, Item] = {
            name: {"id": name, "name": name, "runner": name, "state": "missing", "problem": why, "workers": []}
            for name, why in self._missing().items()
        }
        for status in self._pools():
            shown = msgspec.to_builtins(status)
            memory = sum(worker.rss for worker in status.workers)
            busy = sum(worker.in_flight for worker in status.workers)
            found[status.name] = {"id": status.name, **shown, "memory": memory, "inFlight": busy}
        return found

    async def _list(self, request: Request) -> Listing[Item]:
        page = query_of(request, Page)
        return cut((await self.items()).values(), page, key=lambda one: one["id"], text=lambda one: one["id"])

    async def _restart_pool(self, request: Request) -> Item:
        name = body_of(request, Named).pool
        if not self._restart(name):
            raise UnknownTarget(f"no pool is called '{name[:100]}'")
        return {"pool": name, "restarting": True}
