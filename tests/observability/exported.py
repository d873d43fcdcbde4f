"""One project for all that is exported: an order goes through four languages, its second step fails once."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.kit.server import Server, until

from .collector import Collector, plain

STEPS = {
    "motia.toml": "redact = ['card.number']\n[traces]\npayload = 2000\n",
    ".env": "OTEL_SERVICE_NAME=shop\n",
    "steps/order.step.ts": """
        export const config = {
          type: 'api', name: 'Order', method: 'POST', path: '/orders/:id', emits: ['order.placed'],
        }

        export const handler = async (req: any, context: any) => {
          const { emit, state, logger, traceparent } = context
          await state.set('orders', req.pathParams.id, { total: 3, password: 'hunter2', card: { number: '4111-1111' } })
          logger.info('placed', { headers: { traceparent, tracestate: context.tracestate }, apiKey: 'hunter2', big: 2 ** 70 })
          await emit({ topic: 'order.placed', data: { id: req.pathParams.id, secret: 'hunter2' } })
          return { status: 201, body: { traceId: context.traceId, traceparent } }
        }
        """,
    "steps/stock_step.py": """
        config = {"type": "event", "name": "Stock", "subscribes": ["order.placed"], "emits": ["order.stocked"],
                  "infrastructure": {"queue": {"maxRetries": 2, "backoff": {"first": 0.05, "jitter": 0}}}}

        async def handler(input, context):
            context.logger.warn("stocked", {"headers": {"traceparent": context.traceparent}})
            if context.attempt == 1:
                raise LookupError("the shelf is empty")
            await context.emit({"topic": "order.stocked", "data": input})
        """,
    "steps/pack.step.rb": """
        def config
          { type: 'event', name: 'Pack', subscribes: ['order.stocked'], emits: ['order.packed'] }
        end

        def handler(input, context)
          context.logger.info('packed', headers: { traceparent: context.traceparent })
          context.emit(topic: 'order.packed', data: input)
        end
        """,
    "steps/pay.step.js": """
        exports.config = { type: 'event', name: 'Pay', subscribes: ['order.packed'], emits: [] }
        exports.handler = async (input, { logger, traceparent }) => {
          logger.error('paid', { headers: { traceparent }, error: new RangeError('too much') })
        }
        """,
    "steps/nightly.step.rb": """
        def config
          { type: 'cron', name: 'Nightly', cron: '0 3 * * *', emits: [] }
        end

        def handler(context) = context.logger.info('night')
        """,
    "steps/boom_step.py": """
        config = {"type": "api", "name": "Boom", "method": "GET", "path": "/boom", "emits": []}

        async def handler(req, context):
            raise ValueError("boom 1")
        """,
    "steps/busy.step.js": """
        exports.config = { type: 'api', name: 'Busy', method: 'GET', path: '/busy', emits: [] }
        exports.handler = async () => ({ status: 503, body: {} })
        """,
}


class Told(NamedTuple):
    server: Server
    collector: Collector

    def trace(self, id: str, count: int) -> list[Span]:
        """The spans of a trace by their start, as soon as there are so many."""
        wanted = id if len(id) == 32 else hashlib.sha256(id.encode()).hexdigest()[:32]

        def found() -> list[Span] | None:
            spans = self.collector.spans(bytes.fromhex(wanted))
            return spans if len(spans) >= count else None

        return sorted(until(found), key=lambda span: (span.start_time_unix_nano, span.span_id))

    def line(self, trace: bytes, msg: str) -> Any:
        return until(
            lambda: next(
                (line for line in self.collector.lines() if line.trace_id == trace and plain(line.body) == msg), None
            )
        )
