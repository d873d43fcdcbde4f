"""Asks a runner what is in its files, in portions, and finds the file a worker did not survive.

Knows no process: an `Ask` carries `step.describe` to one worker. When a worker ends or falls silent over a portion,
every file of it is suspect: the next worker is asked about each alone, after all others. The one it does not survive is
broken until it changes; the others are served. So is a file that takes all its time, which every worker would lose.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence

from motia_core.errors import DeadlineExceeded, WorkerDied
from motia_core.protocol.requests import FileReport, SourceError

Ask = Callable[[Sequence[str], Sequence[str], float], Awaitable[list[FileReport]]]
"""(files, changed files to forget first, seconds) → what is in the files. Raises WorkerDied, DeadlineExceeded."""

PORTION = 100
MARGIN = 5.0
"""A runner gives up on a file by itself; the core waits a little longer (s)."""
_LENIENCE = 2
_MANY = 25


class Inquiry:
    """What is known of the files of one pool, whichever of its workers is asked. `patience`: how long one file may take
    to load (s). `broken`: what is said of the files that are not asked about any more."""

    def __init__(self, patience: float) -> None:
        self.broken: dict[str, FileReport] = {}
        self._patience = patience
        self._suspects: set[str] = set()
        self._guilty: set[str] = set()
        self._reopened: set[str] = set()
        self._lost = 0
        # Each time something is asked is a round: what was saved in a later one, no worker asked before has read.
        self._round = 0
        self._edited: dict[str, int] = {}
        self._others_edited = 0

    @property
    def expected(self) -> bool:
        """Whether a worker may be lost over a file without the pool being to blame: each guilty file costs two. When
        many are lost, something else is wrong."""
        return self._lost <= _LENIENCE * (len(self._guilty) + 1) and len(self._guilty) < _MANY

    @property
    def unsure(self) -> bool:
        """Whether some file may cost a worker, or may be mended after it did: the next new worker finds out, none that
        serves."""
        return bool(self._reopened or self._suspects)

    async def describe(
        self,
        ask: Ask,
        files: Sequence[str],
        changed: Sequence[str] = (),
        *,
        retry: bool = False,
        serving: bool = False,
    ) -> list[FileReport]:
        """A report for each file, in order, then those a runner gave unasked. Raises what `ask` raises; the next call
        then knows more. A broken file is tried again when it or what it needs has changed; where nobody knows what it
        needs, with `retry`. A worker that is `serving` is not asked about those that may cost it."""
        self._reconsider(frozenset(changed), retry)
        if not serving:
            self._reopen()
        found: dict[str, FileReport] = {}
        for portion in self._portions(files, serving):
            seconds = self._patience + MARGIN if len(portion) == 1 else 2 * self._patience + MARGIN
            began = self._round
            try:
                reports = await ask(portion, changed, seconds)
            except (WorkerDied, DeadlineExceeded) as error:
                self._blame(portion, error, began)
                raise
            self._suspects.difference_update(portion)
            for report in reports:
                found[report.file] = report
                if report.error is not None and report.error.code == "timeout":
                    if self._is_edited(report.file, began):
                        self._suspects.add(report.file)
                    else:
                        self.broken[report.file] = report
            changed = ()
        self._lost = 0
        asked = frozenset(files)
        found.update((file, report) for file, report in self.broken.items() if file in asked)
        return [found[file] for file in dict.fromkeys((*files, *found)) if file in found]

    def _portions(self, files: Sequence[str], serving: bool) -> Iterator[Sequence[str]]:
        calm = [file for file in files if file not in self._suspects and file not in self.broken]
        yield from (calm[at : at + PORTION] for at in range(0, max(len(calm), 1), PORTION))
        if not serving:
            yield from ([file] for file in files if file in self._suspects)

    def _reconsider(self, changed: frozenset[str], retry: bool) -> None:
        self._round += 1
        self._edited.update(dict.fromkeys(changed, self._round))
        if retry:
            self._others_edited = self._round
        for file, report in list(self.broken.items()):
            needs = report.dependencies
            if file in changed or not changed.isdisjoint(needs) or (retry and not needs):
                if file in self._guilty:
                    self._reopened.add(file)
                else:
                    del self.broken[file]
                    self._suspects.add(file)

    def _reopen(self) -> None:
        for file in self._reopened:
            self.broken.pop(file, None)
        self._guilty -= self._reopened
        self._suspects |= self._reopened
        self._reopened.clear()

    def _is_edited(self, file: str, began: int) -> bool:
        """Whether what a worker said of a file is of an earlier text: it was asked in the round `began`."""
        return max(self._edited.get(file, 0), self._others_edited) > began

    def _blame(self, portion: Sequence[str], error: WorkerDied | DeadlineExceeded, began: int) -> None:
        file = portion[0] if len(portion) == 1 else None
        if file is not None and self._is_edited(file, began):
            self._suspects.add(file)
            return
        self._lost += 1
        if file is None:
            self._suspects.update(portion)
            return
        self._guilty.add(file)
        self._suspects.discard(file)
        if isinstance(error, DeadlineExceeded):
            text = f"the file had not loaded after {self._patience:g} s, and its worker could not be interrupted"
            found = SourceError(code="timeout", message=text, hint="move slow work into the handler")
        else:
            text = f"its worker did not survive loading it: {error.message}"
            found = SourceError(code="exit", message=text, hint="nothing may end the process at load")
        self.broken[file] = FileReport(file=file, error=found)
