"""Puts questions to functions of a project that are no steps' handlers, in warm workers.

Owns how many are asked at once, those included that nobody waits for any more: handlers keep their places in the
workers, and a function that hangs leaves room for others. What an answer means is the asker's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anyio
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.errors import DeadlineExceeded, WorkersBusy
from motia_core.protocol.message import Message
from motia_core.protocol.messages import encode
from motia_core.workers.pool import Pool

_PATIENCE = 30.0
"""Longest wait for a turn (s)."""

Pools = Callable[[str], Pool]
"""The pool of a runner. Raises StepUnavailable or RuntimeMissing."""


class Questions:
    """At most `at_once` per language, half of them about one file; each has `timeout` seconds."""

    def __init__(self, pools: Pools, clock: Clock, *, at_once: int, timeout: float) -> None:
        self._pools = pools
        self._clock = clock
        self._at_once = at_once
        self._timeout = timeout
        self._limits: dict[tuple[str, ...], anyio.Semaphore] = {}

    async def ask(self, runner: str, file: str, method: str, params: Message) -> Raw:
        """Raises RunnerError when the function failed, another MotiaError when there is no answer."""
        pool = self._pools(runner)
        half = (self._at_once + 1) // 2
        turn = _Turn([self._limit((runner, file), half), self._limit((runner,), self._at_once)])
        begun = False
        try:
            await turn.take()
            worker = await pool.acquire()
            try:
                deadline = self._clock.monotonic() + self._timeout
                begun = True
                return await worker.ask(method, encode(params), deadline=deadline, ended=turn.end)
            finally:
                pool.release(worker)
        except DeadlineExceeded:
            raise DeadlineExceeded(f"no answer within {self._timeout:g} s") from None
        except BaseException as error:
            if not begun or isinstance(error, Exception):
                turn.end()
            raise

    def _limit(self, key: tuple[str, ...], count: int) -> anyio.Semaphore:
        if key not in self._limits:
            self._limits[key] = anyio.Semaphore(count, fast_acquire=True)
        return self._limits[key]


class _Turn:
    """Held until the function has really stopped."""

    def __init__(self, limits: Sequence[anyio.Semaphore]) -> None:
        self._limits = limits
        self._held: list[anyio.Semaphore] = []

    async def take(self) -> None:
        try:
            with anyio.fail_after(_PATIENCE):
                for limit in self._limits:
                    await limit.acquire()
                    self._held.append(limit)
        except TimeoutError:
            raise WorkersBusy(
                f"too many questions wait for their answers: none was free within {_PATIENCE:g} s"
            ) from None

    def end(self) -> None:
        while self._held:
            self._held.pop().release()
