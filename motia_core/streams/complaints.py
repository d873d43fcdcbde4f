"""What is logged when a question of access went wrong: one line each, few of them, and nothing secret.

A project's functions hold tokens in their hands, so their errors may: outside of development only the name of an error
is told, in development its message without whatever came from the request or the context.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Raw, Struct

from motia_core.clock import Clock
from motia_core.errors import HandlerFailed, MotiaError
from motia_core.model import Level
from motia_core.workers.answers import RunnerError

_LINES = 20
_WITHIN = 10.0
"""At most so many lines in so many seconds."""
_LONGEST = 300
_SHORTEST = 4
"""A shorter text is no secret, and would hide half of every message."""

Note = Callable[[Level, str], None]


class _Detail(Struct):
    name: str = "Error"


class Complaints:
    """`open` = in development."""

    def __init__(self, note: Note, clock: Clock, *, open: bool) -> None:
        self._note = note
        self._clock = clock
        self._open = open
        self._times: deque[float] = deque()
        self._omitted = 0

    def tell(self, level: Level, what: str, error: Exception, secrets: Iterable[object]) -> None:
        """`secrets` are values: every text in them is one."""
        now = self._clock.monotonic()
        while self._times and now - self._times[0] > _WITHIN:
            self._times.popleft()
        if len(self._times) >= _LINES:
            self._omitted += 1
            return
        self._times.append(now)
        more = f" (and {self._omitted} more like it were not logged)" if self._omitted else ""
        self._omitted = 0
        self._note(level, f"{what}: {self._said(error, secrets)}{more}")

    def _said(self, error: Exception, secrets: Iterable[object]) -> str:
        if isinstance(error, MotiaError):
            return error.message
        if not isinstance(error, RunnerError):
            return type(error).__name__
        text = error.error.message
        if error.error.code == HandlerFailed.code:
            name = _name(error.error.data)
            text = f"{name}: {text}" if self._open else name
        text = "".join(letter if letter.isprintable() else " " for letter in text)
        return _hushed(" ".join(text.split()), secrets)[:_LONGEST]


def _name(data: Raw | None) -> str:
    """What the project calls its error."""
    with suppress(msgspec.MsgspecError):
        return msgspec.json.decode(data or b"{}", type=_Detail).name
    return _Detail().name


def _hushed(text: str, secrets: Iterable[object]) -> str:
    """`text` without the words that the request or the context brought."""
    found = {word for secret in secrets for value in _texts(secret) for word in _words(value)}
    for word in sorted(found, key=len, reverse=True):
        text = text.replace(word, "[hidden]")
    return text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _words(text: str) -> Iterator[str]:
    """The whole, and its parts: `Bearer TOKEN`, `Authorization,TOKEN`, `a=TOKEN; b=TOKEN`, the parts of a web token."""
    for part in (text, *re.split(r"[\s,;=&?/:\"']+", text), *re.split(r"[\s,;=&?/:.\"']+", text)):
        if len(part) >= _SHORTEST:
            yield part
