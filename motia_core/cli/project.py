"""Opens what commands work on: the project folder, its configuration, its database; each closed again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio

from motia_core.cli.output import fail
from motia_core.clock import Clock
from motia_core.errors import MotiaError

if TYPE_CHECKING:
    from motia_core.config.load import Loaded
    from motia_core.storage.base import Storage
    from motia_core.storage.care import Care

T = TypeVar("T")


def run_async(work: Callable[[], Awaitable[T]]) -> T:
    """Runs `work` on a fresh loop; an error of ours ends the command in one line."""
    result = attempted(work)
    if isinstance(result, MotiaError):
        fail(result)
    return result


def attempted(work: Callable[[], Awaitable[T]]) -> T | MotiaError:
    """What `work` gives on a fresh loop, or the error of ours that ended it."""
    try:
        return anyio.run(work, backend_options={"use_uvloop": has_uvloop()})
    except MotiaError as error:
        return error
    except BaseExceptionGroup as group:
        ours = group.subgroup(MotiaError)
        if ours is None:
            raise
        return first(ours)


def first(group: BaseExceptionGroup[MotiaError]) -> MotiaError:
    """The first error inside nested groups."""
    inner = group.exceptions[0]
    return first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def has_uvloop() -> bool:
    try:
        import uvloop  # noqa: F401
    except ImportError:
        return False
    return True


async def _load(project: Path, mode: str, flags: dict[str, object]) -> Loaded:
    from motia_core.app.loading import load_project_config

    return await load_project_config(project, mode, flags)


async def configuration(project: Path, mode: str, flags: dict[str, object] | None = None) -> Loaded:
    """The effective configuration; its warnings are the caller's to show."""
    return await _load(project, mode, flags or {})


def motia_dir(project: Path) -> Path:
    """Where this project keeps its database and run files."""

    async def work() -> Path:
        loaded = await _load(project, "dev", {})
        return project / loaded.config.motia_dir

    return run_async(work)


@asynccontextmanager
async def storage(project: Path, loaded: Loaded | None = None) -> AsyncIterator[Storage]:
    """The project's database, also while a server runs on it. `loaded`: its configuration, when that is known."""
    from motia_core.storage.open import open_storage

    config = (loaded or await _load(project, "dev", {})).config
    opened = await open_storage(
        config.database.url, project, project / config.motia_dir, durability=config.durability, clock=Clock()
    )
    try:
        yield opened
    finally:
        await opened.close()


async def care(project: Path) -> Care:
    """The project's database as a whole."""
    from motia_core.storage.open import care_of

    config = (await _load(project, "dev", {})).config
    return care_of(config.database.url, project, project / config.motia_dir)
