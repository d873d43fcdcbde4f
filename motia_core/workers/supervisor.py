"""Keeps the workers of one pool alive: starts, replaces, grows, shrinks, drains and stops them. The policies are in
`sizing.py`, `losses.py` and `recycle.py`; this file collects their figures and does what they say.

A worker is replaced softly: the new one is ready before the old one takes no more work. In a `fresh` pool each worker
serves one call; there is nothing to replace but the spare ones.
"""

from __future__ import annotations

from functools import partial

import anyio
from anyio.abc import TaskGroup, TaskStatus

from motia_core.clock import Clock
from motia_core.config import knobs
from motia_core.errors import WorkerDied
from motia_core.workers import packages, recycle, sizing
from motia_core.workers.answers import CallHandler, LogSink
from motia_core.workers.birth import Prepare, bring_up
from motia_core.workers.languages import Runner
from motia_core.workers.launch import Site
from motia_core.workers.lifecycle import OVER, SERVING, State
from motia_core.workers.losses import Losses
from motia_core.workers.pool import Pool
from motia_core.workers.status import PoolState, PoolStatus, resident
from motia_core.workers.worker import Terms, Worker

TICK = 0.25
LATE = 0.05  # oversleeping by more means that the core itself was not listening
MEMORY_EVERY = 1.0
_SURPLUS = 5.0  # idle seconds of a worker above the maximum


class Supervisor:
    """One per pool. `prepare` runs in each new worker after the handshake and before it takes work; a worker in which
    it fails is a failed start. `progress` hears, in one line, of what takes long."""

    def __init__(
        self,
        runner: Runner,
        settings: knobs.Pool,
        site: Site,
        *,
        handler: CallHandler,
        log: LogSink,
        clock: Clock,
        prepare: Prepare | None = None,
        progress: packages.Progress | None = None,
        name: str | None = None,
        fresh: bool = False,
    ) -> None:
        self.name = name or runner.name
        self.runner = runner
        self.fresh = fresh
        self.pool = Pool(self.name, settings, wanting=self._look, quiet=self._quiet, fresh=fresh)
        self._settings = settings
        self._terms = Terms(
            runner=runner,
            settings=settings,
            site=site,
            handler=handler,
            log=log,
            clock=clock,
            changed=self._changed,
            freed=self.pool.release,
        )
        self._clock = clock
        self._bring_up = partial(
            bring_up, runner=runner, seconds=settings.start_timeout, prepare=prepare, progress=progress
        )
        self._tasks: TaskGroup | None = None
        self._workers: list[Worker] = []
        self._mourned: set[Worker] = set()
        self._count = 0
        self._losses = Losses(self.name, settings, clock, self.pool.trouble)
        self._failures = self._losses.failures
        self._memory_at = 0.0
        self._draining = self._stopping = self._stopped = False
        self._first = (settings.fresh_spares if fresh else settings.min) == 0
        self._wake, self._stirred, self._ended = anyio.Event(), anyio.Event(), anyio.Event()

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Until `stop`. Reports started when the first worker is ready or has failed to become so."""
        try:
            async with anyio.create_task_group() as tasks:
                self._tasks = tasks
                try:
                    await self._tend(task_status)
                finally:
                    with anyio.CancelScope(shield=True):
                        await self._end_all()
                tasks.cancel_scope.cancel()
        finally:
            self._tasks = None
            self._ended.set()
            with anyio.CancelScope(shield=True), anyio.move_on_after(1.0):
                await self._terms.site.guardian.rest()

    async def replace(self, reason: str) -> None:
        """Rolling: each worker there is now takes no more work once a new one is ready in its place. Raises WorkerDied
        when the first new one cannot start; the old ones then go on, and it is tried again in the background."""
        for worker in list(self._workers):
            if worker.state is State.STARTING:
                worker.fail(reason, "was replaced before it was ready")
        old = [] if self.fresh else self.workers()
        self.renew(reason)
        failed = self._failures.total
        self._failures.try_now()
        self._look()
        while any(worker.state in SERVING for worker in old) and not self._draining:
            await self._stirred.wait()
            if self._failures.total > failed:
                raise WorkerDied(f"no new {self.name} worker could be started: {self._failures.problem}")

    async def drain(self) -> None:
        """Takes no more work, and returns when what runs has ended."""
        self._draining = True
        self.pool.close()
        while any(worker.in_flight and worker.state not in OVER for worker in self._workers):
            await self._stirred.wait()

    async def stop(self, grace: float) -> None:
        """Ends every worker: `grace` seconds for what runs, then the worker is made to end. Returns when `run` has."""
        self._draining = self._stopping = True
        self.pool.close()
        if self._tasks is None:
            return
        async with anyio.create_task_group() as farewells:
            for worker in list(self._workers):
                worker.retire("shutdown")
                farewells.start_soon(worker.dismiss, grace)
        self._stopped = self._first = True
        self._look()
        await self._ended.wait()

    def workers(self) -> list[Worker]:
        """Those that take work, for questions that each must be asked."""
        return [worker for worker in self._workers if worker.state in SERVING and not worker.used]

    def renew(self, reason: str) -> None:
        """As `replace`, without waiting for it."""
        for worker in self.workers():
            worker.outgoing = worker.outgoing or reason
            if self.fresh:
                worker.retire(reason)

    def status(self) -> PoolStatus:
        living = [worker for worker in self._workers if worker.state not in OVER]
        return PoolStatus(
            name=self.name,
            runner=self.runner.name,
            fresh=self.fresh,
            state=self._state(),
            problem=self._failures.problem,
            workers=tuple(worker.status() for worker in living),
            waiting=self.pool.waiting + self.pool.lonely,
            failures=self._failures.row,
            next_try=self._losses.next_try(),
            restarts=self._losses.restarts,
            late=self._losses.late + sum(worker.late for worker in living),
            retired=self._losses.retired,
        )

    def _state(self) -> PoolState:
        if self._draining:
            return "stopped" if self._stopped else "draining"
        if self._failures.looping:
            return "crash-looping"
        serving = any(worker.state in SERVING for worker in self._workers)
        at_rest = self._first if self.fresh else not self._settings.min
        return "ready" if serving or (at_rest and not self._failures.row) else "starting"

    async def _tend(self, task_status: TaskStatus[None]) -> None:
        due, reported = float("inf"), False
        while not self._stopped:
            self._wake = anyio.Event()
            now = self._clock.monotonic()
            late = now - due
            due = now + TICK
            await self._terms.site.guardian.hold()
            for worker in list(self._workers):
                due = min(due, worker.tick(now, late if late > LATE else 0.0) or due)
            if not self._draining:
                self._recycle(now)
                self._balance(now)
                due = min(due, self._failures.not_before) if self._failures.not_before > now else due
            if self._first and not reported:
                reported = True
                task_status.started()
            with anyio.move_on_after(max(0.0, due - now)):
                await self._wake.wait()
        if not reported:
            task_status.started()

    def _recycle(self, now: float) -> None:
        if self.fresh:
            return
        serving = [worker for worker in self._workers if worker.state in SERVING and worker.outgoing is None]
        weigh = now - self._memory_at >= MEMORY_EVERY
        if weigh:
            self._memory_at = now
        for worker in serving:
            rss = resident(worker.pid) if weigh and self._settings.memory else 0
            worker.outgoing = recycle.verdict(
                self._settings, jobs=worker.jobs, age=now - worker.spawned, rss=rss, spread=worker.spread
            )
        if len(serving) > self._settings.min:
            census = self._census(now)
            surplus = sizing.surplus(self._settings, census)
            patience = min(_SURPLUS, self._settings.idle) if surplus else self._settings.idle
            idle = next((w for w in reversed(serving) if not w.in_flight and now - w.idle_since > patience), None)
            if idle is not None and not census.waiting and not census.lonely:
                idle.retire("shrink" if surplus else "idle")

    def _balance(self, now: float) -> None:
        serving = [worker for worker in self._workers if worker.state in SERVING]
        self._losses.judge(serving)
        if now >= self._failures.not_before:
            plan = sizing.spares if self.fresh else sizing.starts
            for _ in range(plan(self._settings, self._census(now))):
                self._start()

    def _census(self, now: float) -> sizing.Census:
        serving = [worker for worker in self._workers if worker.state in SERVING]
        return sizing.Census(
            starting=sum(worker.state is State.STARTING for worker in self._workers),
            serving=len(serving),
            outgoing=sum(worker.outgoing is not None for worker in serving),
            bypassed=sum(worker.bypassed(now) for worker in serving),
            idle=sum(not worker.in_flight for worker in serving),
            alone=self.pool.alone,
            leaving=sum(worker.state is State.DRAINING for worker in self._workers),
            waiting=self.pool.waiting + (self._failures.looping and not serving),  # try, though callers are refused
            lonely=self.pool.lonely,
        )

    def _start(self) -> None:
        if self._tasks is None:
            return
        self._count += 1
        worker = Worker(f"{self.name}-{self._count}", self._terms, self._tasks)
        self._workers.append(worker)
        self._tasks.start_soon(self._live, worker, name=worker.name)

    async def _live(self, worker: Worker) -> None:
        """A worker's whole life."""
        problem = await self._bring_up(worker)
        if problem is not None:
            worker.fail("crash", problem)
        elif worker.state is State.STARTING:
            self._welcome(worker)
        await worker.gone()
        self._workers.remove(worker)
        self._mourned.discard(worker)
        self._look()

    def _welcome(self, worker: Worker) -> None:
        worker.ready()
        self._losses.alive()
        self._first = True
        old = next((w for w in self._workers if w.outgoing is not None and w.state in SERVING), None)
        if old is not None and old.outgoing is not None:
            old.retire(old.outgoing)

    def _mourn(self, worker: Worker) -> None:
        if self._losses.mourn(worker, serving=any(w.state in SERVING for w in self._workers)):
            self._first = True

    async def _let_go(self, worker: Worker) -> None:
        await worker.quiet.wait()
        if not self._stopping:
            await worker.dismiss(self._settings.stop_grace)

    async def _end_all(self) -> None:
        for worker in self._workers:
            worker.fail("shutdown", "was killed: the server ends")
        with anyio.move_on_after(5.0):
            for worker in self._workers:
                await worker.gone()

    def _changed(self, worker: Worker) -> None:
        self.pool.changed(worker)
        if worker.state is State.DRAINING and self._tasks is not None and not self._stopping:
            self._tasks.start_soon(self._let_go, worker)
        elif worker.state in OVER and worker not in self._mourned:
            self._mourned.add(worker)
            self._mourn(worker)
        self._look()

    def _quiet(self, worker: Worker) -> None:
        worker.quiet.set()
        self._look()

    def _look(self) -> None:
        """Something has changed: look again."""
        self._wake.set()
        self._stirred.set()
        self._stirred = anyio.Event()
