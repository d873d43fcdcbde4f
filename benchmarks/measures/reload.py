"""Save to new code, in every language: alone, among many steps, through a helper that many share; and what a thousand
reloads leave behind."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

import processes
from figures import Results
from options import Options
from projects import make
from servers import Server, motia, post, running

PATHS = ("/ts", "/js", "/py", "/rb")
FILES = {"/ts": "hello_ts.step.ts", "/js": "hello_js.step.js", "/py": "hello_async_step.py", "/rb": "hello_step.rb"}
SHARING = 50
PAUSE = 0.2

# One step and the helper that fifty like it use, per language.
FORMS = {
    "/ts": (
        "more_{n}.step.ts",
        "import {{ word }} from './word_ts'\n"
        "export const config = {{ name: 'MoreTs{n}', type: 'api', method: 'POST', path: '/ts/{n}', emits: [] }}\n"
        "export const handler = async () => ({{ status: 200, body: {{ word }} }})\n",
        "word_ts.ts",
        "export const word: string = 'word0'\n",
    ),
    "/js": (
        "more_{n}.step.js",
        "const {{ word }} = require('./word_js')\n"
        "exports.config = {{ name: 'MoreJs{n}', type: 'api', method: 'POST', path: '/js/{n}', emits: [] }}\n"
        "exports.handler = async () => ({{ status: 200, body: {{ word }} }})\n",
        "word_js.js",
        "exports.word = 'word0'\n",
    ),
    "/py": (
        "more_{n}_step.py",
        "from .word_py import WORD\n"
        'config = {{"name": "MorePy{n}", "type": "api", "method": "POST", "path": "/py/{n}", "emits": []}}\n'
        'async def handler(req, context):\n    return {{"status": 200, "body": {{"word": WORD}}}}\n',
        "word_py.py",
        "WORD = 'word0'\n",
    ),
    "/rb": (
        "more_{n}_step.rb",
        "require_relative 'word_rb'\n"
        "def config = {{ name: 'MoreRb{n}', type: 'api', method: 'POST', path: '/rb/{n}', emits: [] }}\n"
        "def handler(req, context) = {{ status: 200, body: {{ word: word }} }}\n",
        "word_rb.rb",
        "def word = 'word0'\n",
    ),
}


def measure(results: Results, options: Options) -> None:
    times = options.starts * 3
    with running(motia(make("reload"))) as server:
        alone = _every(server, FILES, r"hello\d*(?= [$#{])", "hello", {path: path for path in PATHS}, times)
    folder = make("reload-many")
    for step, text, helper, shared in FORMS.values():
        (folder / "steps" / helper).write_text(shared, "utf-8")
        for n in range(SHARING):
            (folder / "steps" / step.format(n=n)).write_text(text.format(n=n), "utf-8")
    helpers = {path: form[2] for path, form in FORMS.items()}
    last = {path: f"{path}/{SHARING - 1}" for path in PATHS}
    with running(motia(folder)) as server:
        among = _every(server, FILES, r"hello\d*(?= [$#{])", "hello", {path: path for path in PATHS}, times)
        shared = _every(server, helpers, r"word\d+", "word", last, times)
    results.values["reload"] = max(alone.values())
    results.values["reload_many"] = max(among.values())
    results.values["reload_shared"] = max(shared.values())
    for what, found in (
        ("", alone),
        (f" among {4 * SHARING + 12} steps", among),
        (f" of a helper that {SHARING} steps use", shared),
    ):
        said = ", ".join(f"`{path}` {value:.0f} ms" for path, value in found.items())
        results.notes.append(f"Save to new code serving{what}, p50 of {times}: {said}.")
    _endurance(results, options)


def _every(
    server: Server, files: dict[str, str], pattern: str, word: str, asked: dict[str, str], times: int
) -> dict[str, float]:
    for path in asked.values():
        server.wait(path)
    time.sleep(1)
    found = {}
    for path, file in files.items():
        place = server.folder / "steps" / file
        values = []
        for number in range(1, times + 1):
            values.append(reload(server, asked[path], place, pattern, f"{word}{number}"))
            time.sleep(PAUSE)
        found[path] = statistics.median(values)
    return found


def reload(server: Server, path: str, file: Path, pattern: str, word: str) -> float:
    """Milliseconds from the save of a changed file to its first new answer."""
    changed = re.sub(pattern, word, file.read_text("utf-8"))
    began = time.perf_counter()
    file.write_text(changed, "utf-8")
    while word.encode() not in post(server.url + path):
        if time.perf_counter() - began > 20:
            raise RuntimeError(f"{file}: the saved code does not serve after 20 s")
        time.sleep(0.002)
    return (time.perf_counter() - began) * 1000


def _endurance(results: Results, options: Options) -> None:
    """The same file of each language saved again and again; the first tenth warms up."""
    growth, descriptors = {}, {}
    for path, file in FILES.items():
        with running(motia(make(f"endurance{path.replace('/', '-')}"))) as server:
            server.wait(path)
            place = server.folder / "steps" / file
            start: tuple[float, int] = (0.0, 0)
            for number in range(1, options.reloads + 1):
                reload(server, path, place, r"hello\d*(?= [$#{])", f"hello{number}")
                if number == max(1, options.reloads // 10):
                    start = _held(server)
            time.sleep(1)
            end = _held(server)
        growth[path], descriptors[path] = end[0] - start[0], end[1] - start[1]
    results.values["reload_growth"] = max(growth.values())
    results.values["reload_descriptors"] = max(descriptors.values())
    said = ", ".join(f"`{path}` {growth[path]:+.0f} MB, {descriptors[path]:+d} descriptors" for path in PATHS)
    results.notes.append(f"After {options.reloads} reloads the process tree holds more by: {said}.")


def _held(server: Server) -> tuple[float, int]:
    """Memory (MB) and open descriptors of the whole process tree."""
    members = processes.tree(server.process.pid)
    return (
        sum(processes.resident(pid) for pid in members) / processes.MEGABYTE,
        sum(processes.descriptors(pid) for pid in members),
    )
