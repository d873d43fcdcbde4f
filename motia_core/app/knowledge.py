"""What the runner of one language has said of the project's files, and since which snapshot each is as it said.

Carries `step.describe` to a worker; which worker, and when, is the fleet's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import anyio
import msgspec

from motia_core.errors import DeadlineExceeded, WorkerDied
from motia_core.protocol.messages import encode
from motia_core.protocol.requests import Describe, Described, FileReport, Held
from motia_core.steps.describe import Inquiry
from motia_core.workers.worker import Worker

Holding = Callable[[bool], Sequence[Held]]
"""The earlier loadings that still serve; with their sources, for a worker that has not seen them, when True."""


class Knowledge:
    """One language. `files` are those it is asked about, `up_to` is the snapshot that the reports are good for, `since`
    the one in which each file was last loaded."""

    def __init__(self, patience: float, holding: Holding) -> None:
        self.files: list[str] = []
        self.up_to = 0
        self.since: dict[str, int] = {}
        self._reports: dict[str, FileReport] = {}
        self._inquiry = Inquiry(patience)
        self._patience = patience
        self._holding = holding
        self._news = anyio.Event()

    @property
    def reports(self) -> list[FileReport] | None:
        """None until a worker has said something."""
        return list(self._reports.values()) if self.up_to else None

    def doubtful(self, changed: Collection[str]) -> list[str]:
        """What must be asked anew after `changed` did: those files, new ones and broken ones. The runner adds whatever
        needed one that changed."""
        known = self._reports
        return [file for file in self.files if file in changed or file not in known or known[file].error is not None]

    def take(self, reports: Sequence[FileReport], snapshot: int) -> None:
        for report in reports:
            self._reports[report.file] = report
            self.since[report.file] = snapshot
        for gone in self._reports.keys() - set(self.files):
            del self._reports[gone], self.since[gone]
        self.up_to = max(self.up_to, snapshot)
        self._news.set()
        self._news = anyio.Event()

    def outdated(self, reports: Sequence[FileReport], snapshot: int) -> bool:
        """Whether these reports say more: nobody has spoken of this snapshot yet, or files are whole or broken
        that were not."""
        if self.up_to < snapshot:
            return True
        mine = {file: report.error is None for file, report in self._reports.items()}
        return any(mine.get(report.file) is not (report.error is None) for report in reports)

    async def reach(self, snapshot: int) -> None:
        """Returns when a worker has spoken of `snapshot`."""
        while self.up_to < snapshot:
            await self._news.wait()

    @property
    def unsure(self) -> bool:
        """Whether only a new worker can tell what is in some file."""
        return self._inquiry.unsure

    def start_over(self) -> None:
        """New workers will come: what the old ones did not survive may be mended."""
        self._inquiry = Inquiry(self._patience)

    async def restore(self, worker: Worker, snapshot: int) -> None:
        """Gives a new worker the earlier loadings that still serve, one by one: their sources may be long. Each
        time all are named, for it lets go of what is not."""
        every = self._holding(True)
        for one in every:
            held = [one, *(Held(file=other.file, snapshot=other.snapshot) for other in every if other is not one)]
            await self._ask(worker, Describe(snapshot=snapshot, files=[], changed=[], held=held), self._patience)

    async def ask(
        self,
        worker: Worker,
        snapshot: int,
        files: Sequence[str],
        changed: Sequence[str] = (),
        *,
        retry: bool = False,
        serving: bool = False,
    ) -> list[FileReport]:
        """What `worker` says of `files`, after forgetting `changed`. `retry`: something that is no step has changed.
        `serving`: the worker runs steps. Raises WorkerDied, DeadlineExceeded, RunnerError."""
        inquiry = self._inquiry
        held = [Held(file=one.file, snapshot=one.snapshot) for one in self._holding(False)]

        async def ask(files: Sequence[str], changed: Sequence[str], seconds: float) -> list[FileReport]:
            question = Describe(snapshot=snapshot, files=list(files), changed=list(changed), held=held)
            return await self._ask(worker, question, seconds)

        worker.reading = "load" if inquiry.expected else "crash"
        try:
            return await inquiry.describe(ask, files, changed, retry=retry, serving=serving)
        except DeadlineExceeded as error:
            worker.fail(worker.reading, f"was killed: {error.message}")
            raise
        finally:
            worker.reading = None

    async def _ask(self, worker: Worker, question: Describe, seconds: float) -> list[FileReport]:
        try:
            raw = await worker.call("step.describe", encode(question), timeout=seconds)
        except WorkerDied as error:
            raise WorkerDied(worker.problem or error.message) from None
        return msgspec.json.decode(raw, type=Described).files
