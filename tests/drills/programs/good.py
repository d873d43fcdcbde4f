"""Behaves. `step.run` does what its input asks, in a thread of its own."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from typing import Any

import speak

cancelled: set[str] = set()


def work(message: dict[str, Any]) -> None:
    params = message["params"]
    task = params["input"] or {}
    invocation = params["invocation"]
    if "print" in task:
        os.write(1, task["print"].encode() + b"\n")
    if "log" in task:
        speak.log(task["log"], n=1)
    if "children" in task:
        for group in (None, 0):
            child = subprocess.Popen(["sleep", "60"], process_group=group)
            speak.log(str(child.pid))
    if "leak" in task:
        leaked.append(b"x" * task["leak"])
    end = time.monotonic() + task.get("sleep", 0)
    while time.monotonic() < end:
        if invocation in cancelled and not task.get("deaf"):
            speak.fail(message["id"], -32800, "cancelled")
            return
        time.sleep(0.005)
    if "raise" in task:
        speak.fail(message["id"], 1001, task["raise"], {"name": "Error", "message": task["raise"]})
        return
    if "exit" in task:
        os._exit(task["exit"])
    speak.reply(message["id"], {"value": task.get("value", os.getpid())})


leaked: list[bytes] = []


def run(message: dict[str, Any]) -> None:
    threading.Thread(target=work, args=(message,), daemon=True).start()


def cancel(message: dict[str, Any]) -> None:
    cancelled.add(message["params"]["invocation"])


def describe(message: dict[str, Any]) -> None:
    speak.reply(message["id"], {"files": [], "env": {k: v for k, v in os.environ.items() if k.startswith("MOTIA_")}})


speak.serve(step_run=run, cancel=cancel, step_describe=describe)
