"""Asks the core thousands of times without waiting, and counts the answers."""

from __future__ import annotations

import speak


def run(message):
    count = message["params"]["input"]["count"]
    for id in range(1, count + 1):
        speak.send({"id": id, "method": "state.get", "params": {"invocation": "i", "group": "g", "key": "k"}})
    got = set()
    while len(got) < count:
        answer = speak.read()
        if "method" not in answer:
            got.add(answer["id"])
        elif answer["method"] == "ping":
            speak.reply(answer["id"], {})
    speak.reply(message["id"], {"value": len(got)})


speak.serve(step_run=run)
