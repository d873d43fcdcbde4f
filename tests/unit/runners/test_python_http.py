"""Requests, responses, middleware and configuration in the Python runner."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_worker import Worker, api, run_api, write


def test_the_request_answers_by_key_attribute_and_both_cases(worker: Worker) -> None:
    body = """
        req.user = "ann"
        return {"status": 200, "body": [
            req["body"] == req.body == req.get("body"), req.raw_body, req["raw_body"] == req.get("rawBody"), req.cookies,
            req.headers["X-Sig"], req.headers.get("x-sig"), "path_params" in req, req.get("none", 1), req["user"], req.ip,
        ]}
    """
    write(worker.project, {"steps/x_step.py": api(body)})
    headers = {"x-sig": "s", "cookie": 'a=1; b="q%20r"; a=2'}
    told = worker.request("steps/x_step.py", {"a": 1}, headers=headers)
    assert told["body"] == [True, '{"a": 1}', True, {"a": "1", "b": "q r"}, "s", "s", True, 1, "ann", "1.2.3.4"]


def test_uploaded_files_are_read_when_asked(worker: Worker) -> None:
    write(
        worker.project,
        {"steps/x_step.py": api("return {'body': [[f.name, f['filename'], f.bytes] for f in req.files]}")},
    )
    (worker.project / "run/part").write_bytes(b"\x01")
    file = {
        "name": "doc",
        "filename": "a.bin",
        "contentType": "x/y",
        "size": 1,
        "path": str(worker.project / "run/part"),
    }
    assert worker.request("steps/x_step.py", bodyKind="multipart", files=[file])["body"] == [["doc", "a.bin", "AQ=="]]


HTML, PLAIN = {"content-type": "text/html; charset=utf-8"}, {"content-type": "text/plain; charset=utf-8"}


@pytest.mark.parametrize(
    ("returned", "status", "headers", "kind", "body"),
    [
        ("{'status': 201, 'body': {'a': 1}, 'extra': 1}", 201, {}, "json", {"a": 1}),
        (
            "{'status': '202', 'headers': {'a': 1, 'b': ['x', 2], 'c': None, 'd': True}}",
            202,
            {"a": "1", "b": ["x", "2"], "d": "true"},
            "none",
            None,
        ),
        ("{'status': 'queued'}", 200, {}, "json", {"status": "queued"}),
        ("{'status': 900, 'body': 1}", 200, {}, "json", {"status": 900, "body": 1}),
        ("{'body': 'x', 'headers': {}}", 200, HTML, "text", "x"),
        ("{'body': 'x', 'other': 1}", 200, {}, "json", {"body": "x", "other": 1}),
        (
            "{'status': 200, 'body': 't', 'headers': {'Content-Type': 'text/csv'}}",
            200,
            {"Content-Type": "text/csv"},
            "text",
            "t",
        ),
        ("'hello'", 200, PLAIN, "text", "hello"),
        ("{}", 200, {}, "json", {}),
        ("[1, b'x']", 200, {}, "json", [1, "eA=="]),
        ("{'status': 200, 'body': None}", 200, {}, "json", None),
        ("{'status': 200, 'body': {'$bytes': 'x'}}", 200, {}, "json", {"$bytes": "x"}),
        ("{'status': 200, 'body': {'type': 'Buffer', 'data': [1, 2]}}", 200, {}, "bytes", {"$bytes": "AQI="}),
        ("b'ab'", 200, {}, "bytes", {"$bytes": "YWI="}),
        ("None", 204, {}, "none", None),
        ("SimpleNamespace(status=203, body={'a': 1}, headers={'h': 'v'})", 203, {"h": "v"}, "json", {"a": 1}),
        ("SimpleNamespace(status='new', body=1)", 200, {}, "json", {"status": "new", "body": 1}),
    ],
)
def test_responses(worker: Worker, returned: str, status: int, headers: object, kind: str, body: object) -> None:
    told = run_api(worker, f"return {returned}", head="from types import SimpleNamespace")
    assert (told["status"], told["headers"], told["kind"], told.get("body")) == (status, headers, kind, body)


def test_big_bytes_leave_in_a_file(worker: Worker) -> None:
    told = run_api(worker, "return {'status': 200, 'body': b'x' * 300_000}")
    assert told["body"]["size"] == 300_000
    assert Path(told["body"]["$file"]).read_bytes() == b"x" * 300_000


@pytest.mark.parametrize("signature", ["async def handler(req, context)", "def handler(req, context)"])
@pytest.mark.parametrize("make", ["async def parts()", "def parts()"])
def test_bodies_stream_in_every_mixture(worker: Worker, signature: str, make: str) -> None:
    body = f"{make}:\n    print('made')\n    yield 'a'\n    yield b'b'\n    yield {{'c': 1}}\n"
    told = run_api(worker, f"{body}return {{'status': 206, 'body': parts()}}", signature=signature)
    assert told == {"status": 206, "headers": {"content-type": "text/plain; charset=utf-8"}, "kind": "streamed"}
    chunks = [params for method, params in worker.calls if method == "response.chunk"]
    assert [chunk["data"] for chunk in chunks] == ["a", {"$bytes": "Yg=="}, '{"c":1}\n']
    assert [chunk.get("status") for chunk in chunks] == [206, None, None]
    assert worker.messages == ["made"]


def test_a_client_that_leaves_closes_the_source(worker: Worker) -> None:
    worker.refuse["response.chunk"] = {"code": 1016, "message": "gone"}
    body = "async def parts():\n    try:\n        while True:\n            yield 'a'\n    finally:\n        print('closed')\nreturn {'body': parts()}"
    assert run_api(worker, body)["kind"] == "streamed"
    assert worker.messages == ["closed"]


MIDDLEWARE = """
    {0}def outer(req, context, next_fn):
        context.user = "ann"
        response = {1}next_fn()
        response["body"].append("outer")
        return response

    {2}def inner(req, context, next_fn):
        if req.body.get("stop"):
            return {{"status": 401, "body": ["stopped"]}}
        return {3}next_fn({{**req, "body": {{"replaced": True}}}})
"""


@pytest.mark.parametrize("outer", [True, False])
@pytest.mark.parametrize("inner", [True, False])
@pytest.mark.parametrize("handler", [True, False])
def test_middleware_in_every_mixture(worker: Worker, outer: bool, inner: bool, handler: bool) -> None:
    words = [word if flag else "" for flag in (outer, inner) for word in ("async ", "await ")]
    write(
        worker.project,
        {
            "steps/x_step.py": api(
                "return {'status': 200, 'body': [req['body'], context.user, context['user']]}",
                head=MIDDLEWARE.format(*words),
                signature=("async " if handler else "") + "def handler(req, context)",
                more=', "middleware": [outer, inner]',
            )
        },
    )
    assert worker.request("steps/x_step.py", {})["body"] == [{"replaced": True}, "ann", "ann", "outer"]
    stopped = worker.request("steps/x_step.py", {"stop": True})
    assert (stopped["status"], stopped["body"]) == (401, ["stopped", "outer"])


@pytest.mark.parametrize("style", ["async ", ""])
def test_the_cores_verdict_is_raised_through_next(worker: Worker, style: str) -> None:
    head = f"""
        from motia import ValidationError
        {style}def guard(req, context, next_fn):
            if not req.headers.get("auth"):
                return {{"status": 401}}
            try:
                return {"await " if style else ""}next_fn()
            except ValidationError as error:
                if req.headers["auth"] == "raise":
                    raise
                return {{"status": 422, "body": error.issues}}
    """
    write(worker.project, {"steps/x_step.py": api("return 'never'", head=head, more=', "middleware": [guard]')})
    issues = [{"path": "a", "message": "m", "code": "c"}]
    assert worker.request("steps/x_step.py", {}, issues=issues)["status"] == 401
    assert worker.request("steps/x_step.py", {}, issues=issues, headers={"auth": "x"})["body"] == issues
    raised = worker.request("steps/x_step.py", {}, issues=issues, headers={"auth": "raise"})
    assert (raised["code"], raised["data"]["issues"]) == (1002, issues)


def test_config_files_and_authenticate(worker: Worker) -> None:
    text = """
        config = {"port": 1, "stream_auth": {"authenticate": lambda request: {"who": request.headers["X-User"]}},
                  "production": {"max_things": 2}, "routes": {"/a_b": "c"}}
    """
    write(worker.project, {"motia_config.py": text, "broken_config.py": "config = [1]\n"})
    told = worker.ask("config.load", {"file": "motia_config.py"})
    assert told["config"] == {"port": 1, "streamAuth": {}, "production": {"maxThings": 2}, "routes": {"/a_b": "c"}}
    assert told["functions"] == ["streamAuth.authenticate"]
    asked = {"file": "motia_config.py", "request": {"headers": {"x-user": "ann"}, "query": {}}}
    assert worker.ask("stream.authenticate", asked) == {"context": {"who": "ann"}}
    assert "error" in worker.ask("config.load", {"file": "broken_config.py"})


def test_server_sent_events(worker: Worker) -> None:
    body = """
        def parts():
            yield {"event": "tick", "data": {"n": 1}}
            yield {"n": 2}
            yield "data: own\\n\\n"
            yield ""
            yield {"data": "two\\nlines", "id": 7}
        return {"status": 200, "headers": {"Content-Type": "text/event-stream"}, "body": parts()}
    """
    run_api(worker, body)
    chunks = [params["data"] for method, params in worker.calls if method == "response.chunk"]
    assert chunks == [
        'event: tick\ndata: {"n":1}\n\n',
        'data: {"n":2}\n\n',
        "data: own\n\n",
        "id: 7\ndata: two\ndata: lines\n\n",
    ]
