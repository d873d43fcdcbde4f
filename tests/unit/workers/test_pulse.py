"""Liveness, by the clock one gives it."""

from __future__ import annotations

from motia_core.config import knobs
from motia_core.workers.pulse import HUNG, Pulse


def test_one_ping_at_a_time_and_one_per_period() -> None:
    pulse = Pulse(knobs.Pool(ping_every=1.0))
    assert pulse.due(1.0)
    pulse.sent(1.0)
    assert not pulse.due(5.0)
    pulse.pong()
    assert not pulse.due(1.5)
    assert pulse.due(2.0)


def test_silence_blocks_and_then_hangs() -> None:
    pulse = Pulse(knobs.Pool(ping_every=1.0, blocked_after=0.1))
    assert not pulse.blocked(1000.0)
    pulse.sent(10.0)
    assert pulse.verdict_at() == 10.1
    assert not pulse.blocked(10.05)
    assert pulse.blocked(10.1), "whoever looks again at the time it was told would look for ever"
    assert pulse.blocked(10.2)
    assert not pulse.hung(10.0 + HUNG)
    assert pulse.hung(10.5 + HUNG)
    pulse.pong()
    assert (pulse.silent(99.0), pulse.verdict_at()) == (0.0, None)


def test_what_the_core_missed_is_no_silence() -> None:
    pulse = Pulse(knobs.Pool(blocked_after=0.1))
    pulse.excuse(5.0)
    pulse.sent(10.0)
    pulse.excuse(3.0)
    assert not pulse.blocked(13.05)
    assert pulse.blocked(13.2)
