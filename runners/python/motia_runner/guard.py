"""Keeps the wire out of user code's reach and the worker from outliving the core. Knows no message.

Descriptors 0 and 1 are moved before anything of the user's is loaded: what a step or its child processes print goes
to stderr, what they read is empty. A thread of its own watches for the end of the core, whatever the loop is doing.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from typing import Optional, Tuple

_PR_SET_PDEATHSIG = 1


def take_the_wire() -> Tuple[int, int]:
    """Private descriptors for reading and writing the wire. They are not inherited by child processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    os.set_blocking(incoming, False)
    os.set_blocking(outgoing, False)
    return incoming, outgoing


class Lifeline:
    """Ends the process at once when the core is gone: lifeline or stdin closed, or (Linux) the parent dead."""

    def __init__(self, incoming: int) -> None:
        self._incoming = incoming
        self._parent: Optional[int] = None
        self._told, self._tell = os.pipe()
        name = os.environ.pop("MOTIA_LIFELINE", "")
        self._lifeline = int(name) if name.isdigit() else -1
        if self._lifeline >= 0:
            os.set_inheritable(self._lifeline, False)
        threading.Thread(target=self._watch, name="motia-lifeline", daemon=True).start()

    def expect_parent(self, pid: int) -> None:
        """The core has said who it is: ask the system for a signal when it dies."""
        self._parent = pid
        os.write(self._tell, b".")

    def _watch(self) -> None:
        poll = select.poll()
        # No events asked: an end that hangs up is reported all the same, and unread data does not wake us.
        poll.register(self._incoming, getattr(select, "POLLRDHUP", 0))
        poll.register(self._told, select.POLLIN)
        if self._lifeline >= 0:
            poll.register(self._lifeline, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == self._told:
                    os.read(self._told, 1)
                    self._ask_for_death_signal()
                elif descriptor == self._incoming or not os.read(self._lifeline, 1):
                    os._exit(0)

    def _ask_for_death_signal(self) -> None:
        # The signal belongs to the thread that asks for it; this one lives as long as the process. ctypes is dear to
        # import, hence not before the handshake.
        if not sys.platform.startswith("linux"):
            return
        try:
            import ctypes

            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        except (ImportError, OSError, AttributeError):
            return
        if self._parent and os.getppid() != self._parent and not _alive(self._parent):
            os._exit(0)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
