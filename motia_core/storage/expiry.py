"""When a value that is set now will be gone: the one rule for handlers, the terminal and coding tools."""

from __future__ import annotations

from motia_core.errors import PayloadRefused

LONGEST = 1e11
"""No value is said to live so long (s): its end could not be counted in milliseconds everywhere."""


def expires(ttl: float | None, now: int) -> int | None:
    """`ttl` seconds after `now` (ms); None = never. Raises PayloadRefused."""
    if ttl is None:
        return None
    if not 0 < ttl < LONGEST:
        raise PayloadRefused(f"ttl must be a positive number of seconds, not {ttl}")
    return now + int(ttl * 1000)
