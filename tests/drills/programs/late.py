"""Answers to ids nobody asked with, twice, and after the deadline."""

from __future__ import annotations

import time

import speak


def run(message):
    speak.reply(message["id"] + 1000, {"value": "somebody else's"})
    time.sleep(message["params"]["input"]["sleep"])
    speak.reply(message["id"], {"value": message["params"]["input"]["value"]})
    speak.reply(message["id"], {"value": "again"})


speak.serve(step_run=run)
