"""Whether a worker still listens: one ping at a time, and how long its answer has been missing. Pure: it is told the
time and sends nothing itself."""

from __future__ import annotations

from motia_core.config import knobs

HUNG = 10  # pings a silent worker may miss before it counts as hung


class Pulse:
    def __init__(self, settings: knobs.Pool) -> None:
        self._every = settings.ping_every
        self._blocked_after = settings.blocked_after
        self._sent = 0.0
        self._waits = False

    def due(self, now: float) -> bool:
        return not self._waits and now - self._sent >= self._every

    def sent(self, now: float) -> None:
        self._sent = now
        self._waits = True

    def pong(self) -> None:
        self._waits = False

    def excuse(self, seconds: float) -> None:
        """The core itself was not listening for so long: that silence is not the worker's."""
        if self._waits:
            self._sent += seconds

    def silent(self, now: float) -> float:
        """Seconds since the ping that still waits for its pong."""
        return now - self._sent if self._waits else 0.0

    def blocked(self, now: float) -> bool:
        at = self.verdict_at()
        return at is not None and now >= at

    def hung(self, now: float) -> bool:
        return self.silent(now) > HUNG * self._every

    def verdict_at(self) -> float | None:
        """When the ping that waits turns into `blocked`."""
        return self._sent + self._blocked_after if self._waits else None
