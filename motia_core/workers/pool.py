"""Shares out the workers that take work: the least busy one, at once when it can, else in the order of asking, for a
bounded time and in a bounded queue. Starts and ends no worker; it tells its supervisor when callers wait. In a `fresh`
pool a worker is shared out once and retired with its first caller.

The usual way costs a walk over the open workers and no lock, timer or event.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import anyio

from motia_core.config import knobs
from motia_core.errors import Draining, WorkersBusy
from motia_core.workers.lifecycle import OVER, State
from motia_core.workers.worker import Worker


class _Caller:
    """Somebody who waits. `worker` is set before `served`; `refused` instead when there will be none."""

    __slots__ = ("alone", "refused", "served", "worker")

    def __init__(self, alone: bool) -> None:
        self.alone = alone
        self.served = anyio.Event()
        self.worker: Worker | None = None
        self.refused = ""


class Pool:
    """`wanting` is called when somebody begins to wait, `quiet` when a worker that is to take no more work
    runs nothing."""

    def __init__(
        self,
        name: str,
        settings: knobs.Pool,
        *,
        wanting: Callable[[], None],
        quiet: Callable[[Worker], None],
        fresh: bool = False,
    ) -> None:
        self.name = name
        self._settings = settings
        self._fresh = fresh
        self._full = 1 if fresh else settings.max_in_flight
        self._wanting = wanting
        self._quiet = quiet
        self._open: list[Worker] = []
        self._callers: deque[_Caller] = deque()
        self._lonely: deque[_Caller] = deque()
        self._alone: set[Worker] = set()
        self._reserved: Worker | None = None
        self._problem: str | None = None
        self._closed = False

    @property
    def waiting(self) -> int:
        return len(self._callers)

    @property
    def lonely(self) -> int:
        """Callers that wait for a worker of their own."""
        return len(self._lonely)

    @property
    def alone(self) -> int:
        """Workers that run one invocation exclusively."""
        return len(self._alone)

    async def acquire(self, *, alone: bool = False) -> Worker:
        """A place in the least busy worker; with `alone`, a worker that runs nothing else meanwhile. Each must be given
        back by `release`. Raises WorkersBusy, or Draining once the pool is closed."""
        alone = alone and not self._fresh
        if not alone and not self._callers:
            worker = self._least_busy()
            if worker is not None:
                worker.in_flight += 1
                if self._fresh:
                    self._take_out(worker)
                return worker
        return await self._wait(_Caller(alone))

    def release(self, worker: Worker) -> None:
        worker.in_flight -= 1
        if self._fresh:
            worker.retire("fresh")
        if worker.alone and not worker.in_flight:
            worker.alone = False
            self._alone.discard(worker)
            self.changed(worker)
        if worker.state is State.DRAINING or self._closed:
            if not worker.in_flight:
                self._quiet(worker)
        elif self._callers or self._lonely:
            self._share_out()

    def changed(self, worker: Worker) -> None:
        """Whether the worker takes work may have changed."""
        if worker.state in OVER:
            self._alone.discard(worker)
        if worker is self._reserved and worker.state is not State.READY:
            self._reserved = None
        free = not worker.alone and not worker.used and worker is not self._reserved and not self._closed
        if free and worker.state is State.READY:
            if worker not in self._open:
                self._open.append(worker)
                self._share_out()
        elif worker in self._open:
            self._open.remove(worker)

    def trouble(self, problem: str | None) -> None:
        """No worker can be had for now, and why: callers are refused at once instead of waiting. None = it is over."""
        self._problem = problem
        if problem is not None:
            self._refuse_all(problem)

    def close(self) -> None:
        """Takes no more callers; those who wait are refused."""
        self._closed = True
        self._open.clear()
        self._refuse_all("the server is shutting down")

    def _least_busy(self) -> Worker | None:
        best, least = None, self._full
        for worker in self._open:
            if worker.in_flight < least:
                best, least = worker, worker.in_flight
        return best

    async def _wait(self, caller: _Caller) -> Worker:
        if self._closed:
            raise Draining()
        if self._problem is not None:
            raise WorkersBusy(f"no {self.name} worker can be started: {self._problem}")
        if len(self._callers) + len(self._lonely) >= self._settings.queue_length:
            raise WorkersBusy(
                f"all {self.name} workers are busy and {self._settings.queue_length} callers wait already"
            )
        queue = self._lonely if caller.alone else self._callers
        queue.append(caller)
        self._share_out()
        if caller.worker is None:
            self._wanting()
        seconds = self._settings.queue_wait
        try:
            with anyio.move_on_after(seconds):
                await caller.served.wait()
        except BaseException:
            if caller.worker is not None:
                self.release(caller.worker)
            raise
        finally:
            if caller in queue:
                queue.remove(caller)
                self._unreserve()
        if caller.worker is not None:
            return caller.worker
        if self._closed:
            raise Draining()
        raise WorkersBusy(caller.refused or f"no {self.name} worker was free within {seconds:g} s")

    def _share_out(self) -> None:
        while self._lonely and (worker := self._idle()) is not None:
            self._serve(self._lonely.popleft(), worker)
        self._unreserve()
        while self._callers and (worker := self._least_busy()) is not None:
            self._serve(self._callers.popleft(), worker)
        if self._lonely and self._reserved is None and len(self._open) > 1:
            self._reserved = self._least_busy() or self._open[0]
            self.changed(self._reserved)

    def _idle(self) -> Worker | None:
        """A worker for a lonely caller: the reserved one, or any while another is left for everybody else."""
        reserved = self._reserved
        if reserved is not None and reserved.state is State.READY and not reserved.in_flight:
            return reserved
        if self._alone and len(self._open) < 2:
            return None
        return next((worker for worker in self._open if not worker.in_flight), None)

    def _take_out(self, worker: Worker) -> None:
        """It has got its one call; another is to be made ready."""
        worker.used = True
        self._open.remove(worker)
        self._wanting()

    def _serve(self, caller: _Caller, worker: Worker) -> None:
        worker.in_flight += 1
        if self._fresh:
            self._take_out(worker)
        if caller.alone:
            worker.alone = True
            self._alone.add(worker)
            if worker is self._reserved:
                self._reserved = None
            self.changed(worker)
        caller.worker = worker
        caller.served.set()

    def _unreserve(self) -> None:
        worker = self._reserved
        if worker is not None and not self._lonely:
            self._reserved = None
            self.changed(worker)

    def _refuse_all(self, why: str) -> None:
        for queue in (self._callers, self._lonely):
            while queue:
                caller = queue.popleft()
                caller.refused = why
                caller.served.set()
