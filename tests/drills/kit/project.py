"""The project of the drills: in each of four languages one step that emits and one that keeps a ledger of what ran.

The ledger is a file of its own, which the database knows nothing of: `b N PID ATTEMPT MS` when a handler begins with
event N, `e …` when it ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.kit.project import write

LANGUAGES = ("ts", "js", "py", "rb")
LEDGER = "DRILL_LEDGER"

_JS = """
    const fs = require('fs')
    const ledger = fs.openSync(process.env.DRILL_LEDGER, 'a')
    const say = (what, n, attempt) => fs.writeSync(ledger, `${what} ${n} ${process.pid} ${attempt} ${Date.now()}\\n`)
"""
_TS = _JS.replace("const fs = require('fs')", "import fs from 'node:fs'").replace(
    "(what, n, attempt)", "(what: string, n: number, attempt: number)"
)
_STEPS: dict[str, tuple[str, str]] = {
    "js": (
        "put_js.step.js",
        """
    exports.config = { type: 'api', name: 'PutJs', method: 'POST', path: '/put/js', emits: ['drill.js'] }

    exports.handler = async (req, { emit }) => {
      await emit({ topic: 'drill.js', data: req.body })
      return { status: 202, body: {} }
    }
""",
    ),
    "ts": (
        "put_ts.step.ts",
        """
    export const config = { type: 'api', name: 'PutTs', method: 'POST', path: '/put/ts', emits: ['drill.ts'] }

    export const handler = async (req: any, { emit }: any) => {
      await emit({ topic: 'drill.ts', data: req.body })
      return { status: 202, body: {} }
    }
""",
    ),
    "py": (
        "put_py_step.py",
        """
    config = {"type": "api", "name": "PutPy", "method": "POST", "path": "/put/py", "emits": ["drill.py"]}

    async def handler(req, context):
        await context.emit({"topic": "drill.py", "data": req["body"]})
        return {"status": 202, "body": {}}
""",
    ),
    "rb": (
        "put_rb_step.rb",
        """
    def config
      { type: 'api', name: 'PutRb', method: 'POST', path: '/put/rb', emits: ['drill.rb'] }
    end

    def handler(req, context)
      context.emit(topic: 'drill.rb', data: req.body)
      { status: 202, body: {} }
    end
""",
    ),
}
_SINKS: dict[str, tuple[str, str]] = {
    "js": (
        "run_js.step.js",
        _JS
        + """
    exports.config = { type: 'event', name: 'RunJs', subscribes: ['drill.js'], emits: [] }

    exports.handler = async (input, { attempt }) => {
      say('b', input.n, attempt)
      await new Promise((resolve) => setTimeout(resolve, input.ms))
      say('e', input.n, attempt)
    }
""",
    ),
    "ts": (
        "run_ts.step.ts",
        _TS
        + """
    export const config = { type: 'event', name: 'RunTs', subscribes: ['drill.ts'], emits: [] }

    export const handler = async (input: { n: number; ms: number }, { attempt }: any) => {
      say('b', input.n, attempt)
      await new Promise((resolve) => setTimeout(resolve, input.ms))
      say('e', input.n, attempt)
    }
""",
    ),
    "py": (
        "run_py_step.py",
        """
    import asyncio, os, time

    LEDGER = os.open(os.environ["DRILL_LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    config = {"type": "event", "name": "RunPy", "subscribes": ["drill.py"], "emits": []}

    def say(what, n, attempt):
        os.write(LEDGER, f"{what} {n} {os.getpid()} {attempt} {int(time.time() * 1000)}\\n".encode())

    async def handler(input, context):
        say("b", input["n"], context.attempt)
        await asyncio.sleep(input["ms"] / 1000)
        say("e", input["n"], context.attempt)
""",
    ),
    "rb": (
        "run_rb_step.rb",
        """
    LEDGER = File.open(ENV.fetch('DRILL_LEDGER'), 'a')

    def config
      { type: 'event', name: 'RunRb', subscribes: ['drill.rb'], emits: [] }
    end

    def say(what, n, attempt)
      LEDGER.syswrite("#{what} #{n} #{Process.pid} #{attempt} #{(Time.now.to_f * 1000).to_i}\\n")
    end

    def handler(input, context)
      say('b', input['n'], context.attempt)
      sleep(input['ms'] / 1000.0)
      say('e', input['n'], context.attempt)
    end
""",
    ),
}
_KEPT = {
    "keep_step.py": """
        config = {"type": "api", "name": "Keep", "method": "POST", "path": "/keep", "emits": ["drill.kept"]}

        async def handler(req, context):
            await context.emit({"topic": "drill.kept", "data": req["body"], "delay": 86400})
            return {"status": 202, "body": {}}
    """,
    "kept_step.py": """
        config = {"type": "event", "name": "Kept", "subscribes": ["drill.kept"], "emits": []}

        async def handler(input, context):
            pass
    """,
}


def project(
    folder: Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    config: str = "",
    kept: bool = False,
    more: Mapping[str, str] = {},
) -> Path:
    """`kept` adds a step whose deliveries wait for a day, so that everything emitted to it stays in the database;
    `more` are further files below `steps/`."""
    steps = dict(pair for one in languages for pair in (_STEPS[one], _SINKS[one]))
    steps |= _KEPT if kept else {}
    files = {f"steps/{name}": text for name, text in {**steps, **more}.items()}
    return write(folder, {**files, "motia.toml": config})
