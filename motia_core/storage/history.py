"""What every backend promises of recorded history: spans, log lines, and the inputs kept for replay.

Written in batches, bounded, searched newest first. Nothing here is needed to serve: whoever loses it has lost history,
never work. The suite in `tests/storage/` checks each sentence on each backend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from motia_core.model import LogRecord, Span

LEVELS: dict[str, int] = {"debug": 0, "info": 1, "warn": 2, "error": 3}


class Trace(Struct, frozen=True, kw_only=True):
    """What a list says of one trace. `name` and `kind` are those of its first step; of a delivery's attempts the last
    counts; `failed` and `running` count steps, `steps` all attempts."""

    id: str
    name: str
    kind: str
    status: Literal["running", "completed", "failed"]
    start: int
    end: int | None
    steps: int
    failed: int
    running: int
    error: str | None = None
    replay_of: str | None = None
    cursor: str = ""


class KeptInput(Struct, frozen=True, kw_only=True, gc=False):
    """What one run was given, whole, as wire JSON."""

    span: str
    trace_id: str
    time: int
    body: bytes


class Bounds(Struct, frozen=True, kw_only=True):
    """What may stay. `before` is a time; `size` counts bytes of the whole recording, `input_bytes` those of inputs."""

    spans: int
    logs: int
    before: int = 0
    size: int | None = None
    inputs: int | None = None
    input_bytes: int | None = None


class Held(Struct, frozen=True, kw_only=True):
    """How much there is. `size` in bytes, without space that is free to be used again."""

    spans: int
    logs: int
    inputs: int
    size: int


class TraceStore(Protocol):
    """Texts are searched by their words: those of `text` must stand in a row, and the last may be the beginning of one
    (if it is more than one letter). Case, accents and punctuation do not count. Of a span its name and error are looked
    at, of a log line the first 2,000 letters of its message and fields."""

    async def add(
        self, spans: Sequence[Span], logs: Sequence[LogRecord], inputs: Sequence[KeptInput] = (), *, now: int = 0
    ) -> None:
        """A running span is replaced by a later one of the same id; one that has ended stays. `now` is when the running
        ones were seen."""

    async def settle(self) -> bool:
        """Called when nothing has to be written: does a piece of what was put off; whether more is left. Raises
        StoreError."""

    async def lose(self, *, before: int) -> int:
        """Spans last seen running before this time have failed with their server; returns how many."""

    async def traces(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        text: str | None = None,
        step: str | None = None,
        status: str | None = None,
        since: int | None = None,
        until: int | None = None,
    ) -> list[Trace]:
        """Newest first; those after the one whose `cursor` is given. `text` and `step` are those of one span of it;
        `since` and `until` are about its beginning."""

    async def trace(self, trace_id: str) -> list[Span]:
        """All spans of a trace by start."""

    async def span(self, id: str) -> Span | None:
        """One span by its id; slow for one that is long past."""

    async def logs(
        self,
        *,
        limit: int = 200,
        after: int = 0,
        before: int | None = None,
        text: str | None = None,
        trace_id: str | None = None,
        step: str | None = None,
        level: str | None = None,
        since: int | None = None,
        until: int | None = None,
        newest: bool = True,
    ) -> list[tuple[int, LogRecord]]:
        """With a growing number for `after` and `before`; oldest first. `newest` keeps the last `limit`, else the
        first. `level` is the lowest."""

    async def input(self, span: str) -> KeptInput | None:
        """What a run was given, for its replay and nobody else."""

    async def prune(self, bounds: Bounds) -> int:
        """Removes the oldest beyond the bounds, and traces that began before; returns the rows removed."""

    async def held(self) -> Held: ...
