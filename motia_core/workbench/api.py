"""JSON for the command line and the screens: `/__motia/api/…` and `POST /emit`. Guarded by `web/guards.py`, not here.

Reads what the parts show of themselves; the only things done are a run by hand and an emit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import msgspec
from msgspec import Raw, Struct

from motia_core.clock import Clock
from motia_core.errors import MotiaError
from motia_core.model import Event
from motia_core.protocol.values import to_wire
from motia_core.services.context import Services
from motia_core.services.events import addressed
from motia_core.storage.base import Emission
from motia_core.workers.status import PoolStatus


class Request(Protocol):
    """An admin request, as far as it is needed here: its decoded JSON body, None without one."""

    @property
    def body(self) -> object: ...


Handler = Callable[[Request], Awaitable[object]]
RunByHand = Callable[[str, object, bool], Awaitable[Struct]]


class BadBody(MotiaError):
    """The body has the wrong shape."""

    status = 400
    retryable = False


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
        body = _read(request, RunBody)
        return await self._run(body.step, body.input, body.follow)

    async def _emit(self, request: Request) -> object:
        body = EmitBody() if request.body is None else _read(request, EmitBody)
        if body.topic is None:
            return {"success": True, "emitted": {}}
        deliveries, trace_id = await self._store(body.topic, body.data)
        emitted = {"topic": body.topic, "data": body.data}
        return {"success": True, "emitted": emitted, "traceId": trace_id, "deliveries": deliveries}

    async def _store(self, topic: str, data: object) -> tuple[int, str]:
        services, now = self._services, self._clock.now_ms()
        trace_id = self._clock.new_trace_id()
        heard = services.registry.current.targets(topic)
        if not heard:
            return 0, trace_id
        event = Event(topic=topic, data=Raw(to_wire(data)), trace_id=trace_id, flows=("_system",), created=now)
        emission = Emission(event=event, to=tuple(addressed(step, now, None) for step in heard))
        [stored] = await services.storage.events.put([emission], limit=services.config.queue.backlog)
        services.wake()
        return stored.deliveries, trace_id


B = TypeVar("B", bound=Struct)


def _read(request: Request, shape: type[B]) -> B:
    try:
        return msgspec.convert(request.body, shape)
    except msgspec.ValidationError as error:
        raise BadBody(f"the body is not as expected: {error}") from None
