"""A core that will be killed: starts one worker, brings it into a state, prints its pid and waits. Run as a program."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from .harness import Transport, Worker
from .manifests import Runner, make_project, runners

STATES = {"idle": None, "sleeping": "sleep", "blocked": "busy"}
BEGUN = 0.5
"""A blocked worker cannot say that it has begun; this is how long it is given."""


def bring(worker: Worker, state: str) -> None:
    """Handshakes, and starts the handler that keeps the worker in `state`."""
    worker.handshake()
    name = STATES[state]
    if name is None:
        return
    run = {"invocation": "i1", "snapshot": 1, "file": worker.project.files[name], "member": "", "trigger": "event"}
    worker.ask(
        {
            "id": 2,
            "method": "step.run",
            "params": {**run, "traceId": "t", "deadlineMs": 60000, "input": {"seconds": 60}},
        }
    )
    deadline = time.monotonic() + BEGUN
    while time.monotonic() < deadline:
        worker.listen(0.05)


def main(runner: Runner, transport: Transport, state: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        worker = Worker(runner, make_project(runner.name, Path(folder) / "project"), transport)
        bring(worker, state)
        sys.stdout.write(f"{worker.process.pid}\n")
        sys.stdout.flush()
        time.sleep(60)


if __name__ == "__main__":
    name, transport, state = sys.argv[1:]
    main(next(one for one in runners() if one.name == name), "sockets" if transport == "sockets" else "pipes", state)
