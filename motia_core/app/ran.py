"""What a run by hand leads to, in this process or told by the running server."""

from __future__ import annotations

from msgspec import Struct


class Ran(Struct, frozen=True, rename="camel"):
    """`failed` counts the steps it set off that failed, when they were waited for."""

    trace_id: str
    result: object = None
    error: str | None = None
    failed: int = 0
    logs: list[str] = []


class Run(Struct, frozen=True, rename="camel"):
    """One recorded run, and what came of running it again. `size` is that of its input in bytes, None without one."""

    step: str
    kind: str
    file: str
    trace_id: str
    span: str
    size: int | None = None
    result: object = None
    error: str | None = None


class Replayed(Struct, frozen=True, rename="camel"):
    """`trace_id` is the new trace; None when nothing was run."""

    trace_id: str | None = None
    runs: list[Run] = []
    error: str | None = None
