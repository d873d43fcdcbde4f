"""The runner's own packages, with a fake installer instead of a registry."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from motia_core.errors import RuntimeMissing
from motia_core.workers.languages import Packages, Runner
from motia_core.workers.packages import installed

pytestmark = pytest.mark.anyio

COUNT = "echo x >> $MOTIA_CACHE_DIR/../count; sleep 0.1; mkdir -p deps; cp lock deps/made"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"MOTIA_CACHE_DIR": str(tmp_path / "cache"), "PATH": "/usr/bin:/bin"}


def runner(tmp_path: Path, script: str = COUNT, *, command: list[str] | None = None) -> Runner:
    folder = tmp_path / "runner"
    folder.mkdir(exist_ok=True)
    (folder / "lock").write_text("one")
    (folder / "sub").mkdir(exist_ok=True)
    (folder / "sub" / "list").write_text("list")
    packages = Packages(lock="lock", files=["lock", "sub/list"], command=command or ["sh", "-c", script])
    return Runner(
        name="lang", folder=folder, languages={}, sdk=folder, version="20.1", install="get lang", packages=packages
    )


async def test_installs_once_for_all_starters(tmp_path: Path, environ: dict[str, str]) -> None:
    found: list[Path | None] = []
    said: list[str] = []

    async def one() -> None:
        found.append(await installed(runner(tmp_path), said.append, environ))

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(one)
    assert len(set(found)) == 1 and found[0] is not None
    assert (found[0] / "deps" / "made").read_text() == "one"
    assert (found[0] / "sub" / "list").read_text() == "list"
    assert (tmp_path / "count").read_text() == "x\n"
    assert len(said) == 1 and "only once" in said[0]
    assert not (tmp_path / "runner" / "deps").exists()


async def test_another_lock_or_runtime_is_another_folder(tmp_path: Path, environ: dict[str, str]) -> None:
    first = await installed(runner(tmp_path), None, environ)
    changed = runner(tmp_path)
    (changed.folder / "lock").write_text("two")
    second = await installed(changed, None, environ)
    newer = Runner(**{**{f: getattr(changed, f) for f in changed.__struct_fields__}, "version": "22.0"})
    third = await installed(newer, None, environ)
    assert len({first, second, third}) == 3


@pytest.mark.parametrize(
    ("script", "command", "said"),
    [
        ("echo no registry answers >&2; exit 1", None, "failed: no registry answers"),
        ("exit 7", None, "failed: exit code 7"),
        ("", ["no-such-installer"], "no-such-installer was not found"),
    ],
)
async def test_one_clear_error_and_nothing_half_made(
    tmp_path: Path, environ: dict[str, str], script: str, command: list[str] | None, said: str
) -> None:
    with pytest.raises(RuntimeMissing, match=said) as caught:
        await installed(runner(tmp_path, script, command=command), None, environ)
    assert caught.value.hint
    assert [path.suffix for path in (tmp_path / "cache" / "packages").iterdir()] == [".lock"]


async def test_an_interrupted_install_leaves_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    with anyio.move_on_after(0.1) as scope:
        await installed(runner(tmp_path, "sleep 60"), None, environ)
    assert scope.cancelled_caught
    assert [path.suffix for path in (tmp_path / "cache" / "packages").iterdir()] == [".lock"]


async def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RuntimeMissing, match="could not be installed") as caught:
        await installed(runner(tmp_path), None, {"MOTIA_CACHE_DIR": str(tmp_path / "file"), "PATH": "/bin"})
    assert "MOTIA_CACHE_DIR" in caught.value.hint


async def test_from_the_tree_only_when_asked(tmp_path: Path, environ: dict[str, str]) -> None:
    lang = runner(tmp_path)
    assert await installed(lang, None, environ | {"MOTIA_PACKAGES_FROM_TREE": "1"}) == lang.folder
    assert not (tmp_path / "cache").exists()


async def test_a_runner_without_packages_needs_none(tmp_path: Path) -> None:
    assert await installed(Runner(name="x", folder=tmp_path, languages={}, sdk=tmp_path)) is None
