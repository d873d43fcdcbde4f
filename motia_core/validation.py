"""Compiled JSON Schemas: check a value, fill in defaults, report issues in the one shape.

Owns jsonschema-rs; nobody else imports it. Never fetches anything: a remote `$ref` is a problem of the schema. A schema
that does not compile never stops the start: its `problem` says why, and every value passes.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import jsonschema_rs
import msgspec
from msgspec import Raw, Struct

from motia_core.defaults import compile_defaults

_MOST_ISSUES = 100


class Issue(Struct, frozen=True):
    """One thing wrong with a value: `path` is dotted (`items.0.price`), `code` the schema keyword that was broken."""

    path: str
    message: str
    code: str


class Validator:
    """One compiled schema. `backtracks` is true when a pattern needs the step-limited backtracking engine."""

    __slots__ = ("_compiled", "_fill", "backtracks", "problem")

    def __init__(self, schema: Raw, *, regex_limit: int) -> None:
        self.problem: str | None = None
        self.backtracks = False
        self._compiled: Any = None
        self._fill: Callable[[object], object] | None = None
        try:
            decoded = msgspec.json.decode(schema)
            self._compiled = self._compile(decoded, regex_limit)
            self._fill = compile_defaults(decoded) if b'"default"' in bytes(schema) else None
        except (ValueError, TypeError, RecursionError) as error:
            place = ".".join(str(part) for part in getattr(error, "instance_path", ()))
            text = str(error).split("\n", 1)[0] or type(error).__name__
            self.problem = f"at {place}: {text}" if place else text

    def _compile(self, schema: object, regex_limit: int) -> Any:
        """Linear patterns first; look-around and back-references need the other engine."""
        if not isinstance(schema, dict | bool):
            raise ValueError(f"a JSON Schema is an object or a boolean, not {type(schema).__name__}")
        try:
            return _build(schema, jsonschema_rs.RegexOptions())
        except ValueError:
            compiled = _build(schema, jsonschema_rs.FancyRegexOptions(backtrack_limit=regex_limit))
            self.backtracks = True
            return compiled

    def check(self, value: object) -> list[Issue]:
        """What is wrong with `value`, at most 100 things; empty when it passes."""
        if self._compiled is None or self._compiled.is_valid(value):
            return []
        found: list[Issue] = []
        for error in islice(self._compiled.iter_errors(value), _MOST_ISSUES):
            found.extend(_issues(error))
        return found[:_MOST_ISSUES] or [Issue("", "the value could not be checked", "pattern")]

    def fill(self, value: object) -> object:
        """`value` with the schema's defaults for what is missing: a new object, or `value` itself if nothing is."""
        return value if self._fill is None else self._fill(value)


class Validators:
    """Validators by their schema's text, so that each is compiled once however many snapshots come and go."""

    def __init__(self, *, regex_limit: int, most: int = 20_000) -> None:
        self._regex_limit = regex_limit
        self._most = most
        self._found: dict[bytes, Validator] = {}

    def of(self, schema: Raw) -> Validator:
        text = bytes(schema)
        found = self._found.get(text)
        if found is None:
            if len(self._found) >= self._most:
                self._found.clear()
            found = self._found[text] = Validator(schema, regex_limit=self._regex_limit)
        return found


def _build(schema: Any, patterns: Any) -> Any:
    return jsonschema_rs.validator_for(
        schema, mask="value", validate_formats=True, formats=_FORMATS, retriever=_refuse, pattern_options=patterns
    )


def _refuse(uri: str) -> Any:
    raise ValueError(f"remote references are not followed: {uri}")


def _issues(error: Any) -> Iterable[Issue]:
    """One error as issues; a union with one plausible branch is reported by that branch."""
    kind = error.kind
    path = [str(part) for part in error.instance_path]
    if kind.name in ("anyOf", "oneOf"):
        branch = _plausible(getattr(kind, "context", []), len(path))
        if branch is not None:
            return [issue for inner in branch for issue in _issues(inner)]
    if kind.name == "required":
        path.append(kind.property)
        return [Issue(".".join(path), "is required", "required")]
    if kind.name in ("additionalProperties", "unevaluatedProperties"):
        return [Issue(".".join([*path, name]), "is not expected", kind.name) for name in kind.unexpected]
    return [Issue(".".join(path), _text(error.message), kind.name)]


def _plausible(branches: list[list[Any]], depth: int) -> list[Any] | None:
    """The only branch of a union whose type fits the value, if there is just one."""
    fitting = [
        branch
        for branch in branches
        if not any(e.kind.name in ("type", "const", "enum") and len(e.instance_path) <= depth for e in branch)
    ]
    return fitting[0] if len(fitting) == 1 and fitting[0] else None


def _text(message: str) -> str:
    """The engine's message without the masked value in front, so that a refused secret is never echoed."""
    return message.removeprefix("value ")


_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_UUID = re.compile(r"(?:urn:uuid:)?\{?[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\}?\Z")


def _ip(version: int) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            return ipaddress.ip_address(value.split("/", 1)[0]).version == version
        except ValueError:
            return False

    return check


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: pattern.match(value) is not None


def _open(value: str) -> bool:
    return True


# Libraries disagree about formats: these refuse what is plainly wrong, and nothing that the author's own accepts.
_FORMATS: dict[str, Callable[[str], bool]] = {
    "email": _matches(_EMAIL),
    "idn-email": _matches(_EMAIL),
    "uri": _matches(_URI),
    "iri": _matches(_URI),
    "date": _matches(_DATE),
    "date-time": _matches(_DATE),
    "time": _matches(_TIME),
    "uuid": _matches(_UUID),
    "ipv4": _ip(4),
    "ipv6": _ip(6),
} | dict.fromkeys(
    (
        "duration",
        "hostname",
        "idn-hostname",
        "iri-reference",
        "json-pointer",
        "regex",
        "relative-json-pointer",
        "uri-reference",
        "uri-template",
    ),
    _open,
)
