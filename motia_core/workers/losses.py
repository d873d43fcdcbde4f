"""What has become of the workers of one pool: why each ended, how many had to be replaced, and whether starts fail so
often that the pool is in a crash loop. Then a circuit is open: callers are refused at once, starts are tried ever more
seldom, and the first worker that lives closes it. One line is logged when it opens and one when it closes.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable

from motia_core.clock import Clock
from motia_core.config import knobs
from motia_core.workers import backoff
from motia_core.workers.lifecycle import State
from motia_core.workers.status import Retirement
from motia_core.workers.worker import Worker

_REMEMBERED = 20
_CRASHES = frozenset({"crash", "protocol"})
_EXPECTED = frozenset({"reload", "load", "shutdown"})
_NO_LOSS = frozenset({"idle", "shrink", "shutdown", "fresh"})
_log = logging.getLogger(__name__)


class Losses:
    """`refuse` is called with the reason when the circuit opens while nobody serves, with None when a worker lives."""

    def __init__(self, name: str, settings: knobs.Pool, clock: Clock, refuse: Callable[[str | None], None]) -> None:
        self.failures = backoff.Failures(settings)
        self.restarts = 0
        self.late = 0
        self._name = name
        self._clock = clock
        self._refuse = refuse
        self._retired: deque[Retirement] = deque(maxlen=_REMEMBERED)
        self._told = False

    @property
    def retired(self) -> tuple[Retirement, ...]:
        """The last of them."""
        return tuple(self._retired)

    def next_try(self) -> float | None:
        """Seconds until a start is tried again, while the circuit is open."""
        if not self.failures.looping:
            return None
        return round(max(0.0, self.failures.not_before - self._clock.monotonic()), 3)

    def mourn(self, worker: Worker, *, serving: bool) -> bool:
        """A worker has ended. `serving`: others of its pool take work. Whether it was a failed start."""
        reason = worker.reason or "crash"
        failed = worker.state is State.FAILED
        self.late += worker.late
        if reason != "fresh" or worker.problem is not None:
            self._retired.append(
                Retirement(worker=worker.name, reason=reason, problem=worker.problem, time=self._clock.now_ms())
            )
        self.restarts += reason not in _NO_LOSS
        ready_for = None if worker.ready_at is None else self._clock.monotonic() - worker.ready_at
        counts = (
            reason in _CRASHES
            and not worker.used
            and backoff.failed_start(worker.jobs, ready_for, killed_at_rest=worker.killed_at_rest)
        )
        if failed and counts:
            self.failures.add(worker.problem or "ended", now=self._clock.monotonic(), chance=self._clock.random())
        elif failed:
            self.failures.try_now()
        self.judge([worker])
        if self.failures.looping and not serving:
            self._refuse(self.failures.problem)
        if failed and reason not in _EXPECTED:
            self._tell(worker, serving)
        return failed and counts

    def alive(self) -> None:
        """A worker is ready: callers are served again. Whether it lasts is seen later."""
        self._refuse(None)

    def judge(self, workers: Iterable[Worker]) -> None:
        """Closes the circuit when one of these shows that starts go well again."""
        failures, now = self.failures, self._clock.monotonic()
        if not failures.row or not any(
            failures.over(now, ready_at=one.ready_at, jobs=one.jobs) for one in workers if one.ready_at is not None
        ):
            return
        failures.clear()
        if self._told:
            self._told = False
            _log.info("%s: workers start again", self._name)

    def _tell(self, worker: Worker, serving: bool) -> None:
        failures = self.failures
        if not failures.looping:
            _log.warning("worker %s %s", worker.name, worker.problem)
        elif not self._told:
            self._told = True
            wait = failures.not_before - self._clock.monotonic()
            told = "" if serving else "; its steps answer 503"
            text = "%s: %d workers in a row did not start%s; next try in %.1f s; the last one %s"
            _log.error(text, self._name, failures.row, told, wait, worker.problem)
