"""Ticks: one run each over all servers, overlap, deaths, clocks that are set, changes, drain. The clock's seconds are
real unless a test sets them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import msgspec
import pytest

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import StoreUnavailable, WorkerDied
from motia_core.model import Failure, HandlerRules, Outcome, Step
from motia_core.storage.base import Emission
from motia_core.triggers import cron as cron_module
from tests.unit.triggers.cron_server import NEVER_SOON, Server, cron_step, now, snapshot, until

pytestmark = pytest.mark.anyio
BOOM = Outcome(failure=Failure(code=1001, name="Error", message="boom"))


async def test_every_tick_runs_once() -> None:
    server = Server(cron_step())
    async with server.running():
        await until(lambda: len(server.dispatcher.ran) >= 2)
    first, second = server.dispatcher.ran[:2]
    assert first.caller.scheduled is not None and second.caller.scheduled is not None
    assert first.caller.scheduled % 1000 == 0
    assert second.caller.scheduled - first.caller.scheduled == 1000
    assert (first.caller.trigger, first.caller.topic, first.caller.group) == ("cron", None, None)
    assert bytes(first.input) == b"null"
    assert first.caller.delivery is not None, "`once` lasts over all runs of the tick"
    assert first.caller.trace_id != second.caller.trace_id
    assert 0 < first.deadline - server.clock.monotonic() <= Config().deadlines.cron


async def test_the_steps_own_timeout_is_the_deadline() -> None:
    server = Server(cron_step(cron=NEVER_SOON, handler=HandlerRules(timeout=5)))
    async with server.running():
        await server.due(now())
        await server.rest()
    assert server.dispatcher.ran[0].deadline - server.clock.monotonic() <= 5


async def test_two_servers_share_the_ticks() -> None:
    one = Server(cron_step(cron=NEVER_SOON))
    two = Server(cron_step(cron=NEVER_SOON), storage=one.storage)
    start = now()
    async with one.running(), two.running():
        for second in range(20):
            await one.due(start + timedelta(seconds=second))
            await two.due(start + timedelta(seconds=second))
            await one.rest()
    ticks = [each.caller.scheduled for each in (*one.dispatcher.ran, *two.dispatcher.ran)]
    assert sorted(ticks) == [int((start + timedelta(seconds=n)).timestamp() * 1000) for n in range(20)]  # type: ignore[type-var]


async def test_a_step_that_still_runs_skips_its_tick() -> None:
    one = Server(cron_step(cron=NEVER_SOON))
    two = Server(cron_step(cron=NEVER_SOON), storage=one.storage)
    hold = one.dispatcher.hold = two.dispatcher.hold = anyio.Event()
    start = now()
    async with one.running(), two.running():
        await one.due(start)
        await until(lambda: len(one.dispatcher.ran) + len(two.dispatcher.ran) == 1)
        await one.due(start + timedelta(seconds=1))
        await two.due(start + timedelta(seconds=2))
        hold.set()
        await one.rest()
        await two.due(start + timedelta(seconds=3))
        await one.rest()
    assert len(one.dispatcher.ran) + len(two.dispatcher.ran) == 2
    assert [("still runs" in text) for _, text in (*one.logged, *two.logged)] == [True, True]


async def test_overlap_may_be_allowed() -> None:
    server = Server(cron_step(cron=NEVER_SOON, overlap="allow"))
    server.dispatcher.hold = anyio.Event()
    async with server.running():
        await server.due(now())
        await server.due(now() + timedelta(seconds=1))
        await until(lambda: len(server.dispatcher.ran) == 2)
        assert server.queue.running == 2
        server.dispatcher.hold.set()


@pytest.mark.parametrize("overlap", ["skip", "allow"])
async def test_a_tick_whose_server_died_runs_on_another(overlap: str) -> None:
    """The first server takes and claims it, and is never heard of again."""
    dead = Server(cron_step(cron=NEVER_SOON, overlap=overlap))
    start = now()
    async with anyio.create_task_group() as group:
        await group.start(dead.cron.run)
        await dead.due(start)
        await dead.cron.stop()
    at = dead.clock.now_ms()
    assert await dead.events.claim({"tick": 1}, owner="dead", now=at, lease=at + 100, limit=1)
    heir = Server(cron_step(cron=NEVER_SOON, overlap=overlap), storage=dead.storage)
    async with heir.running():
        await until(lambda: len(heir.dispatcher.ran) == 1)
        await heir.rest()
        await heir.due(start + timedelta(seconds=1))
        await heir.rest()
    ran = [(each.caller.scheduled, each.caller.attempt, each.alone) for each in heir.dispatcher.ran]
    first = int(start.timestamp() * 1000)
    assert ran == [(first, 2, True), (first + 1000, 1, False)]


async def test_a_failure_is_logged_and_told_and_the_next_tick_runs() -> None:
    told = Step(
        id="e", name="handle-step-error", kind="event", file="e", member="", runner="r", language="l", topics=("e",)
    )
    server = Server(cron_step(cron=NEVER_SOON), told)

    async def run(invocation: Any, *, sink: object = None) -> Outcome:
        server.dispatcher.ran.append(invocation)
        return BOOM if invocation.step.name == "tick" else Outcome()

    server.dispatcher.run = run  # type: ignore[method-assign]
    async with server.running():
        await server.due(now())
        await server.rest()
        await server.due(now() + timedelta(seconds=1))
        await server.rest()
    heard = [each for each in server.dispatcher.ran if each.step.name == "handle-step-error"]
    ticks = [each for each in server.dispatcher.ran if each.step.name == "tick"]
    assert [each.caller.trace_id for each in heard] == [each.caller.trace_id for each in ticks]
    said = msgspec.json.decode(heard[0].input)
    assert (said["stepId"], said["context"], said["retryCount"], said["topic"]) == ("tick", None, 0, None)
    assert said["error"]["message"] == "boom"
    assert (len(heard), [each.caller.attempt for each in ticks]) == (2, [1, 1])
    assert ("error", "tick failed: boom") in server.logged
    assert await server.events.dead() == []


async def test_a_run_whose_worker_died_among_others_runs_again_alone() -> None:
    server = Server(cron_step(cron=NEVER_SOON))
    server.dispatcher.outcome = Outcome(failure=Failure(code=WorkerDied.code, name="WorkerDied", message="killed"))
    async with server.running():
        await server.due(now())
        await server.rest()
    assert [(each.caller.attempt, each.alone) for each in server.dispatcher.ran] == [(1, False), (2, True)]
    assert await server.events.dead() == []


async def test_a_store_that_fails_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cron_module, "_AGAIN", 0.01)
    server = Server(cron_step(cron=NEVER_SOON))
    take, asked = server.events.tick, 0

    async def refuse(name: str, tick: int, emission: Emission, *, now: int) -> Any:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise StoreUnavailable
        return await take(name, tick, emission, now=now)

    server.events.tick = refuse
    async with server.running():
        await server.due(now())
        await server.rest()
    assert (asked, len(server.dispatcher.ran)) == (3, 1)
    assert any("cannot be written down" in text for _, text in server.logged)


class Set(Clock):
    """A wall clock that people set."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    def now_ms(self) -> int:
        return super().now_ms() + int(self.ahead * 1000)


async def test_a_clock_that_is_set_back_neither_repeats_ticks_nor_stops_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cron_module, "_WAKE", 0.02)
    clock = Set()

    class Datetime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromtimestamp(clock.now(), tz or UTC)

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Datetime)
    server = Server(cron_step(), clock=clock)
    async with server.running():
        await until(lambda: len(server.dispatcher.ran) == 1)
        clock.ahead = -2.0
        await until(lambda: len(server.dispatcher.ran) == 2)
        clock.ahead = -86_400.0
        await until(lambda: len(server.dispatcher.ran) == 3)
        clock.ahead = 0.0
        await until(lambda: len(server.dispatcher.ran) == 4)
    ticks = [each.caller.scheduled or 0 for each in server.dispatcher.ran]
    assert len(set(ticks)) == 4
    assert ticks[1] == ticks[0] + 1000, "what was taken is not taken again"
    assert abs(ticks[2] - (ticks[1] - 86_400_000)) < 10_000
    assert ticks[3] > ticks[1]


async def test_changes_of_the_registry() -> None:
    server = Server(cron_step("a", NEVER_SOON), cron_step("b", NEVER_SOON))
    async with server.running():
        before = server.cron.upcoming()
        assert sorted(before) == ["a", "b"]
        server.registry.swap(snapshot(cron_step("b", "@daily"), cron_step("c"), number=2))
        after = server.cron.upcoming()
        assert sorted(after) == ["b", "c"]
        assert after["b"] < before["b"]
        await until(lambda: [each.step.name for each in server.dispatcher.ran][:1] == ["c"])
        server.registry.swap(snapshot(number=3))
        assert server.cron.upcoming() == {}


async def test_a_changed_handler_runs_as_the_registry_has_it() -> None:
    server = Server(cron_step(cron=NEVER_SOON))
    async with server.running():
        server.registry.swap(snapshot(cron_step(cron=NEVER_SOON, description="new"), number=2))
        await server.due(now())
        await server.rest()
        server.registry.swap(snapshot(number=3))
        server.cron.due("tick", now() + timedelta(seconds=1))
        assert server.cron.taking == 0
    assert [ran.step.description for ran in server.dispatcher.ran] == ["new"]


async def test_drain_fires_no_more() -> None:
    server = Server(cron_step())
    async with anyio.create_task_group() as group:
        await group.start(server.cron.run)
        await server.due(now())
        server.cron.drain()
        server.cron.due("tick", now() + timedelta(seconds=1))
        assert server.cron.taking == 0
    assert [row.step for row in await server.events.backlog(now=0)] == ["tick"]


async def test_what_is_stopped_half_way_runs_in_the_next_life() -> None:
    server = Server(cron_step(cron=NEVER_SOON))
    server.dispatcher.hold = anyio.Event()
    async with server.running():
        await server.due(now())
        await until(lambda: len(server.dispatcher.ran) == 1)
    assert server.dispatcher.ended == 0
    heir = Server(cron_step(cron=NEVER_SOON), storage=server.storage)
    async with heir.running():
        await heir.rest()
    assert [each.caller.attempt for each in heir.dispatcher.ran] == [1]


def test_under_uvloop() -> None:
    async def main() -> None:
        server = Server(cron_step())
        async with server.running():
            await until(lambda: len(server.dispatcher.ran) == 1)

    pytest.importorskip("uvloop")
    anyio.run(main, backend_options={"use_uvloop": True})
