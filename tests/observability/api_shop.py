"""A project whose API has a bit of everything: all languages and dialects, schemas of many makes, odd routes."""

from __future__ import annotations

FILES = {
    "package.json": '{"name": "api-shop", "version": "2.3.4", "description": "A shop"}\n',
    "steps/create_order.step.ts": """
        import { z } from 'zod'

        const Item = z.object({ sku: z.string().min(1).max(20), price: z.number().positive().max(1000) })
        export const config = {
          type: 'api', name: 'CreateOrder', method: 'POST', path: '/orders', emits: ['order.created'], flows: ['orders'],
          description: 'Takes an order <img src=x onerror="document.title=1">',
          bodySchema: z.object({ items: z.array(Item).min(1).max(5), note: z.string().nullable().optional() }),
          responseSchema: { 201: z.object({ id: z.string(), total: z.number() }) },
        }
        export const handler = async (req, { emit }) => {
          const total = req.body.items.reduce((sum, item) => sum + item.price, 0)
          await emit({ topic: 'order.created', data: { total } })
          return { status: 201, body: { id: 'o1', total } }
        }
        """,
    "steps/search.step.ts": """
        import { api } from 'motia'
        import { z } from 'zod'

        export default api(
          {
            id: 'search', method: 'GET', path: '/search', flows: ['orders', 'find'],
            schema: {
              query: z.object({ q: z.string().min(1).describe('What to look for'), page: z.coerce.number().int().min(1).max(100).default(1) }),
              response: z.object({ q: z.string(), page: z.number() }),
            },
          },
          async ({ query }) => ({ q: query.q, page: query.page }),
        )
        """,
    "steps/get_order_step.py": """
        config = {
            "type": "api", "name": "GetOrder", "method": "GET", "path": r"/orders/:id(\\d+)", "emits": [], "flows": ["orders"],
            "queryParams": [{"name": "expand", "description": "What else to tell"}],
            "responseSchema": {
                200: {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
                404: {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}},
            },
        }


        async def handler(req, context):
            if req["pathParams"]["id"] == "0":
                return {"status": 404, "body": {"error": "there is no order 0"}}
            return {"status": 200, "body": {"id": req["pathParams"]["id"]}}
        """,
    "steps/grow_step.py": """
        TREE = {
            "$defs": {"Tree": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "maxLength": 9},
                "branches": {"type": "array", "maxItems": 2, "items": {"$ref": "#/$defs/Tree"}}}}},
            "$ref": "#/$defs/Tree",
        }
        config = {"type": "api", "name": "Grow", "method": "PUT", "path": "/trees/:name", "emits": [],
                  "bodySchema": TREE, "responseSchema": {200: TREE}}


        async def handler(req, context):
            return {"status": 200, "body": req["body"]}
        """,
    "steps/note.step.rb": """
        def config
          { type: "api", name: "TakeNote", method: "POST", path: "/notes", emits: [],
            body_schema: { text: String, tags: [String], "due?": "date" }, response_schema: { 200 => { length: Integer } } }
        end

        def handler(req, _context)
          { status: 200, body: { length: req.body.text.length } }
        end
        """,
    "steps/describe.step.rb": """
        def config
          { type: "api", name: "Described", method: "GET", path: "/described/:place", emits: [],
            parameters: { query: { urgent: "boolean?", "limit" => Integer }, params: { place: { enum: %w[here there] } },
                          headers: { "X-Tenant" => String, "Accept" => String } } }
        end

        def handler(_req, _context)
          { status: 200, body: { ok: true } }
        end
        """,
    "steps/read_file.step.js": """
        export const config = { type: 'api', name: 'ReadFile', method: 'GET', path: '/files/*', emits: [],
          responseSchema: { 200: { type: 'string', contentMediaType: 'text/csv' } } }
        export const handler = async () => ({ status: 200, headers: { 'content-type': 'text/csv' }, body: 'a,b' })
        """,
    "steps/hello.step.js": """
        export default async function hello(event) {
          return { greeting: `hello ${event.query.name ?? 'you'}` };
        }
        """,
    "steps/shelf.stream.ts": """
        export const config = { name: 'shelf', schema: { type: 'object', properties: { n: { type: 'integer' } } }, sse: '/shelves/:groupId' }
        """,
    "steps/on_order_step.py": """
        config = {"type": "event", "name": "OnOrder", "subscribes": ["order.created"], "emits": [],
                  "infrastructure": {"queue": {"maxRetries": 1, "backoff": {"first": 0.01, "jitter": 0}}}}


        async def handler(input, context):
            context.logger.info("an order", {"total": input["total"]})
            if input["total"] == 13:
                raise ValueError("thirteen")
        """,
}
