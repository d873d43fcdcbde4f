"""The rules of bare steps that document B implies and never shows: partial configs, TypeScript, values that expire,
other languages and dialects beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until
from tests.seeds.document_b import emit

PROJECT = {
    "package.json": '{"type": "module"}',
    "motia.config.js": "export default { routes: { '/hooks/mirror': 'mirror', '/hooks/:name': 'mirror' } };",
    # What a request looks like, and what becomes of a result.
    "steps/mirror.step.js": """
        export default async ({ body, query, params, headers, method, path, traceId, state }) =>
          ({ body, query, params, header: headers['x-a'], method, path, traceId, seen: await state.get('nothing') });
    """,
    "steps/shop/orders/give.step.js": "export default (event) => event.body.give;",
    "src/answers/text.step.js": "export default async function (event) { return `hello ${event.query.name}`; }",
    "src/answers/nothing.step.js": "export default async function (event) { if (event.query) return; }",
    "src/answers/broken.step.js": "export default async (event) => event.body.a.b.c;",
    "hello.step.js": "module.exports = async () => ({ from: 'the root' });",
    "steps/주문.step.js": "export default () => ({ name: 'order' });",
    # TypeScript, with and without a partial config.
    "steps/typed.step.ts": """
        interface Event { topic: string; data: { n: number }; state: { set(key: string, value: unknown): Promise<unknown> } }
        enum Topic { Counted = 'counted' }
        export default async function typed(event: Event): Promise<void> {
          if (event.topic !== Topic.Counted) return;
          await event.state.set('typed', event.data.n satisfies number);
        }
    """,
    "steps/user.step.ts": """
        export const config = { path: '/users/:id', method: 'GET', flows: ['users'] } as const;
        export default async ({ params }: { params: { id: string } }) => ({ id: params.id });
    """,
    "steps/audit.step.ts": """
        import type { BareEvent } from 'motia';
        export const config = { name: 'Audit', subscribes: ['mixed.audit'], infrastructure: { queue: { maxRetries: 0 } } };
        export default async (event: BareEvent<number>) => { await event.state.set('audit', [event.topic, event.data]); };
    """,
    # State with an end.
    "steps/keep.step.js": """
        export default async (event) => {
          const { key, value, ttl } = event.body;
          const old = await event.state.get(key);
          await event.state.set(key, value, ttl === undefined ? undefined : { ttl });
          return { old, now: await event.state.get(key) };
        };
    """,
    "steps/look.step.js": """
        export default async ({ query, state }) => ({ value: await state.get(query.key), or: (await state.get(query.key)) || 'nothing' });
    """,
    # A schedule that really ticks.
    "steps/ticking.step.js": """
        export default {
          schedule: '* * * * * *',
          label: 'mine',
          async handler(event) {
            await event.state.set('ticked', { label: this.label, trace: event.traceId });
          },
        };
    """,
    # Others: they emit what bare steps hear, and hear what bare steps emit.
    "steps/bare-listener.step.js": """
        const HEARD = new Set(['from.python', 'from.ruby', 'from.typescript', 'from.builder']);
        export default async (event) => {
          if (!HEARD.has(event.topic)) return;
          await event.state.set(`heard:${event.topic}`, event.data);
        };
    """,
    "steps/bare-emitter.step.js": """
        export default async (event) => {
          const { n } = event.body;
          for (const language of ['python', 'ruby', 'typescript']) await event.emit(`to.${language}`, { n, at: new Date(0) });
          return { emitted: 3 };
        };
    """,
    "steps/py_out_step.py": """
        config = {"type": "api", "name": "PyOut", "method": "POST", "path": "/out/python", "emits": ["from.python"]}

        async def handler(req, context):
            await context.emit({"topic": "from.python", "data": req["body"]})
            return {"status": 200, "body": {}}
    """,
    "steps/py_in_step.py": """
        config = {"type": "event", "name": "PyIn", "subscribes": ["to.python"], "emits": []}

        def handler(input, context):
            context.state.set("mixed", "python", input)
    """,
    "steps/rb_out.step.rb": """
        def config
          { type: 'api', name: 'RbOut', method: 'POST', path: '/out/ruby', emits: ['from.ruby'] }
        end

        def handler(req, context)
          context.emit(topic: 'from.ruby', data: req.body)
          { status: 200, body: {} }
        end
    """,
    "steps/rb_in.step.rb": """
        def config
          { type: 'event', name: 'RbIn', subscribes: ['to.ruby'], emits: [] }
        end

        def handler(input, context)
          context.state.set('mixed', 'ruby', input)
        end
    """,
    "steps/ts-out.step.ts": """
        export const config = { type: 'api', name: 'TsOut', method: 'POST', path: '/out/typescript', emits: ['from.typescript'] };
        export const handler = async (req: any, { emit }: any) => {
          await emit({ topic: 'from.typescript', data: req.body });
          return { status: 200, body: {} };
        };
    """,
    "steps/ts-in.step.ts": """
        export const config = { type: 'event', name: 'TsIn', subscribes: ['to.typescript'], emits: [] };
        export const handler = async (input: any, { state }: any) => { await state.set('mixed', 'typescript', input); };
    """,
    "motia/steps/builder-out.ts": """
        import { api, motia } from '@motia/core';
        export default api({ id: 'builder-out', method: 'POST', path: '/out/builder' }, async ({ body }: any) => {
          await motia.trigger('from.builder', body);
          const { id } = await motia.trigger('named-only', body);
          return { done: true, id };
        });
    """,
    # Heard by its name alone: nobody emits what it compares with.
    "steps/named-only.step.js": """
        export default async (event) => {
          if (event.topic === 'never.emitted' || event.topic === 'named-only') await event.state.set('named', event.data);
        };
    """,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("bare-rules"), PROJECT)) as running:
        yield running


def state(server: Server, key: str) -> Any:
    """A value of the group of bare steps, by the step that looks."""
    return server.get(f"/look?key={quote(key)}").json["value"]


def listed(server: Server) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(motia(server.project, "list", "--json").stdout)}


# --------------------------------------------------------------------------- requests and answers


@pytest.mark.rows(141, 142, 152, 154, 291)
def test_what_a_bare_step_gets(server: Server) -> None:
    answer = server.post("/mirror?a=1&b=2&b=3", {"x": [1]}, headers={"x-a": "yes"})
    assert answer.status == 200
    trace = answer.headers["x-trace-id"]
    assert answer.json == {
        "body": {"x": [1]},
        "query": {"a": "1", "b": ["2", "3"]},
        "params": {},
        "header": "yes",
        "method": "POST",
        "path": "/mirror",
        "traceId": trace,
        "seen": None,
    }
    assert server.get("/hooks/mirror").json["path"] == "/hooks/mirror"
    assert server.request("PUT", "/hooks/anything").json["params"] == {"name": "anything"}


@pytest.mark.rows(143, 301)
@pytest.mark.parametrize(
    ("given", "status", "body"),
    [
        ({"status": "processed"}, 200, {"status": "processed"}),
        ({"status": "200", "body": "b"}, 200, "b"),
        ({"status": 201, "body": {"made": 1}}, 201, {"made": 1}),
        ({"status": 201, "body": 1, "more": 2}, 200, {"status": 201, "body": 1, "more": 2}),
        ({"status": 201, "name": "x"}, 200, {"status": 201, "name": "x"}),
        ([1, 2], 200, [1, 2]),
        (5, 200, 5),
        (False, 200, False),
        ({}, 200, {}),
    ],
)
def test_what_becomes_of_a_result(server: Server, given: object, status: int, body: object) -> None:
    answer = server.post("/shop/orders/give", {"give": given})
    assert answer.status == status
    shown = answer.body.decode() if isinstance(body, str) else answer.json
    assert shown == body


@pytest.mark.rows(55, 140, 301)
def test_where_bare_steps_live(server: Server) -> None:
    answer = server.get("/answers/text?name=Ann")
    assert (answer.body, answer.headers["content-type"].split(";")[0]) == (b"hello Ann", "text/plain")
    assert server.get("/answers/nothing").status == 204
    assert server.get("/hello").json == {"from": "the root"}
    assert server.get("/%EC%A3%BC%EB%AC%B8").json == {"name": "order"}
    answer = server.post("/answers/broken", {})
    assert (answer.status, answer.json["error"]) == (500, "Internal server error")


# --------------------------------------------------------------------------- what the code says, and what wins


@pytest.mark.rows(137, 145)
def test_typescript_steps_are_read_alike(server: Server) -> None:
    rows = listed(server)
    assert (rows["typed"]["type"], rows["typed"]["subscribes"]) == ("event", ["counted"])
    assert rows["typed"]["inferred"] == ["type event: it uses topic, data", "topics counted"]
    emit(server, "counted", {"n": 3})
    until(lambda: state(server, "typed") == 3)


def test_a_partial_config_wins(server: Server) -> None:
    rows = listed(server)
    assert (rows["user"]["method"], rows["user"]["path"]) == ("GET", "/users/:id")
    assert rows["user"]["flows"] == ["users"]
    assert (rows["Audit"]["type"], rows["Audit"]["subscribes"]) == ("event", ["mixed.audit"])
    assert server.get("/users/7").json == {"id": "7"}
    assert server.post("/users/7").status == 405
    emit(server, "mixed.audit", 1)
    assert until(lambda: state(server, "audit")) == ["mixed.audit", 1]


# --------------------------------------------------------------------------- state


@pytest.mark.rows(151, 152, 154, 155, 158)
def test_values_expire(server: Server) -> None:
    assert server.post("/keep", {"key": "lasting", "value": {"n": 1}}).json == {"old": None, "now": {"n": 1}}
    assert server.post("/keep", {"key": "fleeting", "value": [1], "ttl": 0.3}).json == {"old": None, "now": [1]}
    until(lambda: server.get("/look?key=fleeting").json == {"value": None, "or": "nothing"})
    assert server.get("/look?key=lasting").json == {"value": {"n": 1}, "or": {"n": 1}}
    shown = motia(server.project, "state", "get", "default", "lasting")
    assert json.loads(shown.stdout) == {"n": 1}
    # Written again without an end, it stays.
    server.post("/keep", {"key": "fleeting", "value": 1, "ttl": 3600})
    assert server.post("/keep", {"key": "fleeting", "value": 2}).json == {"old": 1, "now": 2}


# --------------------------------------------------------------------------- schedules


@pytest.mark.rows(161, 162)
def test_a_schedule_ticks(server: Server) -> None:
    row = listed(server)["ticking"]
    assert (row["type"], row["cron"]) == ("cron", "* * * * * *")
    ticked = until(lambda: state(server, "ticked"))
    assert ticked["label"] == "mine"


# --------------------------------------------------------------------------- other languages and dialects


@pytest.mark.rows(158, 299)
@pytest.mark.parametrize("language", ["python", "ruby", "typescript"])
def test_a_bare_step_hears_every_language(server: Server, language: str) -> None:
    assert server.post(f"/out/{language}", {"by": language, "n": [1, {"a": None}]}).status == 200
    assert until(lambda: state(server, f"heard:from.{language}")) == {"by": language, "n": [1, {"a": None}]}


@pytest.mark.rows(148, 149, 150, 158, 298)
def test_every_language_hears_a_bare_step(server: Server) -> None:
    assert server.post("/bare-emitter", {"n": 4}).json == {"emitted": 3}
    for language in ("python", "ruby", "typescript"):
        found = until(lambda language=language: server.state("mixed", language))  # type: ignore[misc]
        assert found == {"n": 4, "at": "1970-01-01T00:00:00.000Z"}


def test_a_bare_step_is_triggered_by_its_name(server: Server) -> None:
    answer = server.post("/out/builder", {"a": 1})
    assert answer.json["done"] is True
    assert until(lambda: state(server, "named")) == {"a": 1}
