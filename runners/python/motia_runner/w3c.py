"""The trace context of an invocation as W3C writes it, for requests to others. Pure.

An id that has the right form is itself; any other is the beginning of its SHA-256: the core tells them the same way.
"""

from __future__ import annotations

import hashlib
import re


def traceparent(trace_id: str, invocation: str, sampled: bool) -> str:
    return f"00-{_hex(trace_id, 32)}-{_hex(invocation, 16)}-{'01' if sampled else '00'}"


def _hex(id: str, digits: int) -> str:
    if re.fullmatch(f"[0-9a-f]{{{digits}}}", id) and id.strip("0"):
        return id
    return hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()[:digits]
