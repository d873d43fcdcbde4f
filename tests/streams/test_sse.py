"""Streams as Server-Sent Events: a public route, the same rules, the same news."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from motia_core.cli.inspect import step_rows
from tests.streams.conftest import Site
from tests.streams.raw import Handshake, head_of
from tests.unit.steps.reports import API, project

PATIENCE = 10.0


class Events:
    """One reader. `head` is the answer's."""

    def __init__(self, sock: socket.socket, head: Handshake) -> None:
        self.sock = sock
        self.head = head
        self._text = head.rest

    def block(self) -> str:
        """The next block of lines; empty at the end."""
        end = time.monotonic() + PATIENCE
        while b"\n\n" not in self._text:
            self.sock.settimeout(max(0.01, end - time.monotonic()))
            data = self.sock.recv(65536)
            if not data:
                return ""
            self._text += data
        block, _, self._text = self._text.partition(b"\n\n")
        return block.decode()

    def event(self) -> tuple[str, Any, int]:
        """Name, data and id of the next event; comments are passed over."""
        while (block := self.block()).startswith(":"):
            pass
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        return fields["event"], json.loads(fields["data"]), int(fields["id"])


@contextmanager
def reading(url: str, path: str, method: str = "GET", **headers: str) -> Iterator[Events]:
    place = urlsplit(url)
    with socket.create_connection((place.hostname, place.port), PATIENCE) as sock:
        sent = {"Host": place.netloc, "Accept": "text/event-stream", **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        sock.sendall(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode())
        yield Events(sock, head_of(sock))


def test_a_group_as_events(site: Site, group: str) -> None:
    site.set("todo", group, "a", {"text": "ünï\u2028\n"})
    headers = {"Last-Event-ID": "anything", "Origin": "https://elsewhere.example"}
    with reading(site.url, f"/live/todo/{group}", **headers) as events:
        assert events.head.status == 200
        assert events.head.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert events.head.headers["cache-control"] == "no-cache"
        assert events.head.headers["access-control-allow-origin"] == "*"
        first = events.event()
        assert first[:2] == ("sync", [{"text": "ünï\u2028\n", "id": "a"}])
        site.act(
            ["todo", "set", group, "a", {"n": 1}],
            ["todo", "set", group, "b", {"n": 2}],
            ["todo", "delete", group, "a"],
            ["todo", "send", {"groupId": group}, {"type": "typing", "data": [1]}],
        )
        heard = [events.event() for _ in range(4)]
    assert [one[:2] for one in heard] == [
        ("update", {"n": 1, "id": "a"}),
        ("create", {"n": 2, "id": "b"}),
        ("delete", {"n": 1, "id": "a"}),
        ("event", {"type": "typing", "data": [1]}),
    ]
    ids = [one[2] for one in (first, *heard)]
    assert ids == sorted(set(ids))


def test_the_same_rules_hold(site: Site) -> None:
    with reading(site.url, "/live/secret/open") as events:
        assert events.event()[0] == "sync"
    with reading(site.url, "/live/secret/closed") as events:
        assert events.head.status == 403
        assert events.head.headers["content-type"].startswith("application/json")
    assert site.server.post("/live/todo/x", {}).status == 405
    assert "GET" in site.server.request("OPTIONS", "/live/todo/x").headers["allow"]
    with reading(site.url, "/live/todo/x", "HEAD") as events:
        assert events.head.status == 200 and not events.block()


def test_a_quiet_reader_is_shown_that_the_server_lives(tight: Site, group: str) -> None:
    with reading(tight.url, f"/live/todo/{group}") as events:
        assert events.event()[0] == "sync"
        assert events.block() == ":"
        tight.set("todo", group, "a", {})
        assert events.event()[0] == "create"


def test_a_slow_reader_is_cut(tight: Site, group: str) -> None:
    place = urlsplit(tight.url)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(PATIENCE)
        sock.connect((place.hostname or "", place.port or 0))
        sock.sendall(f"GET /live/todo/{group} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        head_of(sock)
        tight.many(stream="todo", group=group, id="big", times=400, size=20_000)
        got = 0
        try:
            while data := sock.recv(65536):
                got += len(data)
        except ConnectionError:
            pass
    assert got < 400 * 20_000


def test_a_route_that_is_taken_is_told_and_the_others_are_listed() -> None:
    live = {"type": "stream", "sse": "/live/:groupId"}
    shot = project(
        {
            "src/a.stream.ts": {**live, "name": "first"},
            "src/b.step.ts": {**API, "name": "B", "path": "/live/:x", "method": "GET"},
            "src/c.stream.ts": {**live, "name": "second", "sse": "/LIVE/:groupId/"},
            "src/d.step.ts": {**API, "name": "D", "path": "/live/:x", "method": "POST"},
            "src/e.stream.ts": {**live, "name": "bad", "sse": "/live/bad/:groupIds"},
            "src/f.stream.ts": {**live, "name": "worse", "sse": "live/:groupId"},
        }
    )
    listed = {row["name"]: (row["method"], row["path"]) for row in step_rows(shot) if row["type"] == "stream"}
    assert listed == {
        "first": ("GET", "/live/:groupId"),
        "second": (None, None),
        "bad": (None, None),
        "worse": (None, None),
    }
    assert [step.name for step in shot.steps] == ["D"]
    told = {problem.file: (problem.code, problem.message) for problem in shot.problems}
    assert told == {
        "src/b.step.ts": ("duplicate_route", "GET /live/:x is served in src/a.stream.ts and in src/b.step.ts"),
        "src/c.stream.ts": (
            "duplicate_route",
            "GET /LIVE/:groupId/ is served in src/a.stream.ts and in src/c.stream.ts",
        ),
        "src/e.stream.ts": ("bad_config", "`sse`: '/live/bad/:groupIds' does not say where the group stands"),
        "src/f.stream.ts": ("bad_config", "`sse`: 'live/:groupId' needs a leading slash"),
    }
