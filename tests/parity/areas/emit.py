"""Events: what can be said with them, when, and that what was started and not awaited still happens."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Behaviour, Emit, Heard, Logged, Seen
from tests.parity.matching import Kind, Like

OK = Answer(json=["ok"])

BEHAVIOURS = [
    Behaviour(
        name="awaited",
        rows=(210, 294, 296),
        expect=(OK, Heard([{"n": [1, None, {"k": "é"}]}])),
        node="await ctx.emit({ topic: '%ID%.out', data: { n: [1, null, { k: 'é' }] } });\nreturn { status: 200, body: ['ok'] };",
        python='await context.emit({"topic": "%ID%.out", "data": {"n": [1, None, {"k": "é"}]}})\nreturn {"status": 200, "body": ["ok"]}',
        ruby="context.emit(topic: '%ID%.out', data: { n: [1, nil, { k: 'é' }] })\n{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="not-awaited",
        rows=(296,),
        expect=(OK, Heard([1, 2])),
        node="ctx.emit({ topic: '%ID%.out', data: 1 });\nctx.emit({ topic: '%ID%.out', data: 2 });\nreturn { status: 200, body: ['ok'] };",
        python='context.emit({"topic": "%ID%.out", "data": 1})\ncontext.emit({"topic": "%ID%.out", "data": 2})\n'
        'return {"status": 200, "body": ["ok"]}',
        ruby="Thread.new { context.emit(topic: '%ID%.out', data: 1) }\nThread.new { context.emit(topic: '%ID%.out', data: 2) }\n"
        "{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="several-at-once",
        expect=(OK, Heard([0, 1, 2])),
        node="await Promise.all([0, 1, 2].map((n) => ctx.emit({ topic: '%ID%.out', data: n })));\nreturn { status: 200, body: ['ok'] };",
        python='import asyncio\nawait asyncio.gather(*[context.emit({"topic": "%ID%.out", "data": n}) for n in range(3)])\n'
        'return {"status": 200, "body": ["ok"]}',
        python_sync="from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n"
        '    list(pool.map(lambda n: context.emit({"topic": "%ID%.out", "data": n}), range(3)))\n'
        'return {"status": 200, "body": ["ok"]}',
        ruby="3.times.map { |n| Thread.new { context.emit(topic: '%ID%.out', data: n) } }.each(&:join)\n{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="answer",
        expect=Answer(json=[{"id": Kind(str), "deliveries": 1}, {"id": Kind(str), "deliveries": 0}]),
        node="return { status: 200, body: [await ctx.emit({ topic: '%ID%.out' }), await ctx.emit({ topic: '%ID%.nobody' })] };",
        python='first = await context.emit({"topic": "%ID%.out"})\n'
        'return {"status": 200, "body": [first, await context.emit({"topic": "%ID%.nobody"})]}',
        ruby="{ status: 200, body: [context.emit(topic: '%ID%.out'), context.emit(topic: '%ID%.nobody')] }",
    ),
    Behaviour(
        name="nobody-hears",
        expect=(OK, Logged({"level": "warn", "msg": Like("no step subscribes to '%ID%.nobody'")}, times=1)),
        node="await ctx.emit({ topic: '%ID%.nobody', data: {} });\nawait ctx.emit({ topic: '%ID%.nobody', data: {} });\n"
        "return { status: 200, body: ['ok'] };",
        python='await context.emit({"topic": "%ID%.nobody", "data": {}})\nawait context.emit({"topic": "%ID%.nobody", "data": {}})\n'
        'return {"status": 200, "body": ["ok"]}',
        ruby="2.times { context.emit(topic: '%ID%.nobody', data: {}) }\n{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="undeclared-is-delivered",
        rows=(238, 264, 303),
        config={"emits": ["%ID%.other"]},
        expect=(OK, Heard([1, 1]), Logged({"level": "warn", "msg": Like(r"%ID%\.out")}, times=1)),
        node="for (const n of [1, 1]) await ctx.emit({ topic: '%ID%.out', data: n });\nreturn { status: 200, body: ['ok'] };",
        python='for n in (1, 1):\n    await context.emit({"topic": "%ID%.out", "data": n})\nreturn {"status": 200, "body": ["ok"]}',
        ruby="2.times { context.emit(topic: '%ID%.out', data: 1) }\n{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="declared-as-an-object",
        rows=(203, 218),
        config={"emits": ["%ID%.other", {"topic": "%ID%.out", "label": "done", "conditional": True}]},
        expect=(OK, Heard([1]), Logged({"msg": "declared"}, times=1)),
        node="await ctx.emit({ topic: '%ID%.out', data: 1 });\nctx.logger.info('declared');\nreturn { status: 200, body: ['ok'] };",
        python='await context.emit({"topic": "%ID%.out", "data": 1})\ncontext.logger.info("declared")\nreturn {"status": 200, "body": ["ok"]}',
        ruby="context.emit(topic: '%ID%.out', data: 1)\ncontext.logger.info('declared')\n{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="strict-emits",
        config={"emits": ["%ID%.other"], "strictEmits": True},
        expect=(Answer(json=[1011, True]), Heard([])),
        node="try { await ctx.emit({ topic: '%ID%.out', data: 1 }); } catch (error) {\n"
        "  return { status: 200, body: [error.code, error.message.includes('%ID%.out')] };\n}",
        python="from motia import MotiaError\ntry:\n"
        '    await context.emit({"topic": "%ID%.out", "data": 1})\nexcept MotiaError as error:\n'
        '    return {"status": 200, "body": [error.code, "%ID%.out" in str(error)]}',
        ruby="begin\n  context.emit(topic: '%ID%.out', data: 1)\nrescue Motia::Error => error\n"
        "  { status: 200, body: [error.code, error.message.include?('%ID%.out')] }\nend",
    ),
    Behaviour(
        name="without-a-topic",
        expect=Answer(json=["topic"]),
        node="try { await ctx.emit({ data: 1 }); } catch (error) { return { status: 200, body: [/topic/.exec(error.message)[0]] }; }",
        ts="try { await ctx.emit({ data: 1 } as any); } catch (error: any) { return { status: 200, body: [/topic/.exec(error.message)![0]] }; }",
        python='try:\n    await context.emit({"data": 1})\nexcept TypeError as error:\n'
        '    return {"status": 200, "body": ["topic" if "topic" in str(error) else str(error)]}',
        ruby="begin\n  context.emit(data: 1)\nrescue ArgumentError => error\n  { status: 200, body: [error.message[/topic/]] }\nend",
    ),
    Behaviour(
        name="same-id-once",
        expect=(Answer(json=[True]), Heard(["first"])),
        node="const a = await ctx.emit({ topic: '%ID%.out', data: 'first', id: 'order-1' });\n"
        "const b = await ctx.emit({ topic: '%ID%.out', data: 'second', id: 'order-1' });\n"
        "return { status: 200, body: [a.id === b.id] };",
        python='a = await context.emit({"topic": "%ID%.out", "data": "first", "id": "order-1"})\n'
        'b = await context.emit({"topic": "%ID%.out", "data": "second", "id": "order-1"})\nreturn {"status": 200, "body": [a["id"] == b["id"]]}',
        ruby="a = context.emit(topic: '%ID%.out', data: 'first', id: 'order-1')\n"
        "b = context.emit(topic: '%ID%.out', data: 'second', id: 'order-1')\n{ status: 200, body: [a.id == b.id] }",
    ),
    Behaviour(
        name="delay-and-at",
        expect=(OK, Heard(["delay", "iso", "native", "ms"])),
        node="const at = new Date(Date.now() + 30);\nconst out = (data, more) => ctx.emit({ topic: '%ID%.out', data, ...more });\n"
        "await out('delay', { delay: 0.03 });\nawait out('iso', { at: at.toISOString() });\nawait out('native', { at });\n"
        "await out('ms', { at: at.getTime() });\nreturn { status: 200, body: ['ok'] };",
        ts="const at = new Date(Date.now() + 30);\n"
        "const out = (data: string, more: object) => ctx.emit({ topic: '%ID%.out', data, ...more });\n"
        "await out('delay', { delay: 0.03 });\nawait out('iso', { at: at.toISOString() });\nawait out('native', { at });\n"
        "await out('ms', { at: at.getTime() });\nreturn { status: 200, body: ['ok'] };",
        python="import datetime\nat = context.utils.dates.now() + datetime.timedelta(milliseconds=30)\n"
        'await context.emit({"topic": "%ID%.out", "data": "delay", "delay": datetime.timedelta(milliseconds=30)})\n'
        'await context.emit({"topic": "%ID%.out", "data": "iso", "at": at.isoformat().replace("+00:00", "Z")})\n'
        'await context.emit({"topic": "%ID%.out", "data": "native", "at": at})\n'
        'await context.emit({"topic": "%ID%.out", "data": "ms", "at": at.timestamp() * 1000})\nreturn {"status": 200, "body": ["ok"]}',
        ruby="at = context.utils.dates.now + 0.03\nout = ->(data, **more) { context.emit(topic: '%ID%.out', data: data, **more) }\n"
        "out.('delay', delay: 0.03)\nout.('iso', at: at.iso8601(3))\nout.('native', at: at)\nout.('ms', at: (at.to_f * 1000).round)\n"
        "{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="an-iso-time-with-milliseconds",
        expect=(OK, Heard([])),
        # Years away: it must be understood, and must not come.
        node="await ctx.emit({ topic: '%ID%.out', at: '2099-01-02T03:04:05.678Z' });\n"
        "await ctx.emit({ topic: '%ID%.out', at: '2099-01-02T03:04:05+02:00' });\nreturn { status: 200, body: ['ok'] };",
        python='await context.emit({"topic": "%ID%.out", "at": "2099-01-02T03:04:05.678Z"})\n'
        'await context.emit({"topic": "%ID%.out", "at": "2099-01-02T03:04:05+02:00"})\nreturn {"status": 200, "body": ["ok"]}',
        ruby="context.emit(topic: '%ID%.out', at: '2099-01-02T03:04:05.678Z')\n"
        "context.emit(topic: '%ID%.out', at: '2099-01-02T03:04:05+02:00')\n{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="bad-options",
        expect=(Answer(json=["delay", "delay", "at", "at"]), Heard([])),
        node="const said = [];\nfor (const more of [{ delay: -1 }, { delay: 'soon' }, { at: 'tomorrow' }, { at: {} }]) {\n"
        "  try { await ctx.emit({ topic: '%ID%.out', ...more }); said.push(null); } catch (error) { said.push(/\\b(delay|at)\\b/.exec(error.message)?.[0]); }\n}\n"
        "return { status: 200, body: said };",
        ts="const said: unknown[] = [];\nfor (const more of [{ delay: -1 }, { delay: 'soon' }, { at: 'tomorrow' }, { at: {} }] as any[]) {\n"
        "  try { await ctx.emit({ topic: '%ID%.out', ...more }); said.push(null); } catch (error: any) { said.push(/\\b(delay|at)\\b/.exec(error.message)?.[0]); }\n}\n"
        "return { status: 200, body: said };",
        python_top="import re",
        python='said = []\nfor more in ({"delay": -1}, {"delay": "soon"}, {"at": "tomorrow"}, {"at": {}}):\n    try:\n'
        '        await context.emit({"topic": "%ID%.out", **more})\n        said.append(None)\n    except Exception as error:\n'
        '        said.append((re.findall(r"\\b(delay|at)\\b", str(error)) or [str(error)])[0])\nreturn {"status": 200, "body": said}',
        ruby="said = [{ delay: -1 }, { delay: 'soon' }, { at: 'tomorrow' }, { at: {} }].map do |more|\n"
        "  context.emit(topic: '%ID%.out', **more) && nil\nrescue StandardError => error\n  error.message[/\\b(delay|at)\\b/] || error.message\nend\n"
        "{ status: 200, body: said }",
    ),
    Behaviour(
        name="message-group",
        kind="event",
        config={"infrastructure": {"queue": {"type": "fifo", "maxRetries": 0}}},
        ask=Emit([5, 4, 3, 2, 1, 0]),
        expect=Seen([0, 1, 2, 3, 4, 5]),
        # The first run sends the rest to itself, in one group: they come one after the other, in order.
        node="if (Array.isArray(input)) {\n"
        "  for (const n of input.reverse()) await ctx.emit({ topic: '%ID%', data: n, messageGroupId: 'one' });\n"
        "} else await ctx.state.update('seen', '%ID%', [{ op: 'append', value: input }]);",
        python="if isinstance(input, list):\n    for n in reversed(input):\n"
        '        await context.emit({"topic": "%ID%", "data": n, "messageGroupId": "one"})\n'
        'else:\n    await context.state.update("seen", "%ID%", [{"op": "append", "value": input}])',
        ruby="if input.is_a?(Array)\n  input.reverse.each { |n| context.emit(topic: '%ID%', data: n, messageGroupId: 'one') }\n"
        "else\n  context.state.update('seen', '%ID%', [{ op: 'append', value: input }])\nend",
    ),
    Behaviour(
        name="topic-and-data-as-arguments",
        expect=(OK, Heard([{"a": 1}])),
        node="await ctx.emit('%ID%.out', { a: 1 });\nreturn { status: 200, body: ['ok'] };",
        ts="await (ctx.emit as any)('%ID%.out', { a: 1 });\nreturn { status: 200, body: ['ok'] };",
        python='await context.emit("%ID%.out", {"a": 1})\nreturn {"status": 200, "body": ["ok"]}',
        ruby="context.emit('%ID%.out', { a: 1 })\n{ status: 200, body: ['ok'] }",
    ),
    Behaviour(
        name="trigger-by-name",
        rows=(93,),
        expect=Answer(json=[{"id": Kind(str), "traceId": True}, {"id": Kind(str), "traceId": True}, "refused"]),
        js="const { motia } = require('motia');\nconst told = async (step) => {\n"
        "  const found = await motia.trigger(step, 1);\n  return { ...found, traceId: found.traceId === ctx.traceId };\n};\n"
        "const refused = await motia.trigger('look').catch(() => 'refused');\n"
        "return { status: 200, body: [await told('collector'), await told('no-such-step'), refused] };",
        ts="const { motia } = await import('@motia/core');\nconst told = async (step: string) => {\n  const found = await motia.trigger(step, 1);\n"
        "  return { ...found, traceId: found.traceId === ctx.traceId };\n};\n"
        "const refused = await motia.trigger('look').catch(() => 'refused');\n"
        "return { status: 200, body: [await told('collector'), await told('no-such-step'), refused] };",
        python_top="from motia import MotiaError, motia",
        python="answers = []\nfor step in ('collector', 'no-such-step'):\n    found = await motia.trigger(step, 1)\n"
        '    answers.append({**found, "traceId": found["traceId"] == context.trace_id})\ntry:\n'
        '    await motia.trigger("look")\nexcept MotiaError:\n    answers.append("refused")\nreturn {"status": 200, "body": answers}',
        ruby_top="require 'motia'",
        ruby="told = %w[collector no-such-step].map do |step|\n  found = Motia.trigger(step, 1)\n"
        "  found.merge(traceId: found['traceId'] == context.trace_id)\nend\n"
        "refused = begin\n  Motia.trigger('look')\nrescue Motia::Error\n  'refused'\nend\n{ status: 200, body: [*told, refused] }",
    ),
]
