"""Ticks: one run each over all servers, overlap, changes, drain. The clock's seconds are real."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import anyio
import pytest

from motia_core.config import Config
from motia_core.errors import StoreUnavailable
from motia_core.model import Caller, Failure, HandlerRules, Outcome, Step
from motia_core.storage.memory.leases import Leases
from tests.unit.triggers.cron_server import NEVER_SOON, Server, cron_step, now, snapshot, until

pytestmark = pytest.mark.anyio


async def test_every_tick_runs_once() -> None:
    server = Server(cron_step())
    async with server.running():
        await until(lambda: len(server.dispatcher.ran) >= 2)
    first, second = server.dispatcher.ran[:2]
    assert first.caller.scheduled is not None and second.caller.scheduled is not None
    assert first.caller.scheduled % 1000 == 0
    assert second.caller.scheduled - first.caller.scheduled == 1000
    assert (first.caller.trigger, bytes(first.input)) == ("cron", b"null")
    assert first.caller.trace_id != second.caller.trace_id
    assert 0 < first.deadline - server.clock.monotonic() <= Config().deadlines.cron


async def test_the_steps_own_timeout_is_the_deadline() -> None:
    server = Server(cron_step(handler=HandlerRules(timeout=5)))
    await server.cron.fire(server.registry.current.crons[0])
    assert server.dispatcher.ran[0].deadline - server.clock.monotonic() <= 5


async def test_two_servers_share_the_ticks() -> None:
    leases = Leases()
    one, two = Server(cron_step(cron=NEVER_SOON), leases=leases), Server(cron_step(cron=NEVER_SOON), leases=leases)
    start = now()
    async with one.running(), two.running():
        for second in range(20):
            for server in (one, two):
                server.cron.due("tick", start + timedelta(seconds=second))
            await until(lambda: one.cron.running + two.cron.running == 0)
    ticks = [each.caller.scheduled for each in (*one.dispatcher.ran, *two.dispatcher.ran)]
    assert sorted(ticks) == [int((start + timedelta(seconds=n)).timestamp() * 1000) for n in range(20)]  # type: ignore[type-var]


async def test_a_step_that_still_runs_skips_its_tick() -> None:
    leases = Leases()
    one, two = Server(cron_step(cron=NEVER_SOON), leases=leases), Server(cron_step(cron=NEVER_SOON), leases=leases)
    hold = one.dispatcher.hold = anyio.Event()
    start = now()
    async with one.running(), two.running():
        one.cron.due("tick", start)
        await until(lambda: len(one.dispatcher.ran) == 1)
        one.cron.due("tick", start + timedelta(seconds=1))
        two.cron.due("tick", start + timedelta(seconds=2))
        await until(lambda: one.cron.running + two.cron.running == 1)
        hold.set()
        await until(lambda: one.cron.running == 0)
        two.cron.due("tick", start + timedelta(seconds=3))
        await until(lambda: two.cron.running == 0)
    assert (len(one.dispatcher.ran), len(two.dispatcher.ran)) == (1, 1)
    assert [("still runs" in text) for _, text in (*one.logged, *two.logged)] == [True, True]


async def test_overlap_may_be_allowed() -> None:
    server = Server(cron_step(cron=NEVER_SOON, overlap="allow"))
    server.dispatcher.hold = anyio.Event()
    async with server.running():
        server.cron.due("tick", now())
        server.cron.due("tick", now() + timedelta(seconds=1))
        await until(lambda: len(server.dispatcher.ran) == 2)
        assert server.cron.running == 2
        server.dispatcher.hold.set()


async def test_a_failure_is_logged_and_told_and_the_next_tick_runs() -> None:
    told: list[tuple[str, str, str]] = []

    async def tell(step: Step, caller: Caller, failure: Failure) -> None:
        told.append((step.name, caller.trace_id, failure.message))
        raise StoreUnavailable

    server = Server(cron_step(cron=NEVER_SOON), tell=tell)
    server.dispatcher.outcome = Outcome(failure=Failure(code=1001, name="Error", message="boom"))
    async with server.running():
        server.cron.due("tick", now())
        await until(lambda: server.cron.running == 0)
        server.cron.due("tick", now() + timedelta(seconds=1))
        await until(lambda: server.cron.running == 0)
    assert told == [("tick", ran.caller.trace_id, "boom") for ran in server.dispatcher.ran]
    assert len(told) == 2
    assert ("error", "tick failed: boom") in server.logged
    assert any("could not be told" in text for _, text in server.logged)


async def test_a_store_that_fails_leaves_ticks_out_and_does_not_end_the_server() -> None:
    server = Server(cron_step(cron=NEVER_SOON))

    async def refuse(name: str, tick: int) -> bool:
        raise StoreUnavailable

    server.leases.take_tick = refuse  # type: ignore[method-assign]
    async with server.running():
        server.cron.due("tick", now())
        await until(lambda: server.cron.running == 0)
    assert server.dispatcher.ran == []
    assert any("left out" in text for _, text in server.logged)


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
        server.cron.due("tick", now())
        await until(lambda: server.cron.running == 0)
        server.registry.swap(snapshot(number=3))
        server.cron.due("tick", now() + timedelta(seconds=1))
        assert server.cron.running == 0
    assert [ran.step.description for ran in server.dispatcher.ran] == ["new"]


async def test_drain_waits_for_what_runs_and_fires_no_more() -> None:
    server = Server(cron_step())
    hold = server.dispatcher.hold = anyio.Event()
    done = anyio.Event()

    async def serve(*, task_status: Any) -> None:
        await server.cron.run(task_status=task_status)
        done.set()

    async with anyio.create_task_group() as group:
        await group.start(serve)
        server.cron.due("tick", now())
        await until(lambda: len(server.dispatcher.ran) == 1)
        server.cron.drain()
        server.cron.due("tick", now() + timedelta(seconds=1))
        await anyio.sleep(0.02)
        assert (server.cron.running, done.is_set()) == (1, False)
        hold.set()
        await until(done.is_set)
    assert (server.dispatcher.ended, len(server.dispatcher.ran)) == (1, 1)


async def test_stop_cancels_and_gives_the_lease_back() -> None:
    server = Server(cron_step(cron=NEVER_SOON))
    server.dispatcher.hold = anyio.Event()
    async with server.running():
        server.cron.due("tick", now())
        await until(lambda: len(server.dispatcher.ran) == 1)
    assert server.dispatcher.ended == 0
    assert await server.leases.acquire("cron:tick", owner="x", now=server.clock.now_ms(), until=1 << 60)


async def test_by_hand() -> None:
    server = Server(cron_step(cron=NEVER_SOON))
    server.dispatcher.outcome = Outcome(failure=Failure(code=1001, name="Error", message="boom"))
    outcome = await server.cron.fire(server.registry.current.crons[0], trace_id="T")
    assert outcome.failure is not None
    [ran] = server.dispatcher.ran
    assert (ran.caller.trigger, ran.caller.trace_id, ran.caller.scheduled) == ("manual", "T", None)
    assert await server.leases.last_tick("tick") is None


def test_under_uvloop() -> None:
    async def main() -> None:
        server = Server(cron_step())
        async with server.running():
            await until(lambda: len(server.dispatcher.ran) == 1)

    pytest.importorskip("uvloop")
    anyio.run(main, backend_options={"use_uvloop": True})
