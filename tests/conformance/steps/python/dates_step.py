from datetime import datetime, timezone

config = {"type": "event", "name": "dates", "subscribes": ["t.dates"]}


async def handler(input, context):
    return {"at": datetime(2024, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "error": ValueError("e")}
