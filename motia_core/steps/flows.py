"""Flows: which steps belong together and who tells whom, read from their definitions. Pure: a snapshot in, graphs out.

Only what is declared is drawn; an emit of a topic that a step never named is in traces, not here.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from motia_core.model import Emit, Step
from motia_core.steps.registry import Snapshot


class Edge(Struct, frozen=True, kw_only=True):
    """`target` hears what `source` emits. `virtual`: declared for diagrams only, by the source."""

    source: Step
    target: Step
    topic: str
    label: str | None = None
    virtual: bool = False
    conditional: bool = False


class Flow(Struct, frozen=True):
    """`steps` are in the order of their files. `name` is "" for the steps that belong to no flow."""

    name: str
    steps: tuple[Step, ...]
    edges: tuple[Edge, ...]

    @property
    def roots(self) -> tuple[Step, ...]:
        """Where to begin: steps that nothing in the flow tells, then one of each circle that nothing leads into."""
        told = {edge.target.id for edge in self.edges if edge.source.id != edge.target.id}
        found = [step for step in self.steps if step.id not in told]
        reached = self._reached(found)
        for step in self.steps:
            if step.id not in reached:
                found.append(step)
                reached |= self._reached([step])
        return tuple(found)

    def _reached(self, begin: Iterable[Step]) -> set[str]:
        reached: set[str] = set()
        waiting = [step.id for step in begin]
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting.extend(edge.target.id for edge in self.edges if edge.source.id == one)
        return reached


def flows(snapshot: Snapshot, *, loose: bool = False) -> tuple[Flow, ...]:
    """Every flow that a step names, by name; with `loose`, the steps that name none come last."""
    names = sorted({name for step in snapshot.steps for name in step.flows})
    found = [_flow(name, [step for step in snapshot.steps if name in step.flows]) for name in names]
    rest = [step for step in snapshot.steps if not step.flows]
    return (*found, *([_flow("", rest)] if loose and rest else ()))


def _flow(name: str, steps: list[Step]) -> Flow:
    edges = [
        Edge(source=source, target=target, topic=emit.topic, label=emit.label, virtual=virtual,
             conditional=emit.conditional)
        for source in steps
        for virtual, emit in _emits(source)
        for target in steps
        if _hears(target, emit.topic, virtual=virtual)
    ]  # fmt: skip
    return Flow(name, tuple(steps), tuple(edges))


def _emits(step: Step) -> list[tuple[bool, Emit]]:
    return [*((False, emit) for emit in step.emits or ()), *((True, emit) for emit in step.virtual_emits)]


def _hears(step: Step, topic: str, *, virtual: bool) -> bool:
    """A step that hears everything hears what is really emitted."""
    return topic in step.topics or topic in step.virtual_subscribes or (step.all_topics and not virtual)
