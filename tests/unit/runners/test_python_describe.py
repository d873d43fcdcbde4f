"""What the Python runner reports of steps and streams, in both dialects."""

from __future__ import annotations

from python_worker import Worker, write


def test_snake_case_keys_functions_and_inference(worker: Worker) -> None:
    write(
        worker.project,
        {
            "steps/x_step.py": """
                async def first(req, context, next_fn):
                    return await next_fn()

                config = {
                    "type": "api", "name": "Create Order", "method": "POST", "path": "/x",
                    "body_schema": {"type": "object", "properties": {"first_name": {"type": "string"}}},
                    "response_schema": {200: {"id": "string"}, "404": None},
                    "query_params": [{"name": "q"}],
                    "middleware": [first],
                    "infrastructure": {"queue": {"max_retries": 2}},
                    "colour": "red",
                }

                def create_order(req, context):
                    return {}
            """,
        },
    )
    step = worker.describe("steps/x_step.py")[0]["steps"][0]
    assert step["config"] == {
        "type": "api",
        "name": "Create Order",
        "method": "POST",
        "path": "/x",
        "bodySchema": {"type": "object", "properties": {"first_name": {"type": "string"}}},
        "responseSchema": {
            "200": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
            "404": None,
        },
        "queryParams": [{"name": "q"}],
        "infrastructure": {"queue": {"maxRetries": 2}},
        "colour": "red",
    }
    assert (step["middleware"], step["hasHandler"], step["line"]) == (1, True, 4)
    assert step["inferred"] == ["the handler is the function create_order, named like the step"]


def test_decorated_functions_become_steps(worker: Worker) -> None:
    write(
        worker.project,
        {
            "motia/steps/all.py": """
                from motia import api, cron, event

                @event(id="analyze", schema={"userId": str, "actions": list}, concurrency=5, on_failure="oops")
                async def analyze(userId, actions, extra=7):
                    return [userId, actions, extra]

                @api(id="users", method="POST", path="/users", schema={"body": {"name": "string"}})
                def create(name, context):
                    return {"hello": name, "trace": context.trace_id}

                @cron(id="nightly", schedule="0 2 * * 0")
                def nightly():
                    return "done"

                @event(id="positional")
                def by_place(payload, context):
                    return [payload, context.topic]
            """,
        },
    )
    steps = {step["member"]: step for step in worker.describe("motia/steps/all.py")[0]["steps"]}
    assert list(steps) == ["analyze", "create", "nightly", "by_place"]
    assert steps["analyze"]["config"]["subscribes"] == ["analyze"]
    assert steps["analyze"]["config"]["validation"] == "enforce"
    assert steps["analyze"]["config"]["onFailure"] == "oops"
    assert steps["analyze"]["config"]["input"]["required"] == ["userId", "actions"]
    assert steps["create"]["config"]["bodySchema"]["properties"] == {"name": {"type": "string"}}
    assert steps["nightly"]["config"]["cron"] == "0 2 * * 0"
    file = "motia/steps/all.py"
    assert worker.run(file, {"userId": "u", "actions": [], "other": 1}, member="analyze") == ["u", [], 7]
    assert worker.request(file, {"name": "ann"}, member="create")["body"] == {"hello": "ann", "trace": "t1"}
    assert worker.run(file, member="nightly", trigger="cron") == "done"
    assert worker.run(file, {"a": 1}, member="by_place", topic="positional") == [{"a": 1}, "positional"]


def test_stream_files_and_can_access_functions(worker: Worker) -> None:
    write(
        worker.project,
        {
            "steps/chat_stream.py": """
                config = {"name": "chat", "schema": {"text": str}, "base_config": {"storage_type": "default"}}

                async def can_access(subscription, auth):
                    return auth["user"] == subscription["groupId"]
            """,
        },
    )
    step = worker.describe("steps/chat_stream.py")[0]["steps"][0]
    assert step["canAccess"] is True
    assert step["config"]["type"] == "stream"
    assert step["config"]["baseConfig"] == {"storageType": "default"}
    given = {"file": "steps/chat_stream.py", "member": "", "snapshot": 1, "subscription": {"groupId": "ann"}}
    assert worker.ask("stream.canAccess", {**given, "auth": {"user": "ann"}}) == {"allowed": True}
    assert worker.ask("stream.canAccess", {**given, "auth": None})["code"] == 1001
