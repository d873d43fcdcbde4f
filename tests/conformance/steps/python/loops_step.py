config = {"type": "cron", "name": "loops", "cron": "*/5 * * * *"}


async def handler(context):
    return context.trace_id
