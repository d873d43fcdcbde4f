"""Is killed by its first invocation."""

from __future__ import annotations

import os
import signal

import speak

speak.serve(step_run=lambda message: os.kill(os.getpid(), signal.SIGKILL))
