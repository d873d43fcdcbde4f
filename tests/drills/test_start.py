"""Workers that never become ready."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from motia_core.errors import WorkerDied, WorkersBusy

from .conftest import Make

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("program", "arguments", "problem"),
    [
        ("broken_handshake.py", (), "answered initialize wrongly"),
        ("wrong_version.py", (), "does not speak protocol 1: only version 2 is spoken"),
        ("wrong_version.py", ("2",), "speaks protocol 2, this is 1"),
        ("never_ready.py", (), "was not ready within 0.2 s"),
        ("dies_at_start.py", (), "exited with code 3; it last said: cannot find what it needs"),
    ],
)
async def test_fails_and_says_why(bench: Make, program: str, arguments: tuple[str, ...], problem: str) -> None:
    timeout = 0.2 if program == "never_ready.py" else 10.0
    async with bench(program, arguments=arguments, start_timeout=timeout, restart_delay=60.0, restart_cap=60.0) as b:
        status = b.supervisor.status()
        assert problem in (status.problem or "")
        assert (status.state, status.failures, status.workers) == ("starting", 1, ())


async def test_a_program_that_does_not_exist(bench: Make) -> None:
    async with bench("no_such_program.py", restart_delay=60.0, restart_cap=60.0) as b:
        assert "exited with code 2" in (b.supervisor.status().problem or "")


async def test_an_interpreter_that_does_not_exist(bench: Make) -> None:
    async with bench("good.py", interpreter="/no/such/python", restart_delay=60.0, restart_cap=60.0) as b:
        assert "/no/such/python cannot be started" in (b.supervisor.status().problem or "")


async def test_a_crash_loop_is_seen_refuses_callers_and_ends_by_itself(bench: Make, tmp_path: Path) -> None:
    cure = tmp_path / "cure"
    async with bench("dies_at_start.py", arguments=(str(cure),), crash_loop=3) as b:
        await b.until(lambda: b.supervisor.status().state == "crash-looping")
        with pytest.raises(WorkersBusy, match="cannot find what it needs"):
            await b.run()
        cure.touch()
        await b.until(lambda: b.states() == ["ready"])
        assert await b.run({"value": 1}) == 1
        await b.until(lambda: b.supervisor.status().state == "ready")
        assert b.supervisor.status().failures == 0


async def test_a_worker_that_serves_hides_no_crash_loop_of_its_successors(bench: Make, tmp_path: Path) -> None:
    cure = tmp_path / "cure"
    cure.touch()
    async with bench("dies_at_start.py", arguments=(str(cure),), crash_loop=3, restart_cap=0.3) as b:
        assert await b.run({"value": 1}) == 1
        cure.unlink()
        with pytest.raises(WorkerDied):
            await b.supervisor.replace("reload")
        await b.until(lambda: b.supervisor.status().state == "crash-looping")
        assert await b.run({"value": 2}) == 2
        cure.touch()
        await b.until(lambda: b.retired.count("reload") == 1)
        assert await b.run({"value": 3}) == 3
        await b.until(lambda: b.supervisor.status().state == "ready")


async def test_those_who_wait_are_refused_when_it_turns_out_to_be_a_crash_loop(bench: Make) -> None:
    async with bench("dies_at_start.py", crash_loop=3) as b:
        with anyio.fail_after(5), pytest.raises(WorkersBusy):
            await b.run()


async def test_a_pool_that_may_be_empty_recovers_from_a_crash_loop(bench: Make, tmp_path: Path) -> None:
    cure = tmp_path / "cure"
    async with bench("dies_at_start.py", arguments=(str(cure),), crash_loop=2, min=0) as b:
        with pytest.raises(WorkersBusy):
            await b.run()
        cure.touch()
        await b.until(lambda: b.states() == ["ready"])
        assert await b.run({"value": 1}) == 1


async def test_prepare_runs_before_work_is_taken_and_may_fail_the_start(bench: Make) -> None:
    seen: list[bytes] = []

    async def prepare(worker) -> None:  # type: ignore[no-untyped-def]
        assert worker.state.value == "starting"
        seen.append(bytes(await worker.call("step.describe", b'{"snapshot":1,"files":[]}')))
        if len(seen) == 1:
            raise RuntimeError("a fault of the core")

    async with bench("good.py", prepare=prepare) as b:
        await b.run()
        assert len(seen) == 2
        for name in ("MOTIA_WORKER", "MOTIA_LIFELINE", "MOTIA_SDK", "MOTIA_CACHE"):
            assert f'"{name}"'.encode() in seen[0]
        assert b.retired == ["crash"]
