"""When steps that hear everything are stopped, and what is never stopped."""

from __future__ import annotations

import pytest
from msgspec import Raw

from motia_core.model import Delivery, Step
from motia_core.triggers.loops import ROUNDS, Loops

LISTENER = Step(
    id="l", name="l", kind="event", file="l", member="", runner="x", language="x", all_topics=True, has_handler=True
)
SUBSCRIBER = Step(id="s", name="s", kind="event", file="s", member="", runner="x", language="x", topics=("t",))


def delivery(hops: int, trace: str = "T") -> Delivery:
    return Delivery(
        id=1, event=1, step="l", topic="t", data=Raw(b"1"), trace_id=trace, flows=(), parent=None, group=None,
        hops=hops, attempt=1, deaths=0, suspect=False, created=0,
    )  # fmt: skip


@pytest.mark.parametrize(("hops", "stopped"), [(0, False), (99, False), (100, True), (1000, True)])
def test_a_chain_ends_after_its_hops(hops: int, stopped: bool) -> None:
    assert (Loops(100).refusal(LISTENER, delivery(hops), 2) is not None) is stopped


def test_a_step_with_topics_of_its_own_is_never_stopped() -> None:
    assert Loops(1).refusal(SUBSCRIBER, delivery(1000), 1) is None


def test_a_trace_that_branches_ends_after_its_rounds() -> None:
    loops, rounds = Loops(10), 10 * ROUNDS
    told = [loops.refusal(LISTENER, delivery(3), 3) for _ in range(rounds + 2)]
    assert told[:rounds] == [None] * rounds
    assert None not in told[rounds:]
    assert loops.refusal(LISTENER, delivery(3, "another"), 3) is None


def test_wide_work_that_does_not_go_round_is_never_stopped() -> None:
    loops = Loops(1 + 1)
    assert all(loops.refusal(LISTENER, delivery(1), 2) is None for _ in range(3 * ROUNDS))


def test_only_so_many_traces_are_remembered() -> None:
    loops = Loops(10)
    for n in range(5000):
        loops.refusal(LISTENER, delivery(5, f"T{n}"), 1)
    assert len(loops._rounds) == 1000
