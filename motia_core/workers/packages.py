"""Installs the packages a runner itself needs, once per user, lock file, platform and runtime; never into the project.

Two starters wait for each other; a half-made folder is never used. `installed` returns the folder for `MOTIA_PACKAGES`.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import anyio
import anyio.to_thread

from motia_core.errors import RuntimeMissing
from motia_core.workers import cache, process
from motia_core.workers.languages import Packages, Runner

Progress = Callable[[str], None]


async def installed(
    runner: Runner, progress: Progress | None = None, environ: Mapping[str, str] = os.environ
) -> Path | None:
    """The folder with the runner's packages, installed now if they are not there; None when it needs none.
    `MOTIA_PACKAGES_FROM_TREE=1` uses what lies in the runner's own folder. Raises RuntimeMissing."""
    wanted = runner.packages
    if wanted is None:
        return None
    if environ.get("MOTIA_PACKAGES_FROM_TREE") == "1":
        return runner.folder
    try:
        target = cache.user_cache(environ) / "packages" / f"{runner.name}-{_key(runner, wanted)}"
        if target.is_dir():
            return target
        async with cache.locked(target.with_name(f"{target.name}.lock")):
            if not target.is_dir():
                if progress is not None:
                    progress(f"{runner.name}: installing the runner's packages (only once) into {target}")
                await _install(runner, wanted, target, environ)
    except OSError as error:
        raise RuntimeMissing(
            f"{runner.name}: the runner's packages could not be installed: {error}",
            hint="check that the folder can be written, or set MOTIA_CACHE_DIR to one that can",
        ) from error
    return target


def _key(runner: Runner, wanted: Packages) -> str:
    lock = hashlib.sha256()
    for name in sorted({*wanted.files, wanted.lock}):
        lock.update(name.encode() + b"\0" + (runner.folder / name).read_bytes())
    lock.update("\0".join(wanted.command).encode())
    system = f"{platform.system()}-{platform.machine()}".lower()
    return f"{runner.version.partition('.')[0] or '0'}-{system}-{lock.hexdigest()[:16]}"


async def _install(runner: Runner, wanted: Packages, target: Path, environ: Mapping[str, str]) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    _remove(temporary)
    temporary.mkdir(parents=True)
    try:
        for name in wanted.files:
            copy = temporary / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(runner.folder / name, copy)
        command = [word.replace("{runtime}", runner.runtime) for word in wanted.command]
        try:
            code, said = await process.complete(command, cwd=temporary, env=environ)
        except FileNotFoundError:
            raise RuntimeMissing(f"{runner.name}: {command[0]} was not found", hint=runner.install) from None
        if code != 0:
            last = " / ".join(line.strip() for line in said.splitlines() if line.strip()) or f"exit code {code}"
            raise RuntimeMissing(
                f"{runner.name}: `{' '.join(command)}` failed: {last[-400:]}",
                hint="the first start needs a package registry; check the network and its settings, then start again",
            )
        temporary.rename(target)
    finally:
        if temporary.is_dir():
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(_remove, temporary)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
