"""Cron steps for the screens: when they ran and will run, how long they took, and running, pausing, resuming them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from motia_core.errors import UnknownTarget
from motia_core.model import Step
from motia_core.schedule import Schedule, ScheduleError
from motia_core.services.context import Services
from motia_core.storage.history import Trace
from motia_core.workbench.api import RunByHand
from motia_core.workbench.asked import Handler, Listing, Page, Request, body_of, cut, query_of

Item = dict[str, Any]
_RUNS = 20


class Named(Struct, frozen=True):
    name: str


class CronScreen:
    """`upcoming` says when each scheduled step fires next, `skipped` counts ticks that came too early."""

    def __init__(
        self,
        services: Services,
        *,
        upcoming: Callable[[], Mapping[str, int]],
        skipped: Mapping[str, int],
        run: RunByHand,
    ) -> None:
        self._services = services
        self._upcoming = upcoming
        self._skipped = skipped
        self._run = run
        self.routes: dict[str, Handler] = {
            "GET /__motia/api/crons": self._list,
            "POST /__motia/api/crons/run": self._run_now,
            "POST /__motia/api/crons/pause": self._pause,
            "POST /__motia/api/crons/resume": self._resume,
        }

    async def items(self) -> dict[str, Item]:
        """Without their last runs, which are looked up for a page only."""
        upcoming, running = self._upcoming(), self._running()
        return {
            step.name: self._item(step, upcoming, running.get(step.name, 0))
            for step in self._services.registry.current.crons
        }

    def _running(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for active in self._services.running.all():
            name = active.invocation.step.name
            found[name] = found.get(name, 0) + 1
        return found

    def _item(self, step: Step, upcoming: Mapping[str, int], running: int) -> Item:
        services = self._services
        counts, since = services.counts.steps.get(step.name), services.pauses.since(step.name)
        return {
            "id": step.name,
            "name": step.name,
            "cron": step.cron,
            "timezone": step.timezone or services.config.cron.timezone or None,
            "description": step.description,
            "filePath": step.file,
            "flows": list(step.flows),
            "overlap": step.overlap,
            "catchUp": step.catch_up,
            "paused": since is not None,
            "pausedSince": since,
            "next": None if since is not None else upcoming.get(step.name) or self._next(step),
            "running": running,
            "skipped": self._skipped.get(step.name, 0),
            "runs": counts.runs.count if counts is not None else 0,
            "failures": counts.failures if counts is not None else 0,
            "p50": _milliseconds(counts.runs.quantile(0.5)) if counts is not None else None,
            "p95": _milliseconds(counts.runs.quantile(0.95)) if counts is not None else None,
        }

    def _next(self, step: Step) -> int | None:
        """When no scheduler runs here, what the expression says."""
        now = datetime.fromtimestamp(self._services.clock.now(), UTC)
        try:
            schedule = Schedule.parse(step.cron or "", step.timezone or self._services.config.cron.timezone)
        except ScheduleError:
            return None
        return int(schedule.next(now).timestamp() * 1000)

    async def _list(self, request: Request) -> Listing[Item]:
        page = query_of(request, Page)
        found = cut(
            (await self.items()).values(),
            page,
            key=lambda one: one["id"],
            text=lambda one: f"{one['name']} {one['cron']} {one['description']}",
        )
        await self._services.recorder.flush()
        traces = self._services.storage.traces
        lasts = [await traces.traces(step=one["name"], limit=_RUNS) for one in found.items]
        shown = [
            {**one, "last": _ran(last[0]) if last else None, "recent": [_ran(each) for each in last]}
            for one, last in zip(found.items, lasts, strict=True)
        ]
        return Listing(shown, found.next)

    def _known(self, request: Request) -> str:
        name = body_of(request, Named).name
        step = self._services.registry.current.find(name)
        if step is None or step.kind != "cron":
            raise UnknownTarget(f"no cron step is called '{name[:100]}'")
        return step.name

    async def _run_now(self, request: Request) -> object:
        return await self._run(self._known(request), None, False)

    async def _pause(self, request: Request) -> Item:
        name = self._known(request)
        return {"name": name, "paused": True, "changed": await self._services.pauses.pause(name)}

    async def _resume(self, request: Request) -> Item:
        name = self._known(request)
        changed = await self._services.pauses.resume(name)
        self._services.wake()
        return {"name": name, "paused": False, "changed": changed}


def _ran(trace: Trace) -> Item:
    duration = None if trace.end is None else trace.end - trace.start
    return {
        "traceId": trace.id,
        "status": trace.status,
        "startTime": trace.start,
        "endTime": trace.end,
        "duration": duration,
        "error": trace.error,
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 2)
