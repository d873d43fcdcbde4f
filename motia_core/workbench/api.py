"""JSON for the command line and the screens: `/__motia/api/…` and `POST /emit`. Guarded by `web/guards.py`, not here.

Reads what the parts show of themselves; the only things done are a run by hand and an emit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Raw, Struct

from motia_core.clock import Clock
from motia_core.model import Event
from motia_core.protocol.values import to_wire
from motia_core.services.context import Services
from motia_core.services.events import addressed
from motia_core.storage.base import Emission
from motia_core.workbench.asked import Handler, Request, body_of
from motia_core.workers.status import PoolStatus

RunByHand = Callable[[str, object, bool], Awaitable[Struct]]


class EmitBody(Struct, frozen=True):
    """What `POST /emit` takes. An empty body is answered as the old system did: nothing emitted."""

    topic: str | None = None
    data: object = None


class RunBody(Struct, frozen=True):
    step: str
    input: object = None
    follow: bool = False


class AdminApi:
    """`routes` maps method and path to handlers."""

    def __init__(
        self, services: Services, *, pools: Callable[[], list[PoolStatus]], run: RunByHand, clock: Clock
    ) -> None:
        self._services = services
        self._pools = pools
        self._run = run
        self._clock = clock
        self.routes: dict[str, Handler] = {
            "GET /__motia/api/workers": self._workers,
            "POST /__motia/api/run": self._run_step,
            "POST /emit": self._emit,
        }

    async def _workers(self, request: Request) -> object:
        return self._pools()

    async def _run_step(self, request: Request) -> object:
        body = body_of(request, RunBody)
        return await self._run(body.step, body.input, body.follow)

    async def _emit(self, request: Request) -> object:
        body = EmitBody() if request.body is None else body_of(request, EmitBody)
        if body.topic is None:
            return {"success": True, "emitted": {}}
        deliveries = await self._store(body.topic, body.data, request.trace_id)
        emitted = {"topic": body.topic, "data": body.data}
        return {"success": True, "emitted": emitted, "traceId": request.trace_id, "deliveries": deliveries}

    async def _store(self, topic: str, data: object, trace_id: str) -> int:
        services, now = self._services, self._clock.now_ms()
        heard = services.registry.current.targets(topic)
        if not heard:
            return 0
        event = Event(topic=topic, data=Raw(to_wire(data)), trace_id=trace_id, flows=("_system",), created=now)
        emission = Emission(event=event, to=tuple(addressed(step, now, None) for step in heard))
        [stored] = await services.storage.events.put([emission], limit=services.config.queue.backlog)
        services.wake()
        return stored.deliveries
