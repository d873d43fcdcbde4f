"""What a new worker is asked before it takes work, when files are saved meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from motia_core.app.fleet import Fleet
from motia_core.app.knowledge import Knowledge
from motia_core.app.places import Place
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.protocol.requests import FileReport
from motia_core.workers.worker import Worker

pytestmark = pytest.mark.anyio

FILE = "steps/a.step.x"
NEWS = "lib/x"


class Told(Knowledge):
    """Notes what a worker is asked; somebody saves a file while it does number `at` of all it is asked to do."""

    def __init__(self, at: int) -> None:
        super().__init__(1.0, lambda sources: ())
        self.files = [FILE]
        self.asked: list[tuple[int, list[str]]] = []
        self.fleet: Fleet
        self._left = at

    def _goes_on(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.fleet.advance(changed=[NEWS])

    async def restore(self, worker: Worker, snapshot: int) -> None:
        self._goes_on()

    async def ask(self, worker: Worker, snapshot: int, files: Sequence[str], changed: Any = (), **_: Any) -> Any:
        self.asked.append((snapshot, list(changed)))
        self._goes_on()
        return [FileReport(file=FILE)]


@pytest.mark.parametrize(
    ("at", "asked"),
    [
        (0, [(1, [])]),
        (1, [(1, []), (2, [NEWS])]),
        (2, [(1, []), (2, [NEWS])]),
        (3, [(1, []), (2, [NEWS])]),
    ],
    ids=["never", "while it takes over what serves on", "while it loads", "while it takes over once more"],
)
async def test_no_worker_takes_work_before_it_has_loaded_what_was_saved(
    tmp_path: Path, at: int, asked: list[tuple[int, list[str]]]
) -> None:
    async def on_call(*_: Any) -> bytes:
        raise AssertionError("nobody calls here")

    known = Told(at)
    fleet = known.fleet = Fleet(
        project=tmp_path,
        mode="dev",
        config=Config(),
        runners={"x": cast(Any, type("X", (), {"languages": {}}))},
        run_dir=tmp_path,
        on_call=on_call,
        on_log=lambda *_: None,
        clock=Clock(),
    )
    fleet.known["x"] = known
    fleet._started = True
    await fleet._prepare(Place("x"), known, cast(Worker, None))
    assert known.asked == asked
    assert known.up_to == fleet.snapshot
