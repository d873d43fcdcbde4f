"""Makes a project of very many steps, a quarter in each language. Every one has a config, a schema in what its language
usually has, a module that all share and one of fifty services."""

from __future__ import annotations

import shutil
from pathlib import Path

from servers import WORK

SERVICES = 50

_TS = """import {{ z }} from 'zod'
import type {{ ApiRouteConfig, Handlers }} from 'motia'
import {{ greet, type Greeting }} from '../shared/greeting'
import {{ total }} from '../services/service_{service}'

const item = z.object({{ sku: z.string().min(1), price: z.number().nonnegative(), tags: z.array(z.string()) }})

export const config: ApiRouteConfig = {{
  type: 'api',
  name: 'TsStep{n}',
  description: 'Takes order {n}',
  method: 'POST',
  path: '/ts/{n}',
  emits: ['order.{n}'],
  flows: ['forest'],
  bodySchema: z.object({{ id: z.string(), note: z.string().optional(), items: z.array(item).min(1) }}),
  responseSchema: {{ 200: z.object({{ greeting: z.string(), total: z.number() }}) }},
}}

export const handler: Handlers['TsStep{n}'] = async (req, {{ emit, logger }}) => {{
  const greeting: Greeting = greet(req.body.id)
  logger.info('order {n}', {{ id: req.body.id }})
  await emit({{ topic: 'order.{n}', data: {{ id: req.body.id, total: total(req.body.items) }} }})
  return {{ status: 200, body: {{ greeting: greeting.text, total: total(req.body.items) }} }}
}}
"""

_JS = """const {{ z }} = require('zod')
const {{ greet }} = require('../shared/greeting')
const {{ total }} = require('../services/service_{service}')

exports.config = {{
  type: 'event',
  name: 'JsStep{n}',
  subscribes: ['order.{n}'],
  emits: ['billed.{n}'],
  flows: ['forest'],
  input: z.object({{ id: z.string(), total: z.number() }}),
}}

exports.handler = async (input, {{ emit, logger }}) => {{
  logger.info(greet(input.id).text)
  await emit({{ topic: 'billed.{n}', data: {{ id: input.id, total: total([{{ price: input.total }}]) }} }})
}}
"""

_PY = '''"""Books bill {n}."""

from dataclasses import dataclass
from typing import List, Optional

from src.shared.greeting import greet
from src.services.service_{service} import total


@dataclass
class Line:
    sku: str
    price: float
    note: Optional[str] = None


@dataclass
class Bill:
    id: str
    total: float
    lines: List[Line]


config = {{
    "type": "event",
    "name": "PyStep{n}",
    "description": "Books bill {n}",
    "subscribes": ["billed.{n}"],
    "emits": ["booked.{n}"],
    "flows": ["forest"],
    "input": {{
        "type": "object",
        "properties": {{"id": {{"type": "string"}}, "total": {{"type": "number"}}}},
        "required": ["id"],
    }},
}}


async def handler(input, context):
    context.logger.info(greet(input["id"]), {{"total": total([input["total"]])}})
    await context.emit({{"topic": "booked.{n}", "data": {{"id": input["id"]}}}})
'''

_RB = """require 'json'
require_relative '../shared/greeting'
require_relative '../services/service_{service}'

def config
  {{
    type: 'event',
    name: 'RbStep{n}',
    description: 'Reports {n}',
    subscribes: ['booked.{n}'],
    emits: [],
    flows: ['forest'],
    input: {{
      type: 'object', properties: {{ id: {{ type: 'string' }}, lines: {{ type: 'array' }} }}, required: ['id']
    }}
  }}
end

def handler(input, context)
  context.logger.info(greet(input['id']), total: Service{service}.total(input['lines'] || []))
  context.state.set('reports', input['id'], {{ text: render(input) }})
end

private

def render(input)
  <<~TEXT
    Report {n}: #{{JSON.generate(input)}}
  TEXT
end
"""

_SHARED = {
    "src/shared/greeting.ts": "export interface Greeting { text: string }\n"
    "export const greet = (id: string): Greeting => ({ text: `hello ${id}` })\n",
    "src/shared/greeting.py": "def greet(id):\n    return f'hello {id}'\n",
    "src/shared/greeting.rb": 'def greet(id) = "hello #{id}"\n',
}


def grow(name: str, files: int) -> Path:
    """A fresh project with `files` step files."""
    folder = WORK / "projects" / name
    if folder.exists():
        shutil.rmtree(folder)
    _write(folder, "package.json", '{"name": "forest", "type": "module"}\n')
    _write(folder, "tsconfig.json", '{"compilerOptions": {"strict": true, "target": "ES2022", "module": "ESNext"}}\n')
    for path, text in _SHARED.items():
        _write(folder, path, text)
    for service in range(SERVICES):
        _service(folder, service)
    for n in range(files // 4):
        where = f"src/area_{n // 25}"
        words = {"n": n, "service": n % SERVICES}
        _write(folder, f"{where}/order-{n}.step.ts", _TS.format(**words))
        _write(folder, f"{where}/bill-{n}.step.js", _JS.format(**words))
        _write(folder, f"{where}/book_{n}_step.py", _PY.format(**words))
        _write(folder, f"{where}/report_{n}.step.rb", _RB.format(**words))
    return folder


def _service(folder: Path, n: int) -> None:
    base = f"src/services/service_{n}"
    _write(
        folder,
        f"{base}.ts",
        "export interface Priced { price: number }\n"
        f"const rate: number = 1.{n:02}\n"
        "export function total(items: Priced[]): number {\n"
        "  return items.reduce((sum: number, item: Priced) => sum + item.price * rate, 0)\n}\n",
    )
    _write(folder, f"{base}.py", f"RATE = 1.{n:02}\n\n\ndef total(prices):\n    return sum(p * RATE for p in prices)\n")
    _write(
        folder,
        f"{base}.rb",
        f"module Service{n}\n  RATE = 1.{n:02}\n"
        "  def self.total(lines) = lines.sum { |line| line['price'] * RATE }\nend\n",
    )


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
