"""A project whose runs show all that a trace can hold: fans, retries, failures in each language, waits, floods."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "package.json": '{"name": "rounds", "private": true, "type": "module"}\n',
    "steps/notes.stream.ts": """import { z } from 'zod'
export const config = { name: 'notes', schema: z.object({ id: z.string(), text: z.string() }) }
""",
    "steps/fan.step.ts": """import { z } from 'zod'

export const config = {
  type: 'api',
  name: 'Fan',
  method: 'POST',
  path: '/fan',
  bodySchema: z.object({ count: z.number().int().default(3), password: z.string().optional() }),
  emits: ['leaf.fell', 'note.written', 'try.again'],
  flows: ['rounds'],
}

export const handler = async (req: any, { emit, logger, state, traceId }: any) => {
  logger.info('Fanning out', { count: req.body.count })
  await state.set('fans', 'last', { count: req.body.count, traceId })
  for (let at = 0; at < req.body.count; at += 1) await emit({ topic: 'leaf.fell', data: { at } })
  await emit({ topic: 'note.written', data: { id: 'n-1', text: 'a note of the fan' } })
  await emit({ topic: 'try.again', data: { key: traceId } })
  return { status: 202, body: { traceId } }
}
""",
    "steps/leaf.step.js": """export const config = {
  type: 'event',
  name: 'Leaf',
  subscribes: ['leaf.fell'],
  emits: [],
  flows: ['rounds'],
}

export const handler = async ({ at }, { state }) => {
  await state.set('leaves', `leaf-${at}`, at)
}
""",
    "steps/note_step.py": """config = {
    "type": "event",
    "name": "Note",
    "subscribes": ["note.written"],
    "emits": ["note.read"],
    "flows": ["rounds"],
}


async def handler(note, context):
    context.logger.info("Noted", {"id": note["id"]})
    await context.streams.notes.set("inbox", note["id"], note)
    await context.emit({"topic": "note.read", "data": {"id": note["id"]}})
    await context.emit({"topic": "nobody.hears", "data": {}})
""",
    "steps/read_step.rb": """def config
  { type: 'event', name: 'Read', subscribes: ['note.read'], emits: [], flows: ['rounds'] }
end

def handler(input, context)
  context.logger.warn('Read aloud', id: input['id'])
end
""",
    "steps/again_step.py": """config = {
    "type": "event",
    "name": "Again",
    "subscribes": ["try.again"],
    "emits": [],
    "flows": ["rounds"],
    "infrastructure": {"queue": {"maxRetries": 2, "backoff": {"first": 0.2, "jitter": 0}}},
}


async def handler(given, context):
    tries = await context.state.update("tries", given["key"], [{"op": "increment", "path": "count", "value": 1}])
    if tries["count"] < 3:
        raise ValueError(f"try {tries['count']} came to nothing")
""",
    "steps/boom.step.ts": """import { explode } from '../lib/fuse'

export const config = { type: 'event', name: 'BoomTs', subscribes: ['boom'], emits: [], flows: ['booms'],
  infrastructure: { queue: { maxRetries: 0 } } }

interface Charge {
  size: number
}

export const handler = async (charge: Charge) => {
  explode(charge.size)
}
""",
    "lib/fuse.ts": """export function explode(size: number): never {
  throw new RangeError(`typescript boom of ${size}`)
}
""",
    "steps/boom.step.js": """export const config = { type: 'event', name: 'BoomJs', subscribes: ['boom'], emits: [], flows: ['booms'],
  infrastructure: { queue: { maxRetries: 0 } } }

export const handler = async () => {
  throw new Error('javascript boom')
}
""",
    "steps/boom_step.py": """config = {
    "type": "event",
    "name": "BoomPy",
    "subscribes": ["boom"],
    "emits": [],
    "flows": ["booms"],
    "infrastructure": {"queue": {"maxRetries": 0}},
}


def blow():
    raise KeyError("python boom")


async def handler(given, context):
    blow()
""",
    "steps/boom_step.rb": """def config
  { type: 'event', name: 'BoomRb', subscribes: ['boom'], emits: [], flows: ['booms'],
    infrastructure: { queue: { maxRetries: 0 } } }
end

def handler(_input, _context)
  raise ArgumentError, 'ruby boom'
end
""",
    "steps/fuse.step.js": """export const config = { type: 'api', name: 'Fuse', method: 'POST', path: '/boom', emits: ['boom'], flows: ['booms'] }

export const handler = async (_req, { emit }) => {
  await emit({ topic: 'boom', data: { size: 3 } })
  return { status: 202, body: {} }
}
""",
    "steps/slow_step.py": """import asyncio

config = {"type": "api", "name": "Slow", "method": "POST", "path": "/slow", "emits": [], "flows": ["rounds"]}


async def handler(req, context):
    context.logger.info("Waiting for the gate")
    while not await context.state.get("gate", "open"):
        await asyncio.sleep(0.2)
    return {"status": 200, "body": {"done": True}}
""",
    "steps/flood.step.js": """export const config = { type: 'api', name: 'Flood', method: 'POST', path: '/flood', emits: ['drop'], flows: ['rounds'] }

export const handler = async (req, { emit }) => {
  const count = req.body.count
  for (let from = 0; from < count; from += 100) {
    const some = Array.from({ length: Math.min(100, count - from) }, (_, at) => from + at)
    await Promise.all(some.map((at) => emit({ topic: 'drop', data: { at } })))
  }
  return { status: 202, body: {} }
}
""",
    "steps/drop.step.js": """export const config = { type: 'event', name: 'Drop', subscribes: ['drop'], emits: [], flows: ['rounds'] }

export const handler = async () => {}
""",
}


def write(project: Path) -> Path:
    """Writes it into `project`, which is made."""
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, "utf-8")
    return project
