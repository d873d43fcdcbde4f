"""Calls the core from an invocation and answers with what it was told."""

from __future__ import annotations

import speak


def run(message):
    task = message["params"]["input"]
    answer = speak.ask(task["method"], invocation=message["params"]["invocation"], **task["params"])
    speak.reply(message["id"], {"value": {"result": answer.get("result"), "error": answer.get("error")}})


speak.serve(step_run=run)
