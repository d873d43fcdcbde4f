"""A project whose steps end in every way that is counted."""

from __future__ import annotations

FILES = {
    "steps/greet_step.py": """
        config = {"type": "api", "name": "Greet", "method": "GET", "path": "/greet/:name", "emits": []}


        async def handler(req, context):
            if req["pathParams"]["name"] == "nobody":
                raise ValueError("nobody is here")
            return {"status": 200, "body": {}}
        """,
    "steps/send_step.py": """
        config = {"type": "api", "name": "Send", "method": "POST", "path": "/send", "emits": [],
                  "bodySchema": {"type": "object", "required": ["topic"]}}


        async def handler(req, context):
            await context.emit({"topic": req["body"]["topic"], "data": {}, "delay": req["body"].get("delay")})
            context.logger.info("sent", {"topic": req["body"]["topic"]})
            return {"status": 202, "body": {}}
        """,
    "steps/flaky_step.py": """
        config = {"type": "event", "name": "Flaky", "subscribes": ["flaky"], "emits": [],
                  "infrastructure": {"queue": {"maxRetries": 1, "backoff": {"first": 0.01, "jitter": 0}}}}


        async def handler(input, context):
            if context.attempt == 1:
                raise ValueError("not yet")
        """,
    "steps/doomed_step.py": """
        config = {"type": "event", "name": "Doomed", "subscribes": ["doomed"], "emits": [],
                  "infrastructure": {"queue": {"maxRetries": 0}}}


        async def handler(input, context):
            raise ValueError("never")
        """,
    "steps/later_step.py": """
        config = {"type": "event", "name": "Later", "subscribes": ["later"], "emits": []}


        async def handler(input, context):
            pass
        """,
}
