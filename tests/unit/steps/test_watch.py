"""What counts as a change, and that it is noticed with and without the system's notifications."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest

from motia_core.steps.bell import Bell
from motia_core.steps.registry import Snapshot
from motia_core.steps.watch import Change, Scope, Watcher, differences, scan, scope_of

pytestmark = pytest.mark.anyio

FILES = {"src/a.step.ts": ("lib/money.ts", "src/data.json"), "src/b_step.py": ()}
SCOPE = scope_of(Snapshot(files=FILES))


def write(root: Path, file: str, text: str = "x") -> Path:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("file", "covered"),
    [
        ("src/a.step.ts", True),
        ("src/new.step.ts", True),
        ("src/new.step.rb", True),
        ("motia/steps/x.py", True),
        ("steps/helper.ts", True),
        ("src/helper.py", True),
        ("lib/money.ts", True),
        ("lib/other.ts", True),
        ("src/data.json", True),
        ("root.step.ts", True),
        (".env", True),
        ("package.json", True),
        ("tsconfig.json", True),
        ("motia.config.ts", True),
        ("requirements.txt", True),
        ("src/other.json", False),
        ("src/helper.rb", False),
        ("src/a.test.ts", False),
        ("src/a.step.spec.ts", False),
        ("src/types.d.ts", False),
        ("types.d.ts", False),
        ("vite.config.ts", False),
        ("web/app.ts", False),
        ("dist/a.step.ts", False),
        ("src/package.json", False),
        ("src/notes.txt", False),
        ("data.db", False),
    ],
)
def test_scope(file: str, covered: bool) -> None:
    assert SCOPE.covers(file) is covered


def test_an_empty_project_waits_for_its_first_step() -> None:
    scope = scope_of(Snapshot())
    assert scope.covers("src/a.step.ts") and scope.covers("a_step.py")
    assert not scope.covers("src/helper.ts")


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
    seen = scan(tmp_path, SCOPE)
    assert sorted(seen.files) == [".env", "lib/money.ts", "src/a.step.ts", "src/x/y/helper.ts"]
    assert sorted(seen.folders) == ["", "lib", "src", "src/x", "src/x/y"]
    assert scan(tmp_path / "nowhere", SCOPE).files == {}


def test_differences() -> None:
    one, two = (1, 1, 1), (2, 1, 1)
    files = {"src/a.ts": one, "src/b.ts": one, "src/c.ts": one}
    assert differences(files, files, SCOPE, SCOPE) == set()
    later = {"src/a.ts": two, "src/c.ts": one, "src/d.ts": one}
    assert differences(files, later, SCOPE, SCOPE) == {"src/a.ts", "src/b.ts", "src/d.ts"}
    # A folder that a step begins to load from was there before: its files are not new; nor are they gone later.
    narrow = Scope(frozenset({"src"}), frozenset({".ts"}), frozenset())
    assert differences({}, {"lib/a.ts": one, "src/a.ts": one}, narrow, SCOPE) == {"src/a.ts"}
    assert differences({"lib/a.ts": one, "src/a.ts": one}, {}, SCOPE, narrow) == {"src/a.ts"}


class Deaf(Bell):
    """A system without notifications."""

    async def wait(self, folders: object, seconds: float) -> bool:
        await anyio.sleep(min(seconds, 0.02))
        return False


class Watching:
    """A watcher on a project, asked for one change at a time."""

    def __init__(self, root: Path, *, deaf: bool) -> None:
        self.root = root
        self.snapshot = Snapshot(files=FILES)
        self.watcher = Watcher(root, lambda: self.snapshot)
        if deaf:
            self.watcher._bell = Deaf(root)
        self.heard: list[Change] = []

    async def run(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        changes: AsyncIterator[Change] = self.watcher.changes()
        first = self.watcher._look

        async def look(scope: Scope):  # type: ignore[no-untyped-def]
            seen = await first(scope)
            if not task_status._future.done():  # type: ignore[attr-defined]
                task_status.started()
            return seen

        self.watcher._look = look  # type: ignore[method-assign]
        async with aclosing(changes) as listening:  # type: ignore[type-var]
            async for change in listening:
                self.heard.append(change)

    async def next(self) -> Change:
        with anyio.fail_after(10):
            while not self.heard:
                await anyio.sleep(0.005)
        return self.heard.pop(0)


@pytest.mark.parametrize("deaf", [False, True])
async def test_changes_are_noticed(tmp_path: Path, deaf: bool) -> None:
    write(tmp_path, "src/a.step.ts", "one")
    watching = Watching(tmp_path, deaf=deaf)
    async with anyio.create_task_group() as group:
        await group.start(watching.run)
        write(tmp_path, "src/a.step.ts", "two, longer")
        assert await watching.next() == Change(frozenset({"src/a.step.ts"}))
        write(tmp_path, "src/new/deep/c.step.ts")
        assert (await watching.next()).files == {"src/new/deep/c.step.ts"}
        write(tmp_path, "src/new/deep/d.step.ts")
        assert (await watching.next()).files == {"src/new/deep/d.step.ts"}
        (tmp_path / "src/a.step.ts").unlink()
        assert (await watching.next()).files == {"src/a.step.ts"}
        # An editor that saves into a new file and renames it, with size and time kept.
        before = (tmp_path / "src/new/deep/c.step.ts").stat()
        spare = write(tmp_path, "src/new/deep/.c.tmp", "y")
        os.utime(spare, ns=(before.st_atime_ns, before.st_mtime_ns))
        spare.rename(tmp_path / "src/new/deep/c.step.ts")
        assert (await watching.next()).files == {"src/new/deep/c.step.ts"}
        write(tmp_path, ".env", "A=1")
        assert await watching.next() == Change(frozenset({".env"}), restart=True)
        write(tmp_path, "web/a.step.ts")
        write(tmp_path, "notes.txt")
        for file in ("src/x.step.ts", "src/y.step.ts", "lib/money.ts"):
            write(tmp_path, file)
        found: set[str] = set()
        while found != {"src/x.step.ts", "src/y.step.ts", "lib/money.ts"}:
            found |= (await watching.next()).files
        assert watching.heard == []
        group.cancel_scope.cancel()


async def test_a_folder_that_comes_into_scope_is_no_change(tmp_path: Path) -> None:
    write(tmp_path, "src/a.step.ts")
    write(tmp_path, "shared/util.ts")
    watching = Watching(tmp_path, deaf=True)
    async with anyio.create_task_group() as group:
        await group.start(watching.run)
        watching.snapshot = Snapshot(files={**FILES, "src/a.step.ts": ("shared/util.ts",)})
        write(tmp_path, "src/a.step.ts", "longer text")
        assert (await watching.next()).files == {"src/a.step.ts"}
        write(tmp_path, "shared/util.ts", "longer text")
        assert (await watching.next()).files == {"shared/util.ts"}
        group.cancel_scope.cancel()


async def test_the_bell_rings(tmp_path: Path) -> None:
    bell = Bell(tmp_path)
    (tmp_path / "src").mkdir()
    rang: list[bool] = []

    async def wait() -> None:
        rang.append(await bell.wait(["", "src", "nowhere"], 5))

    with anyio.fail_after(10):
        assert await bell.wait(["", "src", "nowhere"], 0.05) is False
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            number = 0
            while not rang:
                number += 1
                write(tmp_path, "src/a.txt", "x" * number)
                await anyio.sleep(0.02)
    assert rang == [True]
    bell.close()


async def test_a_bell_that_cannot_be_hung_lets_time_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*paths: Path, **options: object) -> object:
        raise OSError(28, "inotify watch limit reached")
        yield set()

    monkeypatch.setattr("motia_core.steps.bell.watchfiles.watch", refuse)
    bell = Bell(tmp_path)
    assert [await bell.wait([""], 0.01) for _ in range(3)] == [False] * 3
    bell.close()


def test_large_projects_are_looked_at_less_often() -> None:
    from motia_core.steps.watch import Seen, _rest

    periods = [_rest(Seen(files={str(n): (0, 0, 0) for n in range(count)})) for count in (0, 1000, 5000, 100_000)]
    assert periods == sorted(periods)
    assert (periods[0], periods[1], periods[-1]) == (0.1, 0.1, 1.0)
