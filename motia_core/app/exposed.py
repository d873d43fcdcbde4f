"""Admin routes for tools: `/openapi.json` and its viewer, `/metrics`, the counts of `motia stats`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import anyio.to_thread

from motia_core.app.gauges import Gauges
from motia_core.app.parts import Parts
from motia_core.metrics.exposition import OPENMETRICS, TEXT, render, wants_openmetrics
from motia_core.openapi import viewer
from motia_core.openapi.document import document, info_of
from motia_core.openapi.operations import encode
from motia_core.protocol.calls import StatsTaken
from motia_core.services.stats import Stats
from motia_core.steps.registry import Snapshot
from motia_core.web.builtin import PREFIX, AdminRequest, AdminRoute
from motia_core.workbench.asked import Answer

VIEWER = f"{PREFIX}/openapi"


class Exposed:
    """`routes` are admin routes; `screens` = the viewer is among them."""

    def __init__(self, parts: Parts, project: Path, *, screens: bool) -> None:
        self._parts = parts
        self._project = project
        self._stats = Stats(parts.services)
        self._gauges = Gauges(parts, self._stats.depths)
        self._document: tuple[Snapshot, bytes] | None = None
        self.routes: dict[str, AdminRoute] = {
            "GET /openapi.json": self._openapi,
            "GET /metrics": self._metrics,
            # Where no step of a project can be in the way.
            f"GET {PREFIX}/openapi.json": self._openapi,
            f"GET {PREFIX}/metrics": self._metrics,
            f"GET {PREFIX}/api/stats": self._statistics,
            f"GET {PREFIX}/api/recording": self._recording,
        }
        if screens:
            self.routes |= {f"GET {VIEWER}": partial(self._file, "")}
            self.routes |= {f"GET {VIEWER}/{name}": partial(self._file, name) for name in viewer.FILES}

    async def _openapi(self, request: AdminRequest) -> Answer:
        snapshot = self._parts.registry.current
        if self._document is None or self._document[0] is not snapshot:
            made = await anyio.to_thread.run_sync(lambda: encode(document(snapshot, info_of(self._project))))
            self._document = (snapshot, made)
        return Answer(self._document[1], headers={"content-type": "application/json", "cache-control": "no-store"})

    async def _file(self, name: str, request: AdminRequest) -> Answer:
        body, headers = viewer.serve(name, VIEWER)
        return Answer(body, headers=headers)

    async def _metrics(self, request: AdminRequest) -> Answer:
        modern = wants_openmetrics(str(request.headers.get("accept", "")))
        text = render(await self._gauges.families(), openmetrics=modern)
        return Answer(text, headers={"content-type": OPENMETRICS if modern else TEXT, "cache-control": "no-store"})

    async def _statistics(self, request: AdminRequest) -> StatsTaken:
        return await self._stats.take()

    async def _recording(self, request: AdminRequest) -> dict[str, object]:
        """How much history there is, how much there may be, and what was not kept since the start."""
        parts, knobs = self._parts, self._parts.config.traces
        most = {"spans": knobs.max_spans, "logs": knobs.max_logs, "size": knobs.max_size}
        return {"held": await parts.storage.traces.held(), "most": most, "dropped": parts.recorder.losses}
