"""How a drill says that a promise was broken."""

from __future__ import annotations


class Broken(AssertionError):
    """A promise did not hold."""


class Skipped(Exception):
    """The drill cannot run here, and why."""


def must(holds: object, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)


def timely(scale: float, seconds: float, limit: float, what: str) -> None:
    """Times are judged at full scale only: the short versions share their machine with other tests."""
    must(scale < 1 or seconds <= limit, f"{what} took {seconds:.2f} s, {limit:g} s are allowed")


def share(values: list[float], part: float) -> float:
    """The value below which `part` of the values lie; 0 without any."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))] if values else 0.0
