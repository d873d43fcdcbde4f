"""Leaves children behind that keep stdout and stderr open, and exits in the middle of an invocation."""

from __future__ import annotations

import os
import subprocess
import sys

import speak


def run(message):
    for group in (None, 0):
        child = subprocess.Popen(["sleep", "60"], stdout=speak.wire, pass_fds=[speak.wire], process_group=group)
        speak.log(str(child.pid))
    sys.stdout.flush()
    os._exit(1)


speak.serve(step_run=run)
