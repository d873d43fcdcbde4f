"""A program that behaves: the ordinary life of a pool."""

from __future__ import annotations

import anyio
import pytest

from .conftest import Make

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
