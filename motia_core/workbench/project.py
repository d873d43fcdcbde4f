"""What the project holds, for the screens: flows and where their nodes stand, endpoints, steps, source text.

Routes under old and own paths, and what the hidden streams of the same say. The only thing written is
`motia-workbench.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from msgspec import Struct

from motia_core import __version__
from motia_core.clock import Clock
from motia_core.errors import MotiaError
from motia_core.steps.registry import Registry, Snapshot
from motia_core.workbench import flows, layout, sources
from motia_core.workbench.asked import Handler, Listing, NotThere, Page, Request, body_of, cut, query_of

Item = dict[str, Any]


class SourceUnreadable(MotiaError):
    """Failed to read step file"""

    status = 500


class SaveFailed(MotiaError):
    """Failed to save flow config"""

    status = 500


class FlowConfig(Struct, frozen=True):
    """The flow is named by its `id`, whatever the path says."""

    id: str
    config: dict[str, dict[str, Any]]


class FileWanted(Struct, frozen=True):
    file: str


class ProjectScreen:
    """`routes` maps method and path to handlers; the other methods are what streams say. `about` is what a page asks
    first."""

    def __init__(self, project: Path, registry: Registry, clock: Clock, about: Mapping[str, object]) -> None:
        self._project = project
        self._registry = registry
        self._clock = clock
        self._about = dict(about)
        self._saving = anyio.Lock()
        self._made: dict[str, tuple[Snapshot, dict[str, Item]]] = {}
        self.routes: dict[str, Handler] = {
            "GET /__motia": self._start,
            "GET /__motia/step/:stepId": self._source,
            "GET /__motia/api/source": self._file,
            "POST /__motia/flows/:id/config": self._save,
            "GET /__motia/api/flows": self._list_flows,
            "GET /__motia/api/flows/:id": self._flow,
            "GET /__motia/api/graph": self._graph,
            "GET /__motia/api/endpoints": self._list_endpoints,
            "GET /__motia/api/steps": self._list_steps,
        }

    async def flows(self) -> dict[str, Item]:
        """The same dict as long as the same is served."""
        return self._once("flows", lambda served: flows.flows(self._project, served))

    async def endpoints(self) -> dict[str, Item]:
        return self._once("endpoints", lambda served: flows.endpoints(self._project, served.steps, served.broken))

    async def streams(self) -> dict[str, Item]:
        now = self._clock.now_ms()
        return self._once("streams", lambda served: flows.streams(self._project, served.streams.values(), now))

    async def layouts(self) -> dict[str, Item]:
        """By flow. A file that cannot be read holds nothing for now."""
        try:
            found = await anyio.to_thread.run_sync(layout.read, self._project)
        except layout.LayoutUnreadable:
            return {}
        return {name: {"id": name, "config": config} for name, config in found.items()}

    def _once(self, what: str, make: Any) -> dict[str, Item]:
        served = self._registry.current
        known = self._made.get(what)
        if known is None or known[0] is not served:
            known = self._made[what] = (served, make(served))
        return known[1]

    async def _start(self, request: Request) -> object:
        return {"version": __version__, **self._about}

    async def _source(self, request: Request) -> object:
        wanted = request.params["stepId"]
        served = self._registry.current
        file = next((f for f in self._files(served) if flows.file_id(self._project, f) == wanted), None)
        if file is None:
            ids = flows.step_ids(self._project, served.steps)
            file = next((step.file for step in served.steps if ids[step.name] == wanted), None)
        if file is None:
            raise NotThere("Step not found")
        content = await self._read(file)
        found = await anyio.to_thread.run_sync(sources.features, self._project, file)
        return {"id": wanted, "content": content, "features": found, "filePath": file}

    async def _file(self, request: Request) -> object:
        """For the frames of a stack: they may lie in what a step loads."""
        wanted = query_of(request, FileWanted).file
        file = await anyio.to_thread.run_sync(sources.shown, self._project, self._registry.current, wanted)
        if file is None:
            raise NotThere("no step is in this file or loads it", hint="only source of the project is shown")
        return {"filePath": file, "content": await self._read(file)}

    async def _read(self, file: str) -> str:
        try:
            return await anyio.to_thread.run_sync(sources.read, self._project, file)
        except OSError:
            raise SourceUnreadable from None

    def _files(self, served: Snapshot) -> list[str]:
        """Also those that are broken: they are to be mended."""
        return list(dict.fromkeys([*(step.file for step in served.steps), *(one.file for one in served.broken)]))

    async def _save(self, request: Request) -> object:
        asked = body_of(request, FlowConfig)
        async with self._saving:
            try:
                await anyio.to_thread.run_sync(layout.save, self._project, asked.id, asked.config)
            except OSError as error:
                raise SaveFailed(hint=str(error)) from None
        return {"message": "Flow config saved successfully"}

    async def _list_flows(self, request: Request) -> Listing[Item]:
        found = await self.flows()
        shown = [
            {"id": name, "name": name, "steps": len(flow["steps"]), "edges": len(flow["edges"])}
            for name, flow in found.items()
        ]
        return cut(shown, query_of(request, Page), key=lambda one: one["id"], text=lambda one: one["id"])

    async def _flow(self, request: Request) -> object:
        found = (await self.flows()).get(request.params["id"])
        if found is None:
            raise NotThere("there is no flow of this name")
        config = (await self.layouts()).get(request.params["id"], {}).get("config", {})
        return {**found, "config": config}

    async def _graph(self, request: Request) -> object:
        """Everything at once, flows or not."""
        return self._once("graph", lambda served: flows.whole(self._project, served))

    async def _list_endpoints(self, request: Request) -> Listing[Item]:
        found = await self.endpoints()
        return cut(
            found.values(),
            query_of(request, Page),
            key=lambda one: one["id"],
            text=lambda one: f"{one['method']} {one['path']} {one['step']} {one.get('description', '')}",
        )

    async def _list_steps(self, request: Request) -> Listing[Item]:
        graph = self._once("graph", lambda served: flows.whole(self._project, served))
        return cut(
            graph["steps"],  # type: ignore[arg-type]
            query_of(request, Page),
            key=lambda one: one["name"],
            text=lambda one: f"{one['name']} {one['type']} {one['filePath']} {one.get('description', '')}",
        )
