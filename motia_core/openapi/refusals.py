"""What the server answers by itself, as components: the error shapes that every route shares. Words of `refusal.py`."""

from __future__ import annotations

from typing import Any

from motia_core.openapi.schemas import Components
from motia_core.triggers.refusal import WORDS

Object = dict[str, Any]

_TRACE: Object = {"type": "string", "description": "Finds the request in traces and logs; also the header `X-Trace-Id`"}
_ERROR: Object = {
    "type": "object",
    "description": "How the server itself answers what it cannot serve.",
    "required": ["error"],
    "properties": {
        "error": {"type": "string"},
        "message": {"type": "string", "description": "More, where it is safe to say"},
        "traceId": _TRACE,
    },
}
_INVALID: Object = {
    "type": "object",
    "description": "The request breaks the schema of its body or of a parameter.",
    "required": ["error", "issues"],
    "properties": {
        "error": {"type": "string", "examples": ["Validation failed"]},
        "issues": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message", "code"],
                "properties": {
                    "path": {
                        "type": "string",
                        "description": "Dotted; empty = the whole",
                        "examples": ["items.0.price"],
                    },
                    "message": {"type": "string", "examples": ["is required"]},
                    "code": {"type": "string", "description": "The keyword that was broken", "examples": ["required"]},
                },
            },
        },
        "traceId": _TRACE,
    },
}
_RETRY_AFTER: Object = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
ALWAYS = ("400", "500", "502", "503", "504")
WITH_BODY = ("413", "415")
_OF_THE_CORE = frozenset({*ALWAYS, *WITH_BODY})


class Refusals:
    """`responses` are the components that were referred to."""

    def __init__(self, components: Components) -> None:
        self._components = components
        self.responses: dict[str, Object] = {}

    def of(self, status: str, *, checked: bool = False) -> Object:
        """The reference to what the server answers with `status`; `checked`: a 400 may list what breaks a schema."""
        name = "Invalid" if checked and status == "400" else f"Error{status}"
        if name not in self.responses:
            self.responses[name] = self._response(status, self.schema(status, checked=checked))
        return {"$ref": f"#/components/responses/{name}"}

    def schema(self, status: str, *, checked: bool = False) -> Object:
        error = self._components.named("Error", _ERROR)
        if status != "400" or not checked:
            return error
        return {"anyOf": [self._components.named("ValidationError", _INVALID), error]}

    def _response(self, status: str, schema: Object) -> Object:
        made: Object = {
            "description": WORDS[int(status)],
            "content": {"application/json": {"schema": schema}},
        }
        if status == "503":
            made["headers"] = _RETRY_AFTER
        return made


def is_ours(status: str) -> bool:
    """Whether the server itself may answer with `status`."""
    return status in _OF_THE_CORE
