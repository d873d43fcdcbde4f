"""Answers the front gives by itself: always JSON, always with the trace id. Pure.

Says which status and words a failure of an invocation becomes. What a handler answers is `response.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import msgspec
from msgspec import UNSET, Raw

from motia_core.errors import BacklogFull, HandlerFailed, InputInvalid, MotiaError, StoreError, tree
from motia_core.model import Failure

WORDS = {
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    408: "Request timeout",
    413: "Payload too large",
    414: "Request target too long",
    415: "Unsupported media type",
    417: "Expectation failed",
    431: "Request header too large",
    500: "Internal server error",
    502: "The worker died",
    503: "Service unavailable",
    504: "The handler did not finish in time",
}
_RETRY_AFTER = "1"
# Codes that say what happened to the invocation; any other is a fault of ours or of the handler's: 500.
_OUTCOMES = frozenset({1002, 1003, 1004, 1005, 1006, 1013, 1017, 1018, 1019, -32800})
_STATUS = {kind.code: kind.status for kind in tree() if kind.code in _OUTCOMES}


# Those of them by which the core refuses a call of the handler though nothing is wrong with it.
_OURS = frozenset({BacklogFull.code, StoreError.code})


class Refusal(Exception):
    """Ends a request with `status`. `close` = the rest of what the client sends is not worth reading."""

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        error: str | None = None,
        headers: dict[str, str] | None = None,
        close: bool = False,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = error or WORDS.get(status, "Error")
        self.message = message
        self.headers = headers or {}
        self.close = close
        self.more = more or {}

    def body(self, trace_id: str) -> bytes:
        fields: dict[str, object] = {"error": self.error}
        if self.message is not None:
            fields["message"] = self.message
        return msgspec.json.encode({**fields, **self.more, "traceId": trace_id})


def invalid(issues: object) -> Refusal:
    return Refusal(400, error="Validation failed", more={"issues": issues})


def refuse(failure: Failure, *, detailed: bool) -> Refusal:
    """The answer to a failed invocation. `detailed` shows message and stack."""
    status = _STATUS.get(_cause(failure), 500)
    if failure.code == InputInvalid.code:
        return invalid(_issues_of(failure))
    if status == 499:
        status = 503
    more: dict[str, object] = {}
    if detailed:
        more = {"name": failure.name}
        if failure.stack:
            more["stack"] = failure.stack
    return Refusal(status, failure.message if detailed else None, headers=later(status), more=more)


def later(status: int) -> dict[str, str]:
    """What tells a client to come again."""
    return {"Retry-After": _RETRY_AFTER} if status == 503 else {}


class _Thrown(msgspec.Struct):
    code: object = None


def _cause(failure: Failure) -> int:
    """The code that decides: a handler that let a refused emit pass has not failed, we have."""
    if failure.code != HandlerFailed.code or failure.data is UNSET:
        return failure.code
    with suppress(msgspec.MsgspecError):
        code = msgspec.json.decode(failure.data, type=_Thrown).code
        if code in _OURS:
            return int(str(code))
    return failure.code


def refuse_error(error: MotiaError, *, detailed: bool) -> Refusal:
    return refuse(Failure(code=error.code, name=type(error).__name__, message=error.message), detailed=detailed)


def is_fault(failure: Failure) -> bool:
    """Whether somebody should look at it."""
    return failure.code == HandlerFailed.code or _STATUS.get(failure.code, 500) in (500, 502)


class _Issues(msgspec.Struct):
    issues: Raw = Raw(b"[]")


def _issues_of(failure: Failure) -> Raw:
    if failure.data is UNSET:
        return Raw(b"[]")
    try:
        return Raw(bytes(msgspec.json.decode(failure.data, type=_Issues).issues))
    except msgspec.MsgspecError:
        return Raw(b"[]")
