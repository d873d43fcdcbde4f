"""Which invocation, and which transaction of it, the code asking belongs to. Tasks and threads inherit both."""

from __future__ import annotations

import functools
import threading
from contextvars import ContextVar, copy_context
from typing import Any, Callable

invocation: ContextVar[Any] = ContextVar("motia_invocation", default=None)
transaction: ContextVar[Any] = ContextVar("motia_transaction", default=None)


_usual_hook = threading.excepthook
_POOLS = ("concurrent.futures", "motia_runner.hands")


def inherit_in_threads() -> None:
    """A thread that a step starts belongs to it. Threads of pools do not: they outlive whoever made them."""
    usual = threading.Thread.start

    def start(self: threading.Thread) -> None:
        pooled = getattr(getattr(self, "_target", None), "__module__", "").startswith(_POOLS)
        run = invocation.get()
        if run is not None and not pooled:
            run.threads.append(self)
            self.run = functools.partial(copy_context().run, _contained, self.run)  # type: ignore[method-assign]
        usual(self)

    threading.Thread.start = start  # type: ignore[method-assign]


def _contained(work: Callable[[], None]) -> None:
    """What a thread fails with is a line of its step."""
    try:
        work()
    except Exception as error:
        if threading.excepthook is not _usual_hook:
            raise
        invocation.get().log("error", f"a thread the step started failed: {error}", {"error": error})
