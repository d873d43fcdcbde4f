"""Invocations that take too long, callers that leave, workers that hang."""

from __future__ import annotations

import os
import signal

import anyio
import pytest

from motia_core.errors import DeadlineExceeded, WorkerDied, WorkersBusy

from .conftest import Make

pytestmark = pytest.mark.anyio


async def test_the_caller_is_answered_and_the_invocation_cancelled(bench: Make) -> None:
    async with bench("good.py") as b:
        with pytest.raises(DeadlineExceeded):
            await b.run({"sleep": 30}, seconds=0.05)
        await b.until(lambda: b.workers[0].in_flight == 0)
        assert b.workers[0].late == 1
        assert b.workers[0].state == "ready"


async def test_an_invocation_that_goes_on_keeps_its_place(bench: Make) -> None:
    async with bench("good.py", max_in_flight=1, queue_wait=0.05, cancel_grace=20.0, grace=0.0) as b:
        with pytest.raises(DeadlineExceeded):
            await b.run({"sleep": 30, "deaf": True}, seconds=0.05)
        with pytest.raises(WorkersBusy):
            await b.run()


async def test_a_handler_that_does_not_stop_ends_its_worker_but_not_its_neighbours(bench: Make) -> None:
    async with bench("good.py", max=2) as b:
        first = b.workers[0].pid
        got: list[object] = []

        async def neighbour() -> None:
            got.append(await b.run({"sleep": 0.8, "value": "kept"}))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(neighbour)
            await b.until(lambda: b.workers[0].in_flight == 1)
            with pytest.raises(DeadlineExceeded):
                await b.run({"sleep": 30, "deaf": True}, seconds=0.05)
            await b.until(lambda: b.workers[0].state == "draining")
            assert await b.run() != first
        assert got == ["kept"]
        await b.until(lambda: b.retired == ["deadline"])
        assert b.supervisor.status().failures == 0


async def test_a_caller_that_leaves_cancels(bench: Make) -> None:
    async with bench("good.py") as b:
        with anyio.move_on_after(0.1) as scope:
            await b.run({"sleep": 30})
        assert scope.cancelled_caught
        await b.until(lambda: b.workers[0].in_flight == 0)
        assert b.workers[0].state == "ready"


async def test_late_and_wrong_answers_reach_nobody(bench: Make) -> None:
    async with bench("late.py", blocked_after=5.0, cancel_grace=20.0) as b:
        with pytest.raises(DeadlineExceeded):
            await b.run({"sleep": 0.3, "value": "old"}, seconds=0.01)
        assert await b.run({"sleep": 0, "value": "new"}) == "new"
        await b.until(lambda: b.workers[0].late == 5)
        os.kill(b.workers[0].pid, signal.SIGKILL)
        await b.until(lambda: b.retired == ["crash"])
        assert b.supervisor.status().late == 5, "the count outlives the worker"


async def test_a_stopped_worker_is_killed_when_its_deadlines_have_passed(bench: Make) -> None:
    async with bench("stops_itself.py") as b:
        with pytest.raises(DeadlineExceeded):
            await b.run(seconds=0.05)
        await b.until(lambda: b.retired == ["deadline"])
        await b.until(lambda: b.states() == ["ready"])


async def test_a_stopped_idle_worker_is_replaced(bench: Make) -> None:
    async with bench("stops_itself.py", arguments=("soon",), ping_every=0.05, blocked_after=0.05) as b:
        first = b.workers[0].pid
        await b.until(lambda: b.retired == ["blocked"])
        await b.until(lambda: b.workers and b.workers[0].pid != first)


async def test_a_stopped_worker_is_replaced_when_its_last_caller_has_left(bench: Make) -> None:
    async with bench("stops_itself.py", ping_every=0.05, blocked_after=0.05) as b:
        with anyio.move_on_after(0.1) as scope:
            await b.run(seconds=60.0)
        assert scope.cancelled_caught
        await b.until(lambda: b.retired == ["blocked"])
        await b.until(lambda: b.states() == ["ready"])


async def test_a_blocked_worker_gets_no_new_work_and_the_pool_grows(bench: Make) -> None:
    async with bench("blocks.py", max=2, ping_every=0.05, blocked_after=0.05) as b:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(b.run, {"sleep": 0.8})
            await b.until(lambda: b.states() == ["blocked"])
            first = b.workers[0].pid
            assert await b.run({"sleep": 0}) != first
        await b.until(lambda: b.states() == ["ready", "ready"])


async def test_a_pool_whose_only_worker_hangs_gets_another(bench: Make) -> None:
    async with bench("stops_itself.py", max=1, ping_every=0.03, blocked_after=0.03, grace=0.0) as b:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(b.run)
            await b.until(lambda: b.states() == ["blocked"])
            with anyio.fail_after(5):
                worker = await b.pool.acquire()
            assert worker.pid != b.workers[0].pid
            b.pool.release(worker)
            tasks.cancel_scope.cancel()


async def test_a_call_has_a_timeout_of_its_own(bench: Make) -> None:
    async with bench("never_ready.py", min=0) as b:
        assert b.workers == ()
    async with bench("blocks.py", ping_every=60.0) as b:
        worker = await b.pool.acquire()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(b.run_on, worker, {"sleep": 0.3})
            await anyio.sleep(0.01)
            with pytest.raises(DeadlineExceeded, match=r"step\.describe"):
                await worker.call("step.describe", b"{}", timeout=0.05)
        assert await b.run({"sleep": 0}) == worker.pid
        assert b.workers[0].late == 1
        b.pool.release(worker)


async def test_a_call_to_a_dead_worker_fails_at_once(bench: Make) -> None:
    async with bench("good.py") as b:
        worker = await b.pool.acquire()
        worker.fail("crash", "was killed by the drill")
        with pytest.raises(WorkerDied, match="by the drill"):
            await worker.call("ping", b"{}")
        with pytest.raises(WorkerDied):
            await b.run_on(worker)
        b.pool.release(worker)
