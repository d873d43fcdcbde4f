"""What counts as a change, and that it is noticed with and without the system's notifications."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest

from motia_core.steps.bell import Bell
from motia_core.steps.registry import Snapshot
from motia_core.steps.scope import Scope, scope_of
from motia_core.steps.watch import Look, Seen, Watcher, differences, scan

pytestmark = pytest.mark.anyio

FILES = {"src/a.step.ts": ("lib/money.ts", "src/data.json"), "src/b_step.py": ()}
SCOPE = scope_of(Snapshot(files=FILES), {".env"}, {"node_modules"})


def write(root: Path, file: str, text: str = "x") -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_scan(tmp_path: Path) -> None:
    for file in (
        "src/a.step.ts",
        "src/x/y/helper.ts",
        "lib/money.ts",
        "web/a.step.ts",
        "src/node_modules/z/a.step.ts",
        ".env",
    ):
        write(tmp_path, file)
    write(tmp_path, "src/.hidden/a.step.ts")
    (tmp_path / "src/x/loop").symlink_to(tmp_path / "src")
    (tmp_path / "src/gone.ts").symlink_to(tmp_path / "nowhere")
    seen = scan(tmp_path, Look(SCOPE))
    assert sorted(seen.files) == [".env", "lib/money.ts", "src/a.step.ts", "src/x/y/helper.ts"]
    assert sorted(seen.folders) == ["", "lib", "src", "src/x", "src/x/y"]
    assert scan(tmp_path / "nowhere", Look(SCOPE)).files == {}


def test_a_scan_follows_links_out_of_the_project_and_sees_files_outside(tmp_path: Path) -> None:
    root = tmp_path / "project"
    linked = write(tmp_path, "there/linked.ts")
    far = write(tmp_path, "far/away.ts")
    (root / "src").mkdir(parents=True)
    (root / "src/a.step.ts").symlink_to(linked)
    look = Look(scope_of(Snapshot(files={"src/a.step.ts": (str(far),)}), ()))
    before = scan(root, look)
    assert sorted(before.files) == [str(far), "src/a.step.ts"]
    assert {str(tmp_path / "there"), str(tmp_path / "far")} <= set(before.folders)
    linked.write_text("changed")
    far.write_text("changed")
    changed = differences(before.files, scan(root, look).files, look.scope, look.scope)
    assert changed == {str(far), "src/a.step.ts"}


def test_marks_are_patterns_of_what_installed_packages_change(tmp_path: Path) -> None:
    (tmp_path / "venv/lib/python3.11/site-packages").mkdir(parents=True)
    write(tmp_path, "packages/.done")
    marks = ("venv/lib/python*/site-packages", "packages/.done", "packages/.none", str(tmp_path / "venv/lib"))
    found = {str(Path(mark).relative_to(tmp_path)) for mark in scan(tmp_path, Look(SCOPE, marks)).marks}
    assert found == {"venv/lib/python3.11/site-packages", "packages/.done", "venv/lib"}


def test_differences() -> None:
    one, two = (1, 1, 1, 1), (2, 1, 1, 1)
    files = {"src/a.ts": one, "src/b.ts": one, "src/c.ts": one}
    assert differences(files, files, SCOPE, SCOPE) == set()
    later = {"src/a.ts": two, "src/c.ts": one, "src/d.ts": one}
    assert differences(files, later, SCOPE, SCOPE) == {"src/a.ts", "src/b.ts", "src/d.ts"}
    # A folder that a step begins to load from was there before: its files are not new; nor are they gone later.
    narrow = Scope(frozenset({"src"}), frozenset({".ts"}), frozenset())
    assert differences({}, {"lib/a.ts": one, "src/a.ts": one}, narrow, SCOPE) == {"src/a.ts"}
    assert differences({"lib/a.ts": one, "src/a.ts": one}, {}, SCOPE, narrow) == {"src/a.ts"}
    written = {"lib/a.ts": one, "lib/b.ts": (9, 1, 1, 1)}
    assert differences({}, written, narrow, SCOPE, 5) == {"lib/b.ts"}, "written while the code that wants it was loaded"


class Watching:
    """A watcher on a project, asked for one change at a time."""

    def __init__(
        self, root: Path, *, events: bool = False, marks: tuple[str, ...] = (), since: int | None = None
    ) -> None:
        self.root = root
        self.snapshot = Snapshot(files=FILES)
        self.marks = marks
        self.watcher = Watcher(root, self.look, period=0.02, events=events, since=since)
        self.heard: list[frozenset[str]] = []

    def look(self) -> Look:
        return Look(scope_of(self.snapshot, {".env"}, {"node_modules"}), self.marks)

    async def run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        changes: AsyncIterator[frozenset[str]] = self.watcher.changes()
        first = self.watcher._scan

        async def begun(look: Look) -> Seen:
            seen = await first(look)
            if not task_status._future.done():  # type: ignore[attr-defined]
                task_status.started()
            return seen

        self.watcher._scan = begun  # type: ignore[method-assign]
        async with aclosing(changes) as listening:  # type: ignore[type-var]
            async for change in listening:
                self.heard.append(change)

    async def next(self) -> frozenset[str]:
        with anyio.fail_after(10):
            while not self.heard:
                await anyio.sleep(0.005)
        return self.heard.pop(0)


@pytest.mark.parametrize("events", [True, False])
async def test_changes_are_noticed(tmp_path: Path, events: bool) -> None:
    write(tmp_path, "src/a.step.ts", "one")
    watching = Watching(tmp_path, events=events)
    async with anyio.create_task_group() as group:
        await group.start(watching.run)
        write(tmp_path, "src/a.step.ts", "two, longer")
        assert await watching.next() == {"src/a.step.ts"}
        write(tmp_path, "src/new/deep/c.step.ts")
        assert await watching.next() == {"src/new/deep/c.step.ts"}
        write(tmp_path, "src/new/deep/d.step.ts")
        assert await watching.next() == {"src/new/deep/d.step.ts"}
        (tmp_path / "src/a.step.ts").unlink()
        assert await watching.next() == {"src/a.step.ts"}
        # An editor that saves into a new file and renames it, with size and time kept.
        before = (tmp_path / "src/new/deep/c.step.ts").stat()
        spare = write(tmp_path, "src/new/deep/.c.tmp", "y")
        os.utime(spare, ns=(before.st_atime_ns, before.st_mtime_ns))
        spare.rename(tmp_path / "src/new/deep/c.step.ts")
        assert await watching.next() == {"src/new/deep/c.step.ts"}
        write(tmp_path, ".env", "A=1")
        assert await watching.next() == {".env"}
        write(tmp_path, "web/a.step.ts")
        write(tmp_path, "notes.txt")
        for file in ("src/x.step.ts", "src/y.step.ts", "lib/money.ts"):
            write(tmp_path, file)
        found: set[str] = set()
        while found != {"src/x.step.ts", "src/y.step.ts", "lib/money.ts"}:
            found |= await watching.next()
        assert watching.heard == []
        group.cancel_scope.cancel()


async def test_a_file_that_is_emptied_before_it_is_written_changes_once(tmp_path: Path) -> None:
    step = write(tmp_path, "src/a.step.ts", "one")
    other = write(tmp_path, "src/b_step.py", "one")
    watching = Watching(tmp_path)
    async with anyio.create_task_group() as group:
        await group.start(watching.run)
        step.write_text("")
        other.unlink()
        await anyio.sleep(0.06)
        step.write_text("two")
        other.write_text("two")
        assert await watching.next() == {"src/a.step.ts", "src/b_step.py"}
        step.write_text("")
        assert await watching.next() == {"src/a.step.ts"}, "in the end it is believed"
        assert watching.heard == []
        group.cancel_scope.cancel()


async def test_what_was_written_while_the_project_was_read_has_changed(tmp_path: Path) -> None:
    write(tmp_path, "src/a.step.ts")
    os.utime(tmp_path / "src/a.step.ts", (1, 1))
    began = time.time_ns() - 10**9
    write(tmp_path, "src/b_step.py")
    watching = Watching(tmp_path, since=began)
    async with anyio.create_task_group() as group:
        await group.start(watching.run)
        assert await watching.next() == {"src/b_step.py"}
        group.cancel_scope.cancel()


async def test_installed_packages_are_told_by_their_mark(tmp_path: Path) -> None:
    write(tmp_path, "src/a.step.ts")
    watching = Watching(tmp_path, marks=("packages/.done",))
    async with anyio.create_task_group() as group:
        await group.start(watching.run)
        mark = write(tmp_path, "packages/.done")
        assert await watching.next() == {str(mark)}
        group.cancel_scope.cancel()


async def test_a_folder_that_comes_into_scope_is_no_change(tmp_path: Path) -> None:
    write(tmp_path, "src/a.step.ts")
    os.utime(write(tmp_path, "shared/util.ts"), (1, 1))
    watching = Watching(tmp_path)
    async with anyio.create_task_group() as group:
        await group.start(watching.run)
        watching.snapshot = Snapshot(files={**FILES, "src/a.step.ts": ("shared/util.ts",)})
        write(tmp_path, "src/a.step.ts", "longer text")
        assert await watching.next() == {"src/a.step.ts"}
        write(tmp_path, "shared/util.ts", "longer text")
        assert await watching.next() == {"shared/util.ts"}
        group.cancel_scope.cancel()


async def test_the_bell_rings(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    (tmp_path / "src").mkdir()
    rang: list[bool] = []

    async def wait() -> None:
        rang.append(await bell.wait(5))

    with anyio.fail_after(10):
        folders = ["", "src", "nowhere"]
        assert await bell.hang(folders) is True
        assert await bell.wait(0.05) is False
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            number = 0
            while not rang:
                number += 1
                write(tmp_path, "src/a.txt", "x" * number)
                await anyio.sleep(0.02)
        assert rang == [True]
        write(tmp_path, "src/b.txt")
        assert await bell.hang(folders) is False, "it hangs there still, and has heard what happened meanwhile"
        assert await bell.wait(5) is True
        assert await bell.hang([""]) is True
    bell.close()


async def test_a_bell_that_cannot_be_hung_lets_time_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*options: object) -> object:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("motia_core.steps.bell.RustNotify", refuse)
    bell = Bell(tmp_path)
    assert await bell.hang([""]) is True
    assert [await bell.wait(0.01) for _ in range(3)] == [False] * 3
    bell.close()


def test_large_projects_are_looked_at_less_often(tmp_path: Path) -> None:
    watcher = Watcher(tmp_path, lambda: Look(SCOPE))
    stamp = (0, 0, 0, 0)
    periods = [watcher._rest(Seen(files={str(n): stamp for n in range(count)})) for count in (0, 1000, 5000, 100_000)]
    assert periods == sorted(periods)
    assert (periods[0], periods[1], periods[-1]) == (0.1, 0.1, 1.0)
