"""The shape of one row of the table: a program per language, one way to start it, one observation for all.

`%ID%` in a program becomes the name of its step, which is also its route, a topic and a key of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What a program may be written in. Plain Python is the async one without `async` and `await`, unless given.
LANGUAGES = ("ts", "js", "py", "py-async", "rb")
UNSET: Any = object()


@dataclass(frozen=True)
class Ask:
    """A request to the step's own route. `read`: leave after so many bytes of the answer."""

    method: str = "POST"
    tail: str = ""
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    read: int | None = None


@dataclass(frozen=True)
class Emit:
    """An event for the step: its topic is its id."""

    data: Any = None


@dataclass(frozen=True)
class Run:
    """A cron step, fired by hand."""


@dataclass(frozen=True)
class Answer:
    """The HTTP answer. A header expected as a list is one that comes several times; None = it must be absent."""

    status: int = 200
    json: Any = UNSET
    text: Any = UNSET
    body: Any = UNSET
    headers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What the program has left in the state: group `seen`, its id as the key."""

    value: Any


@dataclass(frozen=True)
class Heard:
    """The data of all events on the topic `%ID%.out`, in any order; nothing more comes within the settling time."""

    data: Sequence[Any]


@dataclass(frozen=True)
class Logged:
    """A log line of the step with at least these members. `times`: exactly so many such lines."""

    line: Mapping[str, Any]
    times: int | None = None


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """`node`, `python`, `ruby` are bodies of handlers, `*_top` what stands above them, `whole` entire files."""

    name: str
    expect: Any
    node: str = ""
    python: str = ""
    ruby: str = ""
    ts: str = ""
    js: str = ""
    python_sync: str = ""
    node_top: str = ""
    python_top: str = ""
    python_sync_top: str = ""
    ruby_top: str = ""
    whole: Mapping[str, str] = field(default_factory=dict)
    kind: str = "api"
    config: Mapping[str, Any] = field(default_factory=dict)
    middleware: Sequence[str] = ()
    ask: Any = Ask()
    rows: Sequence[int] = ()
    without: Mapping[str, str] = field(default_factory=dict)

    def program(self, language: str) -> tuple[str, str] | None:
        """What stands above the handler and its body; None when there is none for this language."""
        found = {
            "ts": (self.node_top, self.ts or self.node),
            "js": (self.node_top, self.js or self.node),
            "py": (self.python_sync_top or plain(self.python_top), self.python_sync or plain(self.python)),
            "py-async": (self.python_top, self.python),
            "rb": (self.ruby_top, self.ruby),
        }[language]
        return found if found[1].strip() else None


def plain(text: str) -> str:
    """Python without `async` and `await`."""
    for word in ("async ", "await "):
        text = text.replace(word, "")
    return text
