"""Finds and loads a project's configuration, also where that takes a worker of the file's language.

A configuration in TypeScript, Python or Ruby is user code: it runs in a worker of its own that ends afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import anyio
import msgspec

from motia_core import __version__
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.config.load import Loaded, load
from motia_core.errors import ConfigError
from motia_core.protocol.calls import Log
from motia_core.protocol.messages import encode
from motia_core.protocol.requests import LoadConfig, LoadedConfig
from motia_core.workers.languages import load_runners
from motia_core.workers.launch import Site
from motia_core.workers.supervisor import Supervisor

_TIMEOUT = 60.0


async def load_project_config(project: Path, mode: str, flags: Mapping[str, object]) -> Loaded:
    """The effective configuration. Raises ConfigError when the file cannot be loaded: never silently open."""

    async def in_worker(file: str) -> LoadedConfig:
        return await _load_in_worker(project, file)

    return await load(project, mode, flags, in_worker)


async def _load_in_worker(project: Path, file: str) -> LoadedConfig:
    runners = load_runners(None, project)
    extension = Path(file).suffix
    runner = next((each for each in runners.values() if extension in each.languages), None)
    if runner is None:
        raise ConfigError(f"{file}: no runner reads {extension} files")
    if runner.problem is not None:
        raise ConfigError(f"{file} cannot be loaded: {runner.problem}")
    config = Config()
    run_dir = project / config.motia_dir / "run"
    run_dir.mkdir(parents=True, exist_ok=True)
    site = Site(project=project, run_dir=run_dir, cache=run_dir.parent / "cache", version=__version__)
    supervisor = Supervisor(
        runner, config.workers.pool(runner.name), site, handler=_refuse, log=_pass_on, clock=Clock()
    )
    async with anyio.create_task_group() as group:
        await group.start(supervisor.run)
        try:
            worker = await supervisor.pool.acquire()
            try:
                raw = await worker.call("config.load", encode(LoadConfig(file=file)), timeout=_TIMEOUT)
            finally:
                supervisor.pool.release(worker)
        finally:
            with anyio.CancelScope(shield=True):
                await supervisor.stop(0.5)
            group.cancel_scope.cancel()
    loaded = msgspec.json.decode(raw, type=LoadedConfig)
    if loaded.error is not None:
        where = loaded.error.file or file
        line = f":{loaded.error.line}" if loaded.error.line else ""
        cause = f" (loaded by {file})" if where != file else ""
        raise ConfigError(f"{where}{line}: {loaded.error.message}{cause}", hint=loaded.error.hint)
    return loaded


def _pass_on(worker: str, log: Log) -> None:
    """What a configuration file prints goes to stderr: results on stdout stay clean."""
    sys.stderr.write(f"{log.msg}\n")


async def _refuse(worker: str, method: str, params: msgspec.Raw) -> bytes:
    raise ConfigError(f"a configuration file cannot call {method}")
