"""What a knob is made of: its meaning, its bounds, the section it stands in."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

LONGEST = 1e10
"""No duration is longer (s), `inf` neither: times are counted in whole milliseconds, in the database and in every
language that is told a deadline."""


def knob(
    text: str, *, ge: float | None = None, gt: float | None = None, le: float | None = None, seen: str | None = None
) -> Meta:
    """The meaning of one key, with its bounds. `seen` makes it a limit of `docs/limits.md`: what happens beyond it."""
    limits = {name: limit for name, limit in (("ge", ge), ("gt", gt), ("le", le)) if limit is not None}
    extra = {"seen": seen} if seen else None
    return Meta(description=text, extra=extra, **limits)  # type: ignore[call-overload, no-any-return]


Port = Annotated[int, Meta(ge=0, le=65535)]
"""Bounds stand inside the union: msgspec refuses them on `int | None`."""


class Section(Struct, frozen=True, rename="camel", kw_only=True):
    """A group of knobs."""
