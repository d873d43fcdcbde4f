"""Path templates as authors write them (the rules of Express 4), cut into segments. Pure.

`/users/:id`, `/:id(\\\\d+)`, `/:lang?/docs`, `/files/*`, `/:from-:to`, `/(.*)`. A wildcard or a group that may cross
slashes turns the rest of the path into one pattern.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

SegmentKind = Literal["static", "pattern", "param", "rest"]


class TemplateError(ValueError):
    """The path cannot be understood."""


class Segment(Struct, frozen=True):
    """`static`: lower-case text. `param`: anything. `pattern`: one segment by regex. `rest`: all that follows, too."""

    kind: SegmentKind
    text: str
    names: tuple[str, ...] = ()


class Param(Struct, frozen=True):
    """A parameter within a template. `regex`: what it must match, None = anything. `crosses`: it may hold slashes."""

    name: str
    regex: str | None = None
    crosses: bool = False


_TOKEN = re.compile(
    r":(?P<name>\w+)(?:\((?P<regex>(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\))?(?P<mod>[?*+])?"
    r"|\((?P<group>(?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)(?P<gmod>[?*+])?"
    r"|(?P<star>\*)"
)
_SEGMENT = "[^/]+?"
_CLASS = re.compile(r"\[(?:[^\]\\]|\\.)*\]")
_JS_GROUP = re.compile(r"\(\?<(?![=!])")


def expand(path: str) -> list[str]:
    """The templates without optional segments: `/:lang?/docs` is `/:lang/docs` and `/docs`."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        found = _TOKEN.fullmatch(part)
        if found and found["name"] and found["mod"] == "?":
            filled = [*parts[:index], part[:-1], *parts[index + 1 :]]
            return [*expand("/".join(filled)), *expand("/".join(parts[:index] + parts[index + 1 :]) or "/")]
    return [path]


def parse(path: str) -> list[Segment]:
    """Raises TemplateError. A missing leading slash is added; a trailing one does not count."""
    stripped = path.strip("/")
    if not stripped:
        return []
    parts = _split(stripped)
    counter = [0]
    found: list[Segment] = []
    for index, part in enumerate(parts):
        pattern, names, crosses, plain = _translate(part, counter)
        if crosses:
            for more in parts[index + 1 :]:
                inner, further, _, _ = _translate(more, counter)
                pattern, names = f"{pattern}/{inner}", names + further
            found.append(Segment("rest", _checked(pattern, path), tuple(names)))
            return found
        if not names:
            found.append(Segment("static", unquote(plain).lower()))
        elif part == ":" + names[0] and len(names) == 1:
            found.append(Segment("param", "", (names[0],)))
        else:
            found.append(Segment("pattern", _checked(pattern, path), tuple(names)))
    return found


def pieces(path: str) -> list[str | Param]:
    """Literal text and parameters in turn, for those who write a template in another form."""
    found: list[str | Param] = []
    at = unnamed = 0
    for token in _TOKEN.finditer(path):
        if token.start() > at:
            found.append(path[at : token.start()])
        at = token.end()
        regex = token["regex"] or token["group"]
        crosses = bool(token["star"] or (token["mod"] or token["gmod"] or "") in ("*", "+") or _may_cross(regex or ""))
        found.append(Param(token["name"] or str(unnamed), regex, crosses))
        unnamed += token["name"] is None
    return [*found, path[at:]] if at < len(path) else found


def _split(path: str) -> list[str]:
    """At slashes outside parentheses."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(path):
        if char == "(" and path[index - 1 : index] != "\\":
            depth += 1
        elif char == ")" and path[index - 1 : index] != "\\":
            depth = max(0, depth - 1)
        elif char == "/" and depth == 0:
            parts.append(path[start:index])
            start = index + 1
    return [*parts, path[start:]]


def _translate(part: str, counter: list[int]) -> tuple[str, list[str], bool, str]:
    """One segment as (regex, parameter names, whether it may cross a slash, plain text)."""
    pattern, plain, names, crosses, at = "", "", [], False, 0
    for token in _TOKEN.finditer(part):
        literal = part[at : token.start()]
        pattern, plain, at = pattern + re.escape(literal), plain + literal, token.end()
        if token["star"] or token["group"] is not None:
            inner, mod = (".*", "") if token["star"] else (token["group"], token["gmod"] or "")
            names.append(str(counter[0]))
            counter[0] += 1
        else:
            inner, mod = token["regex"] or _SEGMENT, token["mod"] or ""
            names.append(token["name"])
        crosses = crosses or (inner is not _SEGMENT and _may_cross(inner))
        if mod in ("*", "+"):
            inner, crosses = f"(?:{inner})(?:/(?:{inner}))*", True
        pattern += f"({_inner_groups(inner)})" + ("?" if mod in ("?", "*") else "")
    return pattern + re.escape(part[at:]), names, crosses, plain + part[at:]


def _may_cross(pattern: str) -> bool:
    """Whether an author's regex could match a slash. A wrong yes only makes the look-up a little slower."""
    classes = _CLASS.findall(pattern)
    if any(("/" in found) != found.startswith("[^") or re.search(r"\\[SDW]", found) for found in classes):
        return True
    rest = _CLASS.sub("", pattern)
    return "/" in rest or re.search(r"\\[SDW]", rest) is not None or "." in re.sub(r"\\.", "", rest)


def _inner_groups(pattern: str) -> str:
    """Groups inside an author's regex do not count as parameters."""
    pattern = _JS_GROUP.sub("(?:", pattern)
    return re.sub(r"(\\.)|\((?!\?)", lambda found: found[1] or "(?:", pattern)


def _checked(pattern: str, path: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise TemplateError(f"the path {path} holds a pattern that cannot be used: {error}") from None
    return pattern
