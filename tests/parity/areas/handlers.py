"""Every signature a handler may have: sync and async, with fewer parameters, destructured, found by its name."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Ask, Behaviour, Emit, Logged, Run, Seen, plain
from tests.parity.matching import Like


def files(node: str, python: str, ruby: str) -> dict[str, str]:
    """`node` is written with `export`; CommonJS follows from it, as the plain Python follows from the async."""
    js = node.replace("export const config", "exports.config").replace("export const handler", "exports.handler")
    return {"ts": node, "js": js, "py": plain(python), "py-async": python, "rb": ruby}


BEHAVIOURS = [
    Behaviour(
        name="api",
        rows=(205, 207, 211, 215, 234, 254, 265),
        ask=Ask(body={"a": 1}),
        expect=Answer(201, json={"a": 1}),
        whole=files(
            "export const config = %CONFIG%;\n"
            "export const handler = async (req, ctx) => ({ status: 201, body: req.body });\n",
            'config = %CONFIG%\nasync def handler(req, context):\n    return {"status": 201, "body": req["body"]}\n',
            "def config\n  %CONFIG%\nend\ndef handler(req, context) = { status: 201, body: req.body }\n",
        ),
    ),
    Behaviour(
        name="api-one-argument",
        rows=(289,),
        ask=Ask(body=[1]),
        expect=Answer(json=[1]),
        whole=files(
            "export const config = %CONFIG%;\nexport const handler = (req) => ({ status: 200, body: req.body });\n",
            'config = %CONFIG%\nasync def handler(req):\n    return {"status": 200, "body": req["body"]}\n',
            "def config = %CONFIG%\ndef handler(req)\n  { status: 200, body: req.body }\nend\n",
        ),
    ),
    Behaviour(
        name="api-no-argument",
        expect=Answer(json={"ok": True}),
        whole=files(
            "export const config = %CONFIG%;\nexport const handler = () => ({ status: 200, body: { ok: true } });\n",
            'config = %CONFIG%\nasync def handler():\n    return {"status": 200, "body": {"ok": True}}\n',
            "def config = %CONFIG%\ndef handler\n  { status: 200, body: { ok: true } }\nend\n",
        ),
    ),
    Behaviour(
        name="api-waits",
        rows=(205, 235, 255),
        expect=Answer(json={"stored": 1}),
        whole=files(
            "export const config = %CONFIG%;\nexport const handler = async (req, { state }) => {\n"
            "  await new Promise((done) => setTimeout(done, 5));\n"
            "  return { status: 200, body: { stored: await state.set('h', '%ID%', 1) } };\n};\n",
            "import asyncio\nconfig = %CONFIG%\nasync def handler(req, context):\n"
            '    await asyncio.sleep(0.005)\n    return {"status": 200, "body": {"stored": await context.state.set("h", "%ID%", 1)}}\n',
            "def config = %CONFIG%\ndef handler(req, context)\n  sleep 0.005\n"
            "  { status: 200, body: { stored: context.state.set('h', '%ID%', 1) } }\nend\n",
        )
        | {
            "py": "import time\nconfig = %CONFIG%\ndef handler(req, context):\n"
            '    time.sleep(0.005)\n    return {"status": 200, "body": {"stored": context.state.set("h", "%ID%", 1)}}\n'
        },
    ),
    Behaviour(
        name="default-export",
        rows=(216, 230),
        expect=Answer(json={"by": "default"}),
        whole={
            "ts": "export default { config: %CONFIG%, handler: () => ({ status: 200, body: { by: 'default' } }) };\n",
            "js": "const config = %CONFIG%\nconst handler = () => ({ status: 200, body: { by: 'default' } })\n"
            "module.exports = { config, handler }\n",
        },
        without=dict.fromkeys(("py", "py-async", "rb"), "modules of this language have no default export"),
    ),
    Behaviour(
        name="handler-named-like-the-step",
        rows=(68,),
        expect=Answer(json={"by": "name"}),
        config={"name": "NamedLike_%ID%"},
        whole={
            "ts": "export const config = %CONFIG%;\n"
            "export async function namedLikeHandlersHandlerNamedLikeTheStepTs() { return { status: 200, body: { by: 'name' } }; }\n",
            "js": "exports.config = %CONFIG%;\n"
            "exports.namedLikeHandlersHandlerNamedLikeTheStepJs = () => ({ status: 200, body: { by: 'name' } });\n",
            "py": "config = %CONFIG%\ndef named_like_handlers_handler_named_like_the_step_py(req, context):\n"
            '    return {"status": 200, "body": {"by": "name"}}\n',
            "py-async": "config = %CONFIG%\nasync def NamedLikeHandlersHandlerNamedLikeTheStepPyAsync(req):\n"
            '    return {"status": 200, "body": {"by": "name"}}\n',
            "rb": "def config = %CONFIG%\ndef named_like_handlers_handler_named_like_the_step_rb(req)\n"
            "  { status: 200, body: { by: 'name' } }\nend\n",
        },
    ),
    Behaviour(
        name="event",
        kind="event",
        rows=(217, 252),
        ask=Emit({"n": [1, None, "é"]}),
        expect=Seen({"n": [1, None, "é"]}),
        whole=files(
            "export const config = %CONFIG%;\n"
            "export const handler = async (input, { state }) => { await state.set('seen', '%ID%', input); };\n",
            'config = %CONFIG%\nasync def handler(input, context):\n    await context.state.set("seen", "%ID%", input)\n',
            "def config = %CONFIG%\ndef handler(input, context)\n  context.state.set('seen', '%ID%', input)\nend\n",
        ),
    ),
    Behaviour(
        name="event-null",
        kind="event",
        ask=Emit(None),
        expect=Seen({"input": None}),
        node="await ctx.state.set('seen', '%ID%', { input });",
        python='await context.state.set("seen", "%ID%", {"input": input})',
        ruby="context.state.set('seen', '%ID%', { input: input })",
    ),
    Behaviour(
        name="event-data-only",
        kind="event",
        rows=(290,),
        ask=Emit({"k": "v"}),
        expect=Logged({"msg": "got v"}),
        whole=files(
            "export const config = %CONFIG%;\nexport const handler = (input) => console.log('got ' + input.k);\n",
            'config = %CONFIG%\nasync def handler(input):\n    print("got", input["k"])\n',
            'def config = %CONFIG%\ndef handler(input) = puts("got #{input.k}")\n',
        ),
    ),
    Behaviour(
        name="event-result-is-ignored",
        kind="event",
        ask=Emit({}),
        expect=(Seen(1), Logged({"level": "debug", "msg": Like("result.*left out")})),
        node="await ctx.state.set('seen', '%ID%', 1); const self = {}; self.self = self; return self;",
        python='await context.state.set("seen", "%ID%", 1)\nown = {}\nown["own"] = own\nreturn own',
        ruby="context.state.set('seen', '%ID%', 1)\nown = {}\nown[:own] = own\nown",
    ),
    Behaviour(
        name="cron-context-only",
        kind="cron",
        rows=(221, 242, 295),
        ask=Run(),
        expect=Seen("by hand"),
        node="await ctx.state.set('seen', '%ID%', 'by hand');",
        python='await context.state.set("seen", "%ID%", "by hand")',
        ruby="context.state.set('seen', '%ID%', 'by hand')",
    ),
    Behaviour(
        name="cron-no-argument",
        kind="cron",
        ask=Run(),
        expect=Logged({"msg": "tick"}),
        whole=files(
            "export const config = %CONFIG%;\nexport const handler = () => { console.log('tick'); };\n",
            'config = %CONFIG%\nasync def handler():\n    print("tick")\n',
            "def config = %CONFIG%\ndef handler = puts('tick')\n",
        ),
    ),
    Behaviour(
        name="cron-two-arguments",
        kind="cron",
        ask=Run(),
        expect=Seen(True),
        whole={
            "rb": "def config = %CONFIG%\ndef handler(input, context) = context.state.set('seen', '%ID%', input.nil?)\n",
            "py": "config = %CONFIG%\ndef handler(input, context):\n"
            '    context.state.set("seen", "%ID%", input is None)\n',
            "py-async": "config = %CONFIG%\nasync def handler(input, context):\n"
            '    await context.state.set("seen", "%ID%", input is None)\n',
        },
        without=dict.fromkeys(("ts", "js"), "JavaScript does not tell how many parameters a function really uses"),
    ),
]
