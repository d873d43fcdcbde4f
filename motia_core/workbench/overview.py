"""The first screen: is it healthy, what failed lately, what is slow, what runs and waits, which files are broken, and
what has changed since the start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio.to_thread

from motia_core.model import Problem
from motia_core.problems import gravity
from motia_core.services.context import Services
from motia_core.services.stats import Stats
from motia_core.workbench import sources
from motia_core.workbench.asked import Handler, Listing, Page, Request, cut, query_of
from motia_core.workbench.changes import Changes
from motia_core.workbench.history import group_item
from motia_core.workbench.rates import Rates

Item = dict[str, Any]
_ORDER = ("error", "warning", "info")
_FAILURES = 10
_SLOWEST = 10
_PROBLEMS = 50


class OverviewScreen:
    """`health` is what `/health` answers; `routes` maps method and path to handlers."""

    def __init__(
        self,
        services: Services,
        project: Path,
        stats: Stats,
        rates: Rates,
        health: Callable[[], Awaitable[tuple[int, object]]],
    ) -> None:
        self._services = services
        self._project = project
        self._stats = stats
        self._rates = rates
        self._health = health
        self._changes = Changes(services.registry, services.clock.now_ms)
        self.routes: dict[str, Handler] = {
            "GET /__motia/api/overview": self._answer,
            "GET /__motia/api/problems": self._list_problems,
        }

    async def items(self) -> dict[str, Item]:
        """As one item."""
        return {"overview": {"id": "overview", **await self._look()}}

    async def _answer(self, request: Request) -> Item:
        await self._services.recorder.flush()
        return await self._look()

    async def _look(self) -> Item:
        services = self._services
        failed = await services.storage.traces.traces(status="failed", limit=_FAILURES)
        figures = await self._stats.take()
        total, _ = self._rates.take()
        _, health = await self._health()
        steps = sorted(
            ((name, one) for name, one in figures.steps.items() if one.p95 is not None),
            key=lambda pair: -(pair[1].p95 or 0),
        )
        depths = await self._stats.depths.read()
        ages = [row.oldest for row in depths if row.oldest is not None]
        problems = sorted(services.registry.current.problems, key=lambda one: _ORDER.index(gravity(one)))
        return {
            "health": health,
            "since": figures.since,
            "failures": [group_item(one) for one in failed],
            "slowest": [{"step": name, "p50": one.p50, "p95": one.p95, "runs": one.runs} for name, one in steps][
                :_SLOWEST
            ],
            "rates": total,
            "runs": sum(one.runs for one in figures.steps.values()),
            "failed": sum(one.failures for one in figures.steps.values()),
            "waiting": sum(row.ready + row.delayed + row.blocked for row in depths),
            "running": len(services.running),
            "dead": sum(row.dead for row in depths),
            "oldest": min(ages, default=None),
            "dropped": services.recorder.losses,
            "problems": await self._shown(problems[:_PROBLEMS]),
            "problemCount": len(problems),
            "steps": len(services.registry.current.steps),
            "changes": self._changes.recent,
            "changeCount": self._changes.count,
        }

    async def _list_problems(self, request: Request) -> Listing[Item]:
        found = list(enumerate(self._services.registry.current.problems))
        page = cut(
            found,
            query_of(request, Page),
            key=lambda pair: f"{_ORDER.index(gravity(pair[1]))}-{pair[0]:06d}",
            text=lambda pair: f"{pair[1].message} {pair[1].file or ''} {pair[1].code}",
        )
        return Listing(await self._shown([one for _, one in page.items]), page.next)

    async def _shown(self, problems: list[Problem]) -> list[Item]:
        return await anyio.to_thread.run_sync(lambda: [_problem(one, self._project) for one in problems])


def _problem(one: Problem, project: Path) -> Item:
    return {
        "severity": gravity(one),
        "code": one.code,
        "message": one.message,
        "filePath": one.file,
        "line": one.line,
        "column": one.column,
        "source": sources.line(project, one.file, one.line),
        "hint": one.hint,
    }
