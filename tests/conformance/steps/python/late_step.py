config = {"type": "event", "name": "late", "subscribes": ["t.late"]}
kept = []


async def handler(input, context):
    if not input.get("again"):
        kept.append(context)
        return "over"
    try:
        await kept[0].state.set("g", "k", 1)
    except Exception:
        return True
