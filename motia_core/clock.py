"""The only source of time and randomness. Tests replace a `Clock`; nothing else calls `time` or `random`."""

from __future__ import annotations

import os
import random
import time

_TRACE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ123456789"
_TRACE_PAIRS = [first + second for first in _TRACE_LETTERS for second in _TRACE_LETTERS]


class Clock:
    """Wall time in seconds and milliseconds since the epoch, monotonic seconds, random numbers and new ids."""

    def __init__(self) -> None:
        self._random = random.Random(os.urandom(16))
        self._boot = os.urandom(5).hex()
        self._count = 0
        self._trace_ms = 0
        self._trace_middle = ""

    now = staticmethod(time.time)
    """Seconds since the epoch."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    monotonic = staticmethod(time.monotonic)
    """Seconds that never run backwards, for durations and deadlines."""

    def random(self) -> float:
        """A number in [0, 1), for jitter."""
        return self._random.random()

    def new_id(self) -> str:
        """An id that no other call in any process gives: 10 hex digits of this process, then a count."""
        self._count += 1
        return f"{self._boot}{self._count:06x}"

    def new_trace_id(self) -> str:
        """A trace id in the shape users know: `Z6M2D-6818979-1f` (the tail keeps it unique)."""
        self._count += 1
        bits = self._random.getrandbits(25)
        now = self.now_ms()
        if now != self._trace_ms:  # many are given in one millisecond
            self._trace_ms, self._trace_middle = now, f"-{now % 10_000_000:07d}-{self._boot[:4]}"
        letters = _TRACE_PAIRS[bits & 1023] + _TRACE_PAIRS[bits >> 10 & 1023] + _TRACE_LETTERS[bits >> 20]
        return f"{letters}{self._trace_middle}{self._count:x}"
