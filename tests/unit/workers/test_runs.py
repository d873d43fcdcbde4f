"""Invocations inside one worker."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import Raw

from motia_core.errors import DeadlineExceeded
from motia_core.workers.process import Waiter
from motia_core.workers.runs import Run, Runs

pytestmark = pytest.mark.anyio


def new_waiter() -> Waiter[Raw]:
    return asyncio.get_running_loop().create_future()


async def test_sweep_answers_once_and_counts_who_goes_on() -> None:
    runs = Runs(grace=5.0)
    early, late = Run("a", 10.0, new_waiter()), Run("b", 100.0, new_waiter())
    runs.add(1, early)
    runs.add(2, late)
    assert runs.sweep(9.9).expired == []
    assert runs.sweep(10.0).expired == [early]
    with pytest.raises(DeadlineExceeded):
        await early.waiter
    assert (runs.sweep(14.0).expired, runs.sweep(14.0).overdue) == ([], 0)
    assert runs.sweep(15.1).overdue == 1
    assert runs.pop(1) is early and runs.pop(1) is None
    assert runs.sweep(15.1).overdue == 0
    assert (len(runs), late.waiter.done()) == (1, False)
    assert list(runs.clear()) == [late.waiter]
    assert not runs
    late.waiter.cancel()


async def test_a_caller_who_has_left_is_not_answered() -> None:
    runs = Runs(grace=1.0)
    run = Run("a", 10.0, new_waiter(), abandoned=True)
    run.waiter.cancel()
    runs.add(1, run)
    assert runs.sweep(11.0).expired == [run]
