config = {"type": "event", "name": "logs", "subscribes": ["t.logs"]}


async def handler(input, context):
    context.logger.info("one", {"a": 1})
    context.logger.warn("two")
    context.logger.error("three", {"error": ValueError("e")})
    context.logger.debug("four")
