"""What may be an item of a stream: an object that knows its id, as its schema says.

Owns the shape of what is stored and the check against the stream's schema; stores and publishes nothing.
"""

from __future__ import annotations

import threading

import msgspec
from msgspec import Raw

from motia_core.errors import CallRefused
from motia_core.model import Stream
from motia_core.services.context import Services
from motia_core.services.running import Active
from motia_core.validation import Issue, Validators

MARK = "__motia"
_MEMBERS = msgspec.json.Decoder(dict[str, Raw])
_KINDS = {b"[": "a list", b'"': "a text", b"t": "a truth value", b"f": "a truth value", b"n": "null"}
_QUIET = 60_000
"""How long nothing must have been wrong (ms) before the same is told again."""
_MOST = 5
_REMEMBERED = 1000


def shaped(stream: str, id: str, value: bytes) -> bytes:
    """The item as it is stored: with its id, without the mark of what a store has answered. Raises CallRefused."""
    first = value.lstrip()[:1]
    members = _MEMBERS.decode(value) if first == b"{" else None
    if members is None or members.keys() == {"$bytes"}:
        kind = "bytes" if members else _KINDS.get(first, "a number")
        raise CallRefused(
            f"streams.{stream}: an item is an object, not {kind}: browsers tell items apart by their id",
            hint="put the value into an object, e.g. { value: … }; `delete` removes an item",
        )
    members.pop(MARK, None)
    members["id"] = Raw(msgspec.json.encode(id))
    return msgspec.json.encode(members)


class Checks:
    """Items against the schemas of their streams, as `validation.streams` says."""

    def __init__(self, services: Services) -> None:
        self._services = services
        knobs = services.config.validation
        self._validators = Validators(
            regex_limit=knobs.regex_limit, regex_time=knobs.regex_time, explains=knobs.explain
        )
        # Updates are checked where they are stored, on another thread.
        self._lock = threading.Lock()
        self._wrong: dict[tuple[str, str], int] = {}

    def stored(self, stream: Stream, group: str, id: str, value: bytes) -> bytes:
        """The item as it is stored. Raises CallRefused, also for what breaks a schema that is enforced. On any thread.

        The refusal is not that of an input: the step is at fault, not who called it."""
        item = shaped(stream.name, id, value)
        if self._services.config.validation.streams == "enforce":
            issues = self._issues(stream, item)
            if issues:
                raise CallRefused(
                    f"{_place(stream, group, id)} breaks the stream's schema: {_words(issues[0])}",
                    detail={"issues": issues},
                )
        return item

    def warn(self, active: Active, stream: Stream, group: str, id: str, item: bytes) -> None:
        """Says in the step's log what is wrong with the item, once as long as it goes on."""
        if self._services.config.validation.streams != "warn":
            return
        now = self._services.clock.now_ms()
        for issue in self._issues(stream, item)[:_MOST]:
            last = self._wrong.pop((stream.name, issue.path), None)
            self._wrong[stream.name, issue.path] = now
            if last is None or last < now - _QUIET:
                text = f"{_place(stream, group, id)} does not fit the stream's schema: {_words(issue)}"
                self._services.recorder.note("warn", text, active.invocation)
        while len(self._wrong) > _REMEMBERED:
            del self._wrong[next(iter(self._wrong))]

    def _issues(self, stream: Stream, item: bytes) -> list[Issue]:
        if stream.schema is None:
            return []
        validator = self._validators.of(stream.schema)
        value = msgspec.json.decode(item)
        with self._lock:
            issues = validator.check(value)
            if not issues:
                return []
            del value["id"]  # it is ours: a schema need not know of it
            without = validator.check(value)
        return without and ([issue for issue in issues if issue in without] or issues)


def _place(stream: Stream, group: str, id: str) -> str:
    return f"item '{id}' of group '{group}' in stream '{stream.name}'"


def _words(issue: Issue) -> str:
    return f"`{issue.path}` {issue.message}" if issue.path else issue.message
