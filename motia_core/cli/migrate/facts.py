"""What a step file says of itself, in any language, and the checks that compare steps with one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from motia_core.cli.migrate.finding import Finding, finding


class Facts(Struct, frozen=True):
    """What could be read; None where it is not written out. `emits` empty means anything."""

    file: str
    line: int
    kind: str | None = None
    name: str | None = None
    method: str | None = None
    path: str | None = None
    emits: frozenset[str] | None = None


def undeclared(file: str, line: int, topic: str, declared: frozenset[str] | None) -> Iterator[Finding]:
    """An emit that the old system dropped: in a config with topics, none of which is this one."""
    if declared and topic not in declared:
        message = f"`{topic}` is not in `emits`: the event was dropped, and is delivered now"
        yield finding("undeclared_emit", file, line, message, f"Add '{topic}' to `emits`, or remove the emit")


def duplicates(steps: Iterable[Facts]) -> Iterator[Finding]:
    """Names and routes that an earlier file, in sorted order, has taken."""
    names: dict[str, str] = {}
    routes: dict[str, str] = {}
    for one in sorted(steps, key=lambda each: each.file):
        if one.name is not None and one.kind is not None:
            first = names.setdefault(one.name, one.file)
            if first != one.file:
                message = f"`{one.name}` is also the name of {first}, which serves; this one is not loaded"
                yield finding("duplicate_name", one.file, one.line, message)
        if one.kind == "api" and one.path is not None and one.method is not None:
            route = f"{one.method.upper()} {one.path}"
            first = routes.setdefault(route, one.file)
            if first != one.file:
                message = f"`{route}` is also the route of {first}, which serves; this one does not"
                yield finding("duplicate_route", one.file, one.line, message)
