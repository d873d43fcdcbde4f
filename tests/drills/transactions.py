"""Blocks and `once` under kills

Events in four languages, each with a block and a `once`: the block reads a counter, adds to it, leaves a mark and emits a
second event; the `once` writes a line into a ledger of its own. Workers and the core are killed at random moments, and
every handler fails once after both. In the end the counter stands at the number of marks, every mark has its second
event and no second event is without a mark: a block is there as a whole or not at all. No `once` that was committed has
run again.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

import anyio

from tests.drills.kit.core import Core
from tests.drills.kit.load import Load
from tests.drills.kit.processes import until
from tests.drills.kit.project import LANGUAGES, project
from tests.drills.kit.verdict import must
from tests.kit.server import motia

KILLS = 200
RATE = 100.0
LIMIT = 1800.0
CONFIG = "[queue]\nlease = 2\n"
_JS = """
    LEDGER
    CONFIG

    exports.handler = async (input, context) => {
      const key = `${input.n}`
      await context.transaction(async (t) => {
        const before = (await t.state.get('count', 'js')) ?? 0
        if (await t.state.get('marks.js', key)) return
        await t.state.set('count', 'js', before + 1)
        await t.state.set('marks.js', key, true)
        await t.emit({ topic: 'second.js', data: { n: input.n } })
      })
      await context.once('paid', async () => { say('paid', input.n); return input.n })
      say('kept', input.n)
      if (!(await context.state.get('failed.js', key))) {
        await context.state.set('failed.js', key, true)
        throw new Error('once')
      }
    }
"""
_JS_HEAD = """const fs = require('fs')
    const ledger = fs.openSync(process.env.DRILL_ONCE, 'a')
    const say = (what, n) => fs.writeSync(ledger, `${what} js ${n}\\n`)"""
_JS_CONFIG = """exports.config = { type: 'event', name: 'BlockJs', subscribes: ['drill.js'], emits: ['second.js'],
      infrastructure: { queue: { maxRetries: 20, backoff: { first: 0.05, cap: 0.2 } } } }"""
STEPS = {
    "block_js.step.js": _JS.replace("LEDGER", _JS_HEAD, 1).replace("CONFIG", _JS_CONFIG, 1),
    "block_ts.step.ts": _JS.replace("LEDGER", _JS_HEAD, 1)
    .replace("CONFIG", _JS_CONFIG, 1)
    .replace("const fs = require('fs')", "import fs from 'node:fs'")
    .replace("exports.config", "export const config")
    .replace("exports.handler = async (input, context)", "export const handler = async (input: any, context: any)")
    .replace("async (t) =>", "async (t: any) =>")
    .replace("(what, n) =>", "(what: string, n: number) =>")
    .replace("Js'", "Ts'")
    .replace(" js ", " ts ")
    .replace(".js'", ".ts'")
    .replace("'count', 'js'", "'count', 'ts'"),
    "block_py_step.py": """
        import os

        LEDGER = os.open(os.environ["DRILL_ONCE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        config = {"type": "event", "name": "BlockPy", "subscribes": ["drill.py"], "emits": ["second.py"],
                  "infrastructure": {"queue": {"maxRetries": 20, "backoff": {"first": 0.05, "cap": 0.2}}}}

        def say(what, n):
            os.write(LEDGER, f"{what} py {n}\\n".encode())

        async def handler(input, context):
            key = str(input["n"])

            async def block(t):
                before = await t.state.get("count", "py") or 0
                if await t.state.get("marks.py", key):
                    return
                await t.state.set("count", "py", before + 1)
                await t.state.set("marks.py", key, True)
                await t.emit({"topic": "second.py", "data": {"n": input["n"]}})

            async def pay():
                say("paid", key)
                return key

            await context.transaction(block)
            await context.once("paid", pay)
            say("kept", key)
            if not await context.state.get("failed.py", key):
                await context.state.set("failed.py", key, True)
                raise RuntimeError("once")
    """,
    "block_rb_step.rb": """
        LEDGER = File.open(ENV.fetch('DRILL_ONCE'), 'a')

        def config
          { type: 'event', name: 'BlockRb', subscribes: ['drill.rb'], emits: ['second.rb'],
            infrastructure: { queue: { max_retries: 20, backoff: { first: 0.05, cap: 0.2 } } } }
        end

        def say(what, n)
          LEDGER.syswrite("#{what} rb #{n}\\n")
        end

        def handler(input, context)
          key = input['n'].to_s
          context.transaction do |t|
            before = t.state.get('count', 'rb') || 0
            unless t.state.get('marks.rb', key)
              t.state.set('count', 'rb', before + 1)
              t.state.set('marks.rb', key, true)
              t.emit(topic: 'second.rb', data: { n: input['n'] })
            end
          end
          context.once('paid') do
            say('paid', key)
            key
          end
          say('kept', key)
          return if context.state.get('failed.rb', key)

          context.state.set('failed.rb', key, true)
          raise 'once'
        end
    """,
    "second_step.py": """
        config = {"type": "event", "name": "Second", "subscribes": ["second.js", "second.ts", "second.py", "second.rb"],
                  "emits": []}

        async def handler(input, context):
            await context.state.update(context.topic, str(input["n"]), [{"op": "increment"}])
    """,
}


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    kills = max(2, int(KILLS * scale))
    with tempfile.TemporaryDirectory() as name:
        folder, ledger = Path(name), Path(name) / "once"
        ways = [("/emit", f"drill.{one}") for one in LANGUAGES]
        place = project(folder / "project", languages=(), config=CONFIG, more=STEPS)
        async with (
            Core(place, DRILL_ONCE=str(ledger)) as core,
            Load(lambda: core.url, by=ways, emitters=8, rate=RATE) as load,
        ):
            async with anyio.create_task_group() as group:
                group.start_soon(load.run)
                cores, workers = await _kill(core, kills, report)
                load.stop()
            report("waiting for what is left to run")
            await until(lambda: not core.waiting(), 120.0, 0.1, "the end of all deliveries")
            buried, counts = core.buried(), core.check()
            found = {one: _stored(core.database, one) for one in LANGUAGES}
            gone = await core.end()
        accepted = _by_language(load.accepted)
        for one, (count, marks, second) in found.items():
            must(accepted[one] <= marks, f"{one}: accepted and never done: {sorted(accepted[one] - marks)[:5]}")
            must(count == len(marks), f"{one}: {len(marks)} blocks have left their mark, {count} have counted")
            must(second.keys() == marks, f"{one}: marks and second events differ: {sorted(second.keys() ^ marks)[:5]}")
        must(not buried, f"{buried} deliveries were buried")
        paid, again = _paid(ledger)
        must(not again, f"a `once` that was committed ran again: {again[:5]}")
        return {
            "kills": cores + workers,
            "kills_of_the_core": cores,
            "accepted": len(load.accepted),
            "executed": sum(len(marks) for _, marks, _ in found.values()),
            "lost": 0,
            "blocks_in_part": 0,
            "once_again_after_its_commit": 0,
            "once_cut_short_and_repeated": paid - sum(len(marks) for _, marks, _ in found.values()),
            "buried": buried,
            "sound": bool(counts),
            "orphans": 0,
            "gone_after_s": gone,
        }


async def _kill(core: Core, kills: int, report: Callable[[str], None]) -> tuple[int, int]:
    """Workers, and each fourth time the core."""
    chance, cores, workers = random.Random(5), 0, 0
    for number in range(1, kills + 1):
        await anyio.sleep(chance.uniform(0.1, 0.6))
        if number % 4 == 2:
            core.kill()
            await core.gone()
            await core.start()
            cores += 1
        else:
            pids = json.loads((await anyio.to_thread.run_sync(motia, core.project, "workers", "--json")).stdout or "[]")
            alive: Sequence[int] = [worker["pid"] for pool in pids for worker in pool["workers"]]
            if alive:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(alive), signal.SIGKILL)
                workers += 1
        report(f"kill {number} of {kills}")
    return cores, workers


def _by_language(accepted: set[int]) -> dict[str, set[str]]:
    return {one: {str(n) for n in accepted if n % len(LANGUAGES) == index} for index, one in enumerate(LANGUAGES)}


def _stored(database: Path, one: str) -> tuple[int, set[str], dict[str, int]]:
    """What has counted, the marks, and how often each second event ran."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as db:
        rows = db.execute("SELECT group_name, key, CAST(value AS TEXT) FROM entries WHERE space = ''").fetchall()
    groups: dict[str, dict[str, int]] = {}
    for group, key, value in rows:
        groups.setdefault(group, {})[key] = json.loads(value)
    second = {key: int(value) for key, value in groups.get(f"second.{one}", {}).items()}
    return groups.get("count", {}).get(one, 0), set(groups.get(f"marks.{one}", {})), second


def _paid(ledger: Path) -> tuple[int, list[str]]:
    """How often a `once` ran, and which ran after it was known to be committed."""
    kept: set[str] = set()
    paid, again = 0, []
    for line in ledger.read_text().splitlines():
        what, _, which = line.partition(" ")
        if what == "kept":
            kept.add(which)
        else:
            paid += 1
            if which in kept:
                again.append(which)
    return paid, again
