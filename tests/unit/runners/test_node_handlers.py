"""What becomes of a handler: its response, its errors, its output, its unfinished work, its end by cancellation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

API = "export const config = { type: 'api', name: 'x', method: 'POST', path: '/x' };\n"
EVENT = "export const config = { type: 'event', name: 'x', subscribes: ['t'] };\n"

# expression → (status, headers, kind, body)
RESPONSES = {
    "{ status: 201, body: { a: 1 } }": (201, {}, "json", {"a": 1}),
    "{ status: '202', body: 1 }": (202, {}, "json", 1),
    "{ status: 200 }": (200, {}, "none", None),
    "{ status: 200, body: null }": (200, {}, "json", None),
    "{ status: 200, body: false }": (200, {}, "json", False),
    "{ status: 200, body: '<b>' }": (200, {"content-type": "text/html; charset=utf-8"}, "text", "<b>"),
    "{ status: 200, headers: { 'Content-Type': 'text/csv' }, body: 'a,b' }": (200, {"Content-Type": "text/csv"}, "text", "a,b"),
    "{ body: { a: 1 } }": (200, {}, "json", {"a": 1}),
    "{ body: 1, headers: { x: 'y' } }": (200, {"x": "y"}, "json", 1),
    "{ status: 204, other: 1, body: undefined }": (204, {}, "none", None),
    "{ status: 'ok', body: 1 }": (200, {}, "json", {"status": "ok", "body": 1}),
    "{ status: 99 }": (200, {}, "json", {"status": 99}),
    "{ body: 1, extra: 2 }": (200, {}, "json", {"body": 1, "extra": 2}),
    "[1, 2]": (200, {}, "json", [1, 2]),
    "'text'": (200, {"content-type": "text/plain; charset=utf-8"}, "text", "text"),
    "0": (200, {}, "json", 0),
    "null": (200, {}, "json", None),
    "undefined": (204, {}, "none", None),
    "Buffer.from('hi')": (200, {}, "bytes", {"$bytes": "aGk="}),
    "{ status: 200, body: { type: 'Buffer', data: [104, 105] } }": (200, {}, "bytes", {"$bytes": "aGk="}),
    "{ status: 200, body: { nested: Buffer.from('hi'), $bytes: 'own' } }": (200, {}, "json", {"nested": "aGk=", "$bytes": "own"}),
    "{ status: 200, headers: { n: 1, b: true, u: undefined, z: null, l: ['a', 2] } }": (200, {"n": "1", "b": "true", "l": ["a", "2"]}, "none", None),
    "{ status: 200, headers: new Headers({ X: 'y' }), body: 1 }": (200, {"x": "y"}, "json", 1),
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("handlers")) as started:
        for index, expression in enumerate(RESPONSES):
            started.write(f"steps/r{index}.step.js", f"{API}export const handler = async () => ({expression});\n")
        yield started


@pytest.mark.parametrize("expression", RESPONSES)
def test_responses(node: Node, expression: str) -> None:
    response = node.call(f"steps/r{list(RESPONSES).index(expression)}.step.js")
    status, headers, kind, body = RESPONSES[expression]
    assert (response["status"], response["headers"], response["kind"], response.get("body")) == (status, headers, kind, body)


def test_what_is_ignored_or_missing_is_warned_of(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.call(node.write("steps/a.step.js", f"{API}export const handler = () => ({{ status: 200, other: 1 }});\n"))
        node.call(node.write("steps/b.step.js", f"{API}export const handler = () => {{}};\n"))
        assert node.said("warn") == ["the response has keys that are ignored: other", "the handler returned nothing; the answer is 204 without a body"]


STREAMS = {
    "(async function* () { yield 'a'; yield ''; yield Buffer.from('b'); })()": ["a", {"$bytes": "Yg=="}],
    "['a', 'b'][Symbol.iterator]()": ["a", "b"],
    "require('node:stream').Readable.from(['a', 'b'])": ["a", "b"],
    "new Blob(['ab']).stream()": [{"$bytes": "YWI="}],
    "new Blob(['ab'])": [{"$bytes": "YWI="}],
    "(function* () { yield { n: 1 }; })()": ['{"n":1}\n'],
}


@pytest.mark.parametrize("expression", STREAMS)
def test_streamed_bodies(node: Node, expression: str) -> None:
    file = node.write(f"steps/s{list(STREAMS).index(expression)}.step.js", f"{API}export const handler = async () => ({{ status: 201, body: {expression} }});\n")
    node.calls.clear()
    response = node.call(file)
    assert (response["status"], response["kind"]) == (201, "streamed")
    assert [call["data"] for call in node.calls] == STREAMS[expression]
    assert [call.get("status") for call in node.calls] == [201] + [None] * (len(node.calls) - 1)


def test_server_sent_events_and_an_empty_stream(node: Node) -> None:
    source = f"{API}async function* body() {{ yield 'data: raw\\n\\n'; yield {{ event: 'e', data: {{ a: 1 }}, id: 7 }}; yield {{ n: 2 }}; yield {{ data: 'two\\nlines' }}; }}\n"
    file = node.write("steps/sse.step.js", source + "export const handler = () => ({ status: 200, headers: { 'content-type': 'text/event-stream' }, body: body() });\n")
    node.calls.clear()
    node.call(file)
    assert [call["data"] for call in node.calls] == ["data: raw\n\n", 'event: e\nid: 7\ndata: {"a":1}\n\n', 'data: {"n":2}\n\n', "data: two\ndata: lines\n\n"]
    empty = node.write("steps/empty.step.js", f"{API}export const handler = () => ({{ status: 200, body: (async function* () {{}})() }});\n")
    assert node.call(empty)["kind"] == "none"


def test_a_fetch_response_is_a_response(node: Node) -> None:
    file = node.write("steps/fetch.step.js", f"{API}export const handler = async () => Response.json({{ a: 1 }}, {{ status: 418 }});\n")
    node.calls.clear()
    assert node.call(file)["status"] == 418
    assert node.calls[0]["headers"] == {"content-type": "application/json"}
    assert node.calls[0]["data"] == {"$bytes": "eyJhIjoxfQ=="}


def test_the_generator_is_closed_when_the_client_has_gone(node: Node) -> None:
    source = f"{API}async function* body({{ logger }}) {{ try {{ for (;;) yield 'x'; }} finally {{ logger.info('closed'); }} }}\n"
    file = node.write("steps/gone.step.js", source + "export const handler = async (_req, context) => ({ status: 200, body: body(context) });\n")
    node.answers["response.chunk"] = lambda _: Exception({"code": 1016, "message": "gone"})
    with pytest.raises(Refused) as caught:
        node.call(file)
    del node.answers["response.chunk"]
    assert caught.value.code == -32800
    assert node.said("info") == ["closed"]


def test_an_error_in_a_stream_fails_the_invocation(node: Node) -> None:
    file = node.write("steps/torn.step.js", f"{API}export const handler = () => ({{ status: 200, body: (async function* () {{ yield 'a'; throw new Error('torn'); }})() }});\n")
    with pytest.raises(Refused) as caught:
        node.call(file)
    assert (caught.value.code, caught.value.message) == (1001, "torn")


# --------------------------------------------------------------------------- requests


def test_the_request(node: Node) -> None:
    file = node.write(
        "steps/req.step.js",
        f"{API}export const handler = async (req) => ({{ status: 200, body: {{ ...req, cookies: req.cookies, same: [req.params === req.pathParams, req.query === req.queryParams] }} }});\n",
    )
    body = node.call(
        file, json={"a": 1}, method="PUT", path="/x/1", url="/x/1?q=2", params={"id": "1"}, query={"q": "2"}, headers={"cookie": "a=1; b=%20x; a=2; c=%zz; bad"}
    )["body"]
    assert body["body"] == {"a": 1}
    assert body["rawBody"] == '{"a": 1}'
    assert (body["method"], body["path"], body["url"], body["ip"]) == ("PUT", "/x/1", "/x/1?q=2", "127.0.0.1")
    assert body["pathParams"] == {"id": "1"}
    assert body["queryParams"] == {"q": "2"}
    assert body["cookies"] == {"a": "1", "b": " x", "c": "%zz"}
    assert body["same"] == [True, True]


def test_bodies_of_each_kind(node: Node) -> None:
    file = node.write("steps/body.step.js", f"{API}export const handler = async ({{ body, rawBody }}) => ({{ status: 200, body: {{ body, raw: rawBody }} }});\n")
    assert node.call(file, bodyKind="json", raw="")["body"] == {"body": {}, "raw": ""}
    assert node.call(file, bodyKind="json", raw='{"$bytes": "AA=="}')["body"]["body"] == {"$bytes": "AA=="}
    assert node.call(file, bodyKind="text", raw="t")["body"] == {"body": "t", "raw": "t"}
    assert node.call(file, bodyKind="bytes", raw={"$bytes": "aGk="})["body"] == {"body": "aGk=", "raw": "aGk="}
    assert node.call(file, bodyKind="form", raw="a=1", body={"a": "1"})["body"] == {"body": {"a": "1"}, "raw": "a=1"}
    assert node.call(file, bodyKind="json", raw={"$bytes": "eyJhIjoxfQ=="})["body"]["body"] == {"a": 1}


def test_uploaded_files(node: Node, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"data")
    file = node.write(
        "steps/files.step.js",
        f"{API}export const handler = async ({{ files: [one] }}) => ({{ status: 200, body: {{ ...one, text: one.bytes.toString() }} }});\n",
    )
    given = {"name": "f", "filename": "f.txt", "contentType": "text/plain", "size": 4, "path": str(tmp_path / "f")}
    assert node.call(file, bodyKind="multipart", body={}, files=[given])["body"] == {**given, "text": "data"}


# --------------------------------------------------------------------------- middleware

MIDDLEWARE = """
const outer = async (req, ctx, next) => {
  ctx.order = ['outer'];
  req.user = 'ann';
  const response = await next();
  response.body.order.push('outer again');
  return response;
};
const inner = (req, ctx, next) => {
  if (req.body.stop) return { status: 401, body: { order: [...ctx.order, 'stopped'] } };
  ctx.order.push('inner');
  return next();
};
export const config = { type: 'api', name: 'm', method: 'POST', path: '/m', middleware: [outer, inner] };
export const handler = async (req, ctx) => {
  if (req.body.fail) throw new Error('inside');
  return { status: 200, body: { user: req.user, order: [...ctx.order, 'handler'] } };
};
"""


def test_middleware_wraps_the_handler(node: Node) -> None:
    file = node.write("steps/mid.step.ts", MIDDLEWARE)
    assert node.describe(file)[0]["steps"][0]["middleware"] == 2
    assert node.call(file, json={})["body"] == {"user": "ann", "order": ["outer", "inner", "handler", "outer again"]}
    assert node.call(file, json={"stop": 1})["body"]["order"] == ["outer", "stopped", "outer again"]
    with pytest.raises(Refused) as caught:
        node.call(file, json={"fail": 1})
    assert caught.value.message == "inside"


def test_the_verdict_comes_after_the_last_middleware(node: Node) -> None:
    file = node.write("steps/mid.step.ts", MIDDLEWARE)
    issues = [{"path": "a", "message": "m", "code": "type"}]
    assert node.call(file, json={"stop": 1}, issues=issues)["status"] == 401
    with pytest.raises(Refused) as caught:
        node.call(file, json={}, issues={"issues": issues})
    assert (caught.value.code, caught.value.data) == (1002, {"issues": issues})


def test_a_validation_error_is_the_sdks(node: Node) -> None:
    source = (
        "import { ValidationError } from 'motia';\n"
        "const map = async (_req, _ctx, next) => { try { return await next(); } catch (e) {\n"
        "  return { status: 422, body: { known: e instanceof ValidationError, errors: e.errors, name: e.name } }; } };\n"
    )
    file = node.write("steps/map.step.ts", source + API.replace("path:", "middleware: [map], path:") + "export const handler = async () => ({ status: 200 });\n")
    issues = [{"path": "a", "message": "m", "code": "type"}]
    assert node.call(file, issues=issues)["body"] == {"known": True, "errors": issues, "name": "ValidationError"}


# --------------------------------------------------------------------------- endings


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        ("throw new RangeError('r')", "RangeError", "r"),
        ("throw 'text'", "Error", "text"),
        ("throw { message: 'm', name: 'N', code: 3 }", "N", "m"),
        ("throw null", "Error", "null"),
        ("throw undefined", "Error", "an empty value was thrown"),
        ("process.exit(2)", "Exit", "process.exit(2) was called; only this invocation ends"),
        ("try { process.exit(2); } catch {} return 1", "Exit", "process.exit(2) was called; only this invocation ends"),
        ("setTimeout(() => { throw new Error('timer'); }); await new Promise(() => {})", "Error", "timer"),
        ("setTimeout(() => process.exit(4)); await new Promise(() => {})", "Exit", "process.exit(4) was called; only this invocation ends"),
        ("Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 20)); return 1", "Error", "lost"),
        ("new (require('events'))().emit('error', new Error('emitted'))", "Error", "emitted"),
    ],
)
def test_failures_are_the_handlers_own(node: Node, body: str, name: str, message: str) -> None:
    file = node.write("steps/fail.step.js", f"{EVENT}export const handler = async () => {{ {body}; }};\n")
    node.describe(file, changed=(file,))
    with pytest.raises(Refused) as caught:
        node.run(file)
    assert (caught.value.code, caught.value.data["name"], caught.value.data["message"]) == (1001, name, message)


def test_failures_do_not_reach_the_neighbours(node: Node) -> None:
    waits = node.write("steps/waits.step.js", f"{EVENT}export const handler = async () => {{ await new Promise((r) => setTimeout(r, 60)); return 'well'; }};\n")
    fails = node.write("steps/fails.step.js", f"{EVENT}export const handler = async () => {{ setTimeout(() => {{ throw new Error('x'); }}, 5); await new Promise(() => {{}}); }};\n")
    first, second = node.start(waits), node.start(fails)
    with pytest.raises(Refused):
        node.wait(second)
    assert node.wait(first) == {"value": "well"}


def test_unfinished_work_is_done_before_the_answer(node: Node) -> None:
    source = (
        f"{EVENT}export const handler = async (_, {{ state, emit }}) => {{\n"
        "  (async () => { await state.set('g', 'a', 1); await emit({ topic: 'x', data: 2 }); state.set('g', 'b', 3); })();\n"
        "  return 'early';\n};\n"
    )
    node.calls.clear()
    assert node.run(node.write("steps/late.step.js", source)) == "early"
    assert [call["method"] for call in node.calls] == ["state.set", "events.emit", "state.set"]


def test_an_unawaited_refusal_is_only_logged(node: Node) -> None:
    node.answers["state.set"] = lambda _: Exception({"code": 1018, "message": "the store failed"})
    node.logs.clear()
    file = node.write("steps/quiet.step.js", f"{EVENT}export const handler = async (_, {{ state }}) => {{ state.set('g', 'a', 1); return 'fine'; }};\n")
    assert node.run(file) == "fine"
    del node.answers["state.set"]
    assert node.said("error") == ["a call that was not awaited failed: the store failed"]


def test_a_refused_call_is_an_error_with_a_useful_stack(node: Node) -> None:
    node.answers["state.get"] = lambda _: Exception({"code": 1018, "message": "the store failed"})
    file = node.write("steps/stack.step.ts", f"{EVENT}\nexport const handler = async (_: unknown, {{ state }}) => {{\n  await state.get('g', 'a');\n}};\n")
    with pytest.raises(Refused) as caught:
        node.run(file)
    del node.answers["state.get"]
    assert (caught.value.code, caught.value.data["code"], caught.value.data["name"]) == (1001, 1018, "MotiaError")
    assert "steps/stack.step.ts:4:" in caught.value.data["stack"]


def test_cancel_reaches_signal_and_waiting_calls(node: Node) -> None:
    node.answers["state.get"] = lambda _: {"value": None}
    source = (
        f"{EVENT}export const handler = async (_, ctx) => {{\n"
        "  ctx.logger.info('begun');\n  const before = ctx.cancelled;\n"
        "  await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve));\n"
        "  await ctx.state.set('g', 'k', [before, ctx.cancelled, ctx.signal.reason.code]);\n  return 1;\n};\n"
    )
    number = node.start(node.write("steps/cancel.step.js", source))
    node.logs.clear()
    while not node.logs:
        line = node.worker.line()
        assert line is not None
        node.logs.append(json.loads(line)["params"])
    node.worker.ask({"method": "cancel", "params": {"invocation": f"i{number}", "reason": "user"}})
    with pytest.raises(Refused) as caught:
        node.wait(number)
    assert caught.value.code == -32800
    assert node.store["/g", "k"] == [False, True, -32800]


# --------------------------------------------------------------------------- output


def test_output_belongs_to_the_step_that_prints(node: Node) -> None:
    source = (
        f"{EVENT}export const handler = async ({{ name }}) => {{\n"
        "  console.log('%s has', name, { a: 1 });\n  await new Promise((r) => setTimeout(r, 5));\n"
        "  process.stdout.write(`${name} `);\n  process.stdout.write('piece\\n');\n"
        "  console.error('bad');\n  console.warn('careful');\n  console.table([{ x: 1 }]);\n  process.stderr.write('no end');\n};\n"
    )
    file = node.write("steps/prints.step.js", source)
    node.logs.clear()
    numbers = [node.start(file, {"name": name}) for name in ("one", "two")]
    for number in numbers:
        node.wait(number)
    for number, name in zip(numbers, ("one", "two"), strict=True):
        own = [log for log in node.logs if log["invocation"] == f"i{number}"]
        assert [(log["level"], log["source"], log["msg"]) for log in own if "│" not in str(log["msg"])] == [
            ("info", "stdout", f"{name} has {{ a: 1 }}"),
            ("info", "stdout", f"{name} piece"),
            ("error", "stderr", "bad"),
            ("warn", "stderr", "careful"),
            ("error", "stderr", "no end"),
        ]
        assert sum("│" in str(log["msg"]) for log in own) == 1


def test_output_while_loading_belongs_to_the_worker(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        file = node.write("steps/a.step.js", f"console.log('loading');\nsetTimeout(() => {{ throw new Error('module timer'); }});\n{EVENT}export const handler = async () => {{ await new Promise((r) => setTimeout(r, 30)); }};\n")
        node.run(file)
        assert node.logs[0]["msg"] == "loading"
        assert all("invocation" not in log for log in node.logs)
        assert node.said("error") == ["steps/a.step.js, outside of an invocation: module timer"]


def test_the_logger_takes_anything(node: Node) -> None:
    source = (
        f"{EVENT}export const handler = async (_, {{ logger }}) => {{\n  const knot = {{}}; knot.self = knot;\n"
        "  logger.info('fields', { a: new Date(0), f() {}, knot, big: Buffer.alloc(9000) });\n"
        "  logger.warn('text', 'data');\n  logger.error(new Error('as message'));\n  logger.error('error', new Error('as fields'));\n"
        "  const { debug } = logger;\n  debug('many', 1, 2);\n  logger.info({ not: 'text' });\n};\n"
    )
    node.logs.clear()
    node.run(node.write("steps/logger.step.js", source))
    fields = [log["fields"] for log in node.logs]
    assert fields[0] == {"a": "1970-01-01T00:00:00.000Z", "f": "[function]", "knot": {"self": "[circular]"}, "big": "[9000 bytes]"}
    assert fields[1] == {"data": "data"}
    assert [fields[index]["error"]["message"] for index in (2, 3)] == ["as message", "as fields"]
    assert node.logs[2]["msg"] == "as message"
    assert fields[4] == {"data": [1, 2]}
    assert node.logs[5]["msg"] == '{"not":"text"}'


def test_standard_input_is_not_the_wire(node: Node) -> None:
    source = f"{EVENT}export const handler = async () => {{ let n = 0; for await (const _ of process.stdin) n++; return n; }};\n"
    assert node.run(node.write("steps/stdin.step.js", source)) == 0
