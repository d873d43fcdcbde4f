"""Workers that end in the middle of it: every call ends, and the next worker serves."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tracemalloc
from pathlib import Path

import anyio
import msgspec
import pytest

from motia_core.config import knobs
from motia_core.errors import PayloadRefused, WorkerDied
from motia_core.workers.answers import RunnerError
from motia_core.workers.worker import Worker

from .conftest import MARK, PROGRAMS, Bench, Make
from .kit.processes import alive, marked

pytestmark = pytest.mark.anyio

NAMESPACE = ("unshare", "--pid", "--fork", "--mount-proc", "--kill-child")
NAMESPACES = (
    shutil.which("unshare") is not None
    and subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
)


async def test_all_that_runs_hears_of_it(bench: Make) -> None:
    ended: list[str] = []

    async with bench("good.py") as b:

        async def one() -> None:
            with pytest.raises(WorkerDied) as caught:
                await b.run({"sleep": 30})
            ended.append(caught.value.message)

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(one)
            await b.until(lambda: b.workers[0].in_flight == 20)
            os.kill(b.workers[0].pid, signal.SIGKILL)
        assert len(ended) == 20
        assert "was killed by SIGKILL" in ended[0]
        assert await b.run({"value": 7}) == 7


async def test_a_worker_that_finished_work_is_replaced_at_once(bench: Make) -> None:
    async with bench("good.py", restart_delay=60.0, restart_cap=60.0) as b:
        assert await b.run({"value": 1}) == 1
        with pytest.raises(WorkerDied, match="exited with code 9"):
            await b.run({"exit": 9})
        with anyio.fail_after(10):
            assert await b.run({"value": 2}) == 2
        assert b.supervisor.status().failures == 0


async def test_dying_in_the_first_invocation_counts_as_a_failed_start(bench: Make) -> None:
    async with bench("dies_on_run.py", restart_delay=60.0, restart_cap=60.0) as b:
        with pytest.raises(WorkerDied):
            await b.run()
        await b.until(lambda: b.supervisor.status().failures == 1)
        assert b.workers == ()


async def test_workers_killed_while_they_run_nothing_are_replaced_at_once(bench: Make) -> None:
    async with bench("good.py", restart_delay=60.0, restart_cap=60.0) as b:
        for count in range(6):

            def is_back(killed: int = count) -> bool:
                return len(b.retired) == killed and [one.state for one in b.workers] == ["ready"]

            await b.until(is_back)
            assert b.workers[0].pid > 1
            os.kill(b.workers[0].pid, signal.SIGKILL)
        await b.until(lambda: len(b.retired) == 6)
        assert b.supervisor.status().failures == 0
        assert await b.run({"value": 2}) == 2


async def test_those_who_wait_are_served_though_two_replacements_are_killed_while_they_start(bench: Make) -> None:
    async def prepare(worker: Worker) -> None:
        if worker.name in ("drill-2", "drill-3"):
            os.kill(worker.pid, signal.SIGKILL)
            await worker.gone()

    async with bench("good.py", prepare=prepare) as b:
        with pytest.raises(WorkerDied):
            await b.run({"exit": 9})
        assert await b.run({"value": 2}) == 2
        assert b.retired == ["crash"] * 3


async def test_a_failed_call_keeps_nothing_in_memory(bench: Make) -> None:
    async def fail() -> None:
        try:
            await b.run({"exit": 9, "fill": "x" * 2_000_000})
        except WorkerDied:
            return
        raise AssertionError("the worker lives")

    async with bench("good.py") as b:
        await fail()
        gc.collect()
        gc.disable()
        tracemalloc.start()
        try:
            for _ in range(3):
                await fail()
            await b.until(lambda: b.states() == ["ready"])
            assert tracemalloc.get_traced_memory()[0] < 2_000_000
        finally:
            tracemalloc.stop()
            gc.enable()


async def test_what_it_said_before_it_ended_still_counts(bench: Make) -> None:
    async with bench("good.py") as b:
        with pytest.raises(WorkerDied):
            await b.run({"log": "last words", "exit": 1})
        assert "last words" in [log.msg for _, log in b.logs]


async def test_children_that_hold_stdout_open_delay_nothing_and_do_not_survive(bench: Make) -> None:
    async with bench("grandchild.py") as b:
        with anyio.fail_after(5), pytest.raises(WorkerDied):
            await b.run()
        await b.until(lambda: not any(map(alive, children(b))), 2.0)


@pytest.mark.parametrize("guarded", [True, False])
async def test_children_of_a_killed_worker_do_not_survive(bench: Make, guarded: bool) -> None:
    """With a process group of their own or without, also when the guardian was killed before."""
    async with bench("good.py", restart_delay=60.0) as b:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(b.run, {"children": 2, "sleep": 30})
            await b.until(lambda: len(children(b)) == 2)
            if not guarded:
                before = b.guardian.pid
                os.kill(before, signal.SIGKILL)
                await b.until(lambda: b.guardian.pid != before)
            tasks.cancel_scope.cancel()
            os.kill(b.workers[0].pid, signal.SIGKILL)
        await b.until(lambda: not any(map(alive, children(b))), 2.0)


async def test_a_guardian_ends_with_the_last_worker_only(bench: Make) -> None:
    async with bench("good.py", min=2, max=2) as b:
        await b.until(lambda: b.states() == ["ready", "ready"])
        guardian = b.guardian.pid
        os.kill(b.workers[0].pid, signal.SIGKILL)
        await b.until(lambda: len(b.retired) == 1 and b.states() == ["ready", "ready"])
        assert (b.guardian.pid, alive(guardian)) == (guardian, True)
    assert not alive(guardian)


def children(b: Bench) -> list[int]:
    return [int(log.msg) for _, log in b.logs if log.msg.isdigit()]


@pytest.mark.parametrize("line", ["{oops\n", '{"jsonrpc":"2.0"}\n', '{"id":null,"result":1}\n', "{\xff}\n"])
async def test_a_broken_object_ends_the_conversation(bench: Make, line: str) -> None:
    async with bench("garbage.py") as b:
        with pytest.raises(WorkerDied, match="broke the protocol"):
            await b.run({"raw": line})
        await b.until(lambda: b.retired == ["protocol"])


@pytest.mark.parametrize("line", ["hello\n", "\n\n", "\xff\xfe\x00\n", "42\n", "]\n", '[{"jsonrpc":"2.0"}]\n'])
async def test_other_garbage_is_logged_and_nothing_else(bench: Make, line: str) -> None:
    async with bench("garbage.py") as b:
        assert await b.run({"raw": line}) == "after"
        assert b.states() == ["ready"]
        if line == "hello\n":
            assert [log.msg for _, log in b.logs if log.source == "stdout"] == ["hello"]
            assert b.workers[0].strays == 1


async def test_a_line_above_the_limit_fails_its_call_only(bench: Make) -> None:
    async with bench("oversize.py", wire=knobs.Wire(frame=65536)) as b:
        with pytest.raises(RunnerError) as caught:
            await b.run({"ask": False, "size": 70_000})
        assert caught.value.error.code == PayloadRefused.code
        assert await b.run({"ask": True, "size": 70_000}) == PayloadRefused.code
        with pytest.raises(PayloadRefused):
            await b.run({"ask": False, "size": 1, "much": "x" * 70_000})
        assert await b.run({"ask": False, "size": 3}) == "xxx"
        assert len(b.workers) == 1 and b.retired == []


async def test_a_worker_that_stops_reading_is_stuck_not_the_core(bench: Make) -> None:
    async with bench("stops_reading.py", wire=knobs.Wire(outbound=1 << 20), grace=0.1) as b:
        first = b.workers[0].pid
        died: list[str] = []

        async def one(fill: str) -> None:
            with pytest.raises(WorkerDied) as caught:
                await b.run({"fill": fill})
            died.append(caught.value.message)

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(one, "")
                await b.until(lambda: b.workers[0].in_flight == 1)
                for _ in range(20):
                    tasks.start_soon(one, "x" * 200_000)
        assert len(died) == 21 and all("does not read what it is sent" in text for text in died)
        await b.until(lambda: b.states() == ["ready"] and b.workers[0].pid != first)


async def test_the_core_is_killed(tmp_path: Path, anyio_backend: tuple[str, dict[str, bool]]) -> None:
    loop = "uvloop" if anyio_backend[1]["use_uvloop"] else "asyncio"
    core = subprocess.Popen(
        [sys.executable, str(PROGRAMS / "parent.py"), loop],
        stdout=subprocess.PIPE,
        env={**os.environ, MARK: str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with core:
        assert core.stdout is not None
        workers = msgspec.json.decode(core.stdout.readline(), type=list[int])
        assert len(workers) == 2
        with anyio.fail_after(10):  # both workers, their children and the core
            while len(marked(f"{MARK}={tmp_path}")) < 2 + 16 + 2:
                await anyio.sleep(0.01)
        assert set(workers) < set(marked(f"{MARK}={tmp_path}"))
        core.kill()
    with anyio.fail_after(2):
        while marked(f"{MARK}={tmp_path}"):
            await anyio.sleep(0.01)


@pytest.mark.skipif(not NAMESPACES, reason="no namespace of processes can be made here")
def test_process_1_keeps_no_zombies(anyio_backend: tuple[str, dict[str, bool]]) -> None:
    loop = "uvloop" if anyio_backend[1]["use_uvloop"] else "asyncio"
    done = subprocess.run(
        [*NAMESPACE, sys.executable, str(PROGRAMS / "first.py"), loop],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("2\n", 0), done.stderr
