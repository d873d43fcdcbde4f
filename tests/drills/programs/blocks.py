"""Handles one thing after the other: no pong while an invocation runs."""

from __future__ import annotations

import os
import time

import speak


def run(message):
    time.sleep(message["params"]["input"]["sleep"])
    speak.reply(message["id"], {"value": os.getpid()})


speak.serve(step_run=run)
