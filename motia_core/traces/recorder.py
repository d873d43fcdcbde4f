"""Collects spans and log lines and writes them in batches, off every caller's path.

`log` and `span` never block and never raise: when the buffer is full records are dropped and counted. Owns the flush
loop and the pruning of old records; the console gets each log line at once.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio
import msgspec
from anyio.abc import TaskStatus
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config.knobs import Traces
from motia_core.errors import StoreError
from motia_core.model import Invocation, Level, LogRecord, Span
from motia_core.storage.base import TraceStore

LEVELS: dict[str, int] = {"debug": 0, "info": 1, "warn": 2, "error": 3}
_PRUNE_EVERY = 30.0
_BATCH = 2000


class Recorder:
    """Give it a `console` to print log lines as they come."""

    def __init__(
        self,
        store: TraceStore,
        knobs: Traces,
        clock: Clock,
        *,
        level: Level = "info",
        console: Callable[[LogRecord], None] | None = None,
    ) -> None:
        self._store = store
        self._knobs = knobs
        self._clock = clock
        self._level = LEVELS[level]
        self._console = console
        self._spans: list[Span] = []
        self._logs: list[LogRecord] = []
        self._full = anyio.Event()
        self._closing = False
        self._added = 0
        self.dropped = 0

    def span(self, span: Span) -> None:
        if self._knobs.enabled:
            if len(self._spans) < self._knobs.buffer:
                self._spans.append(span)
                if len(self._spans) == _BATCH:
                    self._full.set()
            else:
                self.dropped += 1

    def log(self, record: LogRecord) -> None:
        if LEVELS.get(record.level, 1) < self._level:
            return
        if self._console is not None:
            self._console(record)
        if len(self._logs) < self._knobs.buffer:
            self._logs.append(record)
            if len(self._logs) == _BATCH:
                self._full.set()
        else:
            self.dropped += 1

    def note(self, level: Level, msg: str, invocation: Invocation | None = None, **fields: object) -> None:
        """A line of the core's own, about `invocation` when there is one."""
        self.log(
            LogRecord(
                id=self._clock.new_id(),
                time=self._clock.now_ms(),
                level=level,
                msg=msg,
                trace_id=invocation.caller.trace_id if invocation else None,
                step=invocation.step.name if invocation else None,
                flows=invocation.step.flows if invocation else (),
                invocation=invocation.id if invocation else None,
                source="core",
                fields=Raw(msgspec.json.encode(fields)),
            )
        )

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Writes until `close`, then writes the rest."""
        task_status.started()
        pruned, most = self._clock.monotonic(), max(_BATCH, self._knobs.max_spans // 10)
        while not self._closing:
            with anyio.move_on_after(self._knobs.flush):
                await self._full.wait()
            self._full = anyio.Event()
            await self.flush()
            if self._added > most or self._clock.monotonic() - pruned > _PRUNE_EVERY:
                pruned, self._added = self._clock.monotonic(), 0
                await self._prune()
        await self.flush()

    def close(self) -> None:
        self._closing = True
        self._full.set()

    async def flush(self) -> None:
        """Everything recorded so far is in the store afterwards, unless the store fails: then it waits for the next
        time, as far as there is room."""
        spans, self._spans = self._spans, []
        logs, self._logs = self._logs, []
        if not spans and not logs:
            return
        self._added += len(spans) + len(logs)
        try:
            await self._store.add(spans, logs)
        except StoreError:
            room = self._knobs.buffer
            waiting = len(spans) + len(self._spans) + len(logs) + len(self._logs)
            self._spans, self._logs = (spans + self._spans)[:room], (logs + self._logs)[:room]
            self.dropped += waiting - len(self._spans) - len(self._logs)

    async def _prune(self) -> None:
        knobs = self._knobs
        before = self._clock.now_ms() - int(knobs.retention * 1000)
        try:
            await self._store.prune(max_spans=knobs.max_spans, max_logs=knobs.max_logs, before=before)
        except StoreError:
            self.dropped += 1
