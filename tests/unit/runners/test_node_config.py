"""Stream files, steps that are only drawn, and the configuration file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("files")) as started:
        yield started


def test_stream_files(node: Node) -> None:
    file = node.write(
        "steps/chat.stream.ts",
        "import { StreamConfig } from 'motia';\nimport { z } from 'zod';\n"
        "export const config: StreamConfig = { name: 'chat', schema: z.object({ text: z.string() }), baseConfig: { storageType: 'default' },\n"
        "  canAccess: async ({ groupId }, auth) => { if (!auth) throw new Error('who'); return auth.rooms.includes(groupId); } };\n",
    )
    (step,) = node.describe(file)[0]["steps"]
    config = step["config"]
    assert (config["type"], config["name"], step["canAccess"], step["hasHandler"]) == ("stream", "chat", True, False)
    assert config["schema"]["properties"] == {"text": {"type": "string"}}
    ask = {"file": file, "member": "", "snapshot": 1, "subscription": {"groupId": "a"}}
    assert node.ask("stream.canAccess", **ask, auth={"rooms": ["a"]}) == {"allowed": True}
    assert node.ask("stream.canAccess", **ask, auth={"rooms": []}) == {"allowed": False}
    with pytest.raises(Refused) as caught:
        node.ask("stream.canAccess", **ask, auth=None)
    assert caught.value.message == "who"


def test_what_has_no_handler_cannot_run(node: Node) -> None:
    drawn = "export const config = { type: 'noop', name: 'Drawn', virtualEmits: ['a'], virtualSubscribes: [] };\n"
    file = node.write("steps/drawn.step.ts", drawn)
    assert node.describe(file)[0]["steps"][0]["hasHandler"] is False
    with pytest.raises(Refused) as caught:
        node.run(file)
    assert (caught.value.code, caught.value.message) == (1003, "Drawn in steps/drawn.step.ts has no handler")


OLD_CONFIG = """
import { defineConfig } from '@motiadev/core';
import observability from '@motiadev/plugin-observability/plugin';
const { logs } = require('@motiadev/plugin-logs/plugin');
import { RedisAdapter } from '@motiadev/adapter-redis-state';
export default defineConfig({
  plugins: [observability, logs],
  adapters: { state: new RedisAdapter({ host: 'x' }) },
  app: (express) => express.use(1),
  port: 3001,
  streamAuth: { contextSchema: { type: 'object' }, authenticate: async ({ headers, query }) => headers.token ? { user: query.user } : null },
});
"""


def test_an_old_configuration_loads(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        file = node.write("motia.config.ts", OLD_CONFIG)
        loaded = node.ask("config.load", file=file)
        assert loaded["config"] == {
            "plugins": [None, None],
            "adapters": {"state": None},
            "port": 3001,
            "streamAuth": {"contextSchema": {"type": "object"}},
        }
        assert sorted(loaded["functions"]) == ["app", "streamAuth.authenticate"]  # type: ignore[type-var]
        assert node.ask(
            "stream.authenticate", file=file, request={"headers": {"token": "t"}, "query": {"user": "ann"}}
        ) == {"context": {"user": "ann"}}
        assert node.ask("stream.authenticate", file=file, request={"headers": {}, "query": {}}) == {"context": None}


def test_sections_dependencies_and_broken_configurations(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.write("lib/port.ts", "export const port = 8080;\n")
        source = "import { port } from './lib/port';\nmodule.exports = { development: { port: 3001 }, production: { port, list: [() => 1, 2] } };\n"
        loaded = node.ask("config.load", file=node.write("motia.config.js", source))
        assert loaded["config"] == {"development": {"port": 3001}, "production": {"port": 8080, "list": [None, 2]}}
        assert (loaded["functions"], loaded["dependencies"]) == (["production.list.0"], ["lib/port.ts"])
        broken = node.ask("config.load", file=node.write("motia.config.mjs", "export default {\n  port: ,\n};\n"))
        assert (broken["error"]["code"], broken["error"]["line"]) == ("syntax", 2)  # type: ignore[index]


def test_stand_ins_in_every_way_to_name_them(tmp_path: Path) -> None:
    source = """
import logs = require('@motiadev/plugin-logs');
export { default as again, anything } from '@motiadev/plugin-states/plugin';
import type { Never } from '@motiadev/plugin-never';
const { default: late } = await import('@motiadev/plugin-bullmq/plugin');
class Mine extends (require('@motiadev/adapter-redis-state').RedisStateAdapter) { ready = true }
const made = new Mine();
export default {
  plugins: [logs, late({ a: 1 }), ...late.list, made.close(), `${late.name}`, await late.start()],
  routes: { '/x': String(typeof made.get) },
};
"""
    with Node(tmp_path) as node:
        loaded = node.ask("config.load", file=node.write("motia.config.ts", source))
        assert "error" not in loaded, loaded
        assert loaded["config"] == {
            "plugins": [None, None, None, "motia stand-in", None],
            "routes": {"/x": "function"},
        }
        assert loaded["functions"] == []


def test_configurations_that_come_later(tmp_path: Path) -> None:
    sources = {
        "a.mjs": "export default Promise.resolve({ port: 1, production: { streamAuth: { authenticate: async () => 'live' } } });",
        "b.ts": "export default async (): Promise<object> => ({ port: 1, production: { streamAuth: { authenticate: () => 'live' } } });",
        "c.cjs": "exports.config = { port: 1, production: { streamAuth: { authenticate: () => 'live' } } }; exports.other = 1;",
    }
    with Node(tmp_path) as node:
        for name, source in sources.items():
            file = node.write(name, source)
            loaded = node.ask("config.load", file=file)
            assert (loaded["config"], loaded["functions"]) == (
                {"port": 1, "production": {"streamAuth": {}}},
                ["production.streamAuth.authenticate"],
            )
            asked = {"file": file, "request": {"headers": {}, "query": {}}}
            assert node.ask("stream.authenticate", **asked, function="production.streamAuth.authenticate") == {
                "context": "live"
            }
            with pytest.raises(Refused):
                node.ask("stream.authenticate", **asked)
