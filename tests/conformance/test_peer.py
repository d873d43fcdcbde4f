"""Every vector against the core's own peer, without a process: what the core sends it can send, what a runner must
answer is accepted, ids match, and nothing is left waiting. Shapes are checked against `METHODS`."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from motia_core.errors import LocalProtocolError, PayloadRefused, RemoteProtocolError
from motia_core.protocol.envelope import ErrorObject
from motia_core.protocol.messages import METHODS, Direction
from motia_core.protocol.peer import Late, Notification, Peer, Reply, Request
from motia_core.protocol.schema import document

from .harness import LIMITS
from .matching import fill, is_open, sample
from .vector import AnyOrder, Expect, Move, Send, Vector, expand, load

DOCUMENT: dict[str, Any] = document()
BAD_REQUESTS = {-32601, -32602}


@cache
def validator(shape: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{shape}", "$defs": DOCUMENT["$defs"]})


class Files(dict[str, str]):
    """Any fixture file, in no language."""

    def __missing__(self, name: str) -> str:
        return f"steps/{name}_step.x"

    def __contains__(self, name: object) -> bool:
        return True


class Rehearsal:
    """One vector played by a peer and an imagined runner."""

    def __init__(self, vector: Vector) -> None:
        limits = {**LIMITS, **vector.limits}
        self.peer = Peer(frame=limits["frame"], depth=limits["depth"])
        self.captures: dict[str, object] = {"parent": 1, "runner": "any"}
        self.vector = vector
        self.asked: dict[int, str] = {}
        self.refused = self._refused()

    def perform(self) -> None:
        if not self.vector.raw:
            number, _ = self.peer.call("initialize", b"{}")
            self.peer.feed(b'{"jsonrpc":"2.0","id":%d,"result":{}}\n' % number)
            assert self.peer.ready
        for move in self.vector.moves:
            match move:
                case Send():
                    self.send(move)
                case Expect():
                    self.expect(move)
                case AnyOrder():
                    for line in reversed(move.lines):
                        self.expect(line)
        if not self.vector.ends:
            assert not self.peer.pending, f"unanswered: {self.peer.pending}"
            assert not self.asked, f"the runner waits for {self.asked}"

    def send(self, move: Move) -> None:
        message = json.loads(fill(self.places(move), self.captures))
        number, method = message.get("id"), message.get("method")
        if method is None:
            self.answer(number, message)
        elif number is None:
            self.peer.notify(method, json.dumps(message["params"]).encode())
            if method in METHODS:
                assert METHODS[method].result is None
                self.check(method, message["params"], METHODS[method].params)
        else:
            self.call(number, method, message["params"])

    def call(self, number: int, method: str, params: object) -> None:
        if number not in self.refused:
            assert METHODS[method].direction is Direction.TO_RUNNER
            self.check(method, params, METHODS[method].params)
        try:
            given, line = self.peer.call(method, json.dumps(params, ensure_ascii=False).encode())
        except LocalProtocolError:
            assert not self.peer.ready, f"{method} {number} cannot be sent by the core"
        except PayloadRefused:
            assert self.vector.limits
        else:
            assert given == number, f"{method}: the peer would have used id {given}, the vector says {number}"
            assert line.count(b"\n") == 1

    def answer(self, number: object, message: dict[str, object]) -> None:
        if number not in self.asked:
            if message.keys() & {"result", "error"}:
                with pytest.raises(LocalProtocolError):
                    self.peer.reply(int(str(number)), b"{}")
            return
        assert isinstance(number, int)
        method = self.asked.pop(number)
        if "error" in message:
            self.peer.fail(number, msgspec.convert(message["error"], ErrorObject))
        else:
            result = METHODS[method].result
            assert result is not None
            self.check(method, message["result"], result)
            self.peer.reply(number, json.dumps(message["result"]).encode())

    def expect(self, move: Expect) -> None:
        pattern = json.loads(self.places(move))
        message = sample(pattern, self.captures, max(self.asked, default=0) + 100)
        assert isinstance(message, dict)
        if pattern.keys() == {"id", "…"}:
            message["result"] = {}
        number, method = message.get("id"), message.get("method")
        line = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode() + b"\n"
        if number is None and method is None:
            with pytest.raises(RemoteProtocolError):
                self.peer.feed(line)
            return
        waiting = self.peer.pending.get(number) if isinstance(number, int) else None
        (happening,) = self.peer.feed(line)
        if method is None:
            assert isinstance(happening, Reply if waiting else Late)
            if waiting and "result" in pattern and not is_open(pattern):
                result = METHODS[waiting].result
                assert result is not None
                self.check(waiting, message["result"], result)
            return
        known = METHODS[method]
        assert known.direction is Direction.TO_CORE
        assert isinstance(happening, Notification if number is None else Request)
        assert (known.result is None) == (number is None)
        if not is_open(pattern):
            self.check(method, message["params"], known.params)
        if isinstance(number, int):
            self.asked[number] = method

    def check(self, method: str, value: object, shape: type) -> None:
        """The value has the declared shape and no key that the shape does not know."""
        schema = DOCUMENT["$defs"][shape.__name__]
        problems = [error.message for error in validator(shape.__name__).iter_errors(value)]
        assert not problems, f"{method}: {problems}"
        assert isinstance(value, dict)
        assert value.keys() <= schema["properties"].keys(), f"{method}: unknown keys in {value}"

    def places(self, move: Move) -> str:
        assert isinstance(move, Send | Expect)
        return expand(move.text, run="/run", project="/project", files=Files())

    def _refused(self) -> set[int]:
        """Ids of requests that are wrong on purpose: the runner refuses them."""
        lines = [move for move in self.vector.moves if isinstance(move, Expect)]
        answers = [json.loads(self.places(line)) for line in lines]
        return {one["id"] for one in answers if one.get("error", {}).get("code") in BAD_REQUESTS}


@pytest.mark.parametrize("vector", load(), ids=lambda vector: vector.name)
def test_vector(vector: Vector) -> None:
    Rehearsal(vector).perform()


def test_every_method_has_a_vector() -> None:
    said = "\n".join(
        line.text
        for vector in load()
        for move in vector.moves
        for line in (move.lines if isinstance(move, AnyOrder) else (move,))
        if isinstance(line, Send | Expect)
    )
    assert [name for name in METHODS if f'"method":"{name}"' not in said] == []
