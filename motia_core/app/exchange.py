"""Exchanges the code of running workers: in place where files changed, by new workers where that is not enough.

Languages do not wait for one another, and a busy worker keeps nobody waiting. Decides neither what changed (`watch.py`)
nor what is served (`registry.py`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Mapping, Sequence

import anyio

from motia_core.app.fleet import Fleet
from motia_core.app.knowledge import Knowledge
from motia_core.errors import MotiaError
from motia_core.protocol.calls import Log
from motia_core.protocol.requests import FileReport
from motia_core.workers.answers import LogSink, RunnerError
from motia_core.workers.supervisor import Supervisor
from motia_core.workers.worker import Worker

_PATIENCE = 5.0
"""A worker that has not swapped its code by then (s) is busy: a new one takes its place while it goes on."""
_START = 30.0
_TOGETHER = 0.25
"""Languages that have swapped their code by then (s) are served at the same moment."""
_RENEWED_AFTER = 200
"""Reloads after which workers are replaced: timers and connections of old code live on in them."""
_COLLECTED_AFTER = 50
"""Reloads after which the core collects its garbage: the collector is set to look seldom, for the sake of requests."""

Swap = Callable[[Collection[str]], None]
"""Serves what the languages of these names have said."""


class Exchange:
    """For the workers of one fleet."""

    def __init__(self, fleet: Fleet, log: LogSink) -> None:
        self._fleet = fleet
        self._log = log
        self._reloads = 0

    async def reload(self, files: Mapping[str, Sequence[str]], changed: Sequence[str], swap: Swap) -> None:
        """`files` are all there are now, by runner. `swap` is called once, unless a language is late."""
        number = self._fleet.advance(files, changed)
        done: set[str] = set()
        late = False

        async def refresh(name: str) -> None:
            await self._refresh(name, changed, number)
            done.add(name)
            if late:
                swap((name,))

        async def lose_patience() -> None:
            nonlocal late
            await anyio.sleep(_TOGETHER)
            late = True
            swap(frozenset(done))

        async with anyio.create_task_group() as waiting:
            waiting.start_soon(lose_patience)
            async with anyio.create_task_group() as group:
                for name in self._fleet.known:
                    group.start_soon(refresh, name)
            waiting.cancel_scope.cancel()
        if not late:
            swap(done)
        self._renew()

    async def replace(self, names: Collection[str]) -> None:
        """New workers for these languages, soft: the old ones serve until then. Raises WorkerDied when one cannot be
        started; the old ones then go on."""
        fleet = self._fleet
        fleet.advance()
        failures: list[MotiaError] = []

        async def one(known: Knowledge, supervisor: Supervisor) -> None:
            known.start_over()
            try:
                await supervisor.replace("reload")
            except MotiaError as error:
                failures.append(error)

        async with anyio.create_task_group() as group:
            for name in names:
                if (supervisor := fleet.supervisors.get(name)) is not None:
                    group.start_soon(one, fleet.known[name], supervisor)
                for side in fleet.sides.of(name):
                    group.start_soon(one, side.known, side.supervisor)
        if failures:
            raise failures[0]

    async def _refresh(self, name: str, changed: Sequence[str], number: int) -> None:
        fleet = self._fleet
        known, supervisor = fleet.known[name], fleet.supervisors.get(name)
        if supervisor is None:
            if known.files:
                await fleet.ensure(name)
            return
        retry = fleet.beyond_steps(name, changed)
        async with anyio.create_task_group() as group:
            for side in fleet.sides.of(name):
                group.start_soon(self._ask, side.supervisor, side.known, changed, number, retry)
            answered = await self._ask(supervisor, known, changed, number, retry)
            if not answered and known.files:
                # Those that are starting, or take the place of those that did not survive it, will tell.
                with anyio.move_on_after(_START):
                    await known.reach(number)

    async def _ask(
        self, supervisor: Supervisor, known: Knowledge, changed: Sequence[str], number: int, retry: bool
    ) -> bool:
        """Has every worker of a pool swap its code. Whether any has said what is in it now."""
        asked = known.doubtful(frozenset(changed))
        answers: list[Sequence[FileReport]] = []

        async def ask(worker: Worker) -> None:
            try:
                with anyio.move_on_after(_PATIENCE) as scope:
                    answers.append(await known.ask(worker, number, asked, changed, retry=retry, serving=True))
                if scope.cancelled_caught:
                    worker.outgoing = "reload"
            except (MotiaError, RunnerError) as error:
                self._log(worker.name, Log(msg=f"reload failed: {error}", level="warn"))

        async with anyio.create_task_group() as group:
            for worker in supervisor.workers():
                group.start_soon(ask, worker)
        for reports in answers:
            known.take(reports, number)
        if known.unsure:
            supervisor.renew("reload")
        return bool(answers)

    def _renew(self) -> None:
        """Replaces workers that have swapped code very often, softly and without waiting."""
        self._reloads += 1
        if self._reloads % _COLLECTED_AFTER == 0:
            gc.collect()
        if self._reloads % _RENEWED_AFTER == 0:
            for supervisor in (*self._fleet.supervisors.values(), *self._fleet.sides):
                supervisor.renew("reload")
