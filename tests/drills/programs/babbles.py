"""Writes hostile lines to the wire when asked to run, then answers, if it is still allowed to."""

from __future__ import annotations

import hostile
import speak


def run(message):
    asked = message["params"]["input"]
    for line in hostile.lines(asked["seed"], asked["count"], fatal=asked["fatal"]):
        speak.raw(line)
    speak.reply(message["id"], {"value": "after"})


speak.serve(step_run=run)
