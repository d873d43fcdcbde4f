"""Rights that one server holds at a time, in dicts."""

from __future__ import annotations


class Leases:
    def __init__(self) -> None:
        self._held: dict[str, tuple[str, int]] = {}
        self._ticks: dict[str, int] = {}

    async def acquire(self, name: str, *, owner: str, now: int, until: int) -> bool:
        holder, end = self._held.get(name, (owner, now))
        if holder != owner and end > now:
            return False
        self._held[name] = (owner, until)
        return True

    async def renew(self, name: str, *, owner: str, until: int) -> bool:
        if self._held.get(name, ("", 0))[0] != owner:
            return False
        self._held[name] = (owner, until)
        return True

    async def release(self, name: str, *, owner: str) -> None:
        if self._held.get(name, ("", 0))[0] == owner:
            del self._held[name]

    async def last_tick(self, name: str) -> int | None:
        return self._ticks.get(name)

    async def take_tick(self, name: str, tick: int) -> bool:
        last = self._ticks.get(name)
        if last is not None and tick <= last:
            return False
        self._ticks[name] = tick
        return True
