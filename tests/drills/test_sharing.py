"""How a pool shares out its workers, grows, shrinks and recycles."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from motia_core.errors import Draining, WorkersBusy

from .conftest import Bench, Make

pytestmark = pytest.mark.anyio


async def test_answers_many_at_once(bench: Make) -> None:
    async with bench("good.py") as b:
        got: list[int] = []

        async def one(n: int) -> None:
            got.append(await b.run({"value": n, "sleep": 0.01 * (n % 3)}))

        async with anyio.create_task_group() as tasks:
            for n in range(50):
                tasks.start_soon(one, n)
        assert sorted(got) == list(range(50))
        (worker,) = b.workers
        assert (worker.jobs, worker.in_flight, worker.state) == (50, 0, "ready")
        assert worker.rss > 1_000_000


async def test_the_least_busy_worker_is_taken(bench: Make) -> None:
    async with bench("good.py", min=3, max=3) as b:
        await b.until(lambda: b.states() == ["ready"] * 3)
        taken = [await b.pool.acquire() for _ in range(6)]
        assert sorted(worker.in_flight for worker in set(taken)) == [2, 2, 2]
        for worker in taken:
            b.pool.release(worker)


async def test_callers_wait_in_order_and_not_for_ever(bench: Make) -> None:
    async with bench("good.py", max_in_flight=1, queue_length=2, queue_wait=0.2) as b:
        worker = await b.pool.acquire()
        served: list[int] = []

        async def wait(n: int) -> None:
            b.pool.release(await b.pool.acquire())
            served.append(n)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait, 1)
            tasks.start_soon(wait, 2)
            await b.until(lambda: b.pool.waiting == 2)
            with pytest.raises(WorkersBusy, match="2 callers wait already"):
                await b.pool.acquire()
            b.pool.release(worker)
        assert served == [1, 2]
        worker = await b.pool.acquire()
        with pytest.raises(WorkersBusy, match=r"within 0\.2 s"):
            await b.pool.acquire()
        b.pool.release(worker)


async def test_a_caller_who_leaves_the_queue_takes_nothing_with_him(bench: Make) -> None:
    async with bench("good.py", max_in_flight=1) as b:
        worker = await b.pool.acquire()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(b.pool.acquire)
            await b.until(lambda: b.pool.waiting == 1)
            tasks.cancel_scope.cancel()
            b.pool.release(worker)
        assert b.workers[0].in_flight == 0
        assert await b.run({"value": 1}) == 1


async def test_grows_when_all_are_full_and_shrinks_when_idle(bench: Make) -> None:
    async with bench("good.py", max=2, max_in_flight=1, idle=0.2) as b:
        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(b.run, {"sleep": 0.3})
            await b.until(lambda: b.states() == ["ready", "ready"])
        await b.until(lambda: len(b.workers) == 1)
        assert b.retired == ["idle"]


async def test_a_pool_may_sleep_empty_and_wakes_for_a_caller(bench: Make) -> None:
    async with bench("good.py", min=0, idle=0.1) as b:
        assert (b.workers, b.supervisor.status().state) == ((), "ready")
        assert await b.run({"value": 1}) == 1
        await b.until(lambda: b.workers == ())
        assert await b.run({"value": 2}) == 2


@pytest.mark.parametrize("most", [1, 2])
async def test_alone_means_alone_and_stops_nobody(bench: Make, most: int) -> None:
    async with bench("good.py", max=most) as b:
        stop = False
        answered = 0
        shared: set[str] = set()

        async def traffic() -> None:
            nonlocal answered
            while not stop:
                await b.run({"sleep": 0.005})
                answered += 1

        async def lonely() -> None:
            worker = await b.pool.acquire(alone=True)
            for _ in range(20):
                await anyio.sleep(0.002)
                if worker.in_flight != 1:
                    shared.add(worker.name)
            before = answered
            await b.until(lambda: answered > before)
            b.pool.release(worker)

        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(traffic)
            await b.until(lambda: answered)
            async with anyio.create_task_group() as suspects:
                for _ in range(3):
                    suspects.start_soon(lonely)
            stop = True
        assert shared == set()
        assert len(b.workers) <= most + 1
        assert (b.pool.alone, b.pool.lonely) == (0, 0)


async def never_none_ready(b: Bench, task: dict[str, Any], runs: int) -> None:
    for _ in range(runs):
        await b.run(task)
        assert "ready" in b.states()


async def test_max_jobs_recycles_without_a_gap(bench: Make) -> None:
    async with bench("good.py", max_jobs=5) as b:
        with anyio.fail_after(10):
            while b.retired.count("jobs") < 3:
                await never_none_ready(b, {}, 1)
        assert len(b.workers) <= 2


async def test_a_leak_recycles_without_a_gap(bench: Make) -> None:
    async with bench("good.py", memory=64 * 1024 * 1024) as b:
        with anyio.fail_after(15):
            while not b.retired:
                await never_none_ready(b, {"leak": 4_000_000}, 1)
                await anyio.sleep(0.02)
        assert b.retired == ["memory"]


async def test_lifetime_recycles(bench: Make) -> None:
    async with bench("good.py", lifetime=0.3, jitter=0.0) as b:
        await b.until(lambda: b.retired.count("lifetime") >= 2)


async def test_replace_drops_nothing(bench: Make) -> None:
    async with bench("good.py", min=2, max=2) as b:
        await b.until(lambda: b.states() == ["ready", "ready"])
        before = {worker.pid for worker in b.workers}
        stop = False

        async def traffic() -> None:
            while not stop:
                await b.run({"sleep": 0.01})

        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(traffic)
            await b.supervisor.replace("reload")
            assert await b.run() not in before
            stop = True
        await b.until(lambda: b.retired == ["reload", "reload"])
        assert len(b.states()) == 2


async def test_drain_lets_running_work_end_and_takes_no_more(bench: Make) -> None:
    async with bench("good.py") as b:
        got: list[object] = []

        async def one() -> None:
            got.append(await b.run({"sleep": 0.2, "value": 1}))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one)
            await b.until(lambda: b.workers[0].in_flight == 1)
            await b.supervisor.drain()
            assert got == [] or got == [1]
            assert b.workers[0].in_flight == 0
        assert got == [1]
        with pytest.raises(Draining):
            await b.run()
        assert b.supervisor.status().state == "draining"
