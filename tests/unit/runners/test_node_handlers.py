"""What becomes of a handler: its middleware, its errors, its unfinished work, its end by cancellation, its output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

API = "export const config = { type: 'api', name: 'x', method: 'POST', path: '/x' };\n"
EVENT = "export const config = { type: 'event', name: 'x', subscribes: ['t'] };\n"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("handlers")) as started:
        yield started


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
    file = node.write(
        "steps/map.step.ts",
        source
        + API.replace("path:", "middleware: [map], path:")
        + "export const handler = async () => ({ status: 200 });\n",
    )
    issues = [{"path": "a", "message": "m", "code": "type"}]
    assert node.call(file, issues=issues)["body"] == {"known": True, "errors": issues, "name": "ValidationError"}


# --------------------------------------------------------------------------- endings


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        ("throw new RangeError('r')", "RangeError", "r"),
        ("throw 'text'", "Error", "text"),
        ("throw { message: 'm', name: 'N', code: 3 }", "N", "m"),
        ("throw null", "Error", "an empty value was thrown"),
        ("throw undefined", "Error", "an empty value was thrown"),
        ("process.exit(2)", "Exit", "process.exit(2) was called; only this invocation ends"),
        ("try { process.exit(2); } catch {} return 1", "Exit", "process.exit(2) was called; only this invocation ends"),
        ("setTimeout(() => { throw new Error('timer'); }); await new Promise(() => {})", "Error", "timer"),
        (
            "setTimeout(() => process.exit(4)); await new Promise(() => {})",
            "Exit",
            "process.exit(4) was called; only this invocation ends",
        ),
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
    waits = node.write(
        "steps/waits.step.js",
        f"{EVENT}export const handler = async () => {{ await new Promise((r) => setTimeout(r, 60)); return 'well'; }};\n",
    )
    fails = node.write(
        "steps/fails.step.js",
        f"{EVENT}export const handler = async () => {{ setTimeout(() => {{ throw new Error('x'); }}, 5); await new Promise(() => {{}}); }};\n",
    )
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
    file = node.write(
        "steps/quiet.step.js",
        f"{EVENT}export const handler = async (_, {{ state }}) => {{ state.set('g', 'a', 1); return 'fine'; }};\n",
    )
    assert node.run(file) == "fine"
    del node.answers["state.set"]
    assert node.said("error") == ["a call that was not awaited failed: the store failed"]


def test_a_refused_call_is_an_error_with_a_useful_stack(node: Node) -> None:
    node.answers["state.get"] = lambda _: Exception({"code": 1018, "message": "the store failed"})
    file = node.write(
        "steps/stack.step.ts",
        f"{EVENT}\nexport const handler = async (_: unknown, {{ state }}) => {{\n  await state.get('g', 'a');\n}};\n",
    )
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
        file = node.write(
            "steps/a.step.js",
            f"console.log('loading');\nsetTimeout(() => {{ throw new Error('module timer'); }});\n{EVENT}export const handler = async () => {{ await new Promise((r) => setTimeout(r, 30)); }};\n",
        )
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
    assert fields[0] == {
        "a": "1970-01-01T00:00:00.000Z",
        "f": "[function]",
        "knot": {"self": "[circular]"},
        "big": "[9000 bytes]",
    }
    assert fields[1] == {"data": "data"}
    assert [fields[index]["error"]["message"] for index in (2, 3)] == ["as message", "as fields"]
    assert node.logs[2]["msg"] == "as message"
    assert fields[4] == {"data": [1, 2]}
    assert node.logs[5]["msg"] == '{"not":"text"}'


def test_standard_input_is_not_the_wire(node: Node) -> None:
    source = f"{EVENT}export const handler = async () => {{ let n = 0; for await (const _ of process.stdin) n++; return n; }};\n"
    assert node.run(node.write("steps/stdin.step.js", source)) == 0


def test_what_fails_after_the_outcome_stands_is_logged(node: Node) -> None:
    source = (
        f"{EVENT}export const handler = async (_, {{ state }}) => {{\n"
        "  state.get('g', 'a').then(() => { throw new Error('forgotten'); });\n  return 'fine';\n};\n"
    )
    node.logs.clear()
    assert node.run(node.write("steps/after.step.js", source)) == "fine"
    assert node.said("error") == ["after the handler had ended: forgotten"]
