"""What the log has of questions that went wrong: little, on one line, and nothing secret."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.errors import WorkersBusy
from motia_core.model import Level
from motia_core.protocol.envelope import ErrorObject
from motia_core.streams.complaints import Complaints
from motia_core.workers.answers import RunnerError


class Still(Clock):
    now_ = 100.0

    def monotonic(self) -> float:
        return self.now_


def thrown(message: str, name: str = "TypeError") -> RunnerError:
    return RunnerError(ErrorObject(1001, message, Raw(msgspec.json.encode({"name": name, "message": message}))))


class Notes:
    def __init__(self, *, open: bool = True) -> None:
        self.clock = Still()
        self.lines: list[str] = []
        self.complaints = Complaints(self._note, self.clock, open=open)

    def _note(self, level: Level, text: str) -> None:
        self.lines.append(text)

    def tell(self, error: Exception, *secrets: object) -> str:
        self.complaints.tell("warn", "no", error, secrets)
        return self.lines[-1]


def test_what_came_with_the_request_is_hidden() -> None:
    notes = Notes()
    request = {
        "headers": {
            "authorization": "Bearer abc.def-ghi.jkl",
            "cookie": "theme=dark; session=s3ss10n",
            "sec-websocket-protocol": "Authorization,t0ken",
        },
        "url": "/?authToken=a%2Fbcd&x=1",
        "query": {"authToken": ["a/bcd", "other"]},
    }
    for secret in (
        "abc.def-ghi.jkl",
        "def-ghi",
        "s3ss10n",
        "t0ken",
        "a%2Fbcd",
        "a/bcd",
        "other",
        "Bearer abc.def-ghi.jkl",
    ):
        assert (
            notes.tell(thrown(f"jwt <{secret}> is malformed"), request) == "no: TypeError: jwt <[hidden]> is malformed"
        )
    assert notes.tell(thrown("'NoneType' object is not subscriptable"), request).endswith("is not subscriptable")


def test_it_is_one_short_line() -> None:
    said = Notes().tell(thrown("two\nlines\r\n\x1b[31mred\u2028and " + "long " * 200))
    assert said.startswith("no: TypeError: two lines [31mred and long") and said.isprintable() and len(said) < 400


def test_a_served_project_tells_only_the_name() -> None:
    assert Notes(open=False).tell(thrown("decoded: {admin: true}", "JWTError")) == "no: JWTError"
    assert Notes(open=False).tell(WorkersBusy("no worker is free")) == "no: no worker is free"
    assert Notes().tell(RunnerError(ErrorObject(1012, "context: a function has no form in JSON"))).endswith("in JSON")
    assert Notes().tell(RunnerError(ErrorObject(1001, "odd", Raw(b"[1]")))) == "no: Error: odd"


def test_whoever_knocks_often_does_not_fill_the_log() -> None:
    notes = Notes()
    for _ in range(1000):
        notes.tell(thrown("x"))
    assert len(notes.lines) == 20
    notes.clock.now_ += 60
    assert notes.tell(thrown("x")) == "no: TypeError: x (and 980 more like it were not logged)"
    assert notes.tell(thrown("x")) == "no: TypeError: x"
