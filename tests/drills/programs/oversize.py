"""Answers and asks in lines longer than agreed."""

from __future__ import annotations

import speak


def run(message):
    size = message["params"]["input"]["size"]
    if message["params"]["input"]["ask"]:
        answer = speak.ask("state.set", invocation="i", group="g", key="k", value="x" * size)
        speak.reply(message["id"], {"value": answer["error"]["code"]})
    else:
        speak.reply(message["id"], {"value": "x" * size})


speak.serve(step_run=run)
