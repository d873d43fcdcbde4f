"""Failures and spans as they are stored. msgspec cannot decode an object into a field of type `Raw | None`, so that the
structs of `model.py` that hold one are read through these."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Raw, Struct, structs

from motia_core.model import Failure, Span

_NOTHING = Raw(b"null")


class StoredFailure(Struct, frozen=True):
    code: int
    name: str
    message: str
    stack: str | None = None
    data: Raw = _NOTHING

    def failure(self) -> Failure:
        data = None if bytes(self.data) == b"null" else self.data
        return Failure(code=self.code, name=self.name, message=self.message, stack=self.stack, data=data)


class StoredSpan(Struct, frozen=True, kw_only=True):
    id: str
    trace_id: str
    name: str
    kind: str
    status: Literal["running", "completed", "failed"]
    start: int
    language: str = ""
    end: int | None = None
    parent: str | None = None
    topic: str | None = None
    attempt: int = 1
    worker: str | None = None
    failure: StoredFailure | None = None
    events: tuple[Raw, ...] = ()
    file: str = ""


_FAILURE = msgspec.json.Decoder(StoredFailure)
_SPAN = msgspec.json.Decoder(StoredSpan)


def read_failure(text: bytes | str) -> Failure:
    return _FAILURE.decode(text).failure()


def read_span(text: bytes | str) -> Span:
    fields = structs.asdict(_SPAN.decode(text))
    failure = fields.pop("failure")
    return Span(failure=None if failure is None else failure.failure(), **fields)
