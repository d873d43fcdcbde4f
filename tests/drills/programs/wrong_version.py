"""Speaks another version: refuses with 1017, or, given an argument, claims to speak it."""

from __future__ import annotations

import sys

import speak


def greet(message):
    if len(sys.argv) > 1:
        speak.reply(message["id"], {"protocol": 2, "runnerVersion": "0", "runtime": "x", "pid": 1})
    else:
        speak.fail(message["id"], 1017, "only version 2 is spoken", {"supported": [2]})


speak.serve(initialize=greet)
