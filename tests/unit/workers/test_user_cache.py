"""Where the cache is, and its lock."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from motia_core.workers.cache import locked, user_cache, write_whole


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert user_cache({"MOTIA_CACHE_DIR": "/a/b"}) == Path("/a/b")
    assert user_cache({"XDG_CACHE_HOME": "/x"}) == Path("/x/motia")
    assert user_cache({}) == Path.home() / ".cache" / "motia"
    monkeypatch.setattr("sys.platform", "darwin")
    assert user_cache({}) == Path.home() / "Library" / "Caches" / "motia"


def test_files_are_whole_or_not_there(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b", b"one")
    write_whole(tmp_path / "a" / "b", b"two")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "a").iterdir()] == [("b", b"two")]


@pytest.mark.anyio
async def test_one_holder_at_a_time(tmp_path: Path) -> None:
    order: list[str] = []

    async def hold(name: str) -> None:
        async with locked(tmp_path / "lock"):
            order.append(f"{name} in")
            await anyio.sleep(0.02)
            order.append(f"{name} out")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(hold, "a")
        tasks.start_soon(hold, "b")
    assert [word.split()[1] for word in order] == ["in", "out", "in", "out"]
