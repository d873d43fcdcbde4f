"""Ticks that came while no server ran: caught up once, or left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from motia_core.clock import Clock
from motia_core.schedule import Schedule
from motia_core.triggers import ticks
from motia_core.triggers.cron import _Trigger
from tests.unit.triggers.cron_server import EVERY_SECOND, NEVER_SOON, Server, cron_step

pytestmark = pytest.mark.anyio


class Fixed(Clock):
    """A wall clock that stands at a given time."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.at = datetime.fromisoformat(at).replace(tzinfo=UTC)

    def now_ms(self) -> int:
        return int(self.at.timestamp() * 1000)


def ms(at: str) -> int:
    return int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("catch_up", "last", "wanted"),
    [
        # Missed at 09:00, restarted at 09:05.
        (600, "2024-05-01 08:00", ["2024-05-01 09:00"]),
        # Several missed: the last runs, once.
        (86_400, "2024-04-30 08:00", ["2024-05-01 09:00"]),
        # Too long ago.
        (60, "2024-05-01 08:00", []),
        # Not missed.
        (600, "2024-05-01 09:00", []),
        # Not asked for.
        (0, "2024-05-01 08:00", []),
        # Never seen before.
        (600, None, []),
    ],
)
async def test_missed_ticks(catch_up: float, last: str | None, wanted: list[str]) -> None:
    server = Server(cron_step(cron="0 9 * * *", timezone="UTC", catch_up=catch_up), clock=Fixed("2024-05-01 09:05"))
    if last is not None:
        await server.events.tick("tick", ms(last), None, now=ms(last))
    async with server.running():
        await server.rest()
    assert [each.caller.scheduled for each in server.dispatcher.ran] == [ms(text) for text in wanted]
    if last is None and catch_up:
        assert await server.events.last_tick("tick") == ms("2024-05-01 09:05")


async def test_a_tick_long_past_is_left_out() -> None:
    server = Server(cron_step(cron=NEVER_SOON), clock=Fixed("2024-05-01 09:05"))
    async with server.running():
        await server.due(datetime(2024, 5, 1, 9, 3, tzinfo=UTC))
        await server.due(datetime(2024, 5, 1, 9, 4, 30, tzinfo=UTC))
        await server.rest()
    assert [each.caller.scheduled for each in server.dispatcher.ran] == [ms("2024-05-01 09:04:30")]
    assert any("missed by 120 s" in text for _, text in server.logged)


async def test_a_tick_that_was_taken_and_waited_too_long_is_left_out() -> None:
    """The whole place was down for an hour."""
    server = Server(cron_step(cron=NEVER_SOON), clock=Fixed("2024-05-01 09:05"))
    step, tick = server.registry.current.crons[0], ms("2024-05-01 08:05")
    await server.events.tick("tick", tick, ticks.emission(step, tick, now=tick, trace_id="T"), now=tick)
    async with server.running():
        await server.rest()
    assert server.dispatcher.ran == []
    assert any("missed by 3600 s" in text for _, text in server.logged)


def test_of_ticks_that_lie_behind_only_the_last_counts() -> None:
    trigger = _Trigger(Schedule.parse(EVERY_SECOND, "UTC"))
    now = datetime(2024, 5, 1, 12, 0, 0, 500_000, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, now) == datetime(2024, 5, 1, 12, 0, 1, tzinfo=UTC)
    behind = datetime(2024, 5, 1, 3, tzinfo=UTC)
    last = trigger.get_next_fire_time(behind, now)
    assert last == datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert trigger.get_next_fire_time(last, now) == datetime(2024, 5, 1, 12, 0, 1, tzinfo=UTC)
