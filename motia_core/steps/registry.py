"""What is served right now: one immutable snapshot, swapped whole, and the ways to look things up in it.

`build` makes a snapshot from what the runners report; it is pure. `Registry` holds the current one and tells listeners.
Code that works on one request or delivery takes the snapshot once and keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from motia_core.model import Problem, Step, Stream
from motia_core.protocol.requests import FileReport
from motia_core.steps.checks import check, files_problems, serve
from motia_core.steps.definition import Defined, define
from motia_core.steps.discovery import Candidate
from motia_core.steps.names import file_stem, plain

DEFAULT_ON_FAILURE = "handle-step-error"


class Broken(Struct, frozen=True, kw_only=True):
    """A file that cannot be served, or not wholly: why, and the steps it served before it broke."""

    file: str
    problem: Problem
    steps: tuple[Step, ...] = ()


class Settings(Struct, frozen=True, kw_only=True):
    """The part of the configuration that decides what is served."""

    max_retries: int = 3
    timezone: str = ""
    on_failure: str | None = None
    routes: Mapping[str, str] = field(default_factory=dict)


class Snapshot(Struct, frozen=True, kw_only=True):
    """`by_topic` holds declared subscriptions only: ask `targets` who hears a topic. `files` maps each file to the
    project files it has loaded. `steps` are in the order of their files and include noop steps."""

    number: int = 0
    steps: tuple[Step, ...] = ()
    by_name: dict[str, Step] = field(default_factory=dict)
    by_topic: dict[str, tuple[Step, ...]] = field(default_factory=dict)
    all_topics: tuple[Step, ...] = ()
    crons: tuple[Step, ...] = ()
    streams: dict[str, Stream] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()
    on_failure: str | None = None

    def targets(self, topic: str) -> tuple[Step, ...]:
        """Every step that hears `topic`: its subscribers, else the step so named, and those that hear everything. Steps
        of a broken file still count, so that their events wait for the cure."""
        named = self.by_topic.get(topic, ())
        if not named:
            step = self.by_name.get(topic) or self._broken_by_name(topic)
            named = (step,) if step is not None and step.kind == "event" else ()
        return named + tuple(step for step in self.all_topics if step not in named)

    def find(self, text: str) -> Step | None:
        """The step that `text` names, by `matches`; None when there is none or more than one."""
        found = self.matches(text)
        return found[0] if len(found) == 1 else None

    def matches(self, text: str) -> tuple[Step, ...]:
        """Steps whose name, id, file, or name or file stem in any case style is `text`; the closest match wins."""
        named = self.by_name.get(text)
        if named is not None:
            return (named,)
        exact = tuple(step for step in self.steps if text in (step.id, step.file, step.name))
        if exact:
            return exact
        wanted = plain(text)
        if not wanted:
            return ()
        return tuple(step for step in self.steps if plain(step.name) == wanted) or tuple(
            step for step in self.steps if plain(file_stem(step.file)) == wanted
        )

    def failure_step(self, step: Step) -> Step | None:
        """Who is told when `step` has failed for good; never itself."""
        wanted = step.on_failure or self.on_failure or DEFAULT_ON_FAILURE
        target = self.find(wanted)
        return target if target is not None and target.kind == "event" and target.id != step.id else None

    def _broken_by_name(self, name: str) -> Step | None:
        return next((step for broken in self.broken for step in broken.steps if step.name == name), None)


def build(
    candidates: Sequence[Candidate],
    reports: Sequence[FileReport],
    *,
    number: int = 1,
    settings: Settings | None = None,
    previous: Snapshot | None = None,
    problems: Sequence[Problem] = (),
) -> Snapshot:
    """The snapshot of a project. `previous` tells what a now broken file served, `problems` what discovery found."""
    settings = settings or Settings()
    said = {report.file: report for report in reports}
    defined: dict[str, Defined] = {}
    for candidate in sorted(candidates):
        report = said.get(candidate.file)
        if report is not None:
            defined[candidate.file] = define(report, candidate, max_retries=settings.max_retries)
        else:
            missing = Problem(code="not_described", message="the runner gave no report", file=candidate.file)
            defined[candidate.file] = Defined(problems=(missing,), broken=True)
    served = serve(defined, settings.routes)
    broken = _broken(defined, served.refused, previous)
    waiting = tuple(step for one in broken for step in one.steps)
    crons, findings = check(served.steps, waiting, timezone=settings.timezone, on_failure=settings.on_failure)
    return Snapshot(
        number=number,
        steps=served.steps,
        by_name=served.by_name,
        by_topic=_by_topic((*served.steps, *waiting)),
        all_topics=tuple(step for step in (*served.steps, *waiting) if step.all_topics),
        crons=crons,
        streams=served.streams,
        problems=(*problems, *files_problems(defined), *served.problems, *findings),
        files={file: tuple(said[file].dependencies) if file in said else () for file in defined},
        broken=broken,
        on_failure=settings.on_failure,
    )


def _broken(
    defined: Mapping[str, Defined], refused: Mapping[str, Problem], previous: Snapshot | None
) -> tuple[Broken, ...]:
    found = []
    for file, one in defined.items():
        if one.broken:
            served = {step.id for step in one.steps}
            problem = one.problems[0] if one.problems else Problem(code="bad_config", message="broken", file=file)
            before = tuple(step for step in _steps_before(previous, file) if step.id not in served)
            found.append(Broken(file=file, problem=problem, steps=before))
        elif file in refused:
            found.append(Broken(file=file, problem=refused[file]))
    return tuple(found)


def _steps_before(previous: Snapshot | None, file: str) -> tuple[Step, ...]:
    if previous is None:
        return ()
    kept = [step for broken in previous.broken if broken.file == file for step in broken.steps]
    return (*(step for step in previous.steps if step.file == file), *kept)


def _by_topic(steps: Sequence[Step]) -> dict[str, tuple[Step, ...]]:
    found: dict[str, tuple[Step, ...]] = {}
    for step in steps:
        for topic in step.topics:
            found[topic] = (*found.get(topic, ()), step)
    return found


class Registry:
    """The current snapshot and those who want to know when it changes."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.current = snapshot or Snapshot()
        self._listeners: list[Callable[[Snapshot], None]] = []

    def swap(self, snapshot: Snapshot) -> None:
        """Serves `snapshot` from now on."""
        self.current = snapshot
        for listener in tuple(self._listeners):
            listener(snapshot)

    def on_change(self, listener: Callable[[Snapshot], None]) -> None:
        """Calls `listener` with every snapshot to come."""
        self._listeners.append(listener)
