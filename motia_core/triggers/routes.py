"""The route table: method and path → step. Pure; built whole from a snapshot, never changed.

Static segments beat parameters with a pattern, those beat plain parameters, those beat wildcards, whatever the order
of files. Fully static paths are one dictionary look-up; the rest is a tree of segments, so that cost does not grow
with the number of routes. The rules of the templates are in `templates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from motia_core.model import Problem, Route, Step
from motia_core.triggers.templates import Segment, TemplateError, expand, parse

NO_PARAMS: dict[str, str] = {}


class BadPath(ValueError):
    """The path holds a broken percent escape."""


class Target(Struct, eq=False):
    """What serves one method of one path. `why` says why it cannot, for the last known route of a broken file."""

    step: Step
    route: Route
    names: tuple[str, ...] = ()
    why: Problem | None = None


class Match(Struct, frozen=True):
    target: Target
    params: dict[str, str]


class Refused(Struct, frozen=True):
    """The path is known, the method is not; `methods` are those of every step that shares the path."""

    methods: tuple[str, ...]


class _Node:
    """One place in the tree of segments; `leaf` maps methods to targets."""

    __slots__ = ("leaf", "param", "patterns", "rests", "static")

    def __init__(self) -> None:
        self.static: dict[str, _Node] = {}
        self.patterns: dict[str, tuple[re.Pattern[str], _Node]] = {}
        self.param: _Node | None = None
        self.rests: dict[str, tuple[re.Pattern[str], dict[str, Target]]] = {}
        self.leaf: dict[str, Target] = {}


Leaf = dict[str, Target]
Found = tuple[Leaf, list[str]]


class RouteTable:
    """The first of two steps with one route serves it. `broken` fill only routes nobody serves."""

    def __init__(self, steps: Iterable[Step] = (), *, broken: Iterable[tuple[Step, Problem]] = ()) -> None:
        self.problems: list[Problem] = []
        self.targets: list[Target] = []
        self._fixed: dict[str, Leaf] = {}
        self._root = _Node()
        self._trees = False
        for step in steps:
            for route in step.routes:
                self._add(step, route, None)
        for step, why in broken:
            for route in step.routes:
                self._add(step, route, why)

    def _add(self, step: Step, route: Route, why: Problem | None) -> None:
        try:
            plans = [parse(path) for path in expand(route.path)]
        except TemplateError as error:
            self.problems.append(Problem(code="bad_config", message=str(error), file=step.file, line=step.line))
            return
        for segments in plans:
            names = tuple(name for segment in segments for name in segment.names)
            target = Target(step, route, names, why)
            leaf = self._leaf(segments)
            if route.method not in leaf:
                leaf[route.method] = target
                self.targets.append(target)

    def _leaf(self, segments: list[Segment]) -> Leaf:
        if all(segment.kind == "static" for segment in segments):
            key = "/" + "/".join(segment.text for segment in segments)
            leaf = self._fixed.setdefault(key, {})
            return leaf
        self._trees = True
        node = self._root
        for segment in segments:
            if segment.kind == "rest":
                compiled = re.compile(segment.text, re.IGNORECASE)
                return node.rests.setdefault(segment.text, (compiled, {}))[1]
            if segment.kind == "static":
                node = node.static.setdefault(segment.text, _Node())
            elif segment.kind == "pattern":
                compiled = re.compile(segment.text, re.IGNORECASE)
                node = node.patterns.setdefault(segment.text, (compiled, _Node()))[1]
            else:
                node.param = node.param or _Node()
                node = node.param
        return node.leaf

    def find(self, method: str, path: str) -> Match | Refused | None:
        """`path` as it was sent, without the query. Raises BadPath."""
        if "%" in path:
            parts = [_decode(part) if "%" in part else part for part in path.split("/")]
            key = "/".join(part.replace("/", "%2F") for part in parts).lower()
        else:
            parts, key = None, path.lower()
        if len(key) > 1 and key[-1] == "/":
            key = key[:-1]
        fixed = self._fixed.get(key)
        if fixed is not None:
            target = fixed.get(method) or _second(fixed, method)
            if target is not None:
                return Match(target, NO_PARAMS)
        if not self._trees:
            return None if fixed is None else Refused(_allowed([fixed]))
        return self._search(method, path.split("/") if parts is None else parts, fixed)

    def _search(self, method: str, parts: list[str], fixed: Leaf | None) -> Match | Refused | None:
        slash = parts[-1] == ""
        parts = parts[1:-1] if slash else parts[1:]
        node, at, last = self._root, 0, len(parts)
        values: list[str] = []
        # As long as there is one way on, no tree walk is needed.
        while at < last and not node.rests and not node.patterns:
            part = parts[at]
            deeper = node.static.get(part.lower())
            if deeper is not None and node.param is None:
                node = deeper
            elif deeper is None and node.param is not None and part:
                node = node.param
                values.append(part)
            else:
                break
            at += 1
        if at == last and fixed is None and not node.rests:
            target = node.leaf.get(method) or _second(node.leaf, method)
            if target is not None:
                return Match(target, dict(zip(target.names, values, strict=False)))
        found: list[Found] = [] if fixed is None else [(fixed, [])]
        _walk(node, parts, slash, at, values, found)
        for leaf, values in found:
            target = leaf.get(method) or _second(leaf, method)
            if target is not None:
                return Match(target, dict(zip(target.names, values, strict=False)))
        return Refused(_allowed([leaf for leaf, _ in found])) if found else None

    def allowed(self, path: str) -> tuple[str, ...]:
        """Every method some step answers at `path`."""
        verdict = self.find("\0", path)
        if isinstance(verdict, Match):
            return ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
        return verdict.methods if isinstance(verdict, Refused) else ()


def _second(leaf: Leaf, method: str) -> Target | None:
    """GET serves HEAD, and `*` serves all."""
    return (leaf.get("GET") if method == "HEAD" else None) or leaf.get("*")


def _walk(node: _Node, parts: list[str], slash: bool, at: int, values: list[str], found: list[Found]) -> None:
    """Every leaf that fits, the most specific first. Each node is visited at most once."""
    if at == len(parts):
        if node.leaf:
            found.append((node.leaf, values))
    else:
        part = parts[at]
        deeper = node.static.get(part.lower())
        if deeper is not None:
            _walk(deeper, parts, slash, at + 1, values, found)
        if part:
            for pattern, further in node.patterns.values():
                hit = pattern.fullmatch(part)
                if hit is not None:
                    _walk(further, parts, slash, at + 1, values + [value or "" for value in hit.groups()], found)
            if node.param is not None:
                _walk(node.param, parts, slash, at + 1, [*values, part], found)
    if node.rests and (slash or at < len(parts)):
        rest = "/".join(parts[at:]) + ("/" if slash and at < len(parts) else "")
        for pattern, leaf in node.rests.values():
            hit = pattern.fullmatch(rest)
            if hit is not None:
                found.append((leaf, values + [value or "" for value in hit.groups()]))


def _allowed(leaves: list[Leaf]) -> tuple[str, ...]:
    methods = {method for leaf in leaves for method in leaf} - {"*"}
    if "GET" in methods:
        methods.add("HEAD")
    return tuple(sorted(methods | {"OPTIONS"}))


def _decode(part: str) -> str:
    """Raises BadPath where decodeURIComponent would throw."""
    for piece in part.split("%")[1:]:
        if len(piece) < 2 or not _HEX.issuperset(piece[:2]):
            raise BadPath(f"'%{piece[:2]}' is no percent escape")
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise BadPath(f"'{part}' does not decode as UTF-8") from None


_HEX = frozenset("0123456789abcdefABCDEF")
