"""Each failure of an invocation has one status and the right words."""

from __future__ import annotations

import msgspec
import pytest
from msgspec import UNSET, Raw, UnsetType

from motia_core.errors import CallRefused, MotiaError, tree
from motia_core.model import Failure
from motia_core.triggers.refusal import Refusal, is_fault, refuse, refuse_error


def test_the_body_is_json_with_the_trace() -> None:
    body = Refusal(404, "m", more={"near": ["/a"]}).body("T-1")
    assert msgspec.json.decode(body) == {"error": "Not found", "message": "m", "near": ["/a"], "traceId": "T-1"}
    assert msgspec.json.decode(Refusal(418).body("T"))["error"] == "Error"


@pytest.mark.parametrize("kind", tree())
def test_every_error_has_an_answer(kind: type[MotiaError]) -> None:
    refusal = refuse_error(kind(), detailed=False)
    assert refusal.status in (400, 500, 502, 503, 504)
    if issubclass(kind, CallRefused) and kind.__name__ != "BacklogFull":
        assert refusal.status == 500
    assert (refusal.status == 503) == ("Retry-After" in refusal.headers)


def test_details_are_shown_only_when_asked() -> None:
    failure = Failure(code=1001, name="TypeError", message="boom", stack="at x")
    assert msgspec.json.decode(refuse(failure, detailed=False).body("T")) == {
        "error": "Internal server error",
        "traceId": "T",
    }
    shown = msgspec.json.decode(refuse(failure, detailed=True).body("T"))
    assert (shown["name"], shown["message"], shown["stack"]) == ("TypeError", "boom", "at x")


@pytest.mark.parametrize("data", [UNSET, Raw(b"[]"), Raw(b"{}"), Raw(b'{"issues":[{"path":"a"}]}')])
def test_refused_input_lists_what_it_can(data: Raw | UnsetType) -> None:
    refusal = refuse(Failure(code=1002, name="E", message="m", data=data), detailed=False)
    issues = msgspec.json.decode(refusal.body("T"))["issues"]
    assert issues == ([{"path": "a"}] if data and b"path" in bytes(data) else [])


def test_whose_fault_it_is() -> None:
    for code, fault in ((1001, True), (1005, True), (1006, False), (1002, False), (-32603, True)):
        assert is_fault(Failure(code=code, name="E", message="m")) is fault
