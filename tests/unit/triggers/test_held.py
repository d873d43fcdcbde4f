"""Leases of one server over a store that forgets nothing, by a clock that is set by hand."""

from __future__ import annotations

import pytest

from motia_core.clock import Clock
from motia_core.model import Level
from motia_core.storage.memory.storage import MemoryStorage
from motia_core.triggers.held import Held, NotHeld
from tests.storage.deliveries import FAILURE, emission, put

pytestmark = pytest.mark.anyio


class Hand(Clock):
    """`ahead` = by how much the wall clock was set forward (ms)."""

    time = 0
    ahead = 0

    def now_ms(self) -> int:
        return self.time + self.ahead

    def monotonic(self) -> float:
        return self.time / 1000


class Bench:
    def __init__(self) -> None:
        self.storage, self.clock, self.notes = MemoryStorage(), Hand(), []
        self.here, self.there = self.server("here"), self.server("there")

    def server(self, owner: str) -> Held:
        def note(level: Level, text: str) -> None:
            self.notes.append(text)

        return Held(self.storage.events, self.clock, note, owner=owner, lease=10.0)

    async def running(self) -> int:
        return sum(row.running for row in await self.storage.events.backlog(now=self.clock.time))


@pytest.fixture
async def bench() -> Bench:
    made = Bench()
    await put(made.storage, emission("a"))
    return made


ROOM = {"a": 5}


async def test_who_slept_renews_before_it_claims(bench: Bench) -> None:
    [job] = await bench.here.claim(ROOM, limit=5)
    bench.clock.time = 3_600_000
    assert await bench.here.claim(ROOM, limit=5) == []
    assert await bench.there.claim(ROOM, limit=5) == []
    assert (job.delivery.attempt, job.scope.cancel_called) == (1, False)


async def test_what_another_server_has_taken_is_stopped(bench: Bench) -> None:
    [job] = await bench.here.claim(ROOM, limit=5)
    bench.clock.time = 10_001
    [taken] = await bench.there.claim(ROOM, limit=5)
    assert taken.delivery.attempt == 2
    await bench.here.renew()
    assert job.scope.cancel_called
    assert "lost to another server" in bench.notes[0]
    await bench.here.renew()
    await bench.here.give_back()
    assert (len(bench.notes), await bench.running()) == (1, 1)


async def test_what_came_back_unnoticed_is_not_run_a_second_time(bench: Bench) -> None:
    [job] = await bench.here.claim(ROOM, limit=5)
    bench.clock.time = 5000
    await bench.here.renew()
    bench.clock.time = 15_001
    [taken] = await bench.there.claim(ROOM, limit=5)
    await bench.storage.events.retry(bench.there.over(taken).id, owner="there", due=0, failure=FAILURE)
    bench.here._renewed = bench.clock.time
    assert await bench.here.claim(ROOM, limit=5) == []
    assert (job.delivery.attempt, job.scope.cancel_called) == (3, False)


async def test_what_is_being_written_down_keeps_its_lease_and_may_be_claimed_anew(bench: Bench) -> None:
    [job] = await bench.here.claim(ROOM, limit=5)
    id = bench.here.over(job).id
    bench.clock.time = 3_600_000
    assert await bench.here.claim(ROOM, limit=5) == []
    await bench.storage.events.retry(id, owner="here", due=0, failure=FAILURE)
    [again] = await bench.here.claim(ROOM, limit=5)
    bench.here.closed(job)
    bench.clock.time += 9000
    await bench.here.renew()
    bench.clock.time += 9000
    assert await bench.there.claim(ROOM, limit=5) == []
    assert (again.delivery.attempt, again.delivery.suspect) == (2, False)
    await bench.here.give_back()
    assert await bench.running() == 0


async def test_a_clock_that_is_set_forward_stops_no_run(bench: Bench) -> None:
    [job] = await bench.here.claim(ROOM, limit=5)
    job.bound(bench.clock.monotonic(), 5.0)
    bench.clock.ahead = 3_600_000
    await bench.here.renew()
    assert bench.here.has(job) and not job.scope.cancel_called


async def test_an_end_that_is_heard_of_after_the_stop_is_not_that_of_the_next_claim(bench: Bench) -> None:
    [job] = await bench.here.claim(ROOM, limit=5)
    job.bound(bench.clock.monotonic(), 5.0)
    bench.clock.time = 60_000
    [again] = await bench.here.claim(ROOM, limit=5)  # renews first, and stops what was held too long
    assert job.scope.cancel_called
    assert again.delivery.id == job.delivery.id
    assert (bench.here.has(job), bench.here.has(again)) == (False, True)
    with pytest.raises(NotHeld):
        bench.here.over(job)
    bench.here.closed(job)
    assert bench.here.over(again) is again.delivery
