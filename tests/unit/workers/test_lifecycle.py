"""The table is the whole truth about a worker's states."""

from __future__ import annotations

import itertools
import typing

import pytest

from motia_core.errors import LocalProtocolError
from motia_core.workers import lifecycle
from motia_core.workers.lifecycle import OVER, SERVING, TRANSITIONS, State, after

EVENTS: tuple[lifecycle.Event, ...] = typing.get_args(lifecycle.Event)


def test_every_state_and_every_event_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(State)
    assert {event for row in TRANSITIONS.values() for event in row} == set(EVENTS)


@pytest.mark.parametrize(
    ("events", "end"),
    [
        (["ready"], State.READY),
        (["ready", "silent"], State.BLOCKED),
        (["ready", "silent", "pong"], State.READY),
        (["ready", "retire", "exit"], State.STOPPED),
        (["ready", "silent", "retire", "exit"], State.STOPPED),
        (["retire", "exit"], State.STOPPED),
        (["ready", "exit"], State.FAILED),
        (["fail", "exit"], State.FAILED),
        (["ready", "retire", "fail", "exit"], State.FAILED),
    ],
)
def test_lives(events: list[lifecycle.Event], end: State) -> None:
    state = State.STARTING
    for event in events:
        state = after(state, event)
    assert state is end


def test_what_is_not_in_the_table_raises() -> None:
    for state, event in itertools.product(State, EVENTS):
        if event not in TRANSITIONS[state]:
            with pytest.raises(LocalProtocolError, match=f"{state.value} cannot take '{event}'"):
                after(state, event)


def test_nothing_comes_back_to_life() -> None:
    for state in OVER:
        assert set(TRANSITIONS[state].values()) <= {state}
    assert not OVER & SERVING


def test_every_living_state_can_end() -> None:
    for state in set(State) - OVER:
        assert "exit" in TRANSITIONS[state] and "fail" in TRANSITIONS[state]
