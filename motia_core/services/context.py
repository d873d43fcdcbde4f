"""What every service shares: the stores, the clock, the limits. Built once by `app`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import Config
from motia_core.errors import PayloadRefused
from motia_core.metrics.counts import Counts
from motia_core.model import TICK_TOPIC
from motia_core.protocol.values import inline_files
from motia_core.services.pauses import Pauses
from motia_core.services.running import Active, Running
from motia_core.steps.registry import Registry
from motia_core.storage.base import Storage
from motia_core.storage.expiry import expires
from motia_core.traces.recorder import Recorder

MAX_NAME = 1024


class Services:
    """The shared parts. `wake` tells the queue that deliveries were stored."""

    def __init__(
        self,
        *,
        config: Config,
        storage: Storage,
        registry: Registry,
        running: Running,
        recorder: Recorder,
        clock: Clock,
        run_dir: Path,
    ) -> None:
        self.config = config
        self.storage = storage
        self.registry = registry
        self.running = running
        self.recorder = recorder
        self.clock = clock
        self.run_dir = run_dir
        self.counts = Counts(clock.now_ms())
        self.pauses = Pauses(storage, clock)
        self.wake: Callable[[], None] = lambda: None
        self.warned: set[tuple[str, str, str]] = set()

    def value(self, raw: Raw) -> bytes:
        """A value to keep: on one line, without files."""
        return inline_files(raw, self.run_dir)

    def expires(self, ttl: float | None) -> int | None:
        """When something set now with `ttl` seconds ends. Raises PayloadRefused."""
        return None if ttl is None else expires(ttl, self.clock.now_ms())

    def warn_once(self, active: Active, code: str, key: str, message: str) -> None:
        """A warning in the log of the step, the first time only."""
        mark = (code, active.invocation.step.id, key)
        if mark not in self.warned and len(self.warned) < 10_000:
            self.warned.add(mark)
            self.recorder.note("warn", message, active.invocation)


def topic(value: str) -> str:
    """`value` when an event may have it as its topic. Raises PayloadRefused."""
    if value == TICK_TOPIC:
        raise PayloadRefused(f"the topic '{TICK_TOPIC}' belongs to the runs of cron steps: choose another")
    return name(value, "topic")


def name(value: str, what: str) -> str:
    """`value` when it is usable as a group or key. Raises PayloadRefused."""
    if len(value) > MAX_NAME:
        raise PayloadRefused(f"the {what} has {len(value)} characters, {MAX_NAME} are allowed")
    return value
