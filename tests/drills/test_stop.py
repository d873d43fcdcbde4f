"""Workers that do not want to stop."""

from __future__ import annotations

import anyio
import pytest
from msgspec import Raw

from motia_core.errors import WorkerDied

from .conftest import Make

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("program", "arguments"),
    [("ignores_shutdown.py", ()), ("ignores_shutdown.py", ("and SIGTERM",)), ("stops_itself.py", ("soon",))],
)
async def test_is_made_to(bench: Make, program: str, arguments: tuple[str, ...]) -> None:
    with anyio.fail_after(15):
        async with bench(program, arguments=arguments, grace=0.1, ping_every=60.0) as b:
            assert b.states() == ["ready"]
            await anyio.sleep(0.25 if program == "stops_itself.py" else 0)


async def test_what_still_runs_at_the_end_of_the_grace_dies_with_the_worker(bench: Make) -> None:
    failed: list[str] = []

    async with bench("good.py", grace=0.0) as b:

        async def one() -> None:
            try:
                await b.run({"sleep": 30})
            except WorkerDied as error:
                failed.append(error.message)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(one)
            await b.until(lambda: b.workers[0].in_flight == 1)
            await b.supervisor.stop(0.0)
    assert len(failed) == 1


async def test_an_owner_that_fails_leaves_nothing(bench: Make) -> None:
    async def handler(worker: str, method: str, params: Raw) -> bytes:
        return b'{"value":null}'

    with pytest.raises(ExceptionGroup):
        async with bench("asks.py", handler=handler) as b:
            await b.run({"method": "state.get", "params": {"group": "g", "key": "k"}})
            raise ValueError("the owner failed")
