"""The state for the screens: groups, keys, sizes, ends, values; edited with what the screen has seen in mind.

Every list is bounded in entries and in bytes, and a search in how many values it looks at before it answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from motia_core.errors import MotiaError, TransactionConflict
from motia_core.protocol.values import from_wire, to_wire
from motia_core.services.context import Services, name
from motia_core.storage.base import Seen, StateWrite
from motia_core.storage.bounds import NO_LIMIT
from motia_core.storage.browsing import Kept
from motia_core.workbench import filters
from motia_core.workbench.asked import (
    MOST,
    BadBody,
    Handler,
    Listing,
    Nothing,
    NotThere,
    Page,
    Request,
    body_of,
    pack,
    query_of,
    unpack,
)

Item = dict[str, Any]
_LONGEST = 64 * 1024
_BYTES = 8 * 1024 * 1024
_LOOKED_AT = 20_000
_BITE = 100


class Changed(MotiaError):
    """The value was changed meanwhile."""

    status = 409


class Wanted(Page, frozen=True, kw_only=True, rename="camel"):
    group_id: str | None = None
    filter: str = ""


class Place(Struct, frozen=True, rename="camel"):
    group_id: str
    key: str


class Edit(Struct, frozen=True, kw_only=True, rename="camel"):
    """`version` = what the screen has shown: refused when it is another by now. Without `ttl` the value ends when it
    would have ended; null = never."""

    group_id: str
    key: str
    value: object
    version: str | None = None
    ttl: float | UnsetType | None = UNSET


class Gone(Struct, frozen=True, kw_only=True):
    """`ids` are `group:key`, split at the first colon; `items` are plain; `groups` go whole."""

    ids: list[str] = []
    items: list[Place] = []
    groups: list[str] = []


class StateScreen:
    """`routes` maps method and path to handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._store = services.storage.state
        self._browsing = services.storage.browsing
        self._now: Callable[[], int] = services.clock.now_ms
        self.routes: dict[str, Handler] = {
            "GET /__motia/state": self._old_list,
            "POST /__motia/state": self._set,
            "POST /__motia/state/delete": self._delete,
            "GET /__motia/api/state": self._list,
            "GET /__motia/api/state/groups": self._groups,
            "GET /__motia/api/state/item": self._item,
        }

    async def groups(self) -> dict[str, Item]:
        """The first of them, for those who follow."""
        found = await self._browsing.groups(limit=MOST, now=self._now())
        return {one.name: {"id": one.name, "count": one.count, "size": one.size} for one in found}

    async def _groups(self, request: Request) -> Listing[Item]:
        page = query_of(request, Page)
        wanted, after, found, looked = page.q.casefold(), page.cursor or "", [], 0
        while True:
            bite = await self._browsing.groups(after=after, limit=MOST, now=self._now())
            looked += len(bite)
            for one in bite:
                after = one.name
                if wanted in one.name.casefold():
                    found.append({"groupId": one.name, "count": one.count, "size": one.size})
                if len(found) == page.most:
                    return Listing(found, after)
            if len(bite) < MOST:
                return Listing(found)
            if looked >= _LOOKED_AT:
                return Listing(found, after)

    async def _old_list(self, request: Request) -> list[Item]:
        """As `_list`, without a way on: a filter narrows it down."""
        wanted = query_of(request, Wanted)
        asked = wanted.limit if "limit" in request.query else MOST
        items, _ = await self._find(wanted, max(1, min(asked, MOST)))
        keys = ("groupId", "key", "type", "value")
        return [{key: item[key] for key in keys} for item in items]

    async def _list(self, request: Request) -> Listing[Item]:
        wanted = query_of(request, Wanted)
        return Listing(*await self._find(wanted, wanted.most))

    async def _find(self, wanted: Wanted, most: int) -> tuple[list[Item], str | None]:
        chosen, text = filters.parse(wanted.filter), wanted.q.casefold()
        at = unpack(wanted.cursor, 2)
        found: list[Item] = []
        after = None if at is None else (at[0], at[1])
        looked = size = 0
        while looked < _LOOKED_AT and size < _BYTES:
            bite = await self._browsing.values(
                group=wanted.group_id, after=after, limit=_BITE, longest=_LONGEST, now=self._now()
            )
            looked += len(bite)
            for one in bite:
                after = (one.group, one.key)
                item = _shown(one)
                if text and text not in f"{one.group} {one.key}".casefold():
                    continue
                if not filters.holds(chosen, one.key, item["value"]):
                    continue
                found.append(item)
                size += 0 if one.value is None else len(one.value)
                if len(found) == most or size >= _BYTES:
                    return found, pack(*after)
            if len(bite) < _BITE:
                return found, None
        return found, pack(*after) if after else None

    async def _item(self, request: Request) -> Item:
        place = query_of(request, Place)
        value, version = await self._store.read(place.group_id, place.key, now=self._now())
        one = await self._browsing.value(place.group_id, place.key, now=self._now())
        if value is None or one is None:
            raise NotThere("there is no such value")
        return {**_shown(one), "version": version}

    async def _set(self, request: Request) -> Item:
        edit = body_of(request, Edit)
        group, key, now = name(edit.group_id, "group"), name(edit.key, "key"), self._now()
        if isinstance(edit.ttl, UnsetType):
            old = await self._browsing.value(group, key, now=now)
            expires = old.expires if old is not None else None
        else:
            expires = self._services.expires(edit.ttl)
        write = StateWrite(group=group, key=key, value=to_wire(edit.value), expires=expires)
        seen = [] if edit.version is None else [Seen(group=group, key=key, version=edit.version)]
        try:
            await self._services.storage.transaction(seen, [write], now=now, limit=NO_LIMIT)
        except TransactionConflict as error:
            raise Changed(hint=error.message) from None
        return {"key": key, "groupId": group, "value": edit.value}

    async def _delete(self, request: Request) -> Nothing:
        asked = body_of(request, Gone)
        places = [Place(*id.partition(":")[::2]) for id in asked.ids] + asked.items
        if not 0 < len(places) + len(asked.groups) <= MOST:
            raise BadBody(f"name 1 to {MOST} values or groups: `ids`, `items`, or `groups`")
        for place in places:
            await self._store.delete(place.group_id, place.key, now=self._now())
        for group in asked.groups:
            await self._store.clear(group, now=self._now())
        return Nothing()


def _shown(one: Kept) -> Item:
    """A value too long for a list is left out, and says so by its type."""
    value = None if one.value is None else from_wire(one.value)
    kind = "long" if one.value is None else _type(value)
    return {
        "groupId": one.group,
        "key": one.key,
        "type": kind,
        "value": value,
        "size": one.size,
        "expires": one.expires,
    }


def _type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "array" if isinstance(value, list) else "object" if isinstance(value, dict) else "string"
