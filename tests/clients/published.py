"""The published stream clients as Python objects: a driver process runs them, in itself and in pages of a browser.

Knows what a client can be asked; knows nothing of what the server should do.
"""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.kit.packages import STREAM_CLIENTS, need, need_browser
from tests.kit.server import PATIENCE, until

PROGRAM = Path(__file__).parent / "driver" / "driver.mjs"
# The client for Node, the browser's first one that `npm install` still gives, and its newest.
BROWSERS = ("old", "new")
KINDS = ("node", *BROWSERS)


class Driver:
    """The process. One request at a time: its clients go on by themselves meanwhile."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._ids = itertools.count()
        self._rooms: dict[str, int | str] = {"node": "node"}

    def ask(self, place: int | str, verb: str, *args: object) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        asked = next(self._ids)
        self._process.stdin.write(json.dumps([asked, place, verb, *args]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the driver ended with code {self._process.wait(5)}"
        answered, fine, value = json.loads(line)
        assert answered == asked
        assert fine, value
        return value

    def connect(self, kind: str, address: str, protocols: Sequence[str] | None = None) -> Client:
        """A client of one of `KINDS`; those for browsers share a page per kind."""
        if kind not in self._rooms:
            self._rooms[kind] = self.ask("driver", "open", kind)
        place = self._rooms[kind]
        return Client(self, place, self.ask(place, "connect", address, protocols))

    def relay(self, port: int) -> int:
        """A port that stays open and leads to `port`; while that is closed, whoever comes waits."""
        return int(self.ask("driver", "relay", port))

    def open(self, name: str, *, same: bool = False, **query: str) -> Page:
        """One of the driver's own pages. With `same` its client gives its subscriptions the ids that others give."""
        return Page(self, self.ask("driver", "open", name, query, same))

    def visit(self, address: str, width: int = 800, height: int = 600) -> Page:
        """Any page, in a window of its own."""
        return Page(self, self.ask("driver", "visit", address, {"width": width, "height": height}))


class Seen(NamedTuple):
    """What a subscription holds, every state its listeners were told, and the events they heard."""

    state: Any
    changes: list[Any]
    events: list[dict[str, Any]]


class Subscription(NamedTuple):
    driver: Driver
    place: int | str
    number: int

    def look(self) -> Seen:
        return Seen(**self.driver.ask(self.place, "look", self.number))

    def holds(self, wanted: Any, *, patience: float = PATIENCE) -> Seen:
        """Waits until its state is `wanted`; fails telling what it is instead."""
        seen = self.look()

        def arrived() -> bool:
            nonlocal seen
            seen = self.look()
            return bool(seen.state == wanted)

        try:
            until(arrived, patience=patience)
        except AssertionError:
            raise AssertionError(f"wanted {wanted!r}, holds {seen.state!r}; changes {seen.changes!r}") from None
        return seen

    def hears(self, count: int) -> list[dict[str, Any]]:
        """Waits for so many events."""
        return until(lambda: len(found := self.look().events) >= count and found)

    def leave(self) -> None:
        self.driver.ask(self.place, "leave", self.number)


class Client(NamedTuple):
    driver: Driver
    place: int | str
    number: int

    def item(self, stream: str, group: str, id: str, *events: str) -> Subscription:
        return self._subscription("item", stream, group, id, events)

    def group(self, stream: str, group: str, *events: str, sort: str | None = None) -> Subscription:
        return self._subscription("group", stream, group, sort, events)

    def received(self, text: str) -> list[dict[str, Any]]:
        """The frames with this text that the page has been sent, also those its clients make nothing of."""
        return list(self.driver.ask(self.place, "frames", "received", text))

    def _subscription(self, verb: str, *args: object) -> Subscription:
        return Subscription(self.driver, self.place, self.driver.ask(self.place, verb, self.number, *args))


class Page(NamedTuple):
    driver: Driver
    number: int

    def connect(self, address: str) -> Client:
        return Client(self.driver, self.number, self.ask("connect", address, None))

    def text(self, selector: str) -> list[str]:
        """The text of every element that `selector` finds."""
        return list(self.ask("text", selector))

    def shows(self, selector: str, *wanted: str, patience: float = 10) -> None:
        """Waits until these are the texts; fails telling what they are instead."""
        try:
            until(lambda: self.text(selector) == list(wanted), patience=patience)
        except AssertionError:
            raise AssertionError(f"{selector}: wanted {wanted!r}, shows {self.text(selector)!r}") from None

    def ask(self, verb: str, *args: object) -> Any:
        return self.driver.ask(self.number, verb, *args)


@contextmanager
def driving() -> Iterator[Driver]:
    """A driver, its browser not yet started; ended afterwards."""
    need(STREAM_CLIENTS)
    command = ["node", str(PROGRAM), str(STREAM_CLIENTS), need_browser()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Driver(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
