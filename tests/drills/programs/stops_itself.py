"""Stops itself (SIGSTOP) at an invocation, or, given an argument, soon after it is ready."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

import speak


def stop(message=None):
    os.kill(os.getpid(), signal.SIGSTOP)


def soon():
    time.sleep(0.1)
    stop()


if len(sys.argv) > 1:
    threading.Thread(target=soon, daemon=True).start()
speak.serve(step_run=stop)
