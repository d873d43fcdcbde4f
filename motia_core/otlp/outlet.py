"""One signal on its way out: a bounded queue and a thread of its own that sends it in batches.

`add` never waits. A collector that is away or too busy is asked again, later and later; what finds no room meanwhile is
dropped and counted, the newest first, so that a trace that was begun is told whole. Nothing is raised: what is worth
saying stands in `words` until somebody takes it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from motia_core.clock import Clock

T = TypeVar("T")

_MOST_BYTES = 64 * 1024 * 1024
_FIRST, _FACTOR, _LONGEST = 1.0, 2.0, 30.0
_WORDS = 100
_NOUNS = {"traces": "spans", "logs": "log lines", "metrics": "measurements"}
_SAID_EVERY = 10.0
_LAST_TRIES, _LAST_PAUSE = 3, 0.2


class Answer(Struct, frozen=True):
    """What became of a batch. `again` = later it may be taken, `after` seconds at the earliest; `refused` of its
    records were not taken; `why` says what is wrong."""

    again: bool = False
    after: float = 0.0
    refused: int = 0
    failed: bool = False
    why: str = ""


class Transport(Protocol):
    """Takes one message to the collector. Never raises."""

    def send(self, message: Any, timeout: float) -> Answer: ...
    def close(self) -> None: ...


class Outlet(Generic[T]):
    """`newest_only`: a record replaces the one that waits, as with counts that only grow. `dropped` and `sent` count
    records since the start."""

    def __init__(
        self,
        signal: str,
        transport: Transport,
        encode: Callable[[Sequence[T]], Any],
        clock: Clock,
        *,
        most: int,
        batch: int,
        delay: float,
        timeout: float,
        newest_only: bool = False,
    ) -> None:
        self.signal = signal
        self._noun = _NOUNS[signal]
        self._transport = transport
        self._encode = encode
        self._clock = clock
        self._most = most
        self._batch = 1 if newest_only else min(batch, most)
        self._delay = delay
        self._timeout = timeout
        self._newest_only = newest_only
        self._waiting: deque[tuple[T, int]] = deque()
        self._bytes = 0
        self._held = 0
        self._since = 0.0
        self._deadline: float | None = None
        self._changed = threading.Condition()
        self.words: deque[tuple[str, str]] = deque(maxlen=_WORDS)
        self.dropped = self.sent = self._unsent = 0
        self._told, self._told_at = 0, float("-inf")
        self._away = False
        self._complained = False
        # A daemon: a collector that hangs must not keep the server from ending.
        self._thread = threading.Thread(target=self._run, name=f"otlp {signal}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def add(self, records: Sequence[tuple[T, int]]) -> None:
        """Each with its size in bytes, more or less."""
        if not records:
            return
        with self._changed:
            if self._newest_only:
                self._waiting.clear()
                self._bytes = 0
            if not self._waiting:
                self._since = self._clock.monotonic()
            for record, size in records:
                if len(self._waiting) + self._held >= self._most or self._bytes + size > _MOST_BYTES:
                    self.dropped += 1
                else:
                    self._waiting.append((record, size))
                    self._bytes += size
            self._changed.notify()

    def close(self, patience: float) -> None:
        """Sends what waits, for at most so many seconds. Does not wait for it itself: `over` says when."""
        with self._changed:
            self._deadline = self._clock.monotonic() + patience
            self._changed.notify()

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    @property
    def left(self) -> int:
        """Records that wait or are on their way."""
        return len(self._waiting) + self._held

    def _run(self) -> None:
        while batch := self._take():
            try:
                self._deliver(self._encode(batch), len(batch))
            except Exception as error:
                self._done(len(batch), Answer(failed=True, why=f"they cannot be written down ({error!r})"))
        self._transport.close()
        if self._unsent:
            self._complained = False
            self._complain(f"{self._unsent} {self._noun} were not exported: the server has ended")

    def _take(self) -> list[T]:
        """The next batch, when it is full or old enough; nothing at the end."""
        with self._changed:
            self._held = 0
            while True:
                if self._deadline is not None and (not self._waiting or self._clock.monotonic() >= self._deadline):
                    self._unsent += len(self._waiting)
                    self.dropped += len(self._waiting)
                    self._waiting.clear()
                    return []
                rest = self._since + self._delay - self._clock.monotonic()
                if self._waiting and (len(self._waiting) >= self._batch or rest <= 0 or self._deadline is not None):
                    break
                self._changed.wait(rest if self._waiting else None)
            taken = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            self._bytes -= sum(size for _, size in taken)
            self._held = len(taken)
            return [record for record, _ in taken]

    def _deliver(self, message: Any, count: int) -> None:
        pause, tries = _FIRST, 0
        while True:
            timeout = self._timeout
            if self._deadline is not None:
                timeout = min(timeout, self._deadline - self._clock.monotonic())
                if timeout <= 0:
                    self._unsent += count
                    self.dropped += count
                    return
            answer = self._transport.send(message, timeout)
            if not answer.again:
                self._done(count, answer)
                return
            self._say_away(answer.why)
            if self._deadline is not None:
                tries += 1
                if tries == _LAST_TRIES:
                    # Nobody is kept waiting for the end of the server by a collector that is away.
                    self._deadline = self._clock.monotonic()
                else:
                    time.sleep(_LAST_PAUSE)
                continue
            wait = max(answer.after, pause * (0.8 + 0.4 * self._clock.random()))
            pause = min(pause * _FACTOR, _LONGEST)
            with self._changed:
                self._changed.wait_for(lambda: self._deadline is not None, wait)
                if self._newest_only and self._waiting:
                    self._held = 0
                    return

    def _done(self, count: int, answer: Answer) -> None:
        lost = count if answer.failed else answer.refused
        self.dropped += lost
        self._told += lost
        self.sent += count - lost
        if lost:
            self._complain(f"{lost} {self._noun} were not taken: {answer.why}")
        elif count:
            self._complained = False
            dropped, now = self.dropped - self._told, self._clock.monotonic()
            if self._away:
                self._away, self._told, self._told_at = False, self.dropped, now
                what = f"{dropped} {self._noun} were dropped meanwhile" if dropped else "nothing was dropped"
                self.words.append(("info", f"OpenTelemetry: {self.signal} reach the collector again; {what}"))
            elif dropped and now - self._told_at > _SAID_EVERY:
                self._told, self._told_at = self.dropped, now
                self.words.append(("warn", f"OpenTelemetry: {dropped} {self._noun} were dropped: too many at once"))

    def _say_away(self, why: str) -> None:
        if not self._away:
            self._away = True
            text = f"{self.signal} cannot be exported for now: {why}; up to {self._most} {self._noun} wait"
            self.words.append(("warn", f"OpenTelemetry: {text}"))

    def _complain(self, text: str) -> None:
        """Once, until it goes well again."""
        if not self._complained:
            self._complained = True
            self.words.append(("warn", f"OpenTelemetry: {text}"))
