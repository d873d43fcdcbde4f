"""Which invocation, and which transaction of it, the code asking belongs to. Tasks and `to_thread` inherit both."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

invocation: ContextVar[Any] = ContextVar("motia_invocation", default=None)
transaction: ContextVar[Any] = ContextVar("motia_transaction", default=None)
