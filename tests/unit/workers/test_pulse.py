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


def test_waiting_for_a_processor_is_no_silence() -> None:
    pulse = Pulse(knobs.Pool(blocked_after=0.1))
    pulse.sent(10.0, used=5.0)
    assert pulse.blocked(10.2)
    pulse.starved(10.2, used=5.04)
    assert not pulse.blocked(10.2), "it could use a processor for 0.04 s only"
    assert pulse.verdict_at() is not None and pulse.verdict_at() > 10.2  # type: ignore[operator]
    pulse.starved(10.4, used=5.11)
    assert pulse.blocked(10.4)
    assert not pulse.bypassed(10.4)
    assert pulse.bypassed(10.8)


def test_pings_come_sooner_while_there_is_work() -> None:
    pulse = Pulse(knobs.Pool(ping_every=1.0))
    pulse.sent(10.0)
    pulse.pong()
    assert not pulse.due(10.5)
    assert pulse.due(10.5, busy=True)
