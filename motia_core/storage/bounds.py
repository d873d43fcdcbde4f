"""Numbers that backends and those who use them agree on."""

from __future__ import annotations

NO_LIMIT = 1 << 62
"""For what must be put however much waits."""

TICK_AHEAD = 3_600_000
"""A taken tick that lies further ahead than this (ms) was taken by a wrong clock."""
