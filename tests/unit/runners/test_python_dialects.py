"""Decorated functions: which arguments they get, what they are told to the core as, several of them in one file."""

from __future__ import annotations

import pytest
from python_worker import Json, Worker, write

FILE = "motia/steps/x.py"


def decorated(worker: Worker, signature: str, returned: str, mark: str = '@event(id="x")') -> None:
    text = f"from motia import api, cron, event\n\n\n{mark}\n{signature}:\n    return {returned}\n"
    write(worker.project, {FILE: text})


TYPED = '@event(id="x", schema={"userId": str, "limit": int})'
GIVEN = {"userId": "u1", "limit": 3, "more": True}


@pytest.mark.rows(117, 118)
@pytest.mark.parametrize("style", ["def", "async def"])
@pytest.mark.parametrize(
    ("signature", "returned", "payload", "wanted"),
    [
        # Some of the keys, in any order; keys that the signature does not name are left out.
        ("f(limit, userId)", "[limit, userId]", GIVEN, [3, "u1"]),
        ("f(userId)", "userId", GIVEN, "u1"),
        ("f(userId, page=1)", "[userId, page]", GIVEN, ["u1", 1]),
        ("f(*, userId, limit=0)", "[userId, limit]", {"userId": "u"}, ["u", 0]),
        ("f(userId, **rest)", "[userId, rest]", GIVEN, ["u1", {"limit": 3, "more": True}]),
        ("f(**rest)", "rest", GIVEN, GIVEN),
        ("f(page=1, size=20)", "[page, size]", {"size": 5}, [1, 5]),
        ("f(page=1, size=20)", "[page, size]", None, [1, 20]),
        ("f(page=1, size=20)", "[page, size]", {"other": 1}, [1, 20]),
        # The context beside them, under either name, anywhere.
        ("f(userId, context)", "[userId, context.trace_id]", GIVEN, ["u1", "t1"]),
        ("f(ctx, userId)", "[userId, ctx.trace_id]", GIVEN, ["u1", "t1"]),
        ("f(userId, *, context)", "[userId, context.trace_id]", GIVEN, ["u1", "t1"]),
        # A payload with a key called context: a failure step is given one.
        ("f(stepId, context)", "[stepId, context]", {"stepId": "s", "context": {"a": 1}}, ["s", {"a": 1}]),
        ("f(stepId, context, ctx)", "ctx.trace_id", {"stepId": "s", "context": {"a": 1}}, "t1"),
        # By arity: nothing in the signature is a key.
        ("f()", "1", GIVEN, 1),
        ("f(order)", "order", GIVEN, GIVEN),
        ("f(order, c)", "[order, c.trace_id]", GIVEN, [GIVEN, "t1"]),
        ("f(order, context)", "[order, context.trace_id]", GIVEN, [GIVEN, "t1"]),
        ("f(context)", "context.trace_id", GIVEN, "t1"),
        ("f(order)", "order", [1, 2], [1, 2]),
        ("f(order, context)", "order", "text", "text"),
        ("f(order, /)", "order", {"order": 1}, {"order": 1}),
        ("f(*args)", "args[0]", {"args": 1}, {"args": 1}),
        # A first parameter called as inputs are called is the input, whatever keys there are.
        ("f(input, context)", "input", {"input": 1}, {"input": 1}),
        ("f(data)", "data", {"data": 1, "b": 2}, {"data": 1, "b": 2}),
        ("f(payload, c)", "payload", {"payload": 1}, {"payload": 1}),
        ("f(event, limit=9)", "[event, limit]", {"limit": 3}, [{"limit": 3}, 9]),
        # … unless every required name is a key.
        ("f(event, userId)", "[event, userId]", {"event": "e", "userId": "u"}, ["e", "u"]),
    ],
)
def test_an_event_function_gets_what_it_names(
    worker: Worker, style: str, signature: str, returned: str, payload: Json, wanted: Json
) -> None:
    decorated(worker, f"{style} {signature}", returned)
    assert worker.run(FILE, payload, member="f") == wanted


@pytest.mark.parametrize(
    ("mark", "signature", "payload", "missing"),
    [
        (TYPED, "f(userId, limit)", {"limit": 3}, ["userId"]),
        (TYPED, "f(userId)", {"limit": 3}, ["userId"]),
        ('@event(id="x")', "f(userId, limit)", {"userId": "u"}, ["limit"]),
        ('@event(id="x")', "f(userId, actions, metadata)", {"user": 1}, ["userId", "actions", "metadata"]),
        ('@event(id="x")', "f(userId, actions, metadata)", None, ["userId", "actions", "metadata"]),
        ('@event(id="x")', "f(userId, **rest)", {"a": 1}, ["userId"]),
    ],
)
def test_a_key_that_is_missing_is_named(
    worker: Worker, mark: str, signature: str, payload: Json, missing: list[str]
) -> None:
    decorated(worker, f"def {signature}", "None", mark)
    error = worker.run(FILE, payload, member="f")
    assert error["code"] == 1002
    assert [issue["path"] for issue in error["data"]["issues"]] == missing
    assert all(issue["code"] == "required" for issue in error["data"]["issues"])
    assert error["message"].startswith("f(") and f"no {missing[0]}" in error["message"]


@pytest.mark.parametrize(
    ("mark", "signature", "payload", "wanted"),
    [
        # A key of the schema is that key, also under a name that usually means the input, the context or the request.
        ('@event(id="x", schema={"data": str})', "f(data)", {"data": "d"}, "d"),
        (
            '@event(id="x", schema={"data": str, "context": str})',
            "f(data, context)",
            {"data": "d", "context": "c"},
            "d",
        ),
        ('@event(id="x", schema={"type": "object", "properties": {"input": {}}})', "f(input)", {"input": 1}, 1),
        # An extra key of the payload does not take the context's place when a schema says which keys there are.
        (TYPED, "f(userId, context)", {**GIVEN, "context": "sly"}, "u1"),
    ],
)
def test_the_schema_says_which_names_are_keys(
    worker: Worker, mark: str, signature: str, payload: Json, wanted: Json
) -> None:
    first = signature[2:].split(",", maxsplit=1)[0].rstrip(")")
    decorated(worker, f"def {signature}", f"[{first}, str(locals().get('context'))]", mark)
    got, context = worker.run(FILE, payload, member="f")
    assert got == wanted
    assert context != "sly"


@pytest.mark.rows(122)
@pytest.mark.parametrize(
    ("signature", "returned", "wanted"),
    [
        ("f(req)", "req.body", {"name": "ann", "url": "u"}),
        ("f(request, context)", "[request.method, context.trace_id]", ["POST", "t1"]),
        ("f(body)", "body", {"name": "ann", "url": "u"}),
        ("f(body, headers, query)", "[body['name'], headers['a'], query['q']]", ["ann", "1", "2"]),
        ("f(name, url)", "[name, url]", ["ann", "u"]),
        ("f(name, ctx)", "[name, ctx.trace_id]", ["ann", "t1"]),
        ("f(name, page=1)", "[name, page]", ["ann", 1]),
        ("f(whatever)", "whatever['method']", "POST"),
        ("f()", "[]", []),
    ],
)
def test_an_api_function_gets_what_it_names(worker: Worker, signature: str, returned: str, wanted: Json) -> None:
    decorated(worker, f"async def {signature}", returned, '@api(id="x", path="/x")')
    sent = {"name": "ann", "url": "u"}
    answer = worker.request(FILE, sent, member="f", headers={"a": "1"}, query={"q": "2"})
    assert answer["body"] == wanted


def test_path_and_query_parameters_go_by_name(worker: Worker) -> None:
    decorated(worker, "def f(id, q='none')", "[id, q]", '@api(id="x", method="GET", path="/x/:id")')
    given = {"method": "GET", "path": "/x/7", "url": "/x/7", "headers": {}, "params": {"id": "7"}, "bodyKind": "none"}
    whole = {**given, "query": {"q": "a", "id": "sly"}, "ip": "1.2.3.4"}
    assert worker.run(FILE, whole, member="f", trigger="api")["body"] == ["7", "a"]
    assert worker.run(FILE, {**whole, "query": {}}, member="f", trigger="api")["body"] == ["7", "none"]


@pytest.mark.rows(122)
@pytest.mark.parametrize(
    ("signature", "returned", "wanted"),
    [
        ("f()", "1", 1),
        ("f(context)", "context.trace_id", "t1"),
        ("f(c)", "c.trace_id", "t1"),
        ("f(limit=5)", "limit", 5),
    ],
)
def test_a_cron_function_gets_the_context(worker: Worker, signature: str, returned: str, wanted: Json) -> None:
    decorated(worker, f"def {signature}", returned, '@cron(id="x", schedule="0 9 * * *")')
    assert worker.run(FILE, None, member="f", trigger="cron") == wanted


def test_several_functions_in_one_file(worker: Worker) -> None:
    """Also two of one name, a wrapped one, one that is imported, and one decorated twice."""
    write(
        worker.project,
        {
            "motia/steps/lib.py": """
                import functools
                from motia import event

                @event(id="lib")
                def lib():
                    return "lib"

                def loud(function):
                    @functools.wraps(function)
                    def around(*args, **named):
                        return [function(*args, **named)]
                    return around
            """,
            FILE: """
                from motia import api, cron, event
                from lib import lib, loud

                @event(id="first")
                def handler(n):
                    return n

                @event(id="second")
                def handler(n):
                    return -n

                @event(id="third")
                @loud
                def third(n):
                    return n

                @loud
                @event(id="fourth", subscribes=["topic"])
                def fourth(n):
                    return n

                @cron(id="sixth", schedule="@daily")
                @event(id="fifth")
                def fifth():
                    return 5
            """,
        },
    )
    report = worker.describe(FILE)[0]
    steps = {step["config"]["name"]: step for step in report["steps"]}
    assert list(steps) == ["first", "second", "third", "fourth", "fifth", "sixth"]
    assert steps["fourth"]["config"]["subscribes"] == ["topic", "fourth"]
    assert len({step["member"] for step in report["steps"]}) == 6
    for name, wanted in (("first", 7), ("second", -7), ("third", [7]), ("fourth", [7])):
        assert worker.run(FILE, {"n": 7}, member=steps[name]["member"]) == wanted
    assert worker.run(FILE, None, member=steps["sixth"]["member"], trigger="cron") == 5


def test_parts_of_the_request_have_schemas_of_their_own(worker: Worker) -> None:
    pytest.importorskip("pydantic")
    text = """
        from pydantic import BaseModel
        from motia import api

        class Body(BaseModel):
            name: str = "nobody"

        class Page(BaseModel):
            page: int = 1

        @api(id="search", path="/search", schema={"body": Body, "query": Page, "params": {"id": int}})
        def search(body, query, queryParams):
            return [body.name, query.page, queryParams.page]
    """
    write(worker.project, {FILE: text})
    report = worker.describe(FILE)[0]
    [step] = report["steps"]
    assert step["config"]["queryParams"] == [{"name": "page"}]
    assert set(step["config"]["parameters"]["query"]["properties"]) == {"page"}
    assert step["config"]["validation"] == "enforce"
    assert step["validates"] is True
    assert any("schema.params is not checked" in warning["message"] for warning in report["warnings"])
    assert worker.request(FILE, {}, member="search", query={"page": "3"})["body"] == ["nobody", 3, 3]
    # A request without a body has none to check; its query is checked all the same.
    refused = worker.request(FILE, None, member="search", query={"page": "three"}, validation="off")
    assert (refused["code"], refused["data"]["issues"][0]["path"]) == (1002, "query.page")


def test_a_decorator_without_an_id(worker: Worker) -> None:
    write(worker.project, {FILE: "from motia import event\n\n@event\ndef f():\n    return 1\n"})
    error = worker.describe(FILE)[0]["error"]
    assert '@event(id="...")' in error["message"]
    assert error["line"] == 3


@pytest.mark.parametrize(
    ("returned", "status", "kind", "body"),
    [
        ('{"success": True, "status": "processing"}', 200, "json", {"success": True, "status": "processing"}),
        ('{"status": 404, "body": {"no": 1}}', 404, "json", {"no": 1}),
        ('{"status": 201}', 201, "none", None),
        ('{"status": 201, "id": "x"}', 200, "json", {"status": 201, "id": "x"}),
        ('{"body": 1, "more": 2}', 200, "json", {"body": 1, "more": 2}),
        ('{"body": {"a": 1}}', 200, "json", {"a": 1}),
        ("[1, 2]", 200, "json", [1, 2]),
        ('"text"', 200, "text", "text"),
        ("None", 204, "none", None),
    ],
)
def test_what_an_api_function_returns(worker: Worker, returned: str, status: int, kind: str, body: Json) -> None:
    decorated(worker, "def f()", returned, '@api(id="x", path="/x")')
    answer = worker.request(FILE, {}, member="f")
    assert (answer["status"], answer["kind"], answer.get("body")) == (status, kind, body)


@pytest.mark.rows(88, 89)
@pytest.mark.parametrize("style", ["def", "async def"])
def test_motia_needs_no_import(worker: Worker, style: str) -> None:
    wait = "await " if style.startswith("async") else ""
    decorated(worker, f"{style} f(n)", f'({wait}motia.trigger("other", {{"n": n}}))["id"]')
    assert worker.run(FILE, {"n": 3}, member="f") == "e1"
    [(method, sent)] = worker.calls
    assert (method, sent["step"], sent["data"]) == ("events.trigger", "other", {"n": 3})


def test_the_id_is_the_name_whatever_else_is_said(worker: Worker) -> None:
    decorated(worker, "def f()", "1", '@event(id="x", name="y", type="cron")')
    config = worker.describe(FILE)[0]["steps"][0]["config"]
    assert (config["type"], config["name"], config["subscribes"]) == ("event", "x", ["x"])
