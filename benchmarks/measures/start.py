"""Start to first answer, and save to new code, in every language."""

from __future__ import annotations

import re
import statistics
import time

from figures import Results
from options import Options
from projects import make
from servers import Server, motia, post, running

PATHS = ("/ts", "/js", "/py", "/rb")
FILES = {"/ts": "hello_ts.step.ts", "/js": "hello_js.step.js", "/py": "hello_async_step.py", "/rb": "hello_step.rb"}


def measure(results: Results, options: Options) -> None:
    folder = make("start")
    with running(motia(folder)) as server:
        for path in PATHS:
            server.wait(path)
    first, every = [], []
    for _ in range(options.starts):
        with running(motia(folder)) as server:
            first.append(server.wait("/ts"))
            every.append(max(server.wait(path) for path in PATHS))
    results.values["start"] = statistics.median(first)
    results.notes.append(
        f"All languages answer after {statistics.median(every):.2f} s (median of {options.starts} starts)."
    )
    reloads = {}
    with running(motia(make("reload"))) as server:
        for path in PATHS:
            server.wait(path)
        for path, file in FILES.items():
            reloads[path] = statistics.median(
                reload(server, path, file, number) for number in range(options.starts * 3)
            )
    results.values["reload"] = max(reloads.values())
    results.notes.append(
        "Save to new code serving, p50: "
        + ", ".join(f"`{path}` {value:.0f} ms" for path, value in reloads.items())
        + "."
    )


def reload(server: Server, path: str, file: str, number: int) -> float:
    """Milliseconds from the save of a changed file to its first new answer."""
    step = server.folder / "steps" / file
    word = f"hello{number}"
    changed = re.sub(r"hello\d*(?= [$#{])", word, step.read_text("utf-8"))
    step.write_text(changed, "utf-8")
    began = time.perf_counter()
    while word.encode() not in post(server.url + path):
        if time.perf_counter() - began > 20:
            raise RuntimeError(f"{file}: the saved code does not serve after 20 s")
        time.sleep(0.002)
    elapsed = (time.perf_counter() - began) * 1000
    time.sleep(0.2)
    return elapsed
