"""When recorded history is thinned out, and to what: by count, age and size, as the configuration says.

Looks often enough that counts hold give or take a tenth. The size holds at all times: rows are removed while there is
still room for what comes before the next look.
"""

from __future__ import annotations

from motia_core.clock import Clock
from motia_core.config.knobs import Replay, Traces
from motia_core.errors import StoreError
from motia_core.storage.history import Bounds, TraceStore

_EVERY = 30.0
_LOST_EVERY = 5.0
_SILENT = 20_000
"""A server that has not spoken of what it runs for so long (ms) has ended."""
_FEWEST = 2000
_FILL = 0.8
"""Share of the size that may be filled after a look."""
_LOOK = 0.05
"""Share of it after which to look again: on the disk, with its indexes, a record takes twice its size."""


class Retention:
    """`keep` is called after each batch."""

    def __init__(self, store: TraceStore, knobs: Traces, replay: Replay, clock: Clock) -> None:
        self._store = store
        self._knobs = knobs
        self._replay = replay
        self._clock = clock
        self._rows = self._bytes = self._input_bytes = 0
        self._pruned = self._looked = clock.monotonic()
        self._most = max(_FEWEST, min(knobs.max_spans, knobs.max_logs) // 10)

    def added(self, rows: int, size: int, input_size: int) -> None:
        self._rows += rows
        self._bytes += size + input_size
        self._input_bytes += input_size

    async def keep(self) -> None:
        """Removes what is too much, if it is time to look. A store that fails is asked again next time."""
        now = self._clock.monotonic()
        try:
            if now - self._looked > _LOST_EVERY:
                self._looked = now
                await self._store.lose(before=self._clock.now_ms() - _SILENT)
            if self._is_due(now):
                self._pruned, self._rows, self._bytes, self._input_bytes = now, 0, 0, 0
                await self._store.prune(self._bounds())
        except StoreError:
            return

    def _is_due(self, now: float) -> bool:
        return (
            now - self._pruned > _EVERY
            or self._rows > self._most
            or self._bytes > self._knobs.max_size * _LOOK
            or self._input_bytes > self._replay.max_size // 2
        )

    def _bounds(self) -> Bounds:
        knobs, replay = self._knobs, self._replay
        return Bounds(
            spans=knobs.max_spans,
            logs=knobs.max_logs,
            before=self._clock.now_ms() - int(knobs.retention * 1000),
            size=int(knobs.max_size * _FILL),
            inputs=replay.max_inputs,
            input_bytes=replay.max_size,
        )
