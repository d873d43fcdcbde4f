"""Ticks: one run each over all servers, overlap, missed ticks, changes, drain. The clock's seconds are real."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import StoreUnavailable
from motia_core.model import Caller, Failure, HandlerRules, Invocation, Outcome, Step
from motia_core.schedule import Schedule
from motia_core.steps.registry import Registry, Snapshot
from motia_core.storage.memory.leases import Leases
from motia_core.triggers.cron import Cron, _Trigger

pytestmark = pytest.mark.anyio

EVERY_SECOND = "* * * * * *"
NEVER_SOON = "0 0 29 2 *"


def cron_step(name: str = "tick", cron: str = EVERY_SECOND, **rest: Any) -> Step:
    return Step(
        id=name,
        name=name,
        kind="cron",
        file=f"src/{name}.step.ts",
        member="",
        runner="r",
        language="l",
        cron=cron,
        **rest,
    )


def snapshot(*steps: Step, number: int = 1) -> Snapshot:
    return Snapshot(number=number, steps=steps, by_name={step.name: step for step in steps}, crons=steps)


class Dispatcher:
    """Remembers what ran; `hold` keeps a run from ending."""

    def __init__(self) -> None:
        self.ran: list[Invocation] = []
        self.outcome = Outcome()
        self.hold: anyio.Event | None = None
        self.ended = 0

    async def run(self, invocation: Invocation) -> Outcome:
        self.ran.append(invocation)
        if self.hold is not None:
            await self.hold.wait()
        self.ended += 1
        return self.outcome


class Server:
    """One server's cron over leases that may be shared."""

    def __init__(self, *steps: Step, leases: Leases | None = None, clock: Clock | None = None, **rest: Any) -> None:
        self.registry = Registry(snapshot(*steps))
        self.dispatcher = Dispatcher()
        self.leases = leases or Leases()
        self.clock = clock or Clock()
        self.logged: list[tuple[str, str]] = []
        self.cron = Cron(
            registry=self.registry,
            dispatcher=self.dispatcher,
            leases=self.leases,
            clock=self.clock,
            config=Config(),
            log=lambda level, msg, /, **fields: self.logged.append((level, msg)),
            **rest,
        )

    def running(self) -> AbstractAsyncContextManager[None]:
        return self._running()

    @asynccontextmanager
    async def _running(self) -> Any:
        async with anyio.create_task_group() as group:
            await group.start(self.cron.run)
            yield
            await self.cron.stop()


def now() -> datetime:
    return datetime.now(UTC)


async def until(true: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not true():
            await anyio.sleep(0.01)


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


class Fixed(Clock):
    """A wall clock that stands at a given time."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = datetime.fromisoformat(at).replace(tzinfo=UTC)

    def now_ms(self) -> int:
        return int(self.at.timestamp() * 1000)


def ms(at: str) -> int:
    return int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("catch_up", "last", "wanted"),
    [
        # Missed at 09:00, restarted at 09:05.
        (600, "2024-05-01 08:00", ["2024-05-01 09:00"]),
        # Several missed: the last runs, once.
        (86_400, "2024-04-30 08:00", ["2024-05-01 09:00"]),
        # Too long ago.
        (60, "2024-05-01 08:00", []),
        # Not missed.
        (600, "2024-05-01 09:00", []),
        # Not asked for.
        (0, "2024-05-01 08:00", []),
        # Never seen before.
        (600, None, []),
    ],
)
async def test_missed_ticks(catch_up: float, last: str | None, wanted: list[str]) -> None:
    server = Server(cron_step(cron="0 9 * * *", timezone="UTC", catch_up=catch_up), clock=Fixed("2024-05-01 09:05"))
    if last is not None:
        await server.leases.take_tick("tick", ms(last))
    async with server.running():
        await until(lambda: server.cron.running == 0)
    assert [each.caller.scheduled for each in server.dispatcher.ran] == [ms(text) for text in wanted]
    if last is None and catch_up:
        assert await server.leases.last_tick("tick") == ms("2024-05-01 09:05")


async def test_a_tick_long_past_is_left_out() -> None:
    server = Server(cron_step(cron=NEVER_SOON), clock=Fixed("2024-05-01 09:05"))
    async with server.running():
        server.cron.due("tick", datetime(2024, 5, 1, 9, 3, tzinfo=UTC))
        server.cron.due("tick", datetime(2024, 5, 1, 9, 4, 30, tzinfo=UTC))
        await until(lambda: server.cron.running == 0)
    assert [each.caller.scheduled for each in server.dispatcher.ran] == [ms("2024-05-01 09:04:30")]
    assert any("missed by 120 s" in text for _, text in server.logged)


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


def test_of_ticks_that_lie_behind_only_the_last_counts() -> None:
    trigger = _Trigger(Schedule.parse(EVERY_SECOND, "UTC"))
    now = datetime(2024, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, now) == datetime(2024, 5, 1, 12, 0, 1, tzinfo=UTC)
    behind = datetime(2024, 5, 1, 3, tzinfo=UTC)
    last = trigger.get_next_fire_time(behind, now)
    assert last == datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert trigger.get_next_fire_time(last, now) == datetime(2024, 5, 1, 12, 0, 1, tzinfo=UTC)


def test_under_uvloop() -> None:
    async def main() -> None:
        server = Server(cron_step())
        async with server.running():
            await until(lambda: len(server.dispatcher.ran) == 1)

    pytest.importorskip("uvloop")
    anyio.run(main, backend_options={"use_uvloop": True})
