"""Asking about files in portions, and finding the file that no worker survives."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest

from motia_core.errors import DeadlineExceeded, WorkerDied
from motia_core.protocol.requests import FileReport, SourceError
from motia_core.steps import describe
from motia_core.steps.describe import Inquiry

pytestmark = pytest.mark.anyio

FILES = [f"steps/{name}.step.x" for name in "abcdefg"]


class Workers:
    """Workers that die over some files and fall silent over others; notes what each was asked."""

    def __init__(self, deadly: Sequence[str] = (), silent: Sequence[str] = ()) -> None:
        self.deadly, self.silent = set(deadly), set(silent)
        self.asked: list[tuple[list[str], list[str]]] = []

    async def ask(self, files: Sequence[str], changed: Sequence[str], seconds: float) -> list[FileReport]:
        self.asked.append((list(files), list(changed)))
        if self.deadly & set(files):
            raise WorkerDied("was killed by SIGKILL")
        if self.silent & set(files):
            raise DeadlineExceeded("no answer")
        return [FileReport(file=file) for file in files]

    async def describe(
        self, inquiry: Inquiry, changed: Sequence[str] = (), **more: bool
    ) -> tuple[list[FileReport], int]:
        """The reports, and how many workers were lost on the way."""
        for lost in range(20):
            assert inquiry.expected
            try:
                return await inquiry.describe(self.ask, FILES, changed, **more), lost
            except (WorkerDied, DeadlineExceeded):
                continue
        raise AssertionError("the guilty is never found")


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describe, "PORTION", 3)


def errors(reports: list[FileReport]) -> dict[str, str]:
    return {report.file: report.error.code for report in reports if report.error is not None}


async def test_portions_in_order_and_changes_once() -> None:
    workers = Workers()
    reports, lost = await workers.describe(Inquiry(1.0), changed=["lib/x"])
    assert [report.file for report in reports] == FILES and lost == 0
    assert workers.asked == [(FILES[:3], ["lib/x"]), (FILES[3:6], []), (FILES[6:], [])]


async def test_without_files_changes_are_told_all_the_same() -> None:
    workers = Workers()
    assert await Inquiry(1.0).describe(workers.ask, [], ["lib/x"]) == []
    assert workers.asked == [([], ["lib/x"])]


async def test_what_is_told_unasked_comes_last() -> None:
    async def ask(files: Sequence[str], changed: Sequence[str], seconds: float) -> list[FileReport]:
        return [FileReport(file="more"), *(FileReport(file=file) for file in files)]

    found = await Inquiry(1.0).describe(ask, FILES[:1])
    assert [report.file for report in found] == [FILES[0], "more"]


async def test_each_guilty_file_costs_two_workers_and_the_others_are_described() -> None:
    workers = Workers(deadly=[FILES[1], FILES[5]], silent=[FILES[6]])
    inquiry = Inquiry(1.0)
    reports, lost = await workers.describe(inquiry)
    # The last file is a portion of its own: it is found at once.
    assert lost == 5
    assert errors(reports) == {FILES[1]: "exit", FILES[5]: "exit", FILES[6]: "timeout"}
    assert [report.file for report in reports] == FILES
    assert (await workers.describe(inquiry))[1] == 0, "a file that is known to kill is not loaded again"


async def test_a_file_that_was_only_near_a_death_is_cleared() -> None:
    workers = Workers(deadly=[FILES[0]])
    inquiry = Inquiry(1.0)
    with pytest.raises(WorkerDied):
        await inquiry.describe(workers.ask, FILES)
    workers.deadly.clear()
    reports, lost = await workers.describe(inquiry)
    assert (errors(reports), lost) == ({}, 0)
    assert [files for files, _ in workers.asked[-3:]] == [[file] for file in FILES[:3]], "suspects come last, alone"


async def test_a_broken_file_is_tried_again_when_it_or_what_it_needs_has_changed() -> None:
    workers = Workers(deadly=[FILES[2]])
    inquiry = Inquiry(1.0)
    await workers.describe(inquiry)
    assert errors(await inquiry.describe(workers.ask, FILES, [FILES[1]])) == {FILES[2]: "exit"}
    for changed, retry in (([FILES[2]], False), (["lib/x"], True)):
        with pytest.raises(WorkerDied):
            await inquiry.describe(workers.ask, FILES, changed, retry=retry)
        assert errors(await inquiry.describe(workers.ask, FILES)) == {FILES[2]: "exit"}
    workers.deadly.clear()
    assert errors(await inquiry.describe(workers.ask, FILES, [FILES[2]])) == {}


async def test_a_file_that_cost_workers_is_tried_again_by_new_ones_only() -> None:
    workers = Workers(deadly=[FILES[2]])
    inquiry = Inquiry(1.0)
    await workers.describe(inquiry)
    for changed, retry in (([FILES[2]], False), (["lib/x"], True)):
        found = await inquiry.describe(workers.ask, FILES, changed, retry=retry, serving=True)
        assert (errors(found), inquiry.unsure) == ({FILES[2]: "exit"}, True)
        reports, lost = await workers.describe(inquiry)
        assert (errors(reports), lost, inquiry.unsure) == ({FILES[2]: "exit"}, 1, False)
    workers.deadly.clear()
    await inquiry.describe(workers.ask, FILES, [FILES[2]], serving=True)
    assert errors(await inquiry.describe(workers.ask, FILES)) == {}


async def test_a_file_that_takes_all_its_time_is_asked_about_once() -> None:
    asked: list[list[str]] = []

    async def ask(files: Sequence[str], changed: Sequence[str], seconds: float) -> list[FileReport]:
        asked.append(list(files))
        late = SourceError(code="timeout", message="late")
        return [
            FileReport(file=file, error=late, dependencies=["lib/x"]) if file == FILES[0] else FileReport(file=file)
            for file in files
        ]

    inquiry = Inquiry(1.0)
    for changed, retry in (((), False), ((FILES[1],), False), (("lib/y",), True)):
        assert errors(await inquiry.describe(ask, FILES, changed, retry=retry)) == {FILES[0]: "timeout"}
    assert sum(FILES[0] in files for files in asked) == 1
    for changed in (("lib/x",), (FILES[0],)):
        asked.clear()
        await inquiry.describe(ask, FILES, changed, retry=True)
        assert asked[-1] == [FILES[0]]


async def test_when_workers_die_whatever_is_asked_the_files_are_not_to_blame() -> None:
    inquiry = Inquiry(1.0)

    async def dies(files: Sequence[str], changed: Sequence[str], seconds: float) -> list[FileReport]:
        raise WorkerDied("at once")

    many = [f"steps/{number}.step.x" for number in range(60)]
    for _ in range(60):
        if not inquiry.expected:
            return
        with pytest.raises(WorkerDied):
            await inquiry.describe(dies, many)
    raise AssertionError("it never ends")


@pytest.mark.parametrize("retry", [False, True])
@pytest.mark.parametrize("how", ["dies", "falls silent", "gives up"])
async def test_a_file_saved_while_a_worker_loads_it_is_not_judged_by_what_it_held(how: str, retry: bool) -> None:
    """The next worker is asked about it alone, and the old text has the last word nowhere."""
    inquiry, workers = Inquiry(1.0), Workers(deadly=FILES[:1])
    await workers.describe(inquiry)
    saved, beside = ([], True) if retry else (FILES[:1], False)
    await inquiry.describe(workers.ask, FILES, saved, retry=beside, serving=True)

    async def ask(files: Sequence[str], changed: Sequence[str], seconds: float) -> list[FileReport]:
        if list(files) != FILES[:1]:
            return await workers.ask(files, changed, seconds)
        await inquiry.describe(workers.ask, FILES[1:2], saved, retry=beside, serving=True)  # it is saved right now
        if how == "dies":
            raise WorkerDied("was killed by SIGKILL")
        if how == "falls silent":
            raise DeadlineExceeded("no answer")
        return [FileReport(file=FILES[0], error=SourceError(code="timeout", message="slow"))]

    with suppress(WorkerDied, DeadlineExceeded):
        await inquiry.describe(ask, FILES)
    assert inquiry.unsure and inquiry.expected
    workers.deadly.clear()
    reports, lost = await workers.describe(inquiry)
    assert (errors(reports), lost) == ({}, 0) and not inquiry.unsure


async def test_a_file_that_one_worker_found_whole_is_whole_though_another_died_of_what_it_held() -> None:
    inquiry, workers = Inquiry(1.0), Workers(deadly=FILES[:1])
    await workers.describe(inquiry)
    await inquiry.describe(workers.ask, FILES, FILES[:1], serving=True)

    async def ask(files: Sequence[str], changed: Sequence[str], seconds: float) -> list[FileReport]:
        if list(files) != FILES[:1]:
            return await workers.ask(files, changed, seconds)
        await inquiry.describe(workers.ask, FILES[1:2], FILES[:1], serving=True)
        workers.deadly.clear()
        await inquiry.describe(workers.ask, FILES)
        raise WorkerDied("was killed by SIGKILL")

    with pytest.raises(WorkerDied):
        await inquiry.describe(ask, FILES)
    assert (errors(await inquiry.describe(workers.ask, FILES, serving=True))) == {}
