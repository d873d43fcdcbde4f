"""Streams for the screens: which there are, their groups and items, who follows them. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from motia_core.protocol.values import from_wire
from motia_core.services.context import Services
from motia_core.storage.base import Item as Stored
from motia_core.storage.browsing import Group
from motia_core.workbench.asked import (
    MOST,
    BadBody,
    Handler,
    Listing,
    NotThere,
    Page,
    Request,
    cut,
    number,
    query_of,
)

Item = dict[str, Any]


class Source(Protocol):
    async def snapshot(self, group: str, key: str | None = None, *, now: int) -> tuple[list[Stored], int]: ...


class Wanted(Page, frozen=True, kw_only=True, rename="camel"):
    stream: str = ""
    group_id: str = ""
    hidden: bool = False


class StreamScreen:
    """`computed` are the hidden streams by name; `followers` counts connections by stream and group."""

    def __init__(
        self,
        services: Services,
        project: Path,
        computed: Mapping[str, Source],
        followers: Callable[[], Counter[tuple[str, str]]],
    ) -> None:
        self._services = services
        self._project = project
        self._computed = computed
        self._followers = followers
        self._storage = services.storage
        self.routes: dict[str, Handler] = {
            "GET /__motia/streams": self._old_list,
            "GET /__motia/streams/all": self._old_list_all,
            "GET /__motia/streams/details/:name": self._details,
            "GET /__motia/streams/group/:name/:groupId": self._old_group,
            "GET /__motia/streams/item/:name/:groupId/:itemId": self._old_item,
            "GET /__motia/api/streams": self._list,
            "GET /__motia/api/streams/groups": self._groups,
            "GET /__motia/api/streams/items": self._items,
        }

    def _all(self, hidden: bool) -> list[Item]:
        served = self._services.registry.current.streams
        found = [
            {"id": one.name, "name": one.name, "hidden": False, "filePath": str(self._project / one.file)}
            for one in served.values()
        ]
        if hidden:
            found += [{"id": name, "name": name, "hidden": True, "filePath": ""} for name in self._computed]
        return sorted(found, key=lambda one: str(one["name"]))

    async def _old_list(self, request: Request) -> object:
        return {"streams": self._all(hidden=False)}

    async def _old_list_all(self, request: Request) -> object:
        return {"streams": self._all(hidden=True)}

    async def _details(self, request: Request) -> object:
        wanted = request.params["name"]
        found = next((one for one in self._all(hidden=True) if one["name"] == wanted), None)
        if found is None:
            raise NotThere(f"Stream {wanted} not found")
        served = self._services.registry.current.streams.get(wanted)
        if served is None:
            return {**found, "schema": None}
        more = {"storageType": served.storage_type, "description": served.description, "guarded": served.guarded}
        return {**found, "schema": served.schema, "ttl": served.ttl, "sse": served.sse, **more}

    async def _old_group(self, request: Request) -> object:
        stream, group = request.params["name"], request.params["groupId"]
        items = await self._read(stream, group, 0, MOST)
        return {"streamName": stream, "groupId": group, "items": items, "count": len(items)}

    async def _old_item(self, request: Request) -> object:
        stream, group, id = (request.params[key] for key in ("name", "groupId", "itemId"))
        now = self._services.clock.now_ms()
        source = self._computed.get(stream) or self._storage.stream(stream)
        found, _ = await source.snapshot(group, id, now=now)
        data = from_wire(found[0].value) if found else None
        return {"streamName": stream, "groupId": group, "itemId": id, "data": data}

    async def _read(self, stream: str, group: str, offset: int, limit: int) -> list[object]:
        now = self._services.clock.now_ms()
        if stream in self._computed:
            found, _ = await self._computed[stream].snapshot(group, now=now)
            found = found[offset : offset + limit]
        else:
            found = await self._storage.stream(stream).page(group, now=now, offset=offset, limit=limit)
        return [from_wire(one.value) for one in found]

    async def _list(self, request: Request) -> Listing[Item]:
        wanted = query_of(request, Wanted)
        page = cut(self._all(wanted.hidden), wanted, key=lambda one: one["name"], text=lambda one: one["name"])
        following: Counter[str] = Counter()
        for (stream, _), count in self._followers().items():
            following[stream] += count
        return Listing([{**one, **await self._size(one), "followers": following[one["name"]]} for one in page.items],
                       page.next)  # fmt: skip

    async def _size(self, stream: Item) -> Item:
        """Of the first groups; `more` = there are others."""
        if stream["hidden"]:
            return {}
        groups = await self._storage.browsing.groups(
            stream=stream["name"], limit=MOST, now=self._services.clock.now_ms()
        )
        items, size = sum(one.count for one in groups), sum(one.size for one in groups)
        return {"groupCount": len(groups), "itemCount": items, "size": size, "more": len(groups) == MOST}

    async def _groups(self, request: Request) -> Listing[Item]:
        wanted = _named(query_of(request, Wanted))
        now, followers = self._services.clock.now_ms(), self._followers()
        if wanted.group_id:
            only = await self._storage.browsing.group(wanted.group_id, stream=wanted.stream, now=now)
            return Listing([_told(only, followers[wanted.stream, only.name])] if only else [], None)
        text, after, found = wanted.q.casefold(), wanted.cursor or "", []
        bite = await self._storage.browsing.groups(stream=wanted.stream, after=after, limit=MOST, now=now)
        for one in bite:
            if text in one.name.casefold():
                found.append(_told(one, followers[wanted.stream, one.name]))
            if len(found) == wanted.most:
                return Listing(found, one.name)
        return Listing(found, bite[-1].name if len(bite) == MOST else None)

    async def _items(self, request: Request) -> Listing[object]:
        wanted = _named(query_of(request, Wanted))
        offset = number(wanted.cursor)
        found = await self._read(wanted.stream, wanted.group_id, offset, wanted.most + 1)
        more = len(found) > wanted.most
        return Listing(found[: wanted.most], str(offset + wanted.most) if more else None)


def _told(group: Group, followers: int) -> Item:
    return {"groupId": group.name, "count": group.count, "size": group.size, "followers": followers}


def _named(wanted: Wanted) -> Wanted:
    if not wanted.stream:
        raise BadBody("name a stream: ?stream=NAME")
    return wanted
