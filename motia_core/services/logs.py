"""What workers say: log notifications, prints and stderr lines become log records of the right invocation.

Limits: a flood of one invocation is cut after `FLOOD` lines and said so once; a line longer than `LONGEST` is cut.
"""

from __future__ import annotations

import msgspec
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.model import LogRecord
from motia_core.protocol.calls import Log
from motia_core.services.running import Running
from motia_core.traces.recorder import Recorder

FLOOD = 10_000
LONGEST = 64 * 1024
_NO_FIELDS = Raw(b"{}")


class Logs:
    """`take` is the LogSink given to every worker; it never blocks."""

    def __init__(self, running: Running, recorder: Recorder, clock: Clock) -> None:
        self._running = running
        self._recorder = recorder
        self._clock = clock
        self._counts: dict[str, int] = {}

    def take(self, worker: str, log: Log) -> None:
        invocation = self._running.whose(log.invocation)
        if invocation is not None and not self._allowed(invocation.id):
            return
        fields = log.fields if len(memoryview(log.fields)) <= LONGEST else _NO_FIELDS
        self._recorder.log(
            LogRecord(
                id=self._clock.new_id(),
                time=self._clock.now_ms(),
                level=log.level,
                msg=log.msg if len(log.msg) <= LONGEST else f"{log.msg[:LONGEST]}… ({len(log.msg)} characters)",
                trace_id=invocation.caller.trace_id if invocation else None,
                step=invocation.step.name if invocation else None,
                flows=invocation.step.flows if invocation else (),
                invocation=invocation.id if invocation else None,
                source=log.source,
                fields=Raw(bytes(fields)) if invocation is not None else Raw(msgspec.json.encode({"worker": worker})),
            )
        )

    def _allowed(self, invocation: str) -> bool:
        """Counting starts afresh when many invocations have been counted: the limit is against floods, not exact."""
        if len(self._counts) > 10_000:
            self._counts.clear()
        count = self._counts[invocation] = self._counts.get(invocation, 0) + 1
        if count == FLOOD + 1:
            text = f"more than {FLOOD} log lines: the rest is left out"
            self._recorder.note("warn", text, self._running.whose(invocation))
        return count <= FLOOD
