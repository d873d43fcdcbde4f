"""Puts the backend of the screens together: its routes, and the hidden streams that the hub offers to admins."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence

import anyio

from motia_core.app.manual import run_by_hand
from motia_core.app.parts import Parts
from motia_core.services.stats import Stats
from motia_core.steps.registry import Snapshot
from motia_core.streams.hub import Hub, Source
from motia_core.streams.protocol import Key, Message
from motia_core.web.builtin import AdminRoute
from motia_core.workbench.bullmq import BullScreen
from motia_core.workbench.components import ComponentScreen
from motia_core.workbench.crons import CronScreen
from motia_core.workbench.deliveries import DeliveryScreen
from motia_core.workbench.live import Boards
from motia_core.workbench.newstep import NewSteps
from motia_core.workbench.overview import OverviewScreen
from motia_core.workbench.passing import PASSING, Passing
from motia_core.workbench.pools import PoolScreen
from motia_core.workbench.project import ProjectScreen
from motia_core.workbench.rates import Rates
from motia_core.workbench.recorded import RecordedScreen
from motia_core.workbench.state import StateScreen
from motia_core.workbench.streams import StreamScreen
from motia_core.workbench.tail import GROUPS, LOGS, RUNS, LogTail, TraceTail

_SLOW = 1.0
_SERVED = ("__motia.flows", "__motia.api-endpoints", "__motia.streams-registry", "__motia.crons", "__motia.overview")


class HubNews:
    """What the screens tell goes to those who follow, by way of the hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def tell(self, stream: str, group: str, news: Sequence[tuple[int, str, str, bytes]]) -> None:
        self._hub.tell([Message(stamp, Key(stream, group, id), kind, data) for stamp, id, kind, data in news])

    def followed(self, stream: str) -> set[str]:
        return self._hub.followed(stream)

    def anew(self, stream: str) -> None:
        self._hub.say_all_anew(stream)


class Screens:
    """`routes` are admin routes. `health` is what `/health` answers, `base` the path of the workbench."""

    def __init__(self, parts: Parts, health: Callable[[], Awaitable[tuple[int, object]]], base: str | None) -> None:
        services, news, clock = parts.services, HubNews(parts.hub), parts.clock
        stats, rates = Stats(services), Rates(services.counts, clock)
        self._parts = parts
        self._rates = rates
        self._boards = boards = Boards(news, clock, lambda text: parts.recorder.note("warn", text))
        traces = TraceTail(
            parts.recorder, parts.storage.traces, news, boards.stamps, lambda text: parts.recorder.note("warn", text)
        )
        self._traces = traces
        project = ProjectScreen(parts.project, parts.registry, clock, _about(parts, base))
        state = StateScreen(services)
        deliveries = DeliveryScreen(services, stats, rates)
        bull = BullScreen(services, deliveries)
        crons = CronScreen(
            services,
            upcoming=parts.cron.upcoming,
            skipped=parts.cron.skipped,
            run=lambda step, value, follow: run_by_hand(parts, step, value, follow=follow),
        )
        overview = OverviewScreen(services, parts.project, stats, rates, health)
        pools = PoolScreen(parts.fleet.statuses, self._missing, self._restart)
        boards.add("__motia.flows", project.flows)
        boards.add("__motia.flowsConfig", project.layouts)
        boards.add("__motia.api-endpoints", project.endpoints)
        boards.add("__motia.streams-registry", project.streams)
        boards.add("__motia.bullmq-queues", bull.items)
        boards.add("__motia.queues", deliveries.queues)
        boards.add("__motia.crons", crons.items, every=_SLOW)
        boards.add("__motia.workers", pools.items, every=_SLOW)
        boards.add("__motia.overview", overview.items, every=_SLOW)
        boards.add("__motia.state", state.groups, every=_SLOW)
        sources: dict[str, Source] = {
            **boards.all,
            LOGS: LogTail(parts.recorder, parts.storage.traces, news, boards.stamps),
            GROUPS: traces.groups,
            RUNS: traces.runs,
            PASSING: Passing(parts.recorder, parts.storage.traces, news, boards.stamps),
        }
        parts.hub.sources.update(sources)
        streams = StreamScreen(services, parts.project, sources, parts.hub.followers)
        recorded = RecordedScreen(parts.storage.traces, parts.recorder, traces.cleared)
        is_dev = parts.mode != "start"
        added = NewSteps(parts.project, parts.registry, parts.fleet.runners, is_dev=is_dev)
        drawn = ComponentScreen(parts.project, parts.registry, parts.fleet.runners, is_dev=is_dev)
        parts.registry.on_change(self._served)
        self.routes: Mapping[str, AdminRoute] = {
            **project.routes,
            **added.routes,
            **drawn.routes,
            **state.routes,
            **deliveries.routes,
            **bull.routes,
            **crons.routes,
            **overview.routes,
            **pools.routes,
            **streams.routes,
            **recorded.routes,
        }

    async def run(self) -> None:
        """Until it is cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._boards.run)
            group.start_soon(self._traces.run)
            group.start_soon(self._rates.run)

    def _served(self, snapshot: Snapshot) -> None:
        self._boards.stir(*_SERVED)

    def _missing(self) -> dict[str, str]:
        fleet = self._parts.fleet
        runners = {name: fleet.runners.get(name) for name in fleet.wanted()}
        return {name: one.problem for name, one in runners.items() if one is not None and one.problem is not None}

    def _restart(self, name: str) -> bool:
        fleet = self._parts.fleet
        found = [one for one in (*fleet.supervisors.values(), *fleet.sides) if one.name == name]
        for supervisor in found:
            supervisor.renew("reload")
        return bool(found)


def _about(parts: Parts, base: str | None) -> dict[str, object]:
    """What a page is told first."""
    off = os.environ.get("MOTIA_TUTORIAL_DISABLED", "").lower() == "true"
    tutorial = not off and any((parts.project / "tutorial").glob("tutorial.[a-z]sx"))
    return {
        "isDev": parts.mode != "start",
        "isTutorialDisabled": not tutorial,
        "workbenchBase": base or "",
        "project": parts.project.resolve().name,
    }
