"""The builders' dialect across languages: who may trigger whom, what a trigger does, what waits."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until

pytestmark = [pytest.mark.node, pytest.mark.ruby]

SENDERS = ("ts", "js", "cjs", "py", "py-plain", "rb")
STEPS = {
    # Each sender triggers every receiver and tells what it got back.
    "motia/steps/send/ts.ts": """
        import { event } from '@motia/core';
        const all = (data: any) => ['to-ts', 'to-py', 'to-rb', 'to-js'].map((id) => motia.trigger(id, data));
        export default event({ id: 'from-ts' }, async (data) => {
          const told = await Promise.all(all({ ...data, from: 'ts' }));
          return { count: told.length, same: told.every(({ id, traceId }) => id && traceId === told[0].traceId) };
        });
        """,
    "motia/steps/send/js.js": """
        import { event, motia } from 'motia';
        export const send = event({ id: 'from-js' }, async (data) => {
          for (const id of ['to-ts', 'to-py', 'to-rb']) await motia.trigger(id, { ...data, from: 'js' });
          return motia.trigger('to-js', { ...data, from: 'js' });
        });
        """,
    "motia/steps/send/cjs.cjs": """
        const { event, motia } = require('@motia/core');
        module.exports = event({ id: 'from-cjs' }, async (data) => {
          for (const id of ['to-ts', 'to-py', 'to-rb', 'to-js']) motia.trigger(id, { ...data, from: 'cjs' });
        });
        """,
    "motia/steps/send/python.py": """
        import asyncio
        from motia import event, motia

        IDS = ("to-ts", "to-py", "to-rb", "to-js")

        @event(id="from-py")
        async def send(n):
            return await asyncio.gather(*(motia.trigger(id, {"n": n, "from": "py"}) for id in IDS))

        @event(id="from-py-plain")
        def send_plain(n):
            return [motia.trigger(id, {"n": n, "from": "py-plain"}) for id in IDS]
        """,
    "steps/send_step.rb": """
        def config
          { type: 'event', name: 'from-rb', subscribes: ['from-rb'] }
        end

        def handler(input, context)
          %w[to-ts to-py to-rb to-js].map { |id| motia.trigger(id, { n: input.n, from: 'rb' }) }
        end
        """,
    "motia/steps/hear/ts.ts": """
        import { event } from '@motia/core';
        export default event({ id: 'to-ts' }, async ({ n, from }, { state }) => state.set(`heard-${n}`, `ts<${from}`, true));
        """,
    "motia/steps/hear/js.js": """
        const { event } = require('motia');
        exports.hear = event({ id: 'to-js' }, async ({ n, from }, { state }) => state.set(`heard-${n}`, `js<${from}`, true));
        """,
    "motia/steps/hear/python.py": """
        from motia import event

        @event(id="to-py")
        async def hear(n, context, **rest):
            await context.state.set(f"heard-{n}", f"py<{rest['from']}", True)
        """,
    "steps/hear_step.rb": """
        def config
          { type: 'event', name: 'to-rb', subscribes: ['to-rb'] }
        end

        def handler(input, context)
          context.state.set("heard-#{input['n']}", "rb<#{input['from']}", true)
        end
        """,
    "motia/steps/kinds.ts": """
        import { api, cron, event } from '@motia/core';
        export const tick = cron({ id: 'tick', schedule: '0 0 1 1 *' }, async ({ state, traceId }) => {
          await state.set('ticks', traceId, true);
        });
        export const front = api({ id: 'front', method: 'GET', path: '/front' }, () => ({ ok: true }));
        export const ask = api({ id: 'ask', method: 'POST', path: '/ask/:id' }, async ({ params }) => {
          try {
            return await motia.trigger(params.id, null);
          } catch (error) {
            return { refused: error.message };
          }
        });
        export const heard = api({ id: 'heard', method: 'GET', path: '/heard/:n' }, async ({ params }, { state }) =>
          state.keys(`heard-${params.n}`));
        export const value = api({ id: 'value', method: 'GET', path: '/value/:group/:key' }, async ({ params }, { state }) => ({
          value: await state.get(params.group, params.key),
        }));
        export const twice = event({ id: 'twice', subscribes: ['news'] }, async (data, { state, topic }) => {
          await state.set('twice', topic, data);
        });
        """,
    "steps/noop.step.ts": """
        export const config = { type: 'noop', name: 'outside', virtualEmits: ['news'], virtualSubscribes: [] };
        """,
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("mixed"), STEPS)) as server:
        yield server


def value(server: Server, group: str, key: str) -> object:
    """A state value, by way of a step: a command takes longer."""
    return server.get(f"/value/{group}/{key}").json["value"]


def run(server: Server, step: str, data: object = None) -> object:
    done = motia(server.project, "run", step, "--input", json.dumps(data))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.rows(88, 89, 90, 91, 92, 98, 268, 290, 297)
@pytest.mark.parametrize("sender", SENDERS)
def test_every_language_triggers_steps_of_every_language(mixed: Server, sender: str) -> None:
    mixed.post("/emit", {"topic": f"from-{sender}", "data": {"n": sender}})
    receivers = {f"{each}<{sender}" for each in ("ts", "py", "rb", "js")}
    until(lambda: set(mixed.get(f"/heard/{sender}").json) == receivers)


@pytest.mark.rows(91, 94)
def test_a_trigger_tells_its_id_and_the_trace(mixed: Server) -> None:
    assert run(mixed, "from-ts", {"n": "told"}) == {"count": 4, "same": True}
    told = run(mixed, "from-js", {"n": "told"})
    assert isinstance(told, dict) and set(told) == {"id", "traceId"}


@pytest.mark.rows(89, 105)
def test_a_cron_step_that_is_triggered_runs_now(mixed: Server) -> None:
    answer = mixed.post("/ask/tick")
    assert answer.json["traceId"] == answer.headers["x-trace-id"]
    assert until(lambda: value(mixed, "ticks", answer.headers["x-trace-id"]))


@pytest.mark.rows(90)
def test_an_api_step_is_not_triggered_but_refused(mixed: Server) -> None:
    for step, kind in (("front", "api"), ("outside", "noop")):
        told = mixed.post(f"/ask/{step}").json["refused"]
        assert told == f"'{step}' is of type {kind}: only event and cron steps can be triggered"


@pytest.mark.rows(93)
def test_an_id_that_nobody_has_warns_once_and_resolves(mixed: Server) -> None:
    for _ in range(2):
        answer = mixed.post("/ask/nobody")
        assert answer.status == 200
        assert answer.json == {"id": answer.json["id"], "traceId": answer.headers["x-trace-id"]}
        assert answer.json["id"]
    told = [line for line in mixed.logs("--step", "ask") if "'nobody'" in line["msg"]]
    assert [(line["level"], line["msg"]) for line in told] == [
        ("warn", "no step is called 'nobody': nothing was triggered")
    ]


@pytest.mark.rows(90, 98)
def test_an_event_step_hears_its_topics_and_its_id(mixed: Server) -> None:
    for topic in ("news", "twice"):
        mixed.post("/emit", {"topic": topic, "data": topic.upper()})
        assert until(lambda: value(mixed, "twice", topic)) == topic.upper()  # noqa: B023


def test_a_trigger_of_a_broken_file_is_not_lost(mixed: Server) -> None:
    """While a step's file is being mended, its last good version hears what is sent, or it waits for the next."""
    file = "motia/steps/mended.ts"
    text = """
        import {{ event }} from '@motia/core';
        export default event({{ id: 'mended' }}, async (n, {{ state, traceId }}) => state.set('mended', traceId, {}));
        """

    def sent() -> str:
        return str(mixed.post("/ask/mended").headers["x-trace-id"])

    write(mixed.project, {file: text.format("1")})
    until(lambda: value(mixed, "mended", sent()), every=0.2)
    write(mixed.project, {file: text.format("= 2")})
    until(lambda: mixed.get("/health").json["status"] == "degraded")
    trace = sent()
    write(mixed.project, {file: text.format("3")})
    assert until(lambda: value(mixed, "mended", trace)) in (1, 3)
