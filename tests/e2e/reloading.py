"""What the tests of reloading share: steps of all languages that answer with a word, and ways to save a file."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.kit.project import write
from tests.kit.server import Server, serving, until

TS = """
    import fs from 'node:fs'
    import { helped } from './help_ts'
    export const config = { name: 'Ts', type: 'api', method: 'GET', path: '/ts', emits: [] }
    export const handler = async (req: { queryParams: { gate?: string } }) => {
      const { gate } = req.queryParams
      if (gate) fs.writeFileSync(`${gate}.begun`, '')
      while (gate && !fs.existsSync(gate)) await new Promise((done) => setTimeout(done, 10))
      return { status: 200, body: { word: 'one', helped } }
    }
"""
JS = """
    const fs = require('fs')
    const { helped } = require('./help_js')
    exports.config = { name: 'Js', type: 'api', method: 'GET', path: '/js', emits: [] }
    exports.handler = async (req) => {
      const { gate } = req.queryParams
      if (gate) fs.writeFileSync(`${gate}.begun`, '')
      while (gate && !fs.existsSync(gate)) await new Promise((done) => setTimeout(done, 10))
      return { status: 200, body: { word: 'one', helped } }
    }
"""
PY = """
    import asyncio
    import os
    from .help_py import helped
    config = {"name": "Py", "type": "api", "method": "GET", "path": "/py", "emits": []}

    async def handler(req, context):
        gate = req["queryParams"].get("gate")
        if gate:
            open(gate + ".begun", "w").close()
        while gate and not os.path.exists(gate):
            await asyncio.sleep(0.01)
        return {"status": 200, "body": {"word": "one", "helped": helped}}
"""
RB = """
    require_relative 'help_rb'
    def config
      { name: 'Rb', type: 'api', method: 'GET', path: '/rb', emits: [] }
    end

    def handler(req, context)
      gate = req[:queryParams]['gate']
      File.write("#{gate}.begun", '') if gate
      sleep 0.01 while gate && !File.exist?(gate)
      { status: 200, body: { word: 'one', helped: helped } }
    end
"""
STEPS = {
    "steps/a.step.ts": TS,
    "steps/help_ts.ts": "export const helped = 'first'\n",
    "steps/b.step.js": JS,
    "steps/help_js.js": "exports.helped = 'first'\n",
    "steps/c_step.py": PY,
    "steps/help_py.py": "helped = 'first'\n",
    "steps/d_step.rb": RB,
    "steps/help_rb.rb": "def helped = 'first'\n",
}
FILES = {"ts": "steps/a.step.ts", "js": "steps/b.step.js", "py": "steps/c_step.py", "rb": "steps/d_step.rb"}
HELPERS = {"ts": "steps/help_ts.ts", "js": "steps/help_js.js", "py": "steps/help_py.py", "rb": "steps/help_rb.rb"}
LANGUAGES = tuple(FILES)


@contextmanager
def reloading(folder: Path, files: Mapping[str, str], **env: str) -> Iterator[Server]:
    """`motia dev` on these files, watching."""
    with serving(write(folder, files), **env) as server:
        yield server


def text(server: Server, file: str) -> str:
    return (server.project / file).read_text("utf-8")


def save(server: Server, file: str, content: str) -> None:
    """Into a new file that takes the place of the old one, as most editors do."""
    path = server.project / file
    path.parent.mkdir(parents=True, exist_ok=True)
    spare = path.with_name(f".{path.name}.swp")
    spare.write_text(textwrap.dedent(content).lstrip("\n"), "utf-8")
    spare.rename(path)


def save_in_place(server: Server, file: str, content: str, pause: float = 0.0) -> None:
    """Emptied first, then written in two pieces."""
    with (server.project / file).open("w", encoding="utf-8", newline="") as out:
        time.sleep(pause)
        out.write(content[:20])
        out.flush()
        os.fsync(out.fileno())
        out.write(content[20:])


def edit(server: Server, file: str, old: str, new: str) -> None:
    before = text(server, file)
    assert old in before, (file, old)
    save(server, file, before.replace(old, new))


def answers(server: Server, path: str, wanted: object, key: str = "word") -> None:
    """Waits until GET `path` answers 200 with `wanted` under `key`; every other answer on the way must be 200 too."""
    seen = []

    def right() -> bool:
        answer = server.get(path)
        seen.append(answer.status)
        return answer.status == 200 and answer.json[key] == wanted

    until(right)
    assert set(seen) == {200}, f"a request failed meanwhile: {seen}\n{server.output[-2000:]}"


def says(server: Server, *parts: str, after: int = 0) -> str:
    """Waits until the server has printed all `parts` since `after`; what it printed."""
    until(lambda: all(part in server.output[after:] for part in parts))
    return server.output[after:]
