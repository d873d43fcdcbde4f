"""What this server holds of the queue: deliveries it has claimed and not yet written down, under leases it renews.

A lease that another server has taken is theirs for good: what runs here under it is stopped, its end changes nothing.
What runs longer than it may is stopped as well: renewal keeps a delivery from others, and must not do so for ever.
Knows neither steps nor verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import anyio
from msgspec import Struct

from motia_core.clock import Clock
from motia_core.errors import MotiaError
from motia_core.model import Delivery, Level
from motia_core.storage.base import EventStore

Note = Callable[[Level, str], None]


class Job(Struct, eq=False):
    """A delivery as last claimed, the scope that ends what runs here for it, and how long its lease may be renewed:
    until a monotonic time, for a wall clock that is set forward lengthens no run."""

    delivery: Delivery
    scope: anyio.CancelScope
    until: float | None = None

    def bound(self, now: float, seconds: float) -> None:
        """Its lease is not renewed for longer than that."""
        self.until = now + seconds


class NotHeld(Exception):
    """What has ended was stopped before, or belongs to another server: its end changes nothing."""


class Held:
    """`lease` in seconds."""

    def __init__(self, store: EventStore, clock: Clock, note: Note, *, owner: str, lease: float) -> None:
        self._store = store
        self._clock = clock
        self._note = note
        self._owner = owner
        self._lease = lease
        self._jobs: dict[int, Job] = {}
        self._closing: dict[Job, None] = {}
        self._renewed = 0

    async def claim(self, room: dict[str, int], *, limit: int, most: Mapping[str, int] | None = None) -> list[Job]:
        """What is to run now. Raises StoreError."""
        now = self._clock.now_ms()
        if not self._jobs and not self._closing:
            self._renewed = now
        elif now - self._renewed > self._lease * 500:
            # A process that slept, or a clock that was set, finds its leases at their end. They are renewed first: the
            # claim would take what still runs here for lost.
            await self.renew()
            now = self._clock.now_ms()
        claimed = await self._store.claim(
            room, owner=self._owner, now=now, lease=self._until(now), limit=limit, most=most
        )
        return [job for delivery in claimed if (job := self._take(delivery)) is not None]

    def has(self, job: Job) -> bool:
        """Whether it is still ours, and not being written down."""
        return self._jobs.get(job.delivery.id) is job

    def over(self, job: Job) -> Delivery:
        """It is about to be written down. From here on it may be claimed anew, before the store has even answered.
        Raises NotHeld: an end that was heard of in the moment it was stopped would be taken for that of the next
        claim, which may be ours again."""
        if self._jobs.get(job.delivery.id) is job:
            del self._jobs[job.delivery.id]
            self._closing[job] = None
        elif job not in self._closing:
            raise NotHeld
        return job.delivery

    def closed(self, job: Job) -> None:
        """It is written down, or cannot be."""
        self._closing.pop(job, None)

    def drop(self, job: Job) -> None:
        """It is left to its lease."""
        if self.has(job):
            del self._jobs[job.delivery.id]

    async def keep(self) -> None:
        """Renews for ever."""
        while True:
            await anyio.sleep(self._lease / 3)
            try:
                await self.renew()
            except MotiaError as error:
                self._note("error", f"leases cannot be renewed: {error.message}")

    async def renew(self) -> None:
        """Raises StoreError."""
        now, moment = self._clock.now_ms(), self._clock.monotonic()
        for job in [job for job in self._jobs.values() if job.until is not None and job.until < moment]:
            self._note("error", f"delivery {job.delivery.id} was held as long as it may be; its run here is stopped")
            del self._jobs[job.delivery.id]
            job.scope.cancel()
        jobs = dict(self._jobs)
        # Also what is being written down: a claim that took it for lost would be ended by what was meant for the last.
        ids = jobs | {job.delivery.id: job for job in self._closing}
        if ids:
            for id in await self._store.renew(list(ids), owner=self._owner, lease=self._until(now)):
                if id in jobs and self._jobs.get(id) is jobs[id]:  # else it has ended meanwhile
                    self._note(
                        "warn", f"the lease of delivery {id} was lost to another server; its run here is stopped"
                    )
                    del self._jobs[id]
                    jobs[id].scope.cancel()
        self._renewed = now

    async def give_back(self) -> None:
        """All that is left. Raises StoreError."""
        left = sorted(self._jobs)
        self._jobs.clear()
        if left:
            await self._store.release(left, owner=self._owner)

    def _take(self, delivery: Delivery) -> Job | None:
        job = self._jobs.get(delivery.id)
        if job is not None:  # it was lost and came back unnoticed: what runs goes on, and answers for the new claim
            job.delivery = delivery
            return None
        job = self._jobs[delivery.id] = Job(delivery, anyio.CancelScope())
        return job

    def _until(self, now: int) -> int:
        return now + int(self._lease * 1000)
