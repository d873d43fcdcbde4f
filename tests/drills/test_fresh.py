"""Workers that serve a single call, and those that hang: what a pool makes of them."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import anyio
import pytest

from motia_core.errors import DeadlineExceeded, WorkerDied, WorkersBusy

from .conftest import Make

pytestmark = pytest.mark.anyio


async def test_each_call_has_a_process_of_its_own(bench: Make) -> None:
    async with bench("good.py", fresh=True, fresh_max=3) as b:
        pids: list[int] = []

        async def one() -> None:
            pids.append(await b.run({"sleep": 0.02}, alone=len(pids) == 3))

        async with anyio.create_task_group() as tasks:
            for _ in range(7):
                tasks.start_soon(one)
            await b.until(lambda: b.pool.waiting)
            assert len(b.workers) <= 3
        assert len(set(pids)) == 7
        await b.until(lambda: b.states() == ["ready"])
        assert b.workers[0].pid not in pids, "the next one is started before it is needed"
        status = b.supervisor.status()
        assert (status.restarts, status.retired, status.state) == (0, (), "ready")


async def test_a_fresh_process_that_dies_is_the_failure_of_its_call_only(bench: Make) -> None:
    async with bench("good.py", fresh=True, crash_loop=2, restart_delay=60.0) as b:
        for _ in range(4):
            with pytest.raises(WorkerDied, match="exited with code 9"):
                await b.run({"exit": 9})
        assert await b.run({"value": 1}) == 1
        assert (b.supervisor.status().failures, b.supervisor.status().state) == (0, "ready")


async def test_fresh_processes_that_do_not_start_open_the_circuit(bench: Make, tmp_path: Path) -> None:
    cure = tmp_path / "cure"
    async with bench("dies_at_start.py", arguments=(str(cure),), fresh=True, fresh_spares=0, crash_loop=2) as b:
        with pytest.raises(WorkersBusy):
            await b.run()
        assert b.supervisor.status().next_try is not None
        cure.touch()
        await b.until(lambda: b.states() == ["ready"])
        assert await b.run({"value": 1}) == 1
        await b.until(lambda: b.supervisor.status().state == "ready")
        assert b.supervisor.status().next_try is None


async def test_a_fresh_process_is_not_used_again_after_its_deadline(bench: Make) -> None:
    async with bench("good.py", fresh=True, fresh_max=1) as b:
        with pytest.raises(DeadlineExceeded):
            await b.run({"sleep": 30, "deaf": True}, seconds=0.05)
        assert b.states() == ["draining"]
        assert await b.run({"value": 2}) == 2
        assert b.supervisor.status().retired[0].problem


async def test_fresh_processes_are_exchanged_and_drained(bench: Make) -> None:
    async with bench("good.py", fresh=True, fresh_max=3, fresh_spares=1) as b:
        busy = await b.pool.acquire()
        await b.until(lambda: b.states() == ["ready", "ready"])
        spare = b.workers[1].pid
        await b.supervisor.replace("reload")
        await b.until(lambda: b.states() == ["ready", "ready"] and b.workers[1].pid != spare)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(b.supervisor.drain)
            assert await b.run_on(busy, {"value": 1}) == 1
            assert b.supervisor.status().state == "draining"
            b.pool.release(busy)


async def test_a_pool_of_blocked_workers_is_bypassed_at_once(bench: Make) -> None:
    """Every worker there may be is blocked, and none has hung for long: still somebody serves."""
    async with bench("blocks.py", max=2, min=2, ping_every=60.0, max_in_flight=2, blocked_after=0.05) as b:
        await b.until(lambda: b.states() == ["ready", "ready"])
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(b.run, {"sleep": 3})
            await b.until(lambda: b.states() == ["blocked", "blocked"], 2.0)
            with anyio.fail_after(2.5):
                worker = await b.pool.acquire()
            assert worker.pid not in {one.pid for one in b.workers[:2]}
            b.pool.release(worker)
            for one in b.workers[:2]:
                os.kill(one.pid, signal.SIGKILL)
            tasks.cancel_scope.cancel()


async def test_a_worker_that_waits_for_a_processor_is_not_blocked(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system says that it wants to run and may not."""
    monkeypatch.setattr("motia_core.workers.worker.processor", lambda pid: (True, 0.0))
    async with bench("blocks.py", max=2, ping_every=0.05, blocked_after=0.05) as b:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(b.run, {"sleep": 0.4})
            with anyio.move_on_after(0.3):
                await b.until(lambda: b.states() != ["ready"])
            assert b.states() == ["ready"]
