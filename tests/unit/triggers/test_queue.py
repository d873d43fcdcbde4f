"""The queue's loop over a real store, with handlers that are functions of the delivery's data."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import msgspec
import pytest
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import Config, Durability
from motia_core.config.knobs import Queue as QueueKnobs
from motia_core.config.knobs import Traces
from motia_core.errors import HandlerFailed, WorkerDied, WorkersBusy
from motia_core.model import Addressed, Backoff, Event, Failure, Invocation, Outcome, QueueRules, Step
from motia_core.steps.registry import Registry, Snapshot
from motia_core.storage.base import Emission, Storage
from motia_core.storage.open import open_storage
from motia_core.traces.recorder import Recorder
from motia_core.triggers.inputs import Inputs
from motia_core.triggers.queue import Queue

pytestmark = pytest.mark.anyio
QUICK = Backoff(first=0.01, factor=1.0, cap=0.01, jitter=0.0)
Handler = Callable[[Invocation], Awaitable[Outcome]]
FAILED = Outcome(failure=Failure(code=HandlerFailed.code, name="Error", message="boom"))
DIED = Outcome(failure=Failure(code=WorkerDied.code, name="WorkerDied", message="died"))
BUSY = Outcome(failure=Failure(code=WorkersBusy.code, name="WorkersBusy", message="busy"))


def step(name: str, **rules: object) -> Step:
    queue = QueueRules(backoff=QUICK, **{"max_retries": 2, **rules})  # type: ignore[arg-type]
    return Step(
        id=name,
        name=name,
        kind="event",
        file=f"steps/{name}",
        member="",
        runner="x",
        language="x",
        topics=(name,),
        queue=queue,
    )


class Bench:
    """A queue, its store and what its handlers saw."""

    def __init__(self, store: Storage, queue: Queue, seen: list[Invocation]) -> None:
        self.store = store
        self.queue = queue
        self.seen = seen

    async def emit(
        self, name: str, data: object, *, group: str | None = None, fifo: bool = False, count: int = 1
    ) -> None:
        now = Clock().now_ms()
        emissions = [
            Emission(
                event=Event(topic=name, data=Raw(msgspec.json.encode(data)), trace_id="T", group=group, created=now),
                to=(Addressed(name, now, fifo),),
            )
            for _ in range(count)
        ]
        await self.store.events.put(emissions, limit=100_000)
        self.queue.wake()

    async def until(self, what: Callable[[], object]) -> None:
        with anyio.fail_after(10):
            while not what():
                await anyio.sleep(0.005)

    async def quiet(self) -> None:
        """Nothing waits or runs any more."""
        with anyio.fail_after(10):
            while self.queue.running or any(
                row.ready or row.delayed or row.running or row.blocked
                for row in await self.store.events.backlog(now=Clock().now_ms())
            ):
                await anyio.sleep(0.005)


@asynccontextmanager
async def bench(
    tmp_path: Path, handler: Handler, *steps: Step, lease: float = 5.0, lost_runs: int = 10
) -> AsyncIterator[Bench]:
    clock, seen = Clock(), []
    store = await open_storage("sqlite:q.db", tmp_path, tmp_path, durability=Durability(), clock=clock)
    config = Config(queue=QueueKnobs(poll=0.05, lease=lease, lost_runs=lost_runs))
    by_name = {each.name: each for each in steps}
    registry = Registry(Snapshot(steps=steps, by_name=by_name, by_topic={n: (s,) for n, s in by_name.items()}))

    class Dispatch:
        async def run(self, invocation: Invocation, *, sink: object = None) -> Outcome:
            seen.append(invocation)
            return await handler(invocation)

    recorder = Recorder(store.traces, Traces(), clock)
    queue = Queue(
        store=store.events,
        registry=registry,
        dispatcher=Dispatch(),  # type: ignore[arg-type]
        inputs=Inputs(config, lambda text, step, delivery: None),
        recorder=recorder,
        clock=clock,
        config=config,
        owner="me",
    )
    async with anyio.create_task_group() as group:
        await group.start(queue.run)
        yield Bench(store, queue, seen)
        await queue.stop()
        group.cancel_scope.cancel()
    await store.close()


async def done(invocation: Invocation) -> Outcome:
    return Outcome()


async def test_each_delivery_runs_once_and_is_gone(tmp_path: Path) -> None:
    async with bench(tmp_path, done, step("a")) as it:
        await it.emit("a", {"n": 1}, count=50)
        await it.quiet()
        assert len(it.seen) == 50
        assert {seen.caller.attempt for seen in it.seen} == {1}
        assert await it.store.events.dead() == []


@pytest.mark.rows(100, 280)
async def test_failures_are_retried_then_buried(tmp_path: Path) -> None:
    async def fail(invocation: Invocation) -> Outcome:
        return FAILED

    async with bench(tmp_path, fail, step("a")) as it:
        await it.emit("a", 1)
        await it.quiet()
        assert [seen.caller.attempt for seen in it.seen] == [1, 2, 3]
        [letter] = await it.store.events.dead()
        assert (letter.reason, letter.attempts, letter.failure and letter.failure.message) == ("failed", 3, "boom")


async def test_a_failure_step_is_told_once(tmp_path: Path) -> None:
    async def fail(invocation: Invocation) -> Outcome:
        return FAILED if invocation.step.name == "a" else Outcome()

    async with bench(tmp_path, fail, step("a", max_retries=0), step("handle-step-error")) as it:
        await it.emit("a", {"n": 1})
        await it.until(lambda: any(seen.step.name == "handle-step-error" for seen in it.seen))
        await it.quiet()
        told = [msgspec.json.decode(seen.input) for seen in it.seen if seen.step.name == "handle-step-error"]
        assert len(told) == 1
        assert told[0]["stepId"] == "a"
        assert told[0]["context"] == {"n": 1}
        assert told[0]["error"]["message"] == "boom"


async def test_a_busy_pool_costs_no_attempt(tmp_path: Path) -> None:
    async def busy_once(invocation: Invocation) -> Outcome:
        return BUSY if sum(1 for _ in invocations) == 1 else Outcome()

    invocations: list[Invocation] = []

    async def handler(invocation: Invocation) -> Outcome:
        invocations.append(invocation)
        return await busy_once(invocation)

    async with bench(tmp_path, handler, step("a")) as it:
        await it.emit("a", 1)
        await it.quiet()
        assert [seen.caller.attempt for seen in it.seen] == [1, 1]


async def test_after_a_death_it_runs_alone_and_two_lonely_deaths_are_poison(tmp_path: Path) -> None:
    async def die(invocation: Invocation) -> Outcome:
        return DIED

    async with bench(tmp_path, die, step("a", max_retries=10)) as it:
        await it.emit("a", 1)
        await it.quiet()
        assert [seen.alone for seen in it.seen] == [False, True, True]
        [letter] = await it.store.events.dead()
        assert letter.reason == "poison"


async def test_servers_that_end_cost_no_retry_but_not_without_end(tmp_path: Path) -> None:
    """As if a handler killed its server each time, but for the last."""

    async def fail(invocation: Invocation) -> Outcome:
        return FAILED

    for begun, wanted in ((1, "failed"), (2, "lost")):
        (folder := tmp_path / str(begun)).mkdir()
        store = await open_storage("sqlite:q.db", folder, folder, durability=Durability(), clock=Clock())
        now = Clock().now_ms()
        event = Event(topic="a", data=Raw(b"1"), trace_id="T", created=now)
        await store.events.put([Emission(event=event, to=(Addressed("a", now),))], limit=10)
        for at in range(now, now + 30_000, 10_000):
            await store.events.claim({}, owner="dead", now=at, lease=at, limit=1)
            [taken] = await store.events.claim({"a": 1}, owner="dead", now=at + 4000, lease=at + 4001, limit=1)
            if (at - now) // 10_000 < begun:
                await store.events.begin(taken.id, owner="dead")
        await store.events.claim({}, owner="dead", now=now + 30_000, lease=0, limit=1)
        await store.events.hurry("a", now=now)
        await store.close()
        async with bench(folder, fail, step("a", max_retries=1), lost_runs=2) as it:
            await it.quiet()
            attempts = [seen.caller.attempt for seen in it.seen]
            [letter] = await it.store.events.dead()
        assert (letter.reason, attempts) == (wanted, [4, 5] if wanted == "failed" else [])


async def test_what_is_held_too_long_is_stopped_and_comes_again(tmp_path: Path) -> None:
    """The dispatcher has forgotten it: the bound of the lease ends it all the same."""

    async def hang_once(invocation: Invocation) -> Outcome:
        if invocation.caller.attempt == 1:
            await anyio.sleep_forever()
        return Outcome()

    async with bench(tmp_path, hang_once, step("a", visibility_timeout=0.2), lease=0.2) as it:
        await it.emit("a", 1)
        await it.quiet()
        assert [(seen.caller.attempt, seen.alone) for seen in it.seen] == [(1, False), (2, True)]


async def test_the_deadline_lies_within_the_visibility_timeout(tmp_path: Path) -> None:
    async with bench(tmp_path, done, step("a", visibility_timeout=30.0), step("b")) as it:
        await it.emit("a", 1)
        await it.emit("b", 1)
        await it.quiet()
        left = {seen.step.name: seen.deadline - Clock().monotonic() for seen in it.seen}
        assert 25 < left["a"] <= 30 < left["b"]


async def test_concurrency_of_a_step_holds(tmp_path: Path) -> None:
    at_once = most = 0

    async def count(invocation: Invocation) -> Outcome:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await anyio.sleep(0.005)
        at_once -= 1
        return Outcome()

    async with bench(tmp_path, count, step("a", concurrency=3)) as it:
        await it.emit("a", 1, count=30)
        await it.quiet()
        assert (len(it.seen), most) == (30, 3)


async def test_fifo_groups_keep_their_order_through_retries(tmp_path: Path) -> None:
    tries: dict[int, int] = {}

    async def sometimes(invocation: Invocation) -> Outcome:
        n = msgspec.json.decode(invocation.input)
        tries[n] = tries.get(n, 0) + 1
        return FAILED if n % 3 == 0 and tries[n] == 1 else Outcome()

    async with bench(tmp_path, sometimes, step("a", fifo=True)) as it:
        for n in range(12):
            await it.emit("a", n, group="g", fifo=True)
        await it.quiet()
        ran = [msgspec.json.decode(seen.input) for seen in it.seen]
        assert ran == sorted(ran)
        assert set(ran) == set(range(12))


async def test_drain_waits_and_claims_no_more(tmp_path: Path) -> None:
    gate = anyio.Event()

    async def wait(invocation: Invocation) -> Outcome:
        await gate.wait()
        return Outcome()

    async with bench(tmp_path, wait, step("a", concurrency=1)) as it:
        await it.emit("a", 1, count=2)
        await it.until(lambda: it.queue.running == 1)
        it.queue.drain()
        gate.set()
        await it.until(lambda: it.queue.running == 0)
        assert len(it.seen) == 1
        [row] = await it.store.events.backlog(now=Clock().now_ms())
        assert row.ready == 1


async def test_a_lease_is_renewed_while_its_handler_runs(tmp_path: Path) -> None:
    async def slow(invocation: Invocation) -> Outcome:
        await anyio.sleep(1.0)
        return Outcome()

    async with bench(tmp_path, slow, step("a"), lease=0.3) as it:
        await it.emit("a", 1)
        await it.quiet()
        assert [seen.caller.attempt for seen in it.seen] == [1]
