"""Judges a project as a whole: who may serve when two want the same, and what looks wrong. Pure.

`serve` decides; `check` only tells. Every finding is a `Problem` with a code of `problems.CODES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct

from motia_core.model import Problem, Route, Step, Stream
from motia_core.schedule import Schedule, ScheduleError
from motia_core.steps.definition import Defined
from motia_core.steps.names import file_stem, plain
from motia_core.steps.reading import nearest
from motia_core.steps.routes import signature, sse_route

_HINTED = 20
"""Topics that get a hint: each is compared with every other topic, and nobody reads hundreds."""


class Served(Struct, frozen=True, kw_only=True):
    """What is served after the first in sorted order has won. `refused`: file → why a step of it is not."""

    steps: tuple[Step, ...]
    by_name: dict[str, Step]
    streams: dict[str, Stream]
    problems: tuple[Problem, ...]
    refused: dict[str, Problem]


def serve(defined: Mapping[str, Defined], routes: Mapping[str, str]) -> Served:
    """Takes steps file by file; a name or route that is taken refuses the later step. `routes`: the configuration's."""
    steps: list[Step] = []
    by_name: dict[str, Step] = {}
    taken: dict[tuple[str, str], Step] = {}
    streams: dict[str, Stream] = {}
    problems: list[Problem] = []
    refused: dict[str, Problem] = {}
    for file, one in defined.items():
        for step in one.steps:
            problem = _refuse_step(step, by_name, taken)
            if problem is not None:
                refused.setdefault(file, problem)
                problems.append(problem)
                continue
            steps.append(step)
            if step.kind != "noop":
                by_name[step.name] = step
            taken |= {signature(route): step for route in step.routes}
        for stream in one.streams:
            first = streams.get(stream.name)
            if first is None:
                streams[stream.name], conflict = _routed(stream, taken)
                if conflict is not None:
                    refused.setdefault(file, conflict)
                    problems.append(conflict)
            else:
                text = f"the stream '{stream.name}' is defined in {first.file} and in {stream.file}"
                problem = Problem(code="duplicate_stream", message=text, file=stream.file, hint=_rename(first.file))
                refused.setdefault(file, problem)
                problems.append(problem)
    steps = _further_routes(steps, routes, taken, problems)
    by_name |= {step.name: step for step in steps if step.kind != "noop"}
    return Served(steps=tuple(steps), by_name=by_name, streams=streams, problems=tuple(problems), refused=refused)


def _refuse_step(step: Step, by_name: Mapping[str, Step], taken: Mapping[tuple[str, str], Step]) -> Problem | None:
    first = by_name.get(step.name)
    if first is not None and step.kind != "noop":
        text = f"the name '{step.name}' is used in {first.file} and in {step.file}"
        return _about(step, "duplicate_name", text, _rename(first.file))
    for route in step.routes:
        other = taken.get(signature(route))
        if other is not None:
            text = f"{route.method} {route.path} is served in {other.file} and in {step.file}"
            return _about(step, "duplicate_route", text, f"change one of the two; {other.file} keeps serving")
    return None


def _routed(stream: Stream, taken: dict[tuple[str, str], Step]) -> tuple[Stream, Problem | None]:
    """The stream with its route taken, or without it where another has it."""
    route = sse_route(stream)
    if route is None:
        return stream, None
    problem = _refuse_step(route, {}, taken)
    if problem is not None:
        return msgspec.structs.replace(stream, sse=None), problem
    taken |= {signature(each): route for each in route.routes}
    return stream, None


def _rename(first: str) -> str:
    return f"rename one of the two; {first} keeps serving"


def _further_routes(
    steps: list[Step], routes: Mapping[str, str], taken: dict[tuple[str, str], Step], problems: list[Problem]
) -> list[Step]:
    """Adds the paths that the configuration gives to steps: for the methods the step serves already."""
    for path, wanted in routes.items():
        apis = [step for step in steps if step.kind == "api"]
        found = [step for step in apis if step.name == wanted] or [
            step for step in apis if plain(wanted) in (plain(step.name), plain(file_stem(step.file)))
        ]
        if not path.startswith("/") or len(found) != 1:
            hint = nearest(wanted, [step.name for step in apis])
            text = f"routes: '{path}' needs a leading slash" if found else f"routes: no API step is called '{wanted}'"
            problems.append(Problem(code="unknown_route_step", message=text, hint=hint))
            continue
        step = found[0]
        added = tuple(Route(method, path) for method in dict.fromkeys(route.method for route in step.routes))
        for route in added:
            other = taken.setdefault(signature(route), step)
            if other is not step:
                text = f"{route.method} {route.path} is served in {other.file} and by `routes` of the configuration"
                problems.append(Problem(code="duplicate_route", message=text, hint=f"{other.file} keeps serving"))
        mine = tuple(route for route in added if taken[signature(route)] is step)
        longer = msgspec.structs.replace(step, routes=tuple(dict.fromkeys((*step.routes, *mine))))
        taken |= {key: longer for key, owner in taken.items() if owner is step}
        steps = [longer if one is step else one for one in steps]
    return steps


def files_problems(defined: Mapping[str, Defined]) -> list[Problem]:
    """What is wrong with single files; a runtime that is missing is told once, not per file."""
    found: list[Problem] = []
    absent: dict[str, list[str]] = {}
    for one in defined.values():
        for problem in one.problems:
            if problem.code == "runtime":
                absent.setdefault(problem.message, []).append(problem.file or "")
            else:
                found.append(problem)
    for message, files in absent.items():
        count = f"{len(files)} file{'s' if len(files) > 1 else ''}"
        found.append(Problem(code="runtime", message=f"{message} ({count} not served)", file=files[0]))
    return found


def check(
    steps: Sequence[Step], waiting: Sequence[Step] = (), *, timezone: str = "", on_failure: str | None = None
) -> tuple[tuple[Step, ...], list[Problem]]:
    """The cron steps that can be scheduled, and everything that looks wrong. `waiting` are steps of broken files."""
    crons, problems = _schedules(steps, timezone)
    problems += _topics(steps, waiting)
    problems += _failure_targets(steps, waiting, on_failure)
    return crons, problems


def _schedules(steps: Iterable[Step], timezone: str) -> tuple[tuple[Step, ...], list[Problem]]:
    good, problems = [], []
    for step in steps:
        if step.cron is None:
            continue
        try:
            Schedule.parse(step.cron, step.timezone or timezone)
        except ScheduleError as error:
            problems.append(_about(step, "bad_cron", f"{step.name}: {error}", error.hint))
        else:
            good.append(step)
    return tuple(good), problems


def _topics(steps: Sequence[Step], waiting: Sequence[Step]) -> list[Problem]:
    everyone = (*steps, *waiting)
    heard = {topic for step in everyone for topic in (*step.topics, *step.virtual_subscribes)}
    heard |= {step.name for step in everyone if step.kind == "event"}
    problems: list[Problem] = []
    if not any(step.all_topics for step in everyone):
        for step in steps:
            for emit in step.emits or ():
                if emit.topic not in heard:
                    text = f"{step.name} emits '{emit.topic}', which no step subscribes to"
                    hint = nearest(emit.topic, sorted(heard)) if len(problems) < _HINTED else ""
                    problems.append(_about(step, "unheard_topic", text, hint))
    if all(step.emits for step in everyone if step.kind in ("api", "event", "cron")):
        fed = {emit.topic for step in everyone for emit in (*(step.emits or ()), *step.virtual_emits)}
        for step in steps:
            for topic in step.topics:
                if topic not in fed:
                    text = f"{step.name} subscribes to '{topic}', which no step says it emits"
                    hint = nearest(topic, sorted(fed)) if len(problems) < _HINTED else ""
                    problems.append(_about(step, "unfed_topic", text, hint))
    return problems


def _failure_targets(steps: Sequence[Step], waiting: Sequence[Step], default: str | None) -> list[Problem]:
    events = [step for step in (*steps, *waiting) if step.kind == "event"]
    known = {plain(name) for step in events for name in (step.name, step.id, file_stem(step.file))}
    names = [step.name for step in events]
    problems = []
    for step in steps:
        if step.on_failure is not None and plain(step.on_failure) not in known:
            text = f"{step.name}: `onFailure` names '{step.on_failure}', and no event step is called that"
            problems.append(_about(step, "unknown_on_failure", text, nearest(step.on_failure, names)))
    if default is not None and plain(default) not in known:
        text = f"`onFailure` of the configuration names '{default}', and no event step is called that"
        problems.append(Problem(code="unknown_on_failure", message=text, hint=nearest(default, names)))
    return problems


def _about(step: Step, code: str, message: str, hint: str) -> Problem:
    return Problem(code=code, message=message, file=step.file, line=step.line, hint=hint)
