"""Whether a healthy worker should make room for a fresh one. Pure: figures in, a reason or None out."""

from __future__ import annotations

from motia_core.config import knobs
from motia_core.workers.lifecycle import Reason


def verdict(settings: knobs.Pool, *, jobs: int, age: float, rss: int, spread: float) -> Reason | None:
    """`spread` (-1 to 1) is the worker's own lot for its whole life: it moves jobs and lifetime by up to `jitter`."""
    share = 1.0 + settings.jitter * spread
    if settings.max_jobs and jobs >= max(1, round(settings.max_jobs * share)):
        return "jobs"
    if settings.lifetime and age >= settings.lifetime * share:
        return "lifetime"
    if settings.memory and rss > settings.memory:
        return "memory"
    return None
