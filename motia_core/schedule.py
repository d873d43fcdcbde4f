"""Cron expressions: parse, and the next time after a given one. Pure but for the host's time zone.

Five fields, or six with leading seconds; names, lists, ranges, steps; `@daily` and its like; 0 and 7 are Sunday; when
both day fields are given, either may match (as in Vixie cron). The engine is cronsim; ours are the aliases, long names,
ranges that end on Sunday, seconds, and daylight saving for six fields: a fixed time that a change of the clock skips
runs right after the gap, one that comes twice runs once.
"""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError
from tzlocal import get_localzone

ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_FIELDS = (
    ("second", "0-59"),
    ("minute", "0-59"),
    ("hour", "0-23"),
    ("day of month", "1-31 or L"),
    ("month", "1-12 or JAN-DEC"),
    ("day of week", "0-7 or SUN-SAT"),
)
_NAMES = re.findall(
    r"\w+",
    "SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY "
    "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER",
)
_LONG = {name: name[:3] for name in _NAMES}
_SHORT = set(_LONG.values())
# Whether an expression comes at all does not depend on when it is asked, so no clock is needed.
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)
_PLAIN = {"minute": "* * * * *", "hour": "0 * * * *", "day": "0 0 * * *", "week": "0 0 * * 0", "month": "0 0 1 * *"}


class ScheduleError(ValueError):
    """An expression or time zone that cannot be used; `hint` says what to write."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Schedule:
    """One parsed expression in one time zone. Made by `parse`."""

    def __init__(self, text: str, fields: tuple[str, ...], seconds: tuple[int, ...], zone: tzinfo) -> None:
        self.text = text
        self.zone = zone
        self._minutes = " ".join(fields)
        self._seconds = seconds

    @classmethod
    def parse(cls, text: str, timezone: str | None = None) -> Schedule:
        """Raises ScheduleError. Without `timezone` the host's is used."""
        zone = _zone(timezone)
        fields = _fields(text)
        seconds = _seconds(text, fields[0])
        schedule = cls(text.strip(), fields[1:], seconds, zone)
        try:
            schedule.next(_SOME_DAY)
        except CronSimError as error:
            raise _explained(text, fields, str(error)) from None
        except StopIteration:
            raise _never(text) from None
        return schedule

    def next(self, after: datetime) -> datetime:
        """The first time after `after` (aware), in the schedule's zone."""
        start = after.astimezone(self.zone)
        minute = start.replace(second=0, microsecond=0)
        if self._hits(minute):
            for second in self._seconds:
                moment = minute.replace(second=second)
                if moment.timestamp() > after.timestamp():
                    return moment
        times = CronSim(self._minutes, start)
        while True:
            moment = next(times).replace(second=self._seconds[0])
            # cronsim counts wall time without its fold: after a clock was set back it may answer with the first pass.
            if moment.timestamp() > after.timestamp():
                return moment

    def latest(self, after: datetime, until: datetime) -> datetime | None:
        """The last time within (after, until], or None."""
        span = until - after
        part = 1 / 1024
        while True:
            moment = self.next(until - span * part)
            if moment.timestamp() <= until.timestamp():
                break
            if part >= 1:
                return None
            part *= 2
        while True:
            later = self.next(moment)
            if later.timestamp() > until.timestamp():
                return moment
            moment = later

    def _hits(self, minute: datetime) -> bool:
        """Whether the minute itself is one of the schedule's."""
        before = datetime.fromtimestamp(minute.timestamp() - 1, self.zone)
        return next(CronSim(self._minutes, before)).timestamp() == minute.timestamp()


@lru_cache(maxsize=256)
def _zone(name: str | None) -> tzinfo:
    if not name:
        return get_localzone()
    if name.upper() in ("UTC", "Z", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        close = difflib.get_close_matches(name, available_timezones(), n=1)
        raise ScheduleError(f"there is no time zone '{name}'", f"did you mean '{close[0]}'?" if close else "") from None


def _fields(text: str) -> tuple[str, ...]:
    """Six upper-case fields, the first for seconds."""
    stripped = text.strip()
    if stripped.startswith("@"):
        plain = ALIASES.get(stripped.lower())
        if plain is None:
            close = difflib.get_close_matches(stripped.lower(), ALIASES, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"the aliases are {', '.join(ALIASES)}"
            raise ScheduleError(f"there is no alias '{stripped}'", hint)
        stripped = plain
    parts = stripped.upper().split()
    if len(parts) == 5:
        parts.insert(0, "0")
    if len(parts) != 6:
        raise ScheduleError(f"'{text}' has {len(parts)} fields instead of 5 or 6", _plain_words(stripped, len(parts)))
    parts[4] = re.sub(r"[A-Z]{4,}", lambda found: _LONG.get(found[0], found[0]), parts[4])
    parts[5] = re.sub(r"[A-Z]{4,}", lambda found: _LONG.get(found[0], found[0]), parts[5])
    # `FRI-SUN` reads well, but Sunday counts as 0 and would end the range before it began.
    parts[5] = re.sub(r"-(SUN|0)(?![A-Z0-9])", "-7", parts[5])
    return tuple("*" if part == "?" else part for part in parts)


def _seconds(text: str, field: str) -> tuple[int, ...]:
    try:
        # Minutes obey the same grammar as seconds, and cronsim shows them without private names.
        found = CronSim(f"{field} * * * *", _SOME_DAY).minutes
    except CronSimError:
        raise ScheduleError(f"'{text}': bad second '{field}'", "it is 0-59") from None
    return tuple(sorted(found))


def _explained(text: str, fields: tuple[str, ...], said: str) -> ScheduleError:
    wanted = said.lower().removeprefix("bad ").replace("-", " ")
    for (name, bounds), field in zip(_FIELDS, fields, strict=True):
        if name == "day of month" == wanted and _day_exists(field):
            return _never(text)
        if name == wanted:
            return ScheduleError(f"'{text}': bad {name} '{field}'", _field_hint(name, bounds, field))
    return ScheduleError(f"'{text}': {said}")


def _never(text: str) -> ScheduleError:
    return ScheduleError(f"'{text}' never comes", "no month it names has that day")


def _day_exists(field: str) -> bool:
    try:
        CronSim(f"* * {field} * *", _SOME_DAY)
    except CronSimError:
        return False
    return True


def _field_hint(name: str, bounds: str, field: str) -> str:
    strange = [word for word in re.findall(r"[A-Z]{2,}", field) if word not in _SHORT]
    if strange and name in ("month", "day of week"):
        close = difflib.get_close_matches(strange[0], sorted(_SHORT | set(_LONG)), n=1)
        if close:
            return f"did you mean '{close[0][:3]}'?"
    return f"it is {bounds}, lists `1,2`, ranges `1-5` and steps `*/5`"


def _plain_words(text: str, count: int) -> str:
    every = re.fullmatch(r"(?:every\s+)?(\d+)?\s*(minute|hour|day|week|month)s?", text.lower())
    if every is None:
        order = "minute, hour, day of month, month, day of week; six with seconds first"
        return f"{order}; a year is not supported" if count == 7 else order
    number, unit = every[1], every[2]
    if number and unit in ("minute", "hour"):
        return f"write '*/{number} * * * *'" if unit == "minute" else f"write '0 */{number} * * *'"
    return f"write '{_PLAIN[unit]}'"
