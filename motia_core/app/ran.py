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
