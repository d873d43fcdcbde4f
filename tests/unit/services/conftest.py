"""The table of services on the reference store, asked in the name of a step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config import Config, Durability
from motia_core.config.knobs import Queue
from motia_core.model import Caller, Emit, Invocation, Step, Stream
from motia_core.services.context import Services
from motia_core.services.running import Active, Running
from motia_core.services.table import Table
from motia_core.steps.registry import Registry, Snapshot
from motia_core.storage.open import open_storage
from motia_core.traces.recorder import Recorder


def step(name: str, *topics: str, **more: Any) -> Step:
    return Step(
        id=name,
        name=name,
        kind=more.pop("kind", "event"),
        file=f"{name}.x",
        member="",
        runner="x",
        language="x",
        topics=topics,
        **more,
    )


STEPS = (
    step("hears", "t.one"),
    step("also-hears", "t.one"),
    step("declares", emits=(Emit("t.one"),)),
    step("strict", emits=(Emit("t.one"),), strict_emits=True),
    step("everything", all_topics=True),
    step("api", kind="api"),
    step("tick", kind="cron", cron="* * * * *"),
)


class Door:
    """The table, asked in the name of a step."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.table = Table(services)

    def begin(self, name: str = "hears", *, delivery: int | None = None) -> Active:
        found = self.services.registry.current.by_name[name]
        caller = Caller(trigger="event", trace_id="TRACE", delivery=delivery)
        invocation = Invocation(
            id=self.services.clock.new_id(), step=found, caller=caller, input=Raw(b"null"), deadline=0
        )
        return self.services.running.begin(invocation, None)

    async def ask(self, active: Active, method: str, **params: Any) -> Any:
        data = msgspec.json.encode({"invocation": active.invocation.id, **params})
        return msgspec.json.decode(await self.table.answer("w", method, Raw(data)))

    async def waiting(self) -> dict[str, int]:
        rows = await self.services.storage.events.backlog(now=self.services.clock.now_ms())
        return {row.step: row.ready + row.delayed + row.blocked for row in rows}

    async def warnings(self) -> list[str]:
        """What was said in steps' logs, so far."""
        await self.services.recorder.flush()
        found = await self.services.storage.traces.logs(level="warn")
        return [record.msg for _, record in found]


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    clock = Clock()
    storage = await open_storage("memory:", tmp_path, tmp_path, durability=Durability(), clock=clock)
    by_topic: dict[str, tuple[Step, ...]] = {}
    for each in STEPS:
        for topic in each.topics:
            by_topic[topic] = (*by_topic.get(topic, ()), each)
    snapshot = Snapshot(
        steps=STEPS,
        by_name={each.name: each for each in STEPS},
        by_topic=by_topic,
        all_topics=tuple(each for each in STEPS if each.all_topics),
        streams={"todo": Stream(name="todo", file="todo.x", member="", runner="x", language="x", ttl=60)},
    )
    config = Config(queue=Queue(backlog=50))
    recorder = Recorder(storage.traces, config.traces, clock)
    yield Door(
        Services(
            config=config, storage=storage, registry=Registry(snapshot), running=Running(), recorder=recorder,
            clock=clock, run_dir=tmp_path,
        )
    )  # fmt: skip
    await storage.close()
