"""Trace contexts as W3C writes them: what a caller's `traceparent` says, and how our own ids look to others.

An id that has the right form is itself; any other is the beginning of its SHA-256. So whoever knows one of our ids
knows its counterpart, on every server and after every restart, and nothing has to be kept. Pure.
"""

from __future__ import annotations

import hashlib
import re

from motia_core.recorded import Remote

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_TRACE = re.compile(r"[0-9a-f]{32}")
_SPAN = re.compile(r"[0-9a-f]{16}")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
_LONGEST_STATE = 512


def trace_id_of(id: str) -> str:
    """32 hex digits."""
    if _TRACE.fullmatch(id) and id != _NO_TRACE:
        return id
    return hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()[:32]


def span_id_of(id: str) -> str:
    """16 hex digits."""
    if _SPAN.fullmatch(id) and id != _NO_SPAN:
        return id
    return hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()[:16]


def read(parent: object, state: object = None) -> Remote | None:
    """What the headers `traceparent` and `tracestate` say; None when the first cannot be relied on."""
    found = _PARENT.fullmatch(parent.strip()) if isinstance(parent, str) else None
    if found is None:
        return None
    version, trace, span, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or trace == _NO_TRACE or span == _NO_SPAN:
        return None
    if isinstance(state, list):
        state = ",".join(state)
    said = state.strip() if isinstance(state, str) and state.isascii() and state.isprintable() else ""
    kept = said if len(said) <= _LONGEST_STATE else ""
    return Remote(trace_id=trace, span_id=span, sampled=bool(int(flags, 16) & 1), state=kept)
