"""Whether a worker still listens: one ping at a time, and how long its answer has been missing. Pure: it is told the
time and sends nothing itself.

Silence counts only as far as the worker could have spoken: not while the core itself did not listen, nor while the
worker waited for a processor. So a busy machine gives no false alarm.
"""

from __future__ import annotations

from motia_core.config import knobs

HUNG = 10  # pings a silent worker may miss before it counts as hung
BYPASS = 3  # times `blockedAfter` before a silent worker is made up for by one above the maximum
BUSY = 0.2  # seconds between pings while it has work, if that is sooner than usual


class Pulse:
    def __init__(self, settings: knobs.Pool) -> None:
        self._every = settings.ping_every
        self._busy = min(BUSY, settings.ping_every)
        self._blocked_after = settings.blocked_after
        self._asked = 0.0
        self._sent = 0.0
        self._used = 0.0
        self._waits = False

    def due(self, now: float, busy: bool = False) -> bool:
        return not self._waits and now - self._asked >= (self._busy if busy else self._every)

    def sent(self, now: float, used: float = 0.0) -> None:
        """`used`: seconds of a processor that the worker has used so far."""
        self._asked = self._sent = now
        self._used = used
        self._waits = True

    def pong(self) -> None:
        self._waits = False

    def excuse(self, seconds: float) -> None:
        """The core itself was not listening for so long: that silence is not the worker's."""
        if self._waits:
            self._sent += seconds

    def starved(self, now: float, used: float) -> None:
        """The worker wants a processor, and has used so much of one by now: the rest of its silence was spent
        waiting."""
        if self._waits:
            self._sent = max(self._sent, now - max(0.0, used - self._used))

    def silent(self, now: float) -> float:
        """Seconds in which it could have answered the ping that still waits."""
        return now - self._sent if self._waits else 0.0

    def blocked(self, now: float) -> bool:
        at = self.verdict_at()
        return at is not None and now >= at

    def bypassed(self, now: float) -> bool:
        return self.silent(now) > BYPASS * self._blocked_after

    def hung(self, now: float) -> bool:
        return self.silent(now) > HUNG * self._every

    def verdict_at(self) -> float | None:
        """When the ping that waits turns into `blocked`."""
        return self._sent + self._blocked_after if self._waits else None
