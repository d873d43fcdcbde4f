"""Whether a worker still listens: one ping at a time, and how long its answer has been missing. Pure: it is told the
time and sends nothing itself."""

from __future__ import annotations

from motia_core.config import knobs

HUNG = 10  # pings a silent worker may miss before it counts as hung


class Pulse:
    """`ping` is the id of the ping that waits for its pong."""

    def __init__(self, settings: knobs.Pool) -> None:
        self._every = settings.ping_every
        self._blocked_after = settings.blocked_after
        self._sent = 0.0
        self.ping: int | None = None

    def due(self, now: float) -> bool:
        return self.ping is None and now - self._sent >= self._every

    def sent(self, ping: int, now: float) -> None:
        self.ping = ping
        self._sent = now

    def pong(self, id: int) -> bool:
        """Whether `id` answers the ping."""
        if id != self.ping:
            return False
        self.ping = None
        return True

    def excuse(self, seconds: float) -> None:
        """The core itself was not listening for so long: that silence is not the worker's."""
        if self.ping is not None:
            self._sent += seconds

    def silent(self, now: float) -> float:
        """Seconds since the ping that still waits."""
        return 0.0 if self.ping is None else now - self._sent

    def blocked(self, now: float) -> bool:
        return self.silent(now) > self._blocked_after

    def hung(self, now: float) -> bool:
        return self.silent(now) > HUNG * self._every

    def verdict_at(self) -> float | None:
        """When the ping that waits turns into `blocked`."""
        return None if self.ping is None else self._sent + self._blocked_after
