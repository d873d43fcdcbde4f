"""One drill in a process of its own: so that it can be stopped whatever it does, and its memory is nobody else's.

The process says one JSON line at a time: `{"said": …}` while it goes on, at last `figures`, `failed` or `skipped`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import anyio

from tests.drills.book.drill import Drill, drills
from tests.drills.kit.processes import marked
from tests.drills.kit.verdict import Skipped

_LEAST = 300.0


def run(drill: Drill, scale: float, told: Callable[[str], None]) -> dict[str, object]:
    """What it said last. A drill that takes longer than it may is ended; whatever happens, nothing of it is left."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            return _watched(drill, scale, told, folder)
        finally:
            for pid in marked(f"TMPDIR={folder}"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for mount in Path("/proc/mounts").read_text().splitlines():
                if mount.split()[1].startswith(folder):
                    subprocess.run(["umount", "-l", mount.split()[1]], check=False)


def _watched(drill: Drill, scale: float, told: Callable[[str], None], folder: str) -> dict[str, object]:
    limit = max(_LEAST, drill.limit * scale)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.drills.book", "--alone", drill.name, "--scale", str(scale)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": folder},
        start_new_session=True,
    )
    late = threading.Event()

    def too_long() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(limit, too_long)
    timer.start()
    last: dict[str, object] = {}
    try:
        assert process.stdout is not None
        for line in process.stdout:
            with suppress(ValueError):
                last = json.loads(line)
                told(str(last.get("said", "")))
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    if late.is_set():
        return {"failed": f"was stopped after {limit:.0f} s; it last said: {last.get('said', 'nothing')}"}
    return last if last.keys() & {"figures", "failed", "skipped"} else {"failed": "ended without a word"}


def main(name: str, scale: float) -> None:
    """The other side."""
    drill = next(one for one in drills() if one.name == name)
    try:
        answer: dict[str, object] = {"figures": anyio.run(drill.run, scale, lambda text: _say({"said": text}))}
    except Exception as error:
        traceback.print_exception(error)
        deepest = _deepest(error)
        kind = "skipped" if isinstance(deepest, Skipped) else "failed"
        answer = {kind: str(deepest).strip().partition("\n")[0] or type(deepest).__name__}
    _say(answer)


def _deepest(error: BaseException) -> BaseException:
    """The first error within groups of errors."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
