"""Cron expressions: what comes next, in which zone, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motia_core.schedule import ALIASES, Schedule, ScheduleError

BERLIN = ZoneInfo("Europe/Berlin")


def ticks(text: str, zone: str, after: str, count: int) -> list[str]:
    """The next times in the zone, as `YYYY-MM-DD HH:MM:SS+hhmm`; `after` is UTC."""
    schedule = Schedule.parse(text, zone)
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found = []
    for _ in range(count):
        moment = schedule.next(moment)
        found.append(moment.strftime("%Y-%m-%d %H:%M:%S%z"))
    return found


@pytest.mark.parametrize(
    ("text", "after", "wanted"),
    [
        ("*/15 * * * *", "2024-05-01 10:07", ["10:15:00", "10:30:00"]),
        ("0 9 * * *", "2024-05-01 09:00", ["02 09:00:00"]),
        ("5,10-12 8 * * *", "2024-05-01 08:05", ["08:10:00", "08:11:00", "08:12:00", "02 08:05:00"]),
        ("*/20 * * * * *", "2024-05-01 10:00:05", ["10:00:20", "10:00:40", "10:01:00"]),
        ("30 0 9 * * *", "2024-05-01 09:00:00", ["09:00:30", "02 09:00:30"]),
        ("15,45 */30 * * * *", "2024-05-01 10:00:15", ["10:00:45", "10:30:15", "10:30:45"]),
        ("* * * * * *", "2024-05-01 10:00:58", ["10:00:59", "10:01:00"]),
        ("  0\t12 * * *  ", "2024-05-01 10:00", ["12:00:00"]),
        ("0 12 ? * *", "2024-05-01 10:00", ["12:00:00"]),
    ],
)
def test_next(text: str, after: str, wanted: list[str]) -> None:
    found = ticks(text, "UTC", after, len(wanted))
    for got, want in zip(found, wanted, strict=True):
        day, _, clock = want.rpartition(" ")
        assert got == f"2024-05-{day or '01'} {clock}+0000"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0 0 * * 0", "2024-05-05"),
        ("0 0 * * 7", "2024-05-05"),
        ("0 0 * * SUN", "2024-05-05"),
        ("0 0 * * sunday", "2024-05-05"),
        ("0 0 * * 1", "2024-05-06"),
        ("0 0 * * mon-wed", "2024-05-06"),
        ("0 0 * * fri-sun", "2024-05-03"),
        ("0 0 * * 6-0", "2024-05-04"),
        ("0 0 1 JAN *", "2025-01-01"),
        ("0 0 1 january *", "2025-01-01"),
        ("0 0 29 2 *", "2028-02-29"),
        ("0 0 L * *", "2024-05-31"),
        ("@weekly", "2024-05-05"),
        ("@monthly", "2024-06-01"),
        ("@Yearly", "2025-01-01"),
        ("@annually", "2025-01-01"),
        ("@daily", "2024-05-02"),
        ("@midnight", "2024-05-02"),
    ],
)
def test_days(text: str, wanted: str) -> None:
    assert ticks(text, "UTC", "2024-05-01 12:00", 1)[0].startswith(wanted)


def test_both_day_fields_mean_either() -> None:
    found = ticks("0 0 13 * FRI", "UTC", "2024-09-01", 4)
    assert [day[8:10] for day in found] == ["06", "13", "20", "27"]
    found = ticks("0 0 15 * MON", "UTC", "2024-05-12", 3)
    assert [day[8:10] for day in found] == ["13", "15", "20"]


@pytest.mark.parametrize("six", ["", "0 ", "20 "])
def test_a_fixed_time_in_the_spring_gap_runs_right_after_it(six: str) -> None:
    second = int(six or 0)
    assert ticks(f"{six}30 2 * * *", "Europe/Berlin", "2024-03-30 12:00", 2) == [
        f"2024-03-31 03:00:{second:02d}+0200",
        f"2024-04-01 02:30:{second:02d}+0200",
    ]


@pytest.mark.parametrize("six", ["", "0 ", "20 "])
def test_a_fixed_time_that_comes_twice_in_autumn_runs_once(six: str) -> None:
    second = int(six or 0)
    wanted = [f"2024-10-27 02:30:{second:02d}+0200", f"2024-10-28 02:30:{second:02d}+0100"]
    assert ticks(f"{six}30 2 * * *", "Europe/Berlin", "2024-10-26 12:00", 2) == wanted
    # Asked during the second pass of the hour, the first pass is over.
    assert ticks(f"{six}30 2 * * *", "Europe/Berlin", "2024-10-27 01:10", 1) == wanted[1:]
    assert ticks(f"{six}30 2 * * *", "Europe/Berlin", "2024-10-27 01:30:20", 1) == wanted[1:]


def test_short_periods_run_through_both_changes() -> None:
    assert ticks("*/30 * * * *", "Europe/Berlin", "2024-03-31 00:20", 3) == [
        "2024-03-31 01:30:00+0100",
        "2024-03-31 03:00:00+0200",
        "2024-03-31 03:30:00+0200",
    ]
    assert ticks("*/30 * * * *", "Europe/Berlin", "2024-10-27 00:20", 4) == [
        "2024-10-27 02:30:00+0200",
        "2024-10-27 02:00:00+0100",
        "2024-10-27 02:30:00+0100",
        "2024-10-27 03:00:00+0100",
    ]


def test_a_skipped_midnight_still_runs_that_day() -> None:
    assert ticks("@daily", "Asia/Beirut", "2024-03-30 12:00", 1) == ["2024-03-31 01:00:00+0300"]


def test_the_zone_of_the_host_is_used_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = Schedule.parse("0 9 * * *")
    moment = schedule.next(datetime(2024, 5, 1, tzinfo=UTC))
    assert moment.astimezone(schedule.zone).hour == 9


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("60 * * * *", "bad minute '60'", "0-59"),
        ("* 24 * * *", "bad hour '24'", "0-23"),
        ("* * 0 * *", "bad day of month '0'", "1-31"),
        ("* * * 13 *", "bad month '13'", "1-12"),
        ("* * * * 8", "bad day of week '8'", "0-7"),
        ("61 * * * * *", "bad second '61'", "0-59"),
        ("*/0 * * * *", "bad minute '*/0'", "steps"),
        ("5-1 * * * *", "bad minute '5-1'", "ranges"),
        ("0 0 * * MOM", "bad day of week 'MOM'", "did you mean 'MON'?"),
        ("0 0 * * Wendesday", "bad day of week", "did you mean 'WED'?"),
        ("0 0 1 Janaury *", "bad month", "did you mean 'JAN'?"),
        ("* * * *", "4 fields", "minute, hour, day of month"),
        ("0 0 1 1 * * 2025", "7 fields", "year is not supported"),
        ("", "0 fields", "minute, hour"),
        ("every 5 minutes", "3 fields", "write '*/5 * * * *'"),
        ("every 2 hours", "3 fields", "write '0 */2 * * *'"),
        ("every day", "2 fields", "write '0 0 * * *'"),
        ("@dayly", "no alias '@dayly'", "did you mean '@daily'?"),
        ("@reboot", "no alias '@reboot'", "the aliases are"),
        ("0 0 30 2 *", "never comes", "no month"),
        ("0 0 31 2,4 *", "never comes", "no month"),
    ],
)
def test_refused(text: str, says: str, hint: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        Schedule.parse(text, "UTC")
    assert says in str(caught.value)
    assert hint in caught.value.hint


def test_unknown_zone() -> None:
    with pytest.raises(ScheduleError, match="no time zone 'Europe/Berln'") as caught:
        Schedule.parse("@daily", "Europe/Berln")
    assert "Europe/Berlin" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "span", "wanted"),
    [
        ("0 * * * *", 7200, "2024-05-01 12:00"),
        ("0 * * * *", 60, None),
        ("30 12 * * *", 1, "2024-05-01 12:30"),
        ("* * * * * *", 86_400, "2024-05-01 12:30"),
        ("0 0 1 1 *", 86_400, None),
    ],
)
def test_latest(text: str, span: int, wanted: str | None) -> None:
    until = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
    found = Schedule.parse(text, "UTC").latest(until - timedelta(seconds=span), until)
    assert (found.strftime("%Y-%m-%d %H:%M") if found else None) == wanted


FIELDS = st.tuples(
    st.sampled_from(["*", "*/7", "0", "15,45", "10-20"]),
    st.sampled_from(["*", "2", "0,12", "1-5", "*/6"]),
    st.sampled_from(["*", "1", "31", "*/10"]),
    st.sampled_from(["*", "3", "MAR-OCT"]),
    st.sampled_from(["*", "0", "MON-FRI", "SUN"]),
)


@given(FIELDS, st.integers(0, 366 * 86_400), st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]))
def test_next_is_later_and_nothing_lies_between(fields: tuple[str, ...], offset: int, zone: str) -> None:
    schedule = Schedule.parse(" ".join(fields), zone)
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=offset)
    first = schedule.next(start)
    assert first.timestamp() > start.timestamp()
    again = schedule.next(datetime.fromtimestamp(first.timestamp() - 1, UTC))
    assert again.timestamp() == first.timestamp()


def test_every_alias_parses() -> None:
    for alias in ALIASES:
        assert list(islice([Schedule.parse(alias, "UTC")], 1))
