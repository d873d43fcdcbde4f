"""Which items of a group a `query` gives, and in what order. Pure. PROTOCOL.md `streams.query` is the specification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from motia_core.storage.operations import Json, alike

Pair = tuple[str, bytes]


class Wanted(Struct, frozen=True, kw_only=True):
    """`where`: path → value it must have; a missing member is `null`. `order_by` is a path; without it the order is
    that in which the items were first set."""

    where: Mapping[str, Json] = {}
    order_by: str | None = None
    order_direction: Literal["asc", "desc"] = "asc"
    offset: int = 0
    limit: int | None = None

    @property
    def whole(self) -> bool:
        """Whether the items need not be looked into."""
        return not self.where and self.order_by is None


def select(items: Sequence[Pair], wanted: Wanted) -> list[Pair]:
    """Those that are wanted. Items without what they are ordered by come last, whichever the direction."""
    found = [(pair, msgspec.json.decode(pair[1])) for pair in items] if not wanted.whole else [(p, None) for p in items]
    found = [one for one in found if all(alike(_at(one[1], path), value) for path, value in wanted.where.items())]
    if wanted.order_by is not None:
        found = _ordered(found, wanted.order_by, wanted.order_direction == "desc")
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    return [pair for pair, _ in found[wanted.offset : end]]


def _ordered(found: Iterable[tuple[Pair, Json]], path: str, backwards: bool) -> list[tuple[Pair, Json]]:
    ranked = [(_rank(_at(one[1], path)), one) for one in found]
    there = sorted((each for each in ranked if each[0] is not None), key=lambda each: each[0] or (), reverse=backwards)
    return [one for _, one in there] + [one for rank, one in ranked if rank is None]


def _rank(value: Json) -> tuple[int, float | str] | None:
    """Numbers before texts before truth values before the rest, which keeps its order."""
    if value is None:
        return None
    if isinstance(value, bool):
        return (2, value)
    if isinstance(value, int | float):
        return (0, value)
    return (1, value) if isinstance(value, str) else (3, 0)


def _at(value: Json, path: str) -> Json:
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value
