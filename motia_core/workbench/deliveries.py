"""Queues for the screens: how each step's deliveries fare, single deliveries, pausing and resuming.

What is waiting for a step as a whole, and dead letters by the step, is `queues.py`.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from motia_core.errors import UnknownTarget
from motia_core.model import DeadLetter, Step
from motia_core.protocol.calls import Figures
from motia_core.services.context import Services
from motia_core.services.queues import Queues, Waiting
from motia_core.services.stats import Stats
from motia_core.storage.browsing import Queued
from motia_core.workbench.asked import (
    MOST,
    BadBody,
    Handler,
    Listing,
    NotThere,
    Page,
    Request,
    body_of,
    cut,
    number,
    query_of,
)
from motia_core.workbench.rates import Rates

Item = dict[str, Any]
_NOTHING = Waiting(step="", state="served", ready=0, delayed=0, running=0, blocked=0, dead=0, oldest=None)
_LONGEST = 2048
_LOOKED_AT = 5000


class Wanted(Page, frozen=True, kw_only=True):
    """`state` None = whatever is not dead."""

    step: str | None = None
    state: Literal["waiting", "delayed", "running", "blocked", "dead"] | None = None


class Chosen(Struct, frozen=True):
    ids: list[int]


class Named(Struct, frozen=True):
    step: str


class DeliveryScreen:
    """`routes` maps method and path to handlers; `queues` is what a stream says of them."""

    def __init__(self, services: Services, stats: Stats, rates: Rates) -> None:
        self._services = services
        self._stats = stats
        self._rates = rates
        self._store = services.storage.events
        self._browsing = services.storage.browsing
        self.routes: dict[str, Handler] = {
            "GET /__motia/api/queues/steps": self._list,
            "POST /__motia/api/queues/pause": self._pause,
            "POST /__motia/api/queues/resume": self._resume,
            "GET /__motia/api/deliveries": self._deliveries,
            "GET /__motia/api/deliveries/:id": self._delivery,
            "POST /__motia/api/deliveries/retry": self._retry,
            "POST /__motia/api/deliveries/discard": self._discard,
        }

    async def queues(self) -> dict[str, Item]:
        """Every step that takes deliveries, and every other of which something waits."""
        services, now = self._services, self._services.clock.now_ms()
        served = services.registry.current
        rows = {row.step: row for row in await Queues(self._store, served).waiting(now=now)}
        steps = {step.name: step for step in served.steps if step.kind in ("event", "cron")}
        figures = (await self._stats.take()).steps
        _, rates = self._rates.take()
        found = {}
        for name in dict.fromkeys([*steps, *rows]):
            row, since = rows.get(name, _NOTHING), services.pauses.since(name)
            found[name] = {
                "id": name,
                "step": name,
                "state": row.state,
                "ready": row.ready,
                "delayed": row.delayed,
                "running": row.running,
                "blocked": row.blocked,
                "dead": row.dead,
                "oldest": row.oldest,
                "paused": since is not None,
                "pausedSince": since,
                "perMinute": rates[name].runs_per_minute if name in rates else 0.0,
                **_figures(figures.get(name)),
                **_rules(steps.get(name)),
            }
        return found

    async def _list(self, request: Request) -> Listing[Item]:
        page = query_of(request, Page)
        now = self._services.clock.now_ms()
        found = cut((await self.queues()).values(), page, key=lambda one: one["id"], text=lambda one: one["id"])
        aged = [{**one, "age": None if one["oldest"] is None else max(0, now - one["oldest"])} for one in found.items]
        return Listing(aged, found.next)

    async def _pause(self, request: Request) -> Item:
        step = self._known(body_of(request, Named).step)
        return {"step": step, "paused": True, "changed": await self._services.pauses.pause(step)}

    async def _resume(self, request: Request) -> Item:
        step = body_of(request, Named).step
        changed = await self._services.pauses.resume(step)
        self._services.wake()
        return {"step": step, "paused": False, "changed": changed}

    def _known(self, name: str) -> str:
        step = self._services.registry.current.find(name, broken=True)
        if step is None or step.kind not in ("event", "cron"):
            raise UnknownTarget(f"no event or cron step is called '{name[:100]}'")
        return step.name

    async def _deliveries(self, request: Request) -> Listing[Item]:
        wanted = query_of(request, Wanted)
        after, text, now = number(wanted.cursor), wanted.q.casefold(), self._services.clock.now_ms()
        found: list[Item] = []
        looked = 0
        while looked < _LOOKED_AT:
            bite = await self._bite(wanted, after, now)
            looked += len(bite)
            for one in bite:
                after = one["id"]
                if not text or text in _text(one):
                    found.append(one)
                if len(found) == wanted.most:
                    return Listing(found, str(after))
            if len(bite) < wanted.most:
                return Listing(found)
        return Listing(found, str(after))

    async def _bite(self, wanted: Wanted, after: int, now: int) -> list[Item]:
        if wanted.state == "dead":
            letters = await self._store.dead(step=wanted.step, limit=wanted.most, after=after)
            return [dead_item(one, longest=_LONGEST) for one in letters]
        found = await self._browsing.deliveries(
            step=wanted.step, state=wanted.state, after=after, limit=wanted.most, longest=_LONGEST, now=now
        )
        return [queued_item(one) for one in found]

    async def _delivery(self, request: Request) -> Item:
        id = number(request.params["id"])
        found = await self._browsing.delivery(id, now=self._services.clock.now_ms())
        if found is not None:
            return queued_item(found)
        letters = await self._store.dead(limit=1, after=id - 1)
        if letters and letters[0].id == id:
            return dead_item(letters[0])
        raise NotThere("there is no such delivery", hint="it is done, or was thrown away")

    async def _retry(self, request: Request) -> Item:
        """Now, whether it waits for its time or is dead."""
        ids, now = _ids(request), self._services.clock.now_ms()
        count = await self._browsing.hasten(ids, now=now) + await self._store.redrive(ids, now=now)
        self._services.wake()
        return {"retried": count}

    async def _discard(self, request: Request) -> Item:
        ids = _ids(request)
        count = await self._browsing.drop(ids) + await self._store.discard(ids)
        self._services.wake()
        return {"discarded": count}


def queued_item(one: Queued) -> Item:
    return {
        "id": one.id,
        "step": one.step,
        "state": one.state,
        "topic": one.topic,
        "data": one.data,
        "size": one.size,
        "traceId": one.trace_id,
        "flows": one.flows,
        "messageGroupId": one.group,
        "attempts": one.attempt,
        "due": one.due,
        "created": one.created,
        "leaseUntil": one.lease,
        "error": None if one.failure is None else {"name": one.failure.name, "message": one.failure.message},
        "stack": one.failure.stack if one.failure is not None else None,
    }


def dead_item(one: DeadLetter, *, longest: int | None = None) -> Item:
    size, failed = len(memoryview(one.data)), one.failure
    return {
        "id": one.id,
        "step": one.step,
        "state": "dead",
        "topic": one.topic,
        "data": one.data if longest is None or size <= longest else None,
        "size": size,
        "traceId": one.trace_id,
        "flows": one.flows,
        "messageGroupId": one.group,
        "attempts": one.attempts,
        "created": one.created,
        "buried": one.buried,
        "reason": one.reason,
        "error": None if failed is None else {"name": failed.name, "message": failed.message},
        "stack": failed.stack if failed is not None else None,
    }


def _text(one: Item) -> str:
    parts = (one["topic"], one["step"], one["traceId"], one["messageGroupId"] or "", one["error"] or "")
    data = b"" if one["data"] is None else bytes(one["data"])
    return f"{' '.join(map(str, parts))} {data.decode('utf-8', 'replace')}".casefold()


def _ids(request: Request) -> list[int]:
    ids = body_of(request, Chosen).ids
    if not 0 < len(ids) <= MOST:
        raise BadBody(f"name 1 to {MOST} `ids`")
    return ids


def _figures(one: Figures | None) -> Item:
    if one is None:
        return {"runs": 0, "failures": 0, "retries": 0, "p50": None, "p95": None}
    return {"runs": one.runs, "failures": one.failures, "retries": one.retries, "p50": one.p50, "p95": one.p95}


def _rules(step: Step | None) -> Item:
    if step is None:
        return {"kind": None}
    rules = step.queue
    return {
        "kind": step.kind,
        "maxRetries": rules.max_retries,
        "concurrency": rules.concurrency,
        "fifo": rules.fifo,
        "topics": list(step.topics),
    }
