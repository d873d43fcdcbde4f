"""What is served right now: one immutable snapshot, swapped whole, and the ways to look things up in it.

`build` makes a snapshot from what the runners report; it is pure. `Registry` holds the current one and tells listeners.
Code that works on one request or delivery takes the snapshot once and keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
from msgspec import Struct, field

from motia_core.config import Config
from motia_core.model import TICK_TOPIC, Problem, Step, Stream
from motia_core.problems import gravity
from motia_core.protocol.requests import FileReport
from motia_core.steps.checks import Served, check, files_problems, serve
from motia_core.steps.definition import Defined, define
from motia_core.steps.discovery import Candidate
from motia_core.steps.names import file_stem, plain

DEFAULT_ON_FAILURE = "handle-step-error"


class Broken(Struct, frozen=True, kw_only=True):
    """A file that cannot be served, or not wholly: why, and the steps it served once and does no more. `serving`: its
    last good version serves on."""

    file: str
    problem: Problem
    steps: tuple[Step, ...] = ()
    serving: bool = False


class Settings(Struct, frozen=True, kw_only=True):
    """The part of the configuration that decides what is served."""

    max_retries: int = 3
    timezone: str = ""
    on_failure: str | None = None
    routes: Mapping[str, str] = field(default_factory=dict)


def settings_of(config: Config) -> Settings:
    return Settings(
        max_retries=config.queue.max_retries,
        timezone=config.cron.timezone,
        on_failure=config.on_failure,
        routes=config.routes,
    )


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
        of a broken file still count, so that their events wait for the cure. Nobody hears the ticks of cron steps."""
        if topic == TICK_TOPIC:
            return ()
        named = self.by_topic.get(topic, ())
        if not named:
            step = self.by_name.get(topic) or self._broken_by_name(topic)
            named = (step,) if step is not None and step.kind == "event" else ()
        return named + tuple(step for step in self.all_topics if step not in named)

    def find(self, text: str, *, broken: bool = False) -> Step | None:
        """The step that `text` names, by `matches`; None when there is none or more than one. With `broken`, also a
        step of a broken file, so that what is sent to it waits for the cure."""
        found = self.matches(text)
        if not found and broken:
            return self._broken_by_name(text)
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


class Definitions:
    """What the files of a project mean, remembered while their reports stay the same."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[FileReport, Candidate, int, Defined]] = {}
        self._dated: dict[str, tuple[int, Defined]] = {}

    def of(self, report: FileReport, candidate: Candidate, snapshot: int, max_retries: int) -> Defined:
        file = candidate.file
        known = self._known.get(file)
        if known is None or known[:3] != (report, candidate, max_retries):
            found = define(report, candidate, max_retries=max_retries)
            known = self._known[file] = (report, candidate, max_retries, found)
            self._dated.pop(file, None)
        dated = self._dated.get(file)
        if dated is None or dated[0] != snapshot:
            dated = self._dated[file] = (snapshot, _dated(known[3], snapshot))
        return dated[1]

    def keep(self, files: Collection[str]) -> None:
        """Forgets all others."""
        for gone in self._known.keys() - files:
            del self._known[gone], self._dated[gone]


def _dated(one: Defined, snapshot: int) -> Defined:
    return msgspec.structs.replace(
        one,
        steps=tuple(msgspec.structs.replace(step, snapshot=snapshot) for step in one.steps),
        streams=tuple(msgspec.structs.replace(stream, snapshot=snapshot) for stream in one.streams),
    )


def build(
    candidates: Sequence[Candidate],
    reports: Sequence[FileReport],
    *,
    number: int = 1,
    since: Mapping[str, int] | None = None,
    settings: Settings | None = None,
    previous: Snapshot | None = None,
    problems: Sequence[Problem] = (),
    definitions: Definitions | None = None,
) -> Snapshot:
    """The snapshot of a project. `since` says in which snapshot a file was loaded, if not in this one. What a file that
    is broken now served in `previous` serves on, on the code it had. `problems`: what discovery found."""
    settings = settings or Settings()
    definitions = definitions or Definitions()
    since = since or {}
    said = {report.file: report for report in reports}
    defined: dict[str, Defined] = {}
    for candidate in sorted(candidates):
        file = candidate.file
        report = said.get(file)
        if report is not None:
            defined[file] = definitions.of(report, candidate, since.get(file, number), settings.max_retries)
        else:
            missing = Problem(code="not_described", message="the runner gave no report", file=file)
            defined[file] = Defined(problems=(missing,), broken=True)
    definitions.keep(defined.keys())
    whole = {file: _with_kept(one, file, previous) for file, one in defined.items()}
    served = serve(whole, settings.routes)
    broken = _broken(defined, served, previous)
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


def _with_kept(one: Defined, file: str, previous: Snapshot | None) -> Defined:
    """A broken file with what it served before it broke, as far as its new text does not define it again."""
    if not one.broken or previous is None:
        return one
    again = {step.id for step in one.steps}
    steps = tuple(step for step in previous.steps if step.file == file and step.id not in again)
    named = {stream.name for stream in one.streams}
    streams = (stream for stream in previous.streams.values() if stream.file == file and stream.name not in named)
    return msgspec.structs.replace(one, steps=(*one.steps, *steps), streams=(*one.streams, *streams))


def _broken(defined: Mapping[str, Defined], served: Served, previous: Snapshot | None) -> tuple[Broken, ...]:
    serving = {step.id for step in served.steps}
    streaming = {stream.file: stream.snapshot for stream in served.streams.values()}
    found = []
    for file, one in defined.items():
        if one.broken:
            nameless = Problem(code="bad_config", message="broken", file=file)
            problem = next((each for each in one.problems if gravity(each) == "error"), nameless)
            before = _steps_before(previous, file)
            fresh = {step.id for step in one.steps}
            kept = any(step.id in serving - fresh for step in before) or (file in streaming and not one.streams)
            lost = tuple(step for step in before if step.id not in serving)
            found.append(Broken(file=file, problem=problem, steps=lost, serving=kept))
        elif file in served.refused:
            found.append(Broken(file=file, problem=served.refused[file]))
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
