"""How many workers a pool should start now, and which it can do without. Pure: a census in, a number out."""

from __future__ import annotations

from msgspec import Struct

from motia_core.config import knobs


class Census(Struct, frozen=True, kw_only=True):
    """A pool at one moment. `serving` = ready or blocked; `outgoing` of them wait for a replacement; `bypassed` of them
    have been silent for too long; `idle` of them run nothing; `alone` of them run one invocation exclusively. `leaving`
    take no more work. `waiting` and `lonely` are callers."""

    starting: int = 0
    serving: int = 0
    outgoing: int = 0
    bypassed: int = 0
    idle: int = 0
    alone: int = 0
    leaving: int = 0
    waiting: int = 0
    lonely: int = 0


def limit(settings: knobs.Pool, census: Census) -> int:
    """Workers allowed while serving as usual. One more while an invocation must run alone, so that it never stops
    the others; and one for each that is bypassed, since it serves nobody, up to twice the size."""
    extra = 1 if census.lonely or census.alone else 0
    return settings.max + extra + min(census.bypassed, settings.max)


def starts(settings: knobs.Pool, census: Census) -> int:
    """Workers to start now. One at a time, but for filling up to `min` when some already serve."""
    if census.starting and (census.serving == census.outgoing or census.outgoing):
        return 0
    present = census.starting + census.serving - census.outgoing
    missing = settings.min - present
    if missing > 0:
        return missing if census.serving and not census.outgoing else 1
    if census.starting:
        return 0
    if census.outgoing:
        return 1
    wanted = census.waiting or census.lonely
    return 1 if wanted and census.serving < limit(settings, census) else 0


def spares(settings: knobs.Pool, census: Census) -> int:
    """Workers to start now where each serves one call only: one per caller, and some in advance."""
    present = census.starting + census.serving + census.leaving
    wanted = settings.fresh_spares + census.waiting - census.starting - census.idle
    return max(0, min(wanted, settings.fresh_max - present))


def surplus(settings: knobs.Pool, census: Census) -> bool:
    """Whether the pool is larger than it may be for long."""
    return census.serving - census.outgoing > limit(settings, census)
