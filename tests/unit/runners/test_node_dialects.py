"""Builders and bare functions become the one shape the core knows, and run by their own rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("dialects")) as started:
        yield started


def only(node: Node, file: str) -> dict[str, object]:
    report = node.describe(file, changed=(file,))[0]
    assert "error" not in report, report
    assert len(report["steps"]) == 1
    return report["steps"][0]  # type: ignore[no-any-return]


# --------------------------------------------------------------------------- (b) builders

CREATE_USER = """
import { api } from '@motia/core';
import { z } from 'zod';
const CreateUserSchema = z.object({ name: z.string().min(2), email: z.string().email(), role: z.enum(['user', 'admin']).default('user') });
export default api({ id: 'create-user', method: 'POST', path: '/users', schema: { body: CreateUserSchema } }, async ({ body }) => {
  const user = { id: 'u1', ...body };
  await motia.trigger('send-welcome-email', { userId: user.id });
  return { success: true, user };
});
"""


def test_an_api_builder(node: Node) -> None:
    file = node.write("motia/steps/users/create-user.ts", CREATE_USER)
    step = only(node, file)
    config = step["config"]
    assert isinstance(config, dict)
    assert {key: config[key] for key in ("type", "name", "method", "path", "validation")} == {
        "type": "api",
        "name": "create-user",
        "method": "POST",
        "path": "/users",
        "validation": "enforce",
    }
    assert config["bodySchema"]["properties"]["role"]["default"] == "user"
    assert (step["member"], step["hasHandler"], step["validates"]) == ("", True, True)
    node.calls.clear()
    response = node.call(file, json={"name": "Ann", "email": "a@b.co"})
    assert response["body"] == {"success": True, "user": {"id": "u1", "name": "Ann", "email": "a@b.co", "role": "user"}}
    assert node.calls == [
        {
            "method": "events.trigger",
            "invocation": node.calls[0]["invocation"],
            "step": "send-welcome-email",
            "data": {"userId": "u1"},
        }
    ]
    with pytest.raises(Refused) as caught:
        node.call(file, json={"name": "A", "email": "x"})
    assert [issue["path"] for issue in caught.value.data["issues"]] == ["name", "email"]


def test_event_and_cron_builders(node: Node) -> None:
    file = node.write(
        "motia/steps/jobs.ts",
        "import { event, cron, logger } from '@motia/core';\nimport { z } from 'zod';\n"
        "export const mail = event({ id: 'send-mail', schema: z.object({ to: z.string().trim() }), concurrency: 5 }, async ({ to }, ctx) => {\n"
        "  logger.info('sent', { to });\n  return [to, ctx.traceId];\n});\n"
        "export const tidy = cron({ id: 'tidy-up', schedule: '0 2 * * 0' }, async () => 'tidied');\n",
    )
    steps = {step["member"]: step for step in node.describe(file)[0]["steps"]}
    assert steps["mail"]["config"]["subscribes"] == ["send-mail"]
    assert steps["mail"]["config"]["concurrency"] == 5
    assert (steps["tidy"]["config"]["cron"], steps["tidy"]["line"]) == ("0 2 * * 0", 7)
    node.logs.clear()
    assert node.run(file, {"to": " ann "}, member="mail") == ["ann", "TRACE"]
    assert (node.logs[0]["msg"], node.logs[0]["fields"]) == ("sent", {"to": "ann"})
    assert node.run(file, None, "cron", member="tidy") == "tidied"


def test_envelopes_of_builders_have_no_other_keys(node: Node) -> None:
    file = node.write(
        "motia/steps/enveloped.ts",
        "import { api } from 'motia';\nexport default api({ id: 'e', method: 'POST', path: '/e' }, async ({ body }) => body);\n",
    )
    assert node.call(file, json={"status": 201, "body": 1})["status"] == 201
    assert node.call(file, json={"status": 201, "body": 1, "more": 2})["body"] == {"status": 201, "body": 1, "more": 2}


def test_what_a_builder_makes_can_be_called(node: Node) -> None:
    file = node.write(
        "motia/steps/called.ts",
        "import { event } from 'motia';\nimport other from './jobs2';\n"
        "export default event({ id: 'caller' }, async (input) => other(input));\n",
    )
    node.write(
        "motia/steps/jobs2.ts",
        "import { event } from 'motia';\nexport default event({ id: 'other' }, async (input) => ({ got: input }));\n",
    )
    assert node.run(file, 1) == {"got": 1}


def test_a_builder_without_an_id(node: Node) -> None:
    file = node.write(
        "motia/steps/nameless.ts", "import { event } from 'motia';\nexport default event({}, async () => 1);\n"
    )
    assert node.describe(file)[0]["error"]["code"] == "bad_config"


def test_plain_code_beside_builders_is_no_step(node: Node) -> None:
    plain = node.write("motia/steps/utils/format.ts", "export default (event) => event.data;\n")
    assert node.describe(plain)[0]["error"]["code"] == "no_config"
    named = node.write("motia/steps/utils/format.step.ts", "export default (event) => event.data;\n")
    assert only(node, named)["config"]["name"] == "utils/format"


# --------------------------------------------------------------------------- (c) bare functions


def test_bare_functions_get_an_event(node: Node) -> None:
    source = (
        "export default async function handler(event) {\n"
        "  await event.state.set('k', event.body, { ttl: 60 });\n  await event.emit('made', { at: new Date(0) });\n"
        "  await event.stream('progress', { n: 1 });\n"
        "  return { status: 'queued', got: await event.state.get('k'), q: event.query, h: event.headers.a, t: event.traceId };\n}\n"
    )
    file = node.write("steps/handler.step.js", source)
    node.calls.clear()
    response = node.call(file, json={"a": 1}, query={"q": "1"}, headers={"a": "b"})
    assert response["body"] == {"status": "queued", "got": {"a": 1}, "q": {"q": "1"}, "h": "b", "t": "TRACE"}
    plain = [{key: value for key, value in call.items() if key != "invocation"} for call in node.calls]
    assert plain == [
        {"method": "state.set", "group": "default", "key": "k", "value": {"a": 1}, "ttl": 60},
        {"method": "events.emit", "topic": "made", "data": {"at": "1970-01-01T00:00:00.000Z"}},
        {
            "method": "streams.send",
            "stream": "progress",
            "group": "TRACE",
            "type": "progress",
            "data": {"n": 1},
            "adHoc": True,
        },
        {
            "method": "streams.send",
            "stream": "progress",
            "group": "default",
            "type": "progress",
            "data": {"n": 1},
            "adHoc": True,
        },
        {"method": "state.get", "group": "default", "key": "k"},
    ]


def test_bare_functions_reach_all_that_others_reach(node: Node) -> None:
    source = (
        "export default async (event) => {\n"
        "  const { emit, state } = event;\n"
        "  await emit('later', { n: 1 }, { delay: 5, id: 'once' });\n"
        "  await emit({ topic: 'object', data: 2, messageGroupId: 'g' });\n"
        "  const orders = state.group('orders');\n"
        "  await orders.set('o-1', 1);\n"
        "  await event.transaction(async (inside) => { await inside.state.set('k', 1); await inside.emit('t', 2); });\n"
        "  return [event.cookies.a, event.files, event.ip, typeof event.utils.dates.now, event.cancelled, event.flows];\n"
        "};\nmodule.exports.config = { flows: ['f'] };\n"
    )
    file = node.write("steps/reaching.step.js", source.replace("export default", "module.exports ="))
    node.calls.clear()
    response = node.call(file, headers={"cookie": "a=b"})
    assert response["body"] == ["b", [], "127.0.0.1", "function", False, ["f"]]
    plain = [{key: value for key, value in call.items() if key != "invocation"} for call in node.calls]
    assert plain[:3] == [
        {"method": "events.emit", "topic": "later", "data": {"n": 1}, "delay": 5, "id": "once"},
        {"method": "events.emit", "topic": "object", "data": 2, "messageGroupId": "g"},
        {"method": "state.set", "group": "orders", "key": "o-1", "value": 1},
    ]
    assert len(plain) == 4 and "default" in str(plain[3]) and "'t'" in str(plain[3])


def test_bare_events_and_schedules(node: Node) -> None:
    file = node.write("steps/processor.step.js", "export default async (event) => [event.topic, event.data];\n")
    assert node.run(file, {"n": 1}, topic="t.x") == ["t.x", {"n": 1}]
    source = "export default { schedule: '0 9 * * *', limit: 3, handler: async function (event) { return [this.limit, typeof event.emit]; } };\n"
    file = node.write("src/reports/daily-report_step.js", source)
    step = only(node, file)
    assert step["config"] == {"type": "cron", "name": "reports/daily-report", "cron": "0 9 * * *", "limit": 3}
    assert node.run(file, None, "cron") == [3, "function"]


def test_streamed_progress_of_a_bare_api_step(node: Node) -> None:
    source = "export default async (event) => { const { body } = event; await event.stream('progress', { n: body.n }); return { done: true }; };\n"
    file = node.write("steps/progress.step.js", source)
    node.calls.clear()
    response = node.call(file, json={"n": 1}, headers={"accept": "text/event-stream"})
    assert response["kind"] == "streamed"
    chunks = [call["data"] for call in node.calls if call["method"] == "response.chunk"]
    assert chunks == ['event: progress\ndata: {"n":1}\n\n', 'event: result\ndata: {"done":true}\n\n']


def test_a_stream_nobody_declared_is_no_error(node: Node) -> None:
    node.answers["streams.send"] = lambda _: Exception({"code": 1015, "message": "no such stream"})
    file = node.write(
        "steps/adhoc.step.js", "export default async (event) => { await event.stream('x', event.body); return 1; };\n"
    )
    assert node.call(file)["body"] == 1
    del node.answers["streams.send"]


def test_a_partial_config_overrides_what_was_read(node: Node) -> None:
    source = (
        "export const config = { subscribes: ['only'], flows: ['f'] };\nexport default async (event) => event.data;\n"
    )
    assert only(node, node.write("steps/part.step.js", source))["config"] == {
        "type": "event",
        "name": "part",
        "subscribes": ["only"],
        "flows": ["f"],
    }
    source = "export const config = { type: 'api', name: 'Typed', method: 'POST', path: '/t' };\nexport default async (req, ctx) => ({ status: 201, body: ctx.traceId });\n"
    file = node.write("steps/typed.step.js", source)
    assert only(node, file)["config"] == {"type": "api", "name": "Typed", "method": "POST", "path": "/t"}
    assert node.call(file)["status"] == 201


def test_other_modules_may_import_a_step(node: Node) -> None:
    node.write("steps/helper.step.js", "export default async (event) => event.data * 2;\n")
    file = node.write(
        "steps/uses.step.js",
        "import helper from './helper.step.js';\nexport default async (event) => helper({ data: event.data });\n",
    )
    assert node.run(file, 4) == 8
