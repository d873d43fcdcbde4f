"""Starts the cases and looks at what came of them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from tests.kit.server import Server, until
from tests.parity.behaviour import UNSET, Answer, Ask, Emit, Heard, Logged, Run, Seen
from tests.parity.matching import fits, named

PATIENCE = 10.0
# Steps started at the same time.
AT_ONCE = 4


class Site:
    """The running project; `lines` is where its log lines arrive."""

    def __init__(self, server: Server, lines: Path) -> None:
        self._address = urlsplit(server.url).netloc
        self._lines = lines
        self._answers: dict[str, Future[tuple[int, Message, bytes]]] = {}

    def drive(self, cases: Mapping[str, Any]) -> None:
        """Starts every step of `cases` (id → what starts it), several at once, and keeps what was answered."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for id, ask in cases.items():
                self._answers[id] = pool.submit(self._ask, id, ask)

    def check(self, id: str, ask: Any, expected: Any) -> None:
        """Fails unless all that was expected is so."""
        status, headers, body = self._answers[id].result()
        if not isinstance(ask, Ask):
            assert status < 300, body
        for one in named(expected if isinstance(expected, tuple) else (expected,), id):
            if isinstance(one, Answer):
                self._check_answer(status, headers, body, one)
            elif isinstance(one, Seen):
                self._check_seen(id, one.value)
            elif isinstance(one, Heard):
                self._check_heard(id, list(one.data))
            else:
                self._check_logged(id, one)

    def look(self, group: str, key: str) -> Any:
        """`{there, value}` of one place of the state."""
        answer = self._send("GET", f"/look/{quote(group, safe='')}/{quote(key, safe='')}", None, {})
        return json.loads(answer.read())

    def _ask(self, id: str, ask: Any) -> tuple[int, Message, bytes]:
        answer = self._start(id, ask)
        body = answer.read(getattr(ask, "read", None))
        answer.close()
        return answer.status, answer.headers, body

    def _start(self, id: str, ask: Any) -> http.client.HTTPResponse:
        if isinstance(ask, Emit):
            return self._send("POST", "/emit", json.dumps({"topic": id, "data": ask.data}), {})
        if isinstance(ask, Run):
            return self._send("POST", "/__motia/api/run", json.dumps({"step": id}), {})
        assert isinstance(ask, Ask)
        body = ask.body if isinstance(ask.body, (bytes, str, type(None))) else json.dumps(ask.body)
        return self._send(ask.method, "/" + id.replace(".", "/") + ask.tail, body, ask.headers)

    def _send(self, method: str, path: str, body: Any, headers: Any) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self._address, timeout=30)
        typed = {"content-type": "application/json"} if body is not None else {}
        data = body.encode() if isinstance(body, str) else body
        connection.request(method, path, data, {"connection": "close", **typed, **headers})
        return connection.getresponse()

    def _check_answer(self, status: int, headers: Message, body: bytes, expected: Answer) -> None:
        assert status == expected.status, body.decode("utf-8", "replace")
        for name, value in expected.headers.items():
            found = headers.get_all(name)
            assert fits(value, found if isinstance(value, list) else found and found[0]), (name, found)
        if expected.json is not UNSET:
            assert fits(expected.json, json.loads(body)), body.decode()
        if expected.text is not UNSET:
            assert fits(expected.text, body.decode())
        if expected.body is not UNSET:
            assert body == expected.body

    def _check_seen(self, id: str, expected: Any) -> None:
        self._settle(lambda: self.look("seen", id), lambda found: found["there"] and fits(expected, found["value"]))

    def _check_heard(self, id: str, expected: list[Any]) -> None:
        def all_there(found: Any) -> bool:
            rest = list(found["value"] or [])
            for data in expected:
                match = next((one for one in rest if fits(data, one)), UNSET)
                if match is UNSET:
                    return False
                rest.remove(match)
            return not rest

        self._settle(lambda: self.look("heard", f"{id}.out"), all_there)

    def _check_logged(self, id: str, expected: Logged) -> None:
        def matching() -> list[Any]:
            return [
                line
                for line in map(json.loads, self._lines.read_text("utf-8").splitlines())
                if line["step"] == id and all(fits(value, line.get(key)) for key, value in expected.line.items())
            ]

        self._settle(
            matching, lambda found: len(found) == expected.times if expected.times is not None else bool(found)
        )

    def _settle(self, look: Any, right: Any) -> None:
        last: Any = None

        def settled() -> bool:
            nonlocal last
            last = look()
            return bool(right(last))

        try:
            until(settled, patience=PATIENCE)
        except AssertionError:
            raise AssertionError(f"it stayed at {last}") from None
