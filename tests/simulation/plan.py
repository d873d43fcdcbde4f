"""What one seed asks for: how the servers are set, which steps they serve, what each event does, which faults come.

Everything is drawn from streams of lots named by their purpose, so that leaving one kind of fault out of a seed leaves
the rest of it alone.
"""

from __future__ import annotations

import random
from typing import Literal

from msgspec import Struct

from motia_core.config import Config, Pool
from motia_core.config.knobs import Deadlines, Queue, Traces
from motia_core.model import Backoff, HandlerRules, QueueRules, Step
from motia_core.steps.registry import Snapshot

Fault = Literal["worker", "hang", "kill", "pause", "disk", "clock", "drain", "rename", "redrive", "delay"]
FAULTS: tuple[Fault, ...] = ("worker", "hang", "kill", "pause", "disk", "clock", "drain", "rename", "redrive", "delay")

Kind = Literal["ok", "slow", "flaky", "failing", "poison", "crash", "stuck", "deaf", "once", "block", "emit", "door"]
_KINDS: tuple[tuple[Kind, int], ...] = (
    ("ok", 28), ("slow", 9), ("flaky", 14), ("failing", 4), ("poison", 1), ("crash", 3), ("stuck", 2), ("deaf", 1),
    ("once", 8), ("block", 9), ("emit", 7),
)  # fmt: skip
TOPICS = {"plain": ("plain",), "narrow": ("narrow",), "line": ("line",), "both": ("both-a", "both-b")}
DEPTH = 2


class Plan(Struct, kw_only=True):
    """What the event `n` does to its handlers. `times`: in how many runs of a step it misbehaves first."""

    n: int
    topic: str
    kind: Kind
    seconds: float
    times: int = 1
    group: str | None = None
    dedup: str | None = None
    delay: float | None = None
    children: tuple[int, ...] = ()


class Setup(Struct, frozen=True, kw_only=True):
    """One seed."""

    seed: int
    faults: frozenset[Fault]
    backend: Literal["memory", "sqlite"]
    cores: int
    config: Config
    snapshot: Snapshot
    doors: int
    busy: float = 6.0

    def lots(self, purpose: str) -> random.Random:
        return random.Random(f"{self.seed}/{purpose}")


def setup(seed: int, *, without: frozenset[Fault] = frozenset(), backend: str | None = None) -> Setup:
    lots = random.Random(f"{seed}/setup")
    share = lots.choice((0.2, 0.45, 0.75))
    faults = frozenset(fault for fault in FAULTS if lots.random() < share) - without
    store: Literal["memory", "sqlite"] = "sqlite" if lots.random() < 0.1 else "memory"
    config = Config(
        queue=Queue(
            concurrency=lots.choice((3, 8, 16)),
            claim_batch=lots.choice((2, 16, 128)),
            poll=lots.choice((0.5, 1.0)),
            lease=lots.choice((1.5, 3.0, 5.0)),
            lost_runs=lots.choice((1, 3, 10)),
        ),
        deadlines=Deadlines(api=60.0, event=lots.choice((6.0, 10.0)), cron=10.0),
        traces=Traces(enabled=False),
    )
    return Setup(
        seed=seed,
        faults=faults,
        backend="sqlite" if backend == "sqlite" else "memory" if backend == "memory" else store,
        cores=lots.choice((1, 1, 2, 2, 3)),
        config=config,
        snapshot=_snapshot(lots),
        doors=lots.randint(3, 9),
    )


def pool(lots: random.Random) -> Pool:
    return Pool(
        min=1,
        max=lots.choice((1, 2)),
        max_in_flight=lots.choice((3, 16)),
        queue_wait=3.0,
        start_timeout=3.0,
        memory=0,
        idle=10.0,
        stop_grace=1.0,
    )


def _snapshot(lots: random.Random) -> Snapshot:
    def step(name: str, topic: str, *, fifo: bool = False, concurrency: int | None = None) -> Step:
        queue = QueueRules(
            fifo=fifo,
            max_retries=lots.choice((0, 1, 2, 3)),
            concurrency=concurrency,
            backoff=Backoff(first=lots.choice((0.2, 1.0)), cap=2.0),
        )
        return _step(name, "event", topics=(topic,), queue=queue)

    steps = [
        _step("door", "api"),
        step("plain", "plain"),
        step("narrow", "narrow", concurrency=lots.choice((1, 2))),
        step("line", "line", fifo=True),
        step("both-a", "both"),
        step("both-b", "both", fifo=True, concurrency=lots.choice((1, 2, None))),
    ]
    if lots.random() < 0.3:
        steps.append(_step("handle-step-error", "event", topics=("told",)))
    if lots.random() < 0.2:
        steps.append(_step("tick", "cron", cron="*/2 * * * * *", timezone="UTC"))
    return snapshot_of(steps)


def snapshot_of(steps: list[Step]) -> Snapshot:
    by_topic: dict[str, tuple[Step, ...]] = {}
    for step in steps:
        for topic in step.topics:
            by_topic[topic] = (*by_topic.get(topic, ()), step)
    crons = tuple(step for step in steps if step.kind == "cron")
    by_name = {step.name: step for step in steps}
    return Snapshot(number=1, steps=tuple(steps), by_name=by_name, by_topic=by_topic, crons=crons)


def _step(name: str, kind: str, **more: object) -> Step:
    return Step(
        id=name, name=name, kind=kind, file=f"steps/{name}", member="", runner="simulated", language="x",
        handler=HandlerRules(), **more,  # type: ignore[arg-type]
    )  # fmt: skip


class Events:
    """Draws events as they are needed. The same door in the same seed draws the same tree."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._lots = setup.lots("events")
        self._kinds = [kind for kind, _ in _KINDS]
        self._weights = [weight for _, weight in _KINDS]
        self.plans: dict[int, Plan] = {}

    def door(self) -> Plan:
        """One request from outside, which emits some events."""
        lots = self._lots
        plan = self._add(Plan(n=len(self.plans) + 1, topic="door", kind="door", seconds=lots.uniform(0.0, 0.05)))
        plan.children = tuple(self._event(0).n for _ in range(lots.randint(1, 4)))
        return plan

    def _event(self, depth: int) -> Plan:
        lots = self._lots
        kind = lots.choices(self._kinds, self._weights)[0]
        while kind in ("block", "emit") and depth >= DEPTH:
            kind = lots.choices(self._kinds, self._weights)[0]
        topic = lots.choice(tuple(TOPICS))
        fifo = topic in ("line", "both")
        lease = self._setup.config.queue.lease
        plan = self._add(
            Plan(
                n=len(self.plans) + 1,
                topic=topic,
                kind=kind,
                seconds=lease * lots.uniform(1.1, 1.8) if kind == "slow" else lots.choice((0.0, 0.01, 0.2, 1.0)),
                times=lots.randint(1, 3),
                group=lots.choice(("a", "b")) if fifo and lots.random() < 0.85 else None,
                delay=lots.uniform(0.5, 3.0) if lots.random() < 0.15 else None,
            )
        )
        if lots.random() < 0.12:
            plan.dedup = f"id-{lots.randint(1, 3)}"
        if kind in ("block", "emit"):
            plan.children = tuple(self._event(depth + 1).n for _ in range(lots.randint(1, 2)))
        return plan

    def _add(self, plan: Plan) -> Plan:
        self.plans[plan.n] = plan
        return plan
