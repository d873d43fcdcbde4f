config = {"type": "event", "name": "traced", "subscribes": ["t.traced"]}


async def handler(input, context):
    return {"traceparent": context.traceparent, "tracestate": context["tracestate"]}
