"""How long one client may take to ask, and to take its answer. Pure but for the question how much the system holds.

Nothing here costs a timer: the listener looks at its connections once in a while, and each knows since when it has been
waited for.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, Literal

from motia_core.config.knobs import Http

_LEAST = 16 * 1024

Verdict = Literal["late", "idle", "stalled"]


class Patience:
    """`asking_since`: when the header that has not come whole began, None while none is awaited; `head`: its bytes so
    far. `rested_since`: when the last answer was out. `stalled_since`: since when the client has taken next to nothing
    of its answer; `unsent` bytes of it are kept here."""

    __slots__ = ("_http", "_left", "asking_since", "head", "rested_since", "stalled_since", "unsent")

    def __init__(self, http: Http, now: float) -> None:
        self._http = http
        self._left = 0
        self.asking_since: float | None = now
        self.head = 0
        self.rested_since = now
        self.stalled_since: float | None = None
        self.unsent = 0

    def asks(self, size: int, now: float) -> None:
        """A piece of a header that is not complete."""
        if self.asking_since is None:
            self.asking_since = now
        self.head += size

    def asked(self) -> None:
        """The header is complete."""
        self.asking_since, self.head = None, 0

    def judge(self, pipe: Any, now: float, *, idle: bool) -> Verdict | None:
        """What the connection is to be ended for. `idle`: no answer is awaited."""
        self.unsent = pipe.get_write_buffer_size()
        if self.unsent:
            if self._stalls(self.unsent + _in_kernel(pipe), now):
                return "stalled"
        else:
            self.stalled_since = None
        if not idle:
            return None
        if self.asking_since is not None:
            return "late" if now - self.asking_since > self._http.header_timeout else None
        return "idle" if now - self.rested_since > self._http.keep_alive else None

    def _stalls(self, left: int, now: float) -> bool:
        """Whether the client does not take what waits for it: `left` is what it has not taken."""
        if self.stalled_since is None or left <= self._left - _LEAST:
            self.stalled_since, self._left = now, left
        elif now - self.stalled_since > self._http.send_timeout:
            return True
        else:
            self._left = max(self._left, left)
        return False


def _in_kernel(pipe: Any) -> int:
    """Bytes that the system holds for the other end, where it can tell."""
    try:
        fcntl, termios = importlib.import_module("fcntl"), importlib.import_module("termios")
        found = fcntl.ioctl(pipe.get_extra_info("socket").fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except (ImportError, AttributeError, OSError, ValueError):
        return 0
    return int.from_bytes(found, sys.byteorder)
