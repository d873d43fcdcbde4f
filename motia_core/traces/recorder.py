"""Collects spans, log lines and inputs and writes them in batches, off every caller's path.

`log` and `span` never block and never raise: what finds no room in the buffer is dropped, counted and said. Everything
passes the redaction here before anybody sees it: the store, the console, those who `watch`. Owns the flush loop; what
may stay is `retention.py`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress

import anyio
import msgspec
from anyio.abc import TaskStatus
from msgspec import UNSET, Raw, Struct
from msgspec.structs import replace

from motia_core.clock import Clock
from motia_core.config.knobs import Replay, Traces
from motia_core.errors import StoreError
from motia_core.model import Invocation, Level, LogRecord, Span
from motia_core.storage.history import LEVELS, KeptInput, TraceStore
from motia_core.traces.buffer import Buffer
from motia_core.traces.redaction import Redactor
from motia_core.traces.retention import Retention

_BATCH = 2048
"""Records that are written at once, without waiting for the time to come: each batch costs the loop the same."""
_BYTES = 64 * 1024 * 1024
"""Bytes of one sort that may wait."""
_LONG = 500
"""A run that lasts longer (ms) is recorded before it ends, and again each `_AGAIN`."""
_AGAIN = 5000
_SAID_EVERY = 10_000
_NO_FIELDS = b"{}"
_DOLLAR = ord("$")

Watcher = Callable[[Sequence[Span], Sequence[LogRecord]], None]


class Losses(Struct, frozen=True):
    """What was not kept since the start, because there was no room."""

    spans: int = 0
    logs: int = 0
    inputs: int = 0


class Recorder:
    """Give it a `console` to print log lines as they come. `underway` tells the spans that run since before a time;
    `watchers` are told each batch. `keeps` says whether inputs are kept for replay."""

    def __init__(
        self,
        store: TraceStore,
        knobs: Traces,
        clock: Clock,
        *,
        level: Level = "info",
        console: Callable[[LogRecord], None] | None = None,
        redact: Sequence[str] = (),
        replay: Replay | None = None,
        keeps: bool = False,
    ) -> None:
        self._store = store
        self._knobs = knobs
        self._clock = clock
        self._level = LEVELS[level]
        self._console = console
        self._replay = replay or Replay()
        self._enabled = knobs.enabled
        self._batch = min(_BATCH, knobs.buffer // 2)
        self._keeps = keeps and knobs.enabled
        self.redactor = Redactor(redact)
        self.underway: Callable[[int], list[Span]] = lambda before: []
        self.watchers: list[Watcher] = []
        self._retention = Retention(store, knobs, self._replay, clock)
        self._spans: Buffer[Span] = Buffer(knobs.buffer, _BYTES, _size_of_span)
        self._logs: Buffer[LogRecord] = Buffer(knobs.buffer, _BYTES, _size_of_log)
        self._inputs: Buffer[KeptInput] = Buffer(knobs.buffer, self._replay.max_size, _size_of_input)
        self._running: dict[str, int] = {}
        self._full = anyio.Event()
        self._writing = anyio.Lock()
        self._closing = False
        self._failing = False
        self._told = (0, 0)
        self._said = Losses()
        self._said_at = 0

    @property
    def dropped(self) -> int:
        """Records not kept since the start."""
        lost = self.losses
        return lost.spans + lost.logs + lost.inputs

    @property
    def losses(self) -> Losses:
        return Losses(self._spans.dropped, self._logs.dropped, self._inputs.dropped)

    def span(self, span: Span, input: Raw | None = None) -> None:
        """A run that has ended, and what it was given."""
        if not self._enabled:
            return
        if self._knobs.sample < 1 and not self._is_sampled(span.trace_id):
            if span.failure is None:
                return
            span = replace(span, sampled=False)
        failure = span.failure
        if failure is not None and failure.data is not UNSET:
            span = replace(span, failure=replace(failure, data=self.redactor.json(failure.data)))
        if self._keeps and input is not None:
            body = bytes(input)
            if unkept := self._unkept(body):
                span = replace(span, unkept=unkept)
            else:
                self._inputs.add(KeptInput(span=span.id, trace_id=span.trace_id, time=span.start, body=body))
        if self._spans.add(span) == self._batch:
            self._full.set()

    def log(self, record: LogRecord) -> None:
        if LEVELS.get(record.level, 1) < self._level:
            return
        if bytes(record.fields) != _NO_FIELDS:
            fields = self.redactor.json(record.fields)
            if bytes(fields) != bytes(record.fields):
                record = replace(record, fields=fields)
        if self._console is not None:
            self._console(record)
        if self._logs.add(record) == self._batch:
            self._full.set()

    def note(self, level: Level, msg: str, invocation: Invocation | None = None, **fields: object) -> None:
        """A line of the core's own, about `invocation` when there is one, else about the `traceId` and `step` that are
        among the fields."""
        trace_id, step = fields.pop("traceId", None), fields.pop("step", None)
        self.log(
            LogRecord(
                id=self._clock.new_id(),
                time=self._clock.now_ms(),
                level=level,
                msg=msg,
                trace_id=invocation.caller.trace_id if invocation else _name(trace_id),
                step=invocation.step.name if invocation else _name(step),
                flows=invocation.step.flows if invocation else (),
                invocation=invocation.id if invocation else None,
                source="core",
                fields=Raw(msgspec.json.encode(fields)),
            )
        )

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Writes until `close`, then writes the rest."""
        task_status.started()
        while not self._closing:
            with anyio.move_on_after(self._knobs.flush):
                await self._full.wait()
            self._full = anyio.Event()
            await self.flush()
            self._say_dropped()
            await self._retention.keep()
            with suppress(StoreError):
                while not (len(self._spans) or len(self._logs) or self._closing) and await self._store.settle():
                    pass
        await self.flush()
        self._say_dropped(last=True)
        await self.flush()

    def close(self) -> None:
        self._closing = True
        self._full.set()

    async def flush(self) -> None:
        """Everything recorded so far is in the store afterwards, unless the store fails: then it waits for the next
        time, as far as there is room."""
        async with self._writing:
            await self._write()

    async def _write(self) -> None:
        spans, logs, inputs = self._spans.take(), self._logs.take(), self._inputs.take()
        running = self._newly_running()
        if not (spans[0] or logs[0] or inputs[0] or running):
            return
        # What waits because the store failed has been told already.
        if self.watchers:
            news = [*running, *spans[0][self._told[0] :]], logs[0][self._told[1] :]
            for watcher in self.watchers:
                watcher(*news)
        now = self._clock.now_ms()
        try:
            await self._store.add([*spans[0], *running], logs[0], inputs[0], now=now)
        except StoreError as error:
            self._spans.put_back(spans[0])
            self._logs.put_back(logs[0])
            self._inputs.put_back(inputs[0])
            self._told = (len(spans[0]), len(logs[0]))
            if not self._failing and self._console is not None:
                self._failing = True
                self.note("warn", f"history cannot be written for now: {error.message}")
            return
        self._failing, self._told = False, (0, 0)
        self._retention.added(len(spans[0]) + len(logs[0]), spans[1] + logs[1], inputs[1])

    def _is_sampled(self, trace_id: str) -> bool:
        """The same for all spans of a trace, on every server."""
        sample = self._knobs.sample
        return sample >= 1 or zlib.crc32(trace_id.encode()) < sample * 2**32

    def _unkept(self, body: bytes) -> str:
        """Why this input is not kept; empty when it is whole and will be."""
        if len(body) > self._replay.largest:
            return f"its input of {len(body)} bytes was too large to keep (replay.largest)"
        if _DOLLAR in body and b'"$file"' in body:  # one letter is found in a fifth of the time
            return "its input came in files, which are gone"
        return ""

    def _newly_running(self) -> list[Span]:
        """Those to be written: they run for a while, and were not written lately."""
        if not self._knobs.enabled:
            return []
        now = self._clock.now_ms()
        long = [span for span in self.underway(now - _LONG) if self._is_sampled(span.trace_id)]
        due = [span for span in long if now - self._running.get(span.id, -_AGAIN) >= _AGAIN]
        written = {span.id: now for span in due}
        self._running = {span.id: written.get(span.id) or self._running[span.id] for span in long}
        return due

    def _say_dropped(self, *, last: bool = False) -> None:
        """Now and then, as long as more is dropped."""
        now, dropped = self._clock.now_ms(), self.losses
        if dropped == self._said or (not last and now - self._said_at < _SAID_EVERY):
            return
        said, self._said, self._said_at = self._said, dropped, now
        counts = {
            "spans": dropped.spans - said.spans,
            "log lines": dropped.logs - said.logs,
            "inputs": dropped.inputs - said.inputs,
        }
        text = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        self.note("warn", f"recording could not keep up: {text} were not kept")


def _size_of_span(span: Span) -> int:
    """About, as JSON."""
    return 400 + sum(len(memoryview(event)) for event in span.events) if span.events else 400


def _size_of_log(record: LogRecord) -> int:
    return 200 + len(record.msg) + len(memoryview(record.fields))


def _size_of_input(input: KeptInput) -> int:
    return len(input.body)


def _name(value: object) -> str | None:
    return None if value is None else str(value)
