"""What every handler finds in its context, under all the names it goes by."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Behaviour, Emit, Logged, Run, Seen
from tests.parity.matching import ISO, Having, Kind, Like

TRACE = Like(r"^[A-Z1-9]{5}-\d{7}-\w+$")

FIGURES = Having(
    runs=0, failures=0, retries=0, p50=None, p95=None, waiting=Kind(int), running=Kind(int), dead=Kind(int)
)

BEHAVIOURS = [
    Behaviour(
        name="stats",
        expect=Answer(json=[FIGURES, True, None]),
        node="const { since, steps } = await motia.stats();\n"
        "return { status: 200, body: [steps['%ID%'], since < Date.now(), steps['no such step'] ?? null] };",
        python="import time\ntold = await motia.stats()\n"
        'return {"status": 200, "body": [told["steps"]["%ID%"], told["since"] < time.time() * 1000, '
        'told["steps"].get("no such step")]}',
        ruby="told = motia.stats\n"
        "{ status: 200, body: [told.steps['%ID%'], told.since < Time.now.to_f * 1000, told[:steps]['no such step']] }",
    ),
    Behaviour(
        name="trace-id",
        rows=(206, 249),
        expect=Answer(json=[TRACE, True]),
        node="const { traceId } = ctx; return { status: 200, body: [traceId, traceId === ctx['traceId']] };",
        python='return {"status": 200, "body": [context.trace_id, context.trace_id == context.traceId '
        '== context["trace_id"] == context["traceId"] == context.get("trace_id")]}',
        ruby="all = [context.trace_id, context.traceId, context[:trace_id], context['traceId']]\n"
        "{ status: 200, body: [context.trace_id, all.uniq.size == 1] }",
    ),
    Behaviour(
        name="members",
        expect=Answer(json=["%ID%", 1, None, ["main", "other"], False, True]),
        config={"flows": ["main", "other"]},
        node="const { step, attempt, topic, flows, cancelled, deadline } = ctx;\n"
        "const later = deadline.getTime() > ctx.utils.dates.now().getTime();\n"
        "return { status: 200, body: [step, attempt, topic ?? null, flows, cancelled, later] };",
        python="later = context.deadline > context.utils.dates.now()\n"
        'return {"status": 200, "body": [context.step, context.attempt, context.topic, context.flows, context.cancelled, later]}',
        ruby="later = context.deadline > context.utils.dates.now\n"
        "{ status: 200, body: [context.step, context.attempt, context.topic, context.flows, context.cancelled, later] }",
    ),
    Behaviour(
        name="members-by-subscript",
        expect=Answer(json=["%ID%", 1, ["main"], False, True]),
        config={"flows": ["main"]},
        rows=(236, 256),
        node="return { status: 200, body: [ctx['step'], ctx['attempt'], ctx['flows'], ctx['cancelled'], 'utils' in ctx] };",
        python='return {"status": 200, "body": [context["step"], context["attempt"], context["flows"], '
        'context["cancelled"], "utils" in context]}',
        ruby="{ status: 200, body: [context[:step], context['attempt'], context[:flows], context[:cancelled], "
        "context.key?(:utils)] }",
    ),
    Behaviour(
        name="no-flows-is-an-empty-list",
        expect=Answer(json=[]),
        node="return { status: 200, body: ctx.flows };",
        python='return {"status": 200, "body": context.flows}',
        ruby="{ status: 200, body: context.flows }",
    ),
    Behaviour(
        name="now",
        rows=(250,),
        expect=Answer(json=[ISO]),
        node="return { status: 200, body: [ctx.utils.dates.now()] };",
        python='return {"status": 200, "body": [context.utils.dates.now()]}',
        ruby="{ status: 200, body: [context.utils.dates.now] }",
    ),
    Behaviour(
        name="deadline-is-a-date",
        expect=Answer(json=[ISO]),
        node="return { status: 200, body: [ctx.deadline] };",
        python='return {"status": 200, "body": [context.deadline]}',
        ruby="{ status: 200, body: [context.deadline] }",
    ),
    Behaviour(
        name="topic-and-attempt-of-an-event",
        kind="event",
        rows=(299,),
        ask=Emit({}),
        expect=Seen(["%ID%", 1, "%ID%"]),
        node="await ctx.state.set('seen', '%ID%', [ctx.topic, ctx.attempt, ctx.step]);",
        python='await context.state.set("seen", "%ID%", [context.topic, context.attempt, context.step])',
        ruby="context.state.set('seen', '%ID%', [context.topic, context.attempt, context.step])",
    ),
    Behaviour(
        name="attempt-counts-up",
        kind="event",
        config={"infrastructure": {"queue": {"maxRetries": 2, "backoff": {"first": 0.01, "jitter": 0}}}},
        rows=(304,),
        ask=Emit({}),
        expect=(Seen([1, 2, 3]), Logged({"level": "error", "msg": "will retry"}, times=2)),
        node="await ctx.state.update('seen', '%ID%', [{ op: 'append', value: ctx.attempt }]);\n"
        "if (ctx.attempt < 3) { ctx.logger.error('will retry'); throw new Error('not yet'); }",
        python='await context.state.update("seen", "%ID%", [{"op": "append", "value": context.attempt}])\n'
        'if context.attempt < 3:\n    context.logger.error("will retry")\n    raise RuntimeError("not yet")',
        ruby="context.state.update('seen', '%ID%', [{ op: 'append', value: context.attempt }])\n"
        "if context.attempt < 3\n  context.logger.error('will retry')\n  raise 'not yet'\nend",
    ),
    Behaviour(
        name="services-by-subscript",
        rows=(236, 237, 239, 246, 247, 248, 256, 257, 258),
        expect=(Answer(json=[1, True]), Logged({"msg": "from a variable", "n": 1})),
        node="const { state, emit, logger } = ctx;\nconst kept = await state.set('services', '%ID%', 1);\n"
        "logger.info('from a variable', { n: 1 });\nawait emit({ topic: '%ID%.out', data: kept });\n"
        "return { status: 200, body: [kept, ctx['state'] !== undefined] };",
        python='state, emit, logger = context["state"], context["emit"], context["logger"]\n'
        'kept = await state.set("services", "%ID%", 1)\nlogger.info("from a variable", {"n": 1})\n'
        'await emit({"topic": "%ID%.out", "data": kept})\n'
        'return {"status": 200, "body": [kept, context["state"] is context.state]}',
        ruby="state = context[:state]\nemit = context[:emit]\nlogger = context[:logger]\n"
        "kept = state.set('services', '%ID%', 1)\nlogger.info('from a variable', n: 1)\n"
        "emit.call(topic: '%ID%.out', data: kept)\n{ status: 200, body: [kept, context['state'].equal?(context.state)] }",
    ),
    Behaviour(
        name="members-of-a-cron",
        kind="cron",
        config={"flows": ["nightly"]},
        ask=Run(),
        expect=Seen(["%ID%", 1, ["nightly"], TRACE]),
        node="await ctx.state.set('seen', '%ID%', [ctx.step, ctx.attempt, ctx.flows, ctx.traceId]);",
        python='await context.state.set("seen", "%ID%", [context.step, context.attempt, context.flows, context.trace_id])',
        ruby="context.state.set('seen', '%ID%', [context.step, context.attempt, context.flows, context.trace_id])",
    ),
    Behaviour(
        name="the-deadline-passes",
        kind="event",
        config={"infrastructure": {"handler": {"timeout": 1}, "queue": {"maxRetries": 0}}},
        ask=Emit({}),
        expect=(Logged({"msg": "noticed True"}), Logged({"level": "error", "msg": Like("deadline|time")})),
        node="await new Promise((done) => ctx.signal.addEventListener('abort', done));\n"
        "console.log(`noticed ${ctx.cancelled ? 'True' : 'False'}`);",
        python_top="import asyncio",
        python="try:\n    await asyncio.sleep(60)\nexcept asyncio.CancelledError:\n"
        "    print('noticed', context.cancelled)\n    raise",
        python_sync="import time\nwhile not context.cancelled:\n    time.sleep(0.01)\nprint('noticed', context.cancelled)",
        ruby="sleep 0.01 until context.cancelled?\nputs \"noticed #{context.cancelled ? 'True' : 'False'}\"",
    ),
]
