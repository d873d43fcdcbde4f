"""What every backend promises to people who look around: single deliveries and values, page by page, of any size.

Nothing that serves needs this. Each page is of its own moment: what comes and goes meanwhile is seen or not, nothing is
seen twice. The suite in `tests/storage/` checks each sentence on each backend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Raw, Struct

from motia_core.model import Failure

Standing = Literal["waiting", "delayed", "running", "blocked"]


class Queued(Struct, frozen=True, kw_only=True):
    """A delivery that is not done. `data` None = longer than was asked for; `size` is its length. `lease` is when the
    server that runs it must have said that it still does."""

    id: int
    step: str
    state: Standing
    topic: str
    data: Raw | None
    size: int
    trace_id: str
    flows: tuple[str, ...]
    group: str | None
    attempt: int
    due: int
    created: int
    lease: int | None = None
    failure: Failure | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """A value. `value` None = longer than was asked for."""

    group: str
    key: str
    value: bytes | None
    size: int
    expires: int | None = None


class Group(Struct, frozen=True, kw_only=True):
    """What a group holds. `size` is that of its values in bytes."""

    name: str
    count: int
    size: int


class Browsing(Protocol):
    """`stream` None = the state."""

    async def deliveries(
        self,
        *,
        step: str | None = None,
        state: Standing | None = None,
        after: int = 0,
        limit: int = 100,
        longest: int = 2048,
        now: int,
    ) -> list[Queued]:
        """By id, those above `after`. `waiting` is due at `now`, `delayed` later. Data above `longest` is left out."""

    async def delivery(self, id: int, *, now: int) -> Queued | None:
        """One, with its data."""

    async def hasten(self, ids: Sequence[int], *, now: int) -> int:
        """Makes those that wait for their time due now; returns how many there were."""

    async def drop(self, ids: Sequence[int]) -> int:
        """Throws away those that wait or are blocked; returns how many there were. What is claimed stays, and so does
        a blocked one while others would take its place before their turn."""

    async def values(
        self,
        *,
        stream: str | None = None,
        group: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = 100,
        longest: int = 2048,
        now: int,
    ) -> list[Kept]:
        """Of one group, or of all, by group and key: those after the group and key given."""

    async def value(self, group: str, key: str, *, stream: str | None = None, now: int) -> Kept | None:
        """One, whole."""

    async def groups(self, *, stream: str | None = None, after: str = "", limit: int = 100, now: int) -> list[Group]:
        """Those after `after` that hold anything, sorted."""

    async def group(self, name: str, *, stream: str | None = None, now: int) -> Group | None:
        """The one of that name; None when it holds nothing."""
