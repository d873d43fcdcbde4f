"""Middleware: order, what it may change, how it ends a request, what it sees of errors."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Ask, Behaviour, Logged
from tests.parity.matching import Having, Kind, Like

NUMBER = {"type": "object", "properties": {"n": {"type": "number"}}, "required": ["n"]}

BEHAVIOURS = [
    Behaviour(
        name="order",
        middleware=("first", "second"),
        expect=Answer(json=["first in", "second in", "handler", "second out", "first out"]),
        node_top="const first = async (req, ctx, next) => {\n  ctx.said = ['first in'];\n  const answer = await next();\n  answer.body.push('first out');\n"
        "  return answer;\n};\nconst second = async (req, ctx, next) => {\n  ctx.said.push('second in');\n  const answer = await next();\n"
        "  answer.body.push('second out');\n  return answer;\n};",
        node="ctx.said.push('handler');\nreturn { status: 200, body: ctx.said };",
        python_top="async def first(req, context, next_fn):\n    context.said = ['first in']\n    answer = await next_fn()\n"
        "    answer['body'].append('first out')\n    return answer\n\nasync def second(req, context, next_fn):\n    context.said.append('second in')\n"
        "    answer = await next_fn()\n    answer['body'].append('second out')\n    return answer",
        python="context.said.append('handler')\nreturn {'status': 200, 'body': context.said}",
        ruby_top="def first(req, context, next_fn)\n  context.said = ['first in']\n  answer = next_fn.call\n  answer[:body] << 'first out'\n  answer\nend\n"
        "def second(req, context, next_fn)\n  context.said << 'second in'\n  answer = next_fn.()\n  answer.body << 'second out'\n  answer\nend",
        ruby="context.said << 'handler'\n{ status: 200, body: context.said }",
    ),
    Behaviour(
        name="short-circuit",
        middleware=("guard",),
        expect=Answer(401, json={"error": "who are you"}),
        node_top="const guard = async (req, ctx, next) => {\n  if (!req.headers.authorization) return { status: 401, body: { error: 'who are you' } };\n  return next();\n};",
        node="return { status: 200, body: 'never' };",
        python_top="async def guard(req, context, next_fn):\n    if 'authorization' not in req.headers:\n"
        "        return {'status': 401, 'body': {'error': 'who are you'}}\n    return await next_fn()",
        python="return {'status': 200, 'body': 'never'}",
        ruby_top="def guard(req, context, next_fn)\n  return { status: 401, body: { error: 'who are you' } } unless req.headers['Authorization']\n  next_fn.call\nend",
        ruby="{ status: 200, body: 'never' }",
    ),
    Behaviour(
        name="plain-functions",
        middleware=("outer", "inner"),
        expect=Answer(json={"by": "inner", "user": "ann"}),
        node_top="const outer = (req, ctx, next) => { ctx.user = 'ann'; return next(); };\nconst inner = (req, ctx) => ({ status: 200, body: { by: 'inner', user: ctx.user } });",
        node="return { status: 200, body: 'never' };",
        python_top="def outer(req, context, next_fn):\n    context.user = 'ann'\n    return next_fn()\n\n"
        "def inner(req, context, next_fn):\n    return {'status': 200, 'body': {'by': 'inner', 'user': context.user}}",
        python="return {'status': 200, 'body': 'never'}",
        ruby_top="def outer(req, context, next_fn)\n  context.user = 'ann'\n  next_fn.call\nend\n"
        "def inner(req, context) = { status: 200, body: { by: 'inner', user: context.user } }",
        ruby="{ status: 200, body: 'never' }",
    ),
    Behaviour(
        name="anything-callable",
        middleware=("STAMP",),
        expect=Answer(json="done", headers={"x-stamp": "1"}),
        node_top="const STAMP = async (req, ctx, next) => {\n  const answer = await next();\n  return { ...answer, headers: { ...answer.headers, 'x-stamp': '1' } };\n};",
        node="return { status: 200, body: JSON.stringify('done') };",
        python_top="class Stamp:\n    async def __call__(self, req, context, next_fn):\n        answer = await next_fn()\n"
        "        return {**answer, 'headers': {'x-stamp': '1'}}\nSTAMP = Stamp()",
        python="import json\nreturn {'status': 200, 'body': json.dumps('done')}",
        whole={
            "rb": "STAMP = ->(req, context, next_fn) { next_fn.call.merge('headers' => { 'x-stamp' => '1' }) }\n"
            "def config = %CONFIG%.merge(middleware: [STAMP])\ndef handler(req, context) = { status: 200, body: '\"done\"' }\n"
        },
    ),
    Behaviour(
        name="request-changes-are-seen",
        middleware=("change",),
        ask=Ask(body={"n": 1}),
        expect=Answer(json=[{"n": 2}, "ann", "ann"]),
        node_top="const change = async (req, ctx, next) => { req.body.n += 1; req.user = 'ann'; ctx.user = 'ann'; return next(); };",
        node="return { status: 200, body: [req.body, req.user, ctx.user] };",
        python_top="async def change(req, context, next_fn):\n    req['body']['n'] += 1\n    req['user'] = 'ann'\n    context['user'] = 'ann'\n    return await next_fn()",
        python="return {'status': 200, 'body': [req['body'], req['user'], context.user]}",
        ruby_top="def change(req, context, next_fn)\n  req.body.n += 1\n  req.user = 'ann'\n  context[:user] = 'ann'\n  next_fn.call\nend",
        ruby="{ status: 200, body: [req.body, req.user, context.user] }",
    ),
    Behaviour(
        name="replaced-request",
        middleware=("replace", "look"),
        ask=Ask(body={"n": 1}),
        expect=Answer(json=["replaced", "replaced", "POST", {}]),
        # The next middleware and the handler both see what was handed to `next`.
        node_top="const replace = async (req, ctx, next) => next({ ...req, body: 'replaced' });\n"
        "const look = async (req, ctx, next) => { ctx.looked = req.body; return next(); };",
        node="return { status: 200, body: [req.body, ctx.looked, req.method, req.cookies] };",
        python_top="async def replace(req, context, next_fn):\n    return await next_fn({**req, 'body': 'replaced'})\n\n"
        "async def look(req, context, next_fn):\n    context.looked = req['body']\n    return await next_fn()",
        python="return {'status': 200, 'body': [req.body, context.looked, req.method, req.cookies]}",
        ruby_top="def replace(req, context, next_fn) = next_fn.call(req.merge('body' => 'replaced'))\n"
        "def look(req, context, next_fn)\n  context.looked = req['body']\n  next_fn.call\nend",
        ruby="{ status: 200, body: [req.body, context.looked, req[:method], req.cookies] }",
    ),
    Behaviour(
        name="replaced-request-of-the-last",
        middleware=("replace",),
        expect=Answer(json={"mine": True}),
        node_top="const replace = async (req, ctx, next) => next({ body: { mine: true } });",
        node="return { status: 200, body: req.body };",
        python_top="async def replace(req, context, next_fn):\n    return await next_fn({'body': {'mine': True}})",
        python="return {'status': 200, 'body': req.body}",
        ruby_top="def replace(req, context, next_fn) = next_fn.call({ body: { mine: true } })",
        ruby="{ status: 200, body: req.body }",
    ),
    Behaviour(
        name="response-changes-are-sent",
        middleware=("change",),
        expect=Answer(203, json={"a": 1, "b": 2}, headers={"x-a": "1", "x-b": "2"}),
        node_top="const change = async (req, ctx, next) => {\n  const answer = await next();\n  answer.status = 203;\n  answer.body.b = 2;\n"
        "  answer.headers['x-b'] = '2';\n  return answer;\n};",
        node="return { status: 200, headers: { 'x-a': '1' }, body: { a: 1 } };",
        python_top="async def change(req, context, next_fn):\n    answer = await next_fn()\n    answer['status'] = 203\n    answer['body']['b'] = 2\n"
        "    answer['headers']['x-b'] = '2'\n    return answer",
        python="return {'status': 200, 'headers': {'x-a': '1'}, 'body': {'a': 1}}",
        ruby_top="def change(req, context, next_fn)\n  answer = next_fn.call\n  answer.status = 203\n  answer.body['b'] = 2\n  answer.headers['x-b'] = '2'\n  answer\nend",
        ruby="{ status: 200, headers: { 'x-a' => '1' }, body: { 'a' => 1 } }",
    ),
    Behaviour(
        name="next-gives-what-the-handler-returned",
        middleware=("look",),
        expect=Answer(json=[None, True]),
        node_top="const look = async (req, ctx, next) => { const answer = await next(); return { status: 200, body: [answer ?? null, answer === undefined] }; };",
        node="return undefined;",
        python_top="async def look(req, context, next_fn):\n    answer = await next_fn()\n    return {'status': 200, 'body': [answer, answer is None]}",
        python="return None",
        ruby_top="def look(req, context, next_fn)\n  answer = next_fn.call\n  { status: 200, body: [answer, answer.nil?] }\nend",
        ruby="nil",
    ),
    Behaviour(
        name="errors-can-be-mapped",
        middleware=("outer", "map"),
        expect=Answer(409, json={"error": "taken", "code": "E_TAKEN"}, headers={"x-outer": "1"}),
        node_top="const outer = async (req, ctx, next) => { const answer = await next(); answer.headers = { 'x-outer': '1' }; return answer; };\n"
        "const map = async (req, ctx, next) => {\n  try { return await next(); } catch (error) { return { status: 409, body: { error: error.message, code: error.code } }; }\n};",
        node="throw Object.assign(new Error('taken'), { code: 'E_TAKEN' });",
        python_top="class Taken(Exception):\n    code = 'E_TAKEN'\n\nasync def outer(req, context, next_fn):\n    answer = await next_fn()\n"
        "    answer['headers'] = {'x-outer': '1'}\n    return answer\n\nasync def map(req, context, next_fn):\n    try:\n        return await next_fn()\n"
        "    except Taken as error:\n        return {'status': 409, 'body': {'error': str(error), 'code': error.code}}",
        python="raise Taken('taken')",
        ruby_top="class Taken < StandardError\n  def code = 'E_TAKEN'\nend\ndef outer(req, context, next_fn)\n  answer = next_fn.call\n"
        "  answer['headers'] = { 'x-outer' => '1' }\n  answer\nend\ndef map(req, context, next_fn)\n  next_fn.call\nrescue Taken => error\n"
        "  { status: 409, body: { error: error.message, code: error.code } }\nend",
        ruby="raise Taken, 'taken'",
    ),
    Behaviour(
        name="an-error-of-middleware",
        middleware=("fail",),
        expect=(Answer(500), Logged({"level": "error", "msg": Like("no entry")})),
        node_top="const fail = async () => { throw new Error('no entry'); };",
        node="return { status: 200, body: 'never' };",
        python_top="async def fail(req, context, next_fn):\n    raise RuntimeError('no entry')",
        python="return {'status': 200, 'body': 'never'}",
        ruby_top="def fail(req, context, next_fn)\n  raise 'no entry'\nend",
        ruby="{ status: 200, body: 'never' }",
    ),
    Behaviour(
        name="next-twice-runs-the-rest-twice",
        middleware=("again",),
        expect=Answer(json=["handler 1", "handler 2"]),
        # So that middleware may try again; the second answer is as good as the first.
        node_top="const again = async (req, ctx, next) => {\n  ctx.runs = 0;\n  let first;\n  try { await next(); } catch (error) { first = error.message; }\n"
        "  const second = await next();\n  return { status: 200, body: [first, second.body] };\n};",
        node="ctx.runs += 1;\nif (ctx.runs === 1) throw new Error('handler 1');\nreturn { status: 200, body: `handler ${ctx.runs}` };",
        python_top="async def again(req, context, next_fn):\n    context.runs = 0\n    try:\n        await next_fn()\n    except RuntimeError as error:\n"
        "        first = str(error)\n    second = await next_fn()\n    return {'status': 200, 'body': [first, second['body']]}",
        python="context.runs += 1\nif context.runs == 1:\n    raise RuntimeError('handler 1')\nreturn {'status': 200, 'body': f'handler {context.runs}'}",
        ruby_top="def again(req, context, next_fn)\n  context.runs = 0\n  first = begin\n    next_fn.call\n  rescue RuntimeError => error\n    error.message\n  end\n"
        "  { status: 200, body: [first, next_fn.call.body] }\nend",
        ruby="context.runs += 1\nraise 'handler 1' if context.runs == 1\n{ status: 200, body: \"handler #{context.runs}\" }",
    ),
    Behaviour(
        name="validation-comes-after-middleware",
        middleware=("guard",),
        config={"bodySchema": NUMBER},
        ask=Ask(body={"n": "x"}),
        expect=Answer(401, json="first"),
        node_top="const guard = async () => ({ status: 401, body: '\"first\"' });",
        node="return { status: 200 };",
        python_top="async def guard(req, context, next_fn):\n    return {'status': 401, 'body': '\"first\"'}",
        python="return {'status': 200}",
        ruby_top="def guard(req, context, next_fn) = { status: 401, body: '\"first\"' }",
        ruby="{ status: 200 }",
    ),
    Behaviour(
        name="validation-can-be-mapped",
        middleware=("map",),
        config={"bodySchema": NUMBER},
        ask=Ask(body={"n": "x"}),
        expect=Answer(422, json=[1002, "ValidationError", "n"]),
        node_top="const map = async (req, ctx, next) => {\n  try { return await next(); } catch (error) {\n"
        "    return { status: 422, body: [error.code, error.name, error.issues[0].path] };\n  }\n};",
        node="return { status: 200 };",
        python_top="from motia import ValidationError\nasync def map(req, context, next_fn):\n    try:\n        return await next_fn()\n"
        "    except ValidationError as error:\n        return {'status': 422, 'body': [error.code, type(error).__name__, error.issues[0]['path']]}",
        python="return {'status': 200}",
        ruby_top="def map(req, context, next_fn)\n  next_fn.call\nrescue Motia::ValidationError => error\n"
        "  { status: 422, body: [error.code, error.class.name.split('::').last, error.issues[0]['path']] }\nend",
        ruby="{ status: 200 }",
    ),
    Behaviour(
        name="validation-not-caught",
        middleware=("through",),
        config={"bodySchema": NUMBER},
        ask=Ask(body={"n": "x"}),
        expect=Answer(400, json=Having(error="Validation failed", issues=[Having(path="n")], traceId=Kind(str))),
        node_top="const through = (req, ctx, next) => next();",
        node="return { status: 200 };",
        python_top="def through(req, context, next_fn):\n    return next_fn()",
        python="return {'status': 200}",
        ruby_top="def through(req, context, next_fn) = next_fn.call",
        ruby="{ status: 200 }",
    ),
    Behaviour(
        name="an-async-around-a-plain",
        middleware=("first", "second"),
        expect=Answer(json=["a", "b", "c"]),
        node_top="const first = async (req, ctx, next) => { const answer = await next(); answer.body.unshift('a'); return answer; };\n"
        "const second = (req, ctx, next) => next().then((answer) => { answer.body.unshift('b'); return answer; });",
        node="return { status: 200, body: ['c'] };",
        python_top="async def first(req, context, next_fn):\n    answer = await next_fn()\n    answer['body'].insert(0, 'a')\n    return answer\n\n"
        "async def second(req, context, next_fn):\n    answer = await next_fn()\n    answer['body'].insert(0, 'b')\n    return answer",
        python_sync_top="async def first(req, context, next_fn):\n    answer = await next_fn()\n    answer['body'].insert(0, 'a')\n    return answer\n\n"
        "def second(req, context, next_fn):\n    answer = next_fn()\n    answer['body'].insert(0, 'b')\n    return answer",
        python="return {'status': 200, 'body': ['c']}",
        ruby_top="def first(req, context)\n  answer = yield\n  answer.body.unshift('a')\n  answer\nend\n"
        "def second(req, context)\n  answer = yield\n  answer.body.unshift('b')\n  answer\nend",
        ruby="{ status: 200, body: ['c'] }",
    ),
]
