"""Queues under the paths and in the shapes that tools made for old Motia ask for. A queue is a step's; the dead letters
of a step are the queue `STEP.dlq`. Does nothing itself that `deliveries.py` and `queues.py` cannot.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from motia_core.model import DeadLetter
from motia_core.services import queues
from motia_core.services.context import Services
from motia_core.storage.browsing import Queued, Standing
from motia_core.workbench.asked import MOST, Handler, NotThere, Request, body_of, query_of
from motia_core.workbench.deliveries import DeliveryScreen

Item = dict[str, Any]
_DEAD = ".dlq"
_STATES: dict[str, Standing] = {"waiting": "waiting", "active": "running", "delayed": "delayed"}


class Range(Struct, frozen=True):
    """`end` 0 is read as 100, as it always was."""

    status: str = "waiting"
    start: int = 0
    end: int = 100

    @property
    def last(self) -> int:
        return min(max(self.end or 100, 0), self.start + MOST - 1, 100_000)


class Clean(Struct, frozen=True):
    grace: int = 0
    limit: int = 1000
    status: str = "completed"


class BullScreen:
    """`routes` maps method and path to handlers; `items` is what the stream of queues says."""

    def __init__(self, services: Services, deliveries: DeliveryScreen) -> None:
        self._services = services
        self._deliveries = deliveries
        self._store = services.storage.events
        self._browsing = services.storage.browsing
        base = "/__motia/bullmq"
        self.routes: dict[str, Handler] = {
            f"GET {base}/queues": self._list,
            f"GET {base}/queues/:name": self._queue,
            f"POST {base}/queues/:name/pause": self._pause,
            f"POST {base}/queues/:name/resume": self._resume,
            f"POST {base}/queues/:name/drain": self._drain,
            f"POST {base}/queues/:name/clean": self._clean,
            f"GET {base}/queues/:name/jobs": self._jobs,
            f"GET {base}/queues/:name/jobs/:jobId": self._job,
            f"POST {base}/queues/:name/jobs/:jobId/retry": self._retry,
            f"POST {base}/queues/:name/jobs/:jobId/remove": self._remove,
            f"POST {base}/queues/:name/jobs/:jobId/promote": self._promote,
            f"GET {base}/dlq/:name/jobs": self._dead,
            f"POST {base}/dlq/:name/retry/:jobId": self._redrive,
            f"POST {base}/dlq/:name/retry-all": self._redrive_all,
            f"POST {base}/dlq/:name/clear": self._clear_dead,
        }

    async def items(self) -> dict[str, Item]:
        found: dict[str, Item] = {}
        for name, one in (await self._deliveries.queues()).items():
            waiting = one["ready"] + one["blocked"]
            stats = {
                "waiting": 0 if one["paused"] else waiting,
                "active": one["running"],
                "completed": one["runs"] - one["failures"],
                "failed": one["dead"],
                "delayed": one["delayed"],
                "paused": waiting if one["paused"] else 0,
                "prioritized": 0,
            }
            found[name] = _info(name, name, one["paused"], dead=False, stats=stats)
            if one["dead"]:
                dead = {**dict.fromkeys(stats, 0), "waiting": one["dead"]}
                found[name + _DEAD] = _info(name + _DEAD, f"{name} (DLQ)", False, dead=True, stats=dead)
        return found

    async def _list(self, request: Request) -> Item:
        return {"queues": list((await self.items()).values())[:MOST]}

    async def _queue(self, request: Request) -> Item:
        return await self._known(request)

    async def _known(self, request: Request) -> Item:
        found = (await self.items()).get(request.params["name"])
        if found is None:
            raise NotThere("Queue not found")
        return found

    async def _pause(self, request: Request) -> Item:
        await self._services.pauses.pause((await self._known(request))["name"])
        return {"message": "Queue paused"}

    async def _resume(self, request: Request) -> Item:
        await self._services.pauses.resume((await self._known(request))["name"])
        self._services.wake()
        return {"message": "Queue resumed"}

    async def _drain(self, request: Request) -> Item:
        await self._store.drop((await self._known(request))["name"])
        return {"message": "Queue drained"}

    async def _clean(self, request: Request) -> Item:
        """What is done is not kept: of what there is only dead letters can be cleaned away."""
        name, asked = (await self._known(request))["name"], body_of(request, Clean)
        if asked.status != "failed":
            return {"deleted": 0, "ids": []}
        before = self._services.clock.now_ms() - asked.grace
        letters = await self._store.dead(step=_step(name), limit=max(1, min(asked.limit, MOST)))
        ids = [one.id for one in letters if one.buried <= before]
        return {"deleted": await self._store.discard(ids), "ids": [str(id) for id in ids]}

    async def _jobs(self, request: Request) -> Item:
        name, asked = request.params["name"], query_of(request, Range)
        if asked.status == "failed" or name.endswith(_DEAD):
            found: list[Item] = [_dead_job(one) for one in await self._letters(name, asked)]
        elif asked.status in _STATES:
            queued = await self._browsing.deliveries(
                step=name, state=_STATES[asked.status], limit=asked.last + 1, now=self._services.clock.now_ms()
            )
            found = [_queued_job(one) for one in queued[asked.start :]]
        else:
            found = []
        return {"jobs": found}

    async def _letters(self, name: str, asked: Range) -> list[DeadLetter]:
        return (await self._store.dead(step=_step(name), limit=asked.last + 1))[asked.start :]

    async def _found(self, request: Request) -> Queued | DeadLetter:
        text = request.params["jobId"]
        id = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
        step = _step(request.params["name"])
        queued = await self._browsing.delivery(id, now=self._services.clock.now_ms())
        if queued is not None and queued.step == step:
            return queued
        letters = await self._store.dead(step=step, limit=1, after=id - 1)
        if letters and letters[0].id == id:
            return letters[0]
        raise NotThere("Job not found")

    async def _job(self, request: Request) -> Item:
        found = await self._found(request)
        return _queued_job(found) if isinstance(found, Queued) else _dead_job(found)

    async def _retry(self, request: Request) -> Item:
        found, now = await self._found(request), self._services.clock.now_ms()
        if isinstance(found, Queued):
            await self._browsing.hasten([found.id], now=now)
        else:
            await self._store.redrive([found.id], now=now)
        self._services.wake()
        return {"message": "Job retried"}

    async def _remove(self, request: Request) -> Item:
        found = await self._found(request)
        if isinstance(found, Queued):
            await self._browsing.drop([found.id])
        else:
            await self._store.discard([found.id])
        return {"message": "Job removed"}

    async def _promote(self, request: Request) -> Item:
        found = await self._found(request)
        await self._browsing.hasten([found.id], now=self._services.clock.now_ms())
        self._services.wake()
        return {"message": "Job promoted"}

    async def _dead(self, request: Request) -> Item:
        letters = await self._letters(request.params["name"], query_of(request, Range))
        return {
            "jobs": [
                {
                    "id": str(one.id),
                    "name": one.topic,
                    "data": one.data,
                    "timestamp": one.created,
                    "originalEvent": queues.letter_of(one).original_event,
                    "failureReason": one.failure.message if one.failure is not None else one.reason,
                    "failureTimestamp": one.buried,
                    "attemptsMade": one.attempts,
                }
                for one in letters
            ]
        }

    async def _redrive(self, request: Request) -> Item:
        try:
            found = await self._found(request)
        except NotThere:
            raise NotThere("Job not found in DLQ") from None
        if isinstance(found, Queued):
            raise NotThere("Job not found in DLQ")
        await self._store.redrive([found.id], now=self._services.clock.now_ms())
        self._services.wake()
        return {"message": "Job retried from DLQ"}

    async def _redrive_all(self, request: Request) -> Item:
        now = self._services.clock.now_ms()
        count = await queues.redrive(self._store, [], _step(request.params["name"]), now=now)
        self._services.wake()
        return {"message": "All jobs retried from DLQ", "count": count}

    async def _clear_dead(self, request: Request) -> Item:
        await queues.discard(self._store, [], _step(request.params["name"]))
        return {"message": "DLQ cleared"}


def _step(name: str) -> str:
    return name.removesuffix(_DEAD)


def _info(name: str, shown: str, paused: bool, *, dead: bool, stats: Item) -> Item:
    return {"id": name, "name": name, "displayName": shown, "isPaused": paused, "isDLQ": dead, "stats": stats}


def _queued_job(one: Queued) -> Item:
    job: Item = {
        "id": str(one.id),
        "name": one.topic,
        "data": _event(one.topic, one.data, one.trace_id, one.flows, one.group),
        "opts": {},
        "progress": 0,
        "timestamp": one.created,
        "attemptsMade": one.attempt,
    }
    if one.failure is not None:
        job |= {"failedReason": one.failure.message, "stacktrace": [one.failure.stack] if one.failure.stack else []}
    return job


def _dead_job(one: DeadLetter) -> Item:
    failed = one.failure
    return {
        "id": str(one.id),
        "name": one.topic,
        "data": _event(one.topic, one.data, one.trace_id, one.flows, one.group),
        "opts": {},
        "progress": 0,
        "timestamp": one.created,
        "attemptsMade": one.attempts,
        "finishedOn": one.buried,
        "failedReason": failed.message if failed is not None else one.reason,
        "stacktrace": [failed.stack] if failed is not None and failed.stack else [],
    }


def _event(topic: str, data: msgspec.Raw | None, trace_id: str, flows: tuple[str, ...], group: str | None) -> Item:
    return {"topic": topic, "data": data, "traceId": trace_id, "flows": flows, "messageGroupId": group}
