"""The project of `test_refusals.py`: steps whose bodies are checked, in every language and by everybody who checks."""

from __future__ import annotations

SCHEMA_JS = (
    "{ type: 'object', required: ['id', 'items'], properties: { id: { type: 'string', minLength: 1 },"
    " items: { type: 'array', items: { type: 'object', required: ['price'], properties: { price: { type: 'number' } } } },"
    " kind: { enum: ['a', 'b'], default: 'a' }, note: { type: 'object', properties: { by: { type: 'string', default: 'me' } } } } }"
)
SCHEMA_RB = (
    SCHEMA_JS.replace("type: 'object'", "type: :object")
    .replace("'", '"')
    .replace("{ enum", "{ :enum =>")
    .replace("=>:", "=>")
)
FILES = {
    "steps/core.step.ts": """
        import { z } from 'zod'
        export const config = { type: 'api', name: 'core-ts', method: 'POST', path: '/core/ts', emits: [], bodySchema: z.object({
          id: z.string().min(1), items: z.array(z.object({ price: z.number() })), kind: z.enum(['a', 'b']).default('a'),
          note: z.object({ by: z.string().default('me') }).optional() }) }
        export const handler = async (req: any) => ({ status: 200, body: req.body })
    """,
    "steps/core.step.js": f"""
        exports.config = {{ type: 'api', name: 'core-js', method: 'POST', path: '/core/js', emits: [], bodySchema: {SCHEMA_JS} }}
        exports.handler = async (req) => ({{ status: 200, body: req.body }})
    """,
    "steps/core_step.py": """
        from dataclasses import dataclass, field
        from typing import Annotated, List, Literal, Optional

        class Rule:
            min_length = 1

        @dataclass
        class Item:
            price: float

        @dataclass
        class Note:
            by: str = "me"

        @dataclass
        class Order:
            id: Annotated[str, Rule()]
            items: List[Item]
            kind: Literal["a", "b"] = "a"
            note: Optional[Note] = field(default=None)

        config = {"type": "api", "name": "core-py", "method": "POST", "path": "/core/py", "emits": [], "bodySchema": Order}

        def handler(req, context):
            return {"status": 200, "body": {key: value for key, value in req["body"].items() if value is not None}}
    """,
    "steps/core_step.rb": f"""
        def config = {{ type: :api, name: "core-rb", method: :post, path: "/core/rb", emits: [], body_schema: {SCHEMA_RB} }}
        def handler(req, context) = {{ status: 200, body: req.body }}
    """,
    # What only the author's own schema can see.
    "steps/own.step.ts": """
        import { z } from 'zod'
        const body = z.object({ name: z.string({ message: 'a name, please' }).min(2, 'too short'), n: z.coerce.number().max(5),
          at: z.string().default(() => 'late-' + Math.random()), extra: z.object({ x: z.number() }).strict().optional(),
        }).refine((v) => v.name !== 'bad', { path: ['name'], message: 'not bad' })
        const keep = async (req, ctx, next) => { const r = await next(); return { ...r, headers: { ...r?.headers, 'x-seen': 'yes' } } }
        export const config = { type: 'api', name: 'own-ts', method: 'POST', path: '/own/ts', emits: [], bodySchema: body }
        export const handler = async (req: any) => ({ status: 200, body: req.body })
    """,
    "steps/own_step.py": """
        from pydantic import BaseModel, ConfigDict, Field, model_validator
        from typing import Optional
        import random

        class Extra(BaseModel):
            model_config = ConfigDict(extra="forbid")
            x: int

        class Body(BaseModel):
            name: str = Field(min_length=2)
            n: float = Field(le=5)
            at: str = Field(default_factory=lambda: f"late-{random.random()}")
            extra: Optional[Extra] = None

            @model_validator(mode="after")
            def not_bad(self):
                if self.name == "bad":
                    raise ValueError("not bad")
                return self

        config = {"type": "api", "name": "own-py", "method": "POST", "path": "/own/py", "emits": [], "bodySchema": Body}

        async def handler(req, context):
            return {"status": 200, "body": req.body}
    """,
    "steps/parsed.step.ts": """
        import { api, event } from '@motia/core'
        import { z } from 'zod'
        export default api({ id: 'parsed-ts', method: 'POST', path: '/parsed/ts', schema: { body: z.object({
          n: z.coerce.number(), t: z.string().transform((s) => s.length), d: z.string().default('x') }) } },
          async ({ body }: any) => ({ status: 200, body }))
    """,
    "steps/parsed_step.py": """
        from motia import api
        from pydantic import BaseModel

        class Body(BaseModel):
            n: int
            t: str
            d: str = "x"

        @api(id="parsed-py", method="POST", path="/parsed/py", schema=Body)
        def parsed(req, context):
            return {"status": 200, "body": {"n": req.body.n + 1, "kind": type(req.body).__name__, "d": req.body.d}}
    """,
}
# Middleware: a guard that answers 401 before anything is checked, then one that maps the error it catches.
GUARDED = {
    "ts": """
        import { z } from 'zod'
        const guard = async (req, ctx, next) => req.headers['x-key'] ? next() : { status: 401, body: { error: 'no key' } }
        const mapped = async (req, ctx, next) => {
          try { return await next() } catch (e: any) { return { status: 422, body: { name: e.name, issues: e.issues } } }
        }
        export const config = { type: 'api', name: '{name}-ts', method: 'POST', path: '/{name}/ts', emits: [],
          middleware: [guard{mapped}], bodySchema: z.object({ a: z.number(), b: z.string().refine((v) => v !== 'no', 'never no').optional() }) }
        export const handler = async (req: any) => ({ status: 200, body: req.body })
    """,
    "js": """
        const guard = async (req, ctx, next) => req.headers['x-key'] ? next() : { status: 401, body: { error: 'no key' } }
        const mapped = async (req, ctx, next) => {
          try { return await next() } catch (e) { return { status: 422, body: { name: e.name, issues: e.issues } } }
        }
        exports.config = { type: 'api', name: '{name}-js', method: 'POST', path: '/{name}/js', emits: [],
          middleware: [guard{mapped}], bodySchema: { type: 'object', required: ['a'], properties: { a: { type: 'number' } } } }
        exports.handler = async (req) => ({ status: 200, body: req.body })
    """,
    "py": """
        async def guard(req, context, next_fn):
            return await next_fn() if req["headers"].get("x-key") else {"status": 401, "body": {"error": "no key"}}

        async def mapped(req, context, next_fn):
            try:
                return await next_fn()
            except Exception as error:
                return {"status": 422, "body": {"name": type(error).__name__, "issues": error.issues}}

        config = {"type": "api", "name": "{name}-py", "method": "POST", "path": "/{name}/py", "emits": [],
                  "middleware": [guard{mapped}], "bodySchema": {"a": float, "b?": str}}

        def handler(req, context):
            return {"status": 200, "body": req["body"]}
    """,
    "rb": """
        GUARD = ->(req, context, following) { req.headers["x-key"] ? following.call : { status: 401, body: { error: "no key" } } }
        MAPPED = lambda do |req, context, following|
          following.call
        rescue StandardError => error
          { status: 422, body: { name: error.class.name.split("::").last, issues: error.issues } }
        end
        def config = { type: :api, name: "{name}-rb", method: :post, path: "/{name}/rb", emits: [],
                       middleware: [GUARD{mapped}], body_schema: { a: Float, b?: String } }
        def handler(req, context) = { status: 200, body: req.body }
    """,
}
ENDINGS = {"ts": ".step.ts", "js": ".step.js", "py": "_step.py", "rb": "_step.rb"}
for _language, _text in GUARDED.items():
    for _name, _mapped in (("guarded", ""), ("mapped", ", MAPPED" if _language == "rb" else ", mapped")):
        FILES[f"steps/{_name}{ENDINGS[_language]}"] = _text.replace("{name}", _name).replace("{mapped}", _mapped)
# One step per mode, in one language: the mode is the core's. `lax` is checked by the core, `late` by the worker.
for _mode in ("warn", "off"):
    FILES[f"steps/lax_{_mode}.step.js"] = f"""
        exports.config = {{ type: 'api', name: 'lax-{_mode}', method: 'POST', path: '/lax/{_mode}', validation: '{_mode}',
          bodySchema: {{ a: 'number', b: 'number?' }} }}
        exports.handler = async (req) => ({{ status: 200, body: req.body }})
    """
    FILES[f"steps/late_{_mode}.step.ts"] = f"""
        import {{ z }} from 'zod'
        export const config = {{ type: 'api', name: 'late-{_mode}', method: 'POST', path: '/late/{_mode}', validation: '{_mode}',
          bodySchema: z.object({{ a: z.string().refine((v) => v === 'x', 'only x') }}) }}
        export const handler = async (req: any) => ({{ status: 200, body: req.body }})
    """
FILES |= {
    "steps/reading.step.ts": """
        import { z } from 'zod'
        export const config = { type: 'api', name: 'reading', method: ['GET', 'DELETE', 'POST'], path: '/reading', bodySchema:
          z.object({ a: z.string().refine(() => true) }), responseSchema: { 200: z.object({ ok: z.boolean() }) } }
        export const handler = async (req: any) => ({ status: 200, body: { ok: 'not a boolean' } })
    """,
    "steps/reading_step.py": """
        from pydantic import BaseModel

        class Body(BaseModel):
            a: str

        config = {"type": "api", "name": "reading-py", "method": ["GET", "POST"], "path": "/reading/py", "bodySchema": Body}

        def handler(req, context):
            return {"status": 200, "body": req["body"]}
    """,
    "steps/pattern.step.js": r"""
        exports.config = { type: 'api', name: 'pattern', method: 'POST', path: '/pattern', bodySchema: { type: 'object', properties: {
          linear: { type: 'string', pattern: '^(a+)+$' }, around: { type: 'string', pattern: '^(?=.*\\d)(?!.*x)[a-z0-9]+$' },
          costly: { type: 'array', items: { type: 'string', pattern: '(?<!y)(a|aa|aaa)+\\1\\1$' } },
          mail: { type: 'string', format: 'email' }, id: { type: 'string', format: 'uuid' }, at: { type: 'string', format: 'date-time' } } } }
        exports.handler = async () => ({ status: 200, body: {} })
    """,
    "steps/strict.step.js": """
        exports.config = { type: 'api', name: 'strict', method: 'POST', path: '/strict',
          bodySchema: { type: 'object', properties: { a: {} }, additionalProperties: false } }
        exports.handler = async () => ({ status: 200, body: {} })
    """,
}
