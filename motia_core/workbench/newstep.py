"""Adds a step from the workbench: fills in a template of a runner and writes it as a new file among the project's
steps.

Only while one develops. Never overwrites, never writes outside of the folder of the steps; what is asked for is checked
first, so that nothing of it can be more than a word in the file. The templates lie beside the runners:
`runners/NAME/templates/KIND/NAME.step.EXT.txt`, where the file's own name says how such files are called.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import anyio.to_thread
from msgspec import Struct

from motia_core.errors import MotiaError
from motia_core.steps.registry import Registry
from motia_core.workbench.asked import BadBody, Handler, NotThere, Request, body_of
from motia_core.workers.languages import Runner

Kind = Literal["api", "event", "cron", "noop"]
_KINDS: tuple[Kind, ...] = ("api", "event", "cron", "noop")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_WORD = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")
_FLOW = re.compile(r"[^\x00-\x1f'\"\\#{}$`]{1,64}")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
_PATH = re.compile(r"/[A-Za-z0-9_.:/~-]{0,200}")
_CRON = re.compile(r"@[a-z]{4,10}|[0-9A-Za-z*/,-]+(?: [0-9A-Za-z*/,-]+){4,5}")
_HOLE = re.compile(r"\{\{(\w+)\}\}")
_MANY = 20


class Taken(MotiaError):
    """There is such a step."""

    status = 409
    retryable = False


class Wanted(Struct, frozen=True, rename="camel"):
    """What is to be added. `subscribes` of a noop, and its `emits`, are drawn only."""

    name: str
    kind: Kind
    language: str
    flow: str = ""
    method: str = "GET"
    path: str = ""
    cron: str = ""
    subscribes: list[str] = []
    emits: list[str] = []


class Template(Struct, frozen=True):
    """`pattern` is the name of its files, with NAME where the step's name stands."""

    language: str
    kind: Kind
    pattern: str
    file: Path


class NewSteps:
    """`routes` maps method and path to handlers; they are not there when `is_dev` is False."""

    def __init__(self, project: Path, registry: Registry, runners: Mapping[str, Runner], *, is_dev: bool) -> None:
        self._project = project
        self._registry = registry
        self._runners = runners
        self._is_dev = is_dev
        self.routes: dict[str, Handler] = {
            "GET /__motia/api/templates": self._list,
            "POST /__motia/api/steps": self._add,
        }

    async def _list(self, request: Request) -> object:
        """The languages a step can be written in here, and how its file would be called."""
        found: dict[str, dict[str, object]] = {}
        for one in self._templates():
            kinds: dict[str, object] = {}
            entry = found.setdefault(
                one.language, {"language": one.language, "folder": folder(self._project), "files": kinds}
            )
            entry["files"][one.kind] = one.pattern  # type: ignore[index]
        return {"items": [found[name] for name in sorted(found, key=self._usual)], "next": None}

    async def _add(self, request: Request) -> object:
        wanted = body_of(request, Wanted)
        template = next(
            (one for one in self._templates() if (one.language, one.kind) == (wanted.language, wanted.kind)), None
        )
        if template is None:
            raise BadBody(f"no {wanted.kind} step can be written in '{wanted.language[:40]}' here")
        check(wanted)
        self._free(wanted)
        file = f"{folder(self._project)}/{file_name(template.pattern, wanted.name)}"
        await anyio.to_thread.run_sync(write, self._project, file, template, wanted)
        return {"name": wanted.name, "filePath": file}

    def _free(self, wanted: Wanted) -> None:
        """Raises Taken."""
        for step in self._registry.current.steps:
            if step.name == wanted.name:
                raise Taken(
                    f"there is a step called {wanted.name}", hint=f"it stands in {step.file}; choose another name"
                )
            for route in step.routes if wanted.kind == "api" else ():
                if (route.method, route.path) == (wanted.method, wanted.path):
                    raise Taken(f"{step.name} answers {route.method} {route.path} already", hint="choose another path")

    def _templates(self) -> Iterator[Template]:
        """Of the runners that can run here. Raises NotThere."""
        if not self._is_dev:
            raise NotThere("steps are added while developing only", hint="run `motia dev`")
        for runner in self._runners.values():
            if runner.problem is not None:
                continue
            for kind in _KINDS:
                for file in sorted((runner.folder / "templates" / kind).glob("NAME*.txt")):
                    pattern = file.name.removesuffix(".txt")
                    language = runner.languages.get(Path(pattern).suffix)
                    if language is not None:
                        yield Template(language, kind, pattern, file)

    def _usual(self, language: str) -> tuple[int, str]:
        """What the project is mostly written in comes first."""
        return -sum(step.language == language for step in self._registry.current.steps), language


def folder(project: Path) -> str:
    """Where new steps go."""
    return "src" if (project / "src").is_dir() and not (project / "steps").is_dir() else "steps"


def file_name(pattern: str, name: str) -> str:
    """`CreateOrder` becomes `create-order.step.x` or `create_order_step.x`."""
    joint = "_" if pattern.startswith("NAME_") else "-"
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+", name)
    return pattern.replace("NAME", joint.join(words).lower(), 1)


def check(wanted: Wanted) -> None:
    """Raises BadBody for what could not stand in a file."""
    _must(_NAME.fullmatch(wanted.name), "the name is letters, digits, - and _, and begins with a letter")
    _must(wanted.name.strip("-_"), "the name needs a letter or digit")
    _must(
        not wanted.flow or _FLOW.fullmatch(wanted.flow), "the flow's name has signs that cannot stand in every language"
    )
    for topic in (*wanted.subscribes, *wanted.emits):
        _must(_WORD.fullmatch(topic), f"'{topic[:40]}' is no topic: letters, digits and . _ - : / are")
    _must(len(wanted.subscribes) <= _MANY and len(wanted.emits) <= _MANY, f"at most {_MANY} topics")
    if wanted.kind == "api":
        _must(wanted.method in _METHODS, f"the method is one of {', '.join(_METHODS)}")
        _must(_PATH.fullmatch(wanted.path), "the path begins with / and has letters, digits and . _ - ~ : /")
    if wanted.kind == "cron":
        _must(_CRON.fullmatch(wanted.cron), "the expression has five or six fields, `*/5 * * * *` say")
    if wanted.kind == "event":
        _must(wanted.subscribes, "an event step needs a topic to listen to")


def _must(holds: object, otherwise: str) -> None:
    if not holds:
        raise BadBody(otherwise)


def filled(template: str, wanted: Wanted) -> str:
    """A line about the topic that is emitted is left out when none is."""
    values = {
        "name": wanted.name,
        "method": wanted.method,
        "path": wanted.path,
        "cron": wanted.cron,
        "subscribes": _listed(wanted.subscribes),
        "emits": _listed(wanted.emits),
        "flows": _listed([wanted.flow] if wanted.flow else []),
        "topic": wanted.emits[0] if wanted.emits else "",
    }
    lines = [line for line in template.splitlines(keepends=True) if wanted.emits or "{{topic}}" not in line]
    return _HOLE.sub(lambda hole: values[hole[1]], "".join(lines))


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in dict.fromkeys(names))


def write(project: Path, file: str, template: Template, wanted: Wanted) -> None:
    """Raises Taken, BadBody."""
    target = project / file
    target.parent.mkdir(exist_ok=True)
    if not target.parent.resolve().is_relative_to(project.resolve()):
        raise BadBody("the folder of the steps leads out of the project", hint="write the file by hand")
    text = filled(template.file.read_text("utf-8"), wanted)
    try:
        number = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o644)
    except FileExistsError:
        raise Taken(f"{file} is there already", hint="choose another name") from None
    with os.fdopen(number, "w", encoding="utf-8") as opened:
        opened.write(text)
