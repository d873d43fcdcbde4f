"""Writes what its input says to the wire, then answers."""

from __future__ import annotations

import speak


def run(message):
    speak.raw(message["params"]["input"]["raw"].encode("latin-1"))
    speak.reply(message["id"], {"value": "after"})


speak.serve(step_run=run)
