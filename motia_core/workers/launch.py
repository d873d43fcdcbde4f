"""What a worker is started with: its environment and the handshake, both ways. Starts nothing itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Raw, Struct, field

from motia_core.config import knobs
from motia_core.errors import RemoteProtocolError, VersionMismatch
from motia_core.protocol.envelope import ErrorObject
from motia_core.protocol.messages import PROTOCOL_VERSION, encode
from motia_core.protocol.requests import Initialize, Initialized, WireLimits
from motia_core.workers.guardian import Guardian
from motia_core.workers.languages import Runner


class Site(Struct, frozen=True, kw_only=True):
    """What all workers of one server share. `environment` is added to the server's own; `cache` is the project's."""

    project: Path
    run_dir: Path
    cache: Path
    mode: Literal["dev", "start", "test"] = "dev"
    version: str = ""
    wire: knobs.Wire = knobs.Wire()
    cancel_grace: float = 5.0
    environment: Mapping[str, str] = field(default_factory=dict)
    guardian: Guardian = field(default_factory=Guardian)


def environment(site: Site, runner: Runner, worker: str, packages: Path | None) -> dict[str, str]:
    env = {**os.environ, **site.environment}
    env["MOTIA_WORKER"] = worker
    env["MOTIA_SDK"] = str(runner.sdk)
    env["MOTIA_CACHE"] = str(site.cache)
    env.pop("MOTIA_PACKAGES", None)
    if packages is not None:
        env["MOTIA_PACKAGES"] = str(packages)
    return env


def initialize(site: Site, runner: Runner, worker: str, settings: knobs.Pool) -> bytes:
    wire = site.wire
    limits = WireLimits(
        frame=wire.frame,
        spill=wire.spill,
        depth=wire.depth,
        in_flight=settings.max_in_flight,
        load_ms=int(settings.load_timeout * 1000),
    )
    return encode(
        Initialize(
            protocol=PROTOCOL_VERSION,
            core_version=site.version,
            project=str(site.project),
            runner=runner.name,
            worker=worker,
            mode=site.mode,
            run_dir=str(site.run_dir),
            parent_pid=os.getpid(),
            limits=limits,
        )
    )


def greeted(result: Raw) -> Initialized:
    """The runner's answer to `initialize`. Raises RemoteProtocolError."""
    try:
        answer = msgspec.json.decode(result, type=Initialized)
    except msgspec.MsgspecError as error:
        raise RemoteProtocolError(f"the runner answered initialize wrongly: {error}") from None
    if answer.protocol != PROTOCOL_VERSION:
        raise VersionMismatch(f"the runner speaks protocol {answer.protocol}, this is {PROTOCOL_VERSION}")
    return answer


def refused(error: ErrorObject) -> RemoteProtocolError:
    """What a runner's refusal of `initialize` means."""
    if error.code == VersionMismatch.code:
        return VersionMismatch(f"the runner does not speak protocol {PROTOCOL_VERSION}: {error.message}")
    return RemoteProtocolError(f"the runner refused to initialize: {error.message}")
