"""The built parts of a running application, by name: what admin routes and manual runs work with."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from motia_core.app.fleet import Fleet
from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.dispatcher import Dispatcher
from motia_core.otlp.exporter import Exporter
from motia_core.services.context import Services
from motia_core.services.running import Running
from motia_core.steps.registry import Registry
from motia_core.storage.base import Storage
from motia_core.streams.access import Access
from motia_core.streams.hub import Hub
from motia_core.traces.recorder import Recorder
from motia_core.traces.sampling import Sampler
from motia_core.triggers.cron import Cron
from motia_core.triggers.notices import Notices
from motia_core.triggers.queue import Queue


class Parts(Struct, frozen=True, kw_only=True):
    config: Config
    mode: str
    project: Path
    run_dir: Path
    clock: Clock
    storage: Storage
    registry: Registry
    recorder: Recorder
    running: Running
    services: Services
    fleet: Fleet
    access: Access
    hub: Hub
    dispatcher: Dispatcher
    queue: Queue
    notices: Notices
    cron: Cron
    sampler: Sampler
    exporter: Exporter | None = None
