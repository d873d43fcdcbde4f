"""Every open connection: how many there may be, which ones are still there, who takes too long, and the goodbye.

One look in a while serves all of them: quiet lines are made to show that they live, those that do not answer and those
that take nothing of what waits for them are cut.
"""

from __future__ import annotations

from collections import Counter, OrderedDict

from motia_core.config.knobs import Streams
from motia_core.streams.handshake import Refused
from motia_core.streams.pipe import Pipe

_LEAST = 16 * 1024
_LINGER = 1.0
_SELDOM, _OFTEN = 1.0, 0.02


class Lines:
    """`cut` counts those that were too slow or gone. `memory`: bytes that may wait for all of them together."""

    def __init__(self, knobs: Streams, memory: int) -> None:
        self._knobs = knobs
        self._memory = memory
        self._all: dict[Pipe, None] = {}
        self._from: Counter[str] = Counter()
        self._quiet: OrderedDict[Pipe, float] = OrderedDict()
        self._asked: OrderedDict[Pipe, float] = OrderedDict()
        self._lags: dict[Pipe, tuple[float, int] | None] = {}
        self._ending: OrderedDict[Pipe, float | None] = OrderedDict()
        self.draining = False
        self.cut = 0
        self.period = max(_OFTEN, min(_SELDOM, knobs.heartbeat / 4, knobs.patience / 4))

    def __len__(self) -> int:
        return len(self._all)

    def all(self) -> list[Pipe]:
        return list(self._all)

    def check(self, address: str, *, exempt: bool) -> None:
        """Raises Refused when there is no room for another; `exempt` addresses may have as many as they like."""
        if self.draining:
            raise Refused(503, "the server is going away")
        most = 0 if exempt else self._knobs.sockets_per_address
        if len(self._all) >= self._knobs.sockets or (most and self._from[address] >= most):
            raise Refused(503, "too many streams are open", headers={"Retry-After": "2"})

    def add(self, pipe: Pipe) -> None:
        self._all[pipe] = None
        self._from[pipe.address] += 1
        self._quiet[pipe] = pipe.heard + self._knobs.heartbeat

    def remove(self, pipe: Pipe) -> None:
        if self._all.pop(pipe, self) is self:
            return
        address = pipe.address
        self._from[address] -= 1
        if self._from[address] <= 0:
            del self._from[address]
        self._quiet.pop(pipe, None)
        self._asked.pop(pipe, None)
        self._lags.pop(pipe, None)
        self._ending.pop(pipe, None)

    def lags(self, pipe: Pipe) -> None:
        self._lags[pipe] = None

    def caught_up(self, pipe: Pipe) -> None:
        self._lags.pop(pipe, None)

    def let_go(self, pipe: Pipe) -> None:
        """It has had the last word; what is left of it is ended soon."""
        self._ending[pipe] = None

    def look(self, now: float) -> None:
        """Once in a `period`."""
        self._beat(now)
        self._expect(now)
        self._weigh(now)
        for pipe, since in list(self._ending.items()):
            if since is None:
                self._ending[pipe] = now
            elif now - since > _LINGER:
                pipe.cut()

    def _beat(self, now: float) -> None:
        while self._quiet:
            pipe, due = next(iter(self._quiet.items()))
            if due > now:
                return
            del self._quiet[pipe]
            if pipe.over:
                continue
            if now - pipe.heard < self._knobs.heartbeat / 2 or not pipe.beat():
                self._quiet[pipe] = now + self._knobs.heartbeat
            elif not pipe.over:
                self._asked[pipe] = now + self._knobs.patience

    def _expect(self, now: float) -> None:
        while self._asked:
            pipe, due = next(iter(self._asked.items()))
            if due > now:
                return
            del self._asked[pipe]
            if pipe.heard >= due - self._knobs.patience:
                self._quiet[pipe] = now + self._knobs.heartbeat
            else:
                pipe.cut()

    def _weigh(self, now: float) -> None:
        """Cuts who has taken next to nothing for too long, and the slowest while all of them hold too much."""
        for pipe, known in list(self._lags.items()):
            taken = pipe.taken
            if known is None or taken >= known[1] + _LEAST:
                self._lags[pipe] = (now, taken)
            elif now - known[0] > self._knobs.patience:
                pipe.cut()
        if self._lags:
            held = sum(pipe.waiting for pipe in self._lags)
            for pipe, _ in sorted(self._lags.items(), key=lambda one: one[1][0] if one[1] else now):
                if held <= self._memory:
                    return
                held -= pipe.waiting
                pipe.cut()

    def drain(self) -> None:
        """Says goodbye to everybody, and lets nobody in."""
        self.draining = True
        self._dismiss("the server is going away")

    def renew(self) -> None:
        """Everybody is to connect anew: what is known of them is good no more."""
        self._dismiss("connect again")

    def _dismiss(self, reason: str) -> None:
        for pipe in list(self._all):
            pipe.goodbye(reason)

    def close(self) -> None:
        """Ends what is left."""
        self.draining = True
        for pipe in list(self._all):
            pipe.over = True
            pipe.cut()
