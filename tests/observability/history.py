"""One project for all that is recorded: an order goes through four languages, a payment fails and is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from typer.testing import CliRunner

from motia_core.cli.commands import app
from tests.kit.server import Server, until

QUEUE = "infrastructure: { queue: { maxRetries: 1, backoff: { first: 0.05, jitter: 0 } } }"
STEPS = {
    "motia.toml": "onFailure = 'Told'\n",
    "steps/order.step.ts": f"""
        type Order = {{ id: string; lost?: boolean }}

        export const config = {{
          type: 'api', name: 'Order', method: 'POST', path: '/order', emits: ['order.placed', 'nobody'], {QUEUE},
        }}

        export const handler = async (req: any, {{ emit, state, logger }}: any) => {{
          const order: Order = req.body
          await state.set('orders', order.id, {{ paid: false, note: 'kept out of traces' }})
          await state.get('orders', 'not there')
          logger.info('Order number ' + order.id + ' placed', {{ by: 'typescript' }})
          await emit({{ topic: 'order.placed', data: order }})
          return {{ status: 200, body: {{ placed: order.id }} }}
        }}
        """,
    "steps/stock_step.py": """
        config = {"type": "event", "name": "Stock", "subscribes": ["order.placed"], "emits": ["order.stocked"]}

        async def handler(input, context):
            context.logger.info("Taken from stock", {"by": "python"})
            await context.emit({"topic": "order.stocked", "data": input})
        """,
    "steps/pack.step.rb": """
        def config
          { type: 'event', name: 'Pack', subscribes: ['order.stocked'], emits: ['order.packed'] }
        end

        def handler(input, context)
          context.logger.warn('Packed by hand', by: 'ruby')
          context.emit(topic: 'order.packed', data: input)
        end
        """,
    "steps/pay.step.js": """
        exports.config = {
          type: 'event', name: 'Pay', subscribes: ['order.packed'], emits: [],
          infrastructure: { queue: { maxRetries: 1, backoff: { first: 0.05, jitter: 0 } } },
        }

        exports.handler = async (input, { logger }) => {
          logger.info('Paying', { by: 'javascript' })
          if (input.lost) throw new Error('the purse is empty')
        }
        """,
    "steps/told_step.py": """
        config = {"type": "event", "name": "Told", "subscribes": [], "emits": []}

        async def handler(input, context):
            await context.state.set("told", context.trace_id, input["error"]["message"])
        """,
    "steps/nightly.step.rb": """
        def config
          { type: 'cron', name: 'Nightly', cron: '0 3 * * *', emits: ['order.placed'] }
        end

        def handler(context)
          context.emit(topic: 'order.placed', data: { id: 'nightly' })
        end
        """,
    "steps/slow.step.js": """
        exports.config = { type: 'event', name: 'Slow', subscribes: ['slow'], emits: [] }

        exports.handler = async (input, { state }) => {
          await state.set('slow', 'began', 1)
          while (!(await state.get('slow', 'end'))) await new Promise(done => setTimeout(done, 50))
        }
        """,
    "steps/boom.step.ts": """
        interface Deep { a: number }

        export const config = { type: 'api', name: 'BoomTs', method: 'GET', path: '/boom/ts', emits: [] }

        export const handler = async () => {
          const deep: Deep = { a: 1 }
          throw new TypeError('boom ' + deep.a)
        }
        """,
    "steps/boom_js.step.js": """
        exports.config = { type: 'api', name: 'BoomJs', method: 'GET', path: '/boom/js', emits: [] }
        exports.handler = async () => { throw new Error('boom 1') }
        """,
    "steps/boom_step.py": """
        config = {"type": "api", "name": "BoomPy", "method": "GET", "path": "/boom/py", "emits": []}

        async def handler(req, context):
            raise ValueError("boom 1")
        """,
    "steps/boom.step.rb": """
        def config
          { type: 'api', name: 'BoomRb', method: 'GET', path: '/boom/rb', emits: [] }
        end

        def handler(req, context)
          raise ArgumentError, 'boom 1'
        end
        """,
}
BOOMS = {"ts": "steps/boom.step.ts:7", "js": "steps/boom_js.step.js:2", "py": "steps/boom_step.py:4",
         "rb": "steps/boom.step.rb:6"}  # fmt: skip


class Said(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def motia(project: Path, *args: str) -> Said:
    """A command to its end, in this process: an interpreter of its own for each would take most of the time."""
    done = CliRunner().invoke(app, [*args, "--project", str(project)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Said(done.exit_code, done.stdout, done.stderr)


def told(server: Server, *args: str) -> Any:
    """What a command says as JSON."""
    done = motia(server.project, *args, "--json")
    return json.loads(done.stdout) if done.stdout.strip() else []


def spans(server: Server, trace: str, count: int) -> list[dict[str, Any]]:
    """All runs of a trace, once there are so many and none runs."""

    def whole() -> list[dict[str, Any]] | None:
        found = told(server, "trace", trace)
        return found if len(found) >= count and all(one["status"] != "running" for one in found) else None

    return until(whole, every=0.1)


def order(server: Server, id: str, **more: object) -> str:
    """The trace of an order that was sent."""
    answer = server.post("/order", {"id": id, **more})
    assert answer.status == 200, answer.body
    return answer.headers["x-trace-id"]
