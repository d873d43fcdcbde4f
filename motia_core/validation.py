"""Compiled JSON Schemas: check a value, fill in defaults, report issues in the one shape.

Owns jsonschema-rs; nobody else imports it. Never fetches anything: a remote `$ref` is a problem of the schema. A schema
that does not compile never stops the start: its `problem` says why, and every value passes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs
import msgspec
from msgspec import Raw, Struct

from motia_core.defaults import compile_defaults
from motia_core.formats import FORMATS

_MOST_ISSUES = 100
_TOO_COSTLY = "Error executing regex"
_BRANCHES = re.compile(rb'"(?:anyOf|oneOf|unevaluated\w+)"')
_DIALECTS = ("http://json-schema.org/", "https://json-schema.org/")


class Issue(Struct, frozen=True):
    """One thing wrong with a value: `path` is dotted (`items.0.price`), `code` the schema keyword that was broken."""

    path: str
    message: str
    code: str


class Validator:
    """One compiled schema. `backtracks` is true when a pattern needs the step-limited backtracking engine."""

    __slots__ = ("_branches", "_budget", "_compiled", "_explains", "_fill", "backtracks", "problem")

    def __init__(self, schema: Raw, *, regex_limit: int, regex_time: float = 0.25, explains: int = 2000) -> None:
        self.problem: str | None = None
        self.backtracks = False
        self._compiled: Any = None
        self._budget = _Budget(regex_limit, regex_time)
        self._explains = explains
        self._branches = _BRANCHES.search(schema) is not None
        self._fill: Callable[[object], object] | None = None
        try:
            decoded = _tidied(msgspec.json.decode(schema), bytes(schema))
            self._compiled = self._compile(decoded)
            self._fill = compile_defaults(decoded) if b'"default"' in bytes(schema) else None
        except (ValueError, TypeError, RecursionError) as error:
            place = ".".join(str(part) for part in getattr(error, "instance_path", ()))
            text = str(error).split("\n", 1)[0] or type(error).__name__
            self.problem = f"at {place}: {text}" if place else text

    def _compile(self, schema: object) -> Any:
        """Linear patterns first; look-around and back-references need the other engine."""
        if not isinstance(schema, dict | bool):
            raise ValueError(f"a JSON Schema is an object or a boolean, not {type(schema).__name__}")
        try:
            return _build(schema, jsonschema_rs.RegexOptions())
        except ValueError:
            compiled = _build(schema, self._budget.options, keywords={"pattern": self._budget.pattern})
            self.backtracks = True
            return compiled

    def check(self, value: object) -> list[Issue]:
        """What is wrong with `value`, at most 100 things; empty when it passes."""
        self._budget.renew()
        if self._compiled is None or self._compiled.is_valid(value):
            return []
        if self._budget.over or _is_larger(value, self._explains):
            return self._first(value)
        found: list[Issue] = []
        for error in islice(self._compiled.iter_errors(value), _MOST_ISSUES):
            found.extend(_issues(error))
        return found[:_MOST_ISSUES] or [Issue("", "the value could not be checked", "pattern")]

    def _first(self, value: object) -> list[Issue]:
        """One issue. The engine collects all errors, those in every branch of a union too, before it returns any: with
        a long list that takes minutes and gigabytes."""
        if self._branches:
            told = _text(_TOO_COSTLY) if self._budget.over else "does not match its schema"
            return [Issue("", told, "pattern" if self._budget.over else "schema")]
        try:
            self._compiled.validate(value)
        except jsonschema_rs.ValidationError as error:
            return list(islice(_issues(error), 1))
        return [Issue("", "the value could not be checked", "pattern")]

    def judge(self, value: object) -> tuple[list[Issue], object]:
        """What is wrong with `value`, and `value` with its defaults.

        A default may be all that was missing, and one that breaks its own schema is nobody's fault."""
        issues, filled = self.check(value), self.fill(value)
        if issues and filled is not value:
            issues = self.check(filled)
        return issues, filled

    def fill(self, value: object) -> object:
        """`value` with the schema's defaults for what is missing: a new object, or `value` itself if nothing is."""
        return value if self._fill is None else self._fill(value)


class Validators:
    """Validators by their schema's text, so that each is compiled once however many snapshots come and go."""

    def __init__(self, *, regex_limit: int, regex_time: float = 0.25, explains: int = 2000, most: int = 20_000) -> None:
        self._bounds = {"regex_limit": regex_limit, "regex_time": regex_time, "explains": explains}
        self._most = most
        self._found: dict[bytes, Validator] = {}

    def of(self, schema: Raw) -> Validator:
        text = bytes(schema)
        found = self._found.get(text)
        if found is None:
            if len(self._found) >= self._most:
                self._found.clear()
            found = self._found[text] = Validator(schema, **self._bounds)  # type: ignore[arg-type]
        return found


class _Budget:
    """What the backtracking patterns of one schema may spend on one value: steps on each comparison, processor time on
    all of them together. A long list of strings that each stay below the step limit would otherwise take for ever."""

    def __init__(self, steps: int, seconds: float) -> None:
        self.options = jsonschema_rs.FancyRegexOptions(backtrack_limit=steps)
        self._seconds = seconds
        self._end = 0.0
        self.over = False

    def renew(self) -> None:
        self._end = 0.0
        self.over = False

    def pattern(self, parent: Any, pattern: Any, path: Any) -> _Pattern:
        """Called by the engine for each `pattern` it meets while it compiles."""
        return _Pattern(self, pattern)

    def is_spent(self) -> bool:
        """The clock starts with the first comparison."""
        now = time.thread_time()
        if self._end == 0.0:
            self._end = now + self._seconds
        self.over = self.over or now > self._end
        return self.over


class _Pattern:
    """The keyword `pattern` in a schema that backtracks: as the engine's own, but on a budget."""

    def __init__(self, budget: _Budget, pattern: Any) -> None:
        one = {"pattern": pattern}
        try:
            self._compiled = jsonschema_rs.validator_for(
                one, pattern_options=jsonschema_rs.RegexOptions(), mask="value"
            )
        except ValueError:
            self._compiled = jsonschema_rs.validator_for(one, pattern_options=budget.options, mask="value")
        self._budget = budget

    def validate(self, value: object) -> None:
        if not isinstance(value, str):
            return
        if self._budget.is_spent():
            raise ValueError(_TOO_COSTLY)
        for error in self._compiled.iter_errors(value):
            self._budget.over = error.message.startswith(_TOO_COSTLY)
            raise ValueError(error.message)


@lru_cache(maxsize=4096)
def problem_of(schema: bytes) -> str | None:
    """Why a schema cannot be used, or None."""
    return Validator(Raw(schema), regex_limit=1000).problem


def _tidied(schema: Any, text: bytes) -> Any:
    """The schema without what only other tools know: dialects nobody has heard of, OpenAPI's `nullable`."""
    if b'"$schema"' in text and isinstance(schema, dict) and not str(schema.get("$schema")).startswith(_DIALECTS):
        schema = {key: part for key, part in schema.items() if key != "$schema"}
    return _nullable(schema) if b'"nullable"' in text else schema


def _nullable(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _nullable(part) for key, part in schema.items()}
    if made.get("nullable") is not True:
        return made
    kept = {key: made.pop(key) for key in ("default", "title", "description") if key in made}
    return {"anyOf": [made, {"type": "null"}], **kept}


def _is_larger(value: object, most: int) -> bool:
    """Whether `value` is made of more than so many values."""
    left, stack = most, [value]
    while stack and left >= 0:
        one = stack.pop()
        if isinstance(one, dict | list):
            left -= len(one)
            stack.extend(one.values() if isinstance(one, dict) else one) if left >= 0 else None
    return left < 0


def _build(schema: Any, patterns: Any, **more: Any) -> Any:
    return jsonschema_rs.validator_for(
        schema,
        mask="value",
        validate_formats=True,
        formats=FORMATS,
        retriever=_refuse,
        pattern_options=patterns,
        **more,
    )


def _refuse(uri: str) -> Any:
    raise ValueError(f"remote references are not followed: {uri}")


def _issues(error: Any) -> Iterable[Issue]:
    """One error as issues; a union with one plausible branch is reported by that branch."""
    kind = error.kind
    path = [str(part) for part in error.instance_path]
    if kind.name in ("anyOf", "oneOf"):
        branches = getattr(kind, "context", [])
        branch = _plausible(branches, len(path))
        if branch is not None:
            return [issue for inner in branch for issue in _issues(inner)]
        fits = "none" if all(branches) else "more than one"
        return [Issue(".".join(path), f"fits {fits} of the allowed forms", kind.name)]
    if kind.name == "required":
        path.append(kind.property)
        return [Issue(".".join(path), "is required", "required")]
    if kind.name in ("additionalProperties", "unevaluatedProperties"):
        return [Issue(".".join([*path, name]), "is not expected", kind.name) for name in kind.unexpected]
    if kind.name == "format":
        return [Issue(".".join(path), f"is not a valid {kind.format}", "format")]
    return [Issue(".".join(path), _text(error.message), kind.name)]


def _plausible(branches: list[list[Any]], depth: int) -> list[Any] | None:
    """The only branch of a union whose type fits the value, or whose tag does, if there is just one."""
    fitting = [
        branch
        for branch in branches
        if not any(e.kind.name in ("type", "const", "enum") and len(e.instance_path) <= depth for e in branch)
    ]
    if len(fitting) > 1:
        tag = depth + 1
        fitting = [b for b in fitting if not any(e.kind.name == "const" and len(e.instance_path) == tag for e in b)]
    return fitting[0] if len(fitting) == 1 and fitting[0] else None


def _text(message: str) -> str:
    """The engine's message without the masked value in front, so that a refused secret is never echoed."""
    if message.startswith(_TOO_COSTLY):
        return "takes too long to compare with its pattern"
    return message.removeprefix("value ")
