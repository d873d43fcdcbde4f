"""The life of a worker as a table. Pure: no process, no clock; an event that a state does not know raises.

starting ── ready ──▶ ready ── silent ──▶ blocked ── pong ──▶ ready
any of them ── retire ──▶ draining ── exit ──▶ stopped
any of them ── fail, exit ──▶ failed
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

from motia_core.errors import LocalProtocolError

Event = Literal["ready", "silent", "pong", "retire", "fail", "exit"]

# Why a worker was retired. `jobs`, `lifetime`, `memory` recycle it softly; `idle` and `shrink` make the pool smaller;
# `fresh`: it has served the one call it was for;
# `deadline`: a handler did not stop; `blocked`: it hung and nobody waited for it; `protocol`: it broke the wire;
# `reload`, `shutdown`: somebody asked; `load`: a file it was reading ended or stopped it; `crash`: it ended by itself.
Reason = Literal[
    "jobs",
    "lifetime",
    "idle",
    "fresh",
    "memory",
    "deadline",
    "blocked",
    "protocol",
    "reload",
    "shrink",
    "shutdown",
    "load",
    "crash",
]


class State(Enum):
    STARTING = "starting"
    READY = "ready"
    BLOCKED = "blocked"
    DRAINING = "draining"
    STOPPED = "stopped"
    FAILED = "failed"


TRANSITIONS: dict[State, dict[Event, State]] = {
    State.STARTING: {
        "ready": State.READY,
        "retire": State.DRAINING,
        "fail": State.FAILED,
        "exit": State.FAILED,
    },
    State.READY: {
        "silent": State.BLOCKED,
        "retire": State.DRAINING,
        "fail": State.FAILED,
        "exit": State.FAILED,
    },
    State.BLOCKED: {
        "pong": State.READY,
        "retire": State.DRAINING,
        "fail": State.FAILED,
        "exit": State.FAILED,
    },
    State.DRAINING: {
        "fail": State.FAILED,
        "exit": State.STOPPED,
    },
    State.STOPPED: {},
    State.FAILED: {"exit": State.FAILED},
}

SERVING = frozenset({State.READY, State.BLOCKED})
OVER = frozenset({State.STOPPED, State.FAILED})


def after(state: State, event: Event) -> State:
    """The state that `event` leads to. Raises LocalProtocolError when the table has no such way."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise LocalProtocolError(f"a worker that is {state.value} cannot take '{event}'") from None
