"""What a bare default function is, read from its text: the table of what authors write and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from node_worker import NODE, Node

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

API = "api"
ALL = "all"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("inference")) as started:
        yield started


def read(node: Node, text: str, name: str = "steps/orders/bare.step.js") -> str | list[str]:
    """`api`, `all` for an event step that hears everything, or its topics."""
    file = node.write(name, text)
    report = node.describe(file, changed=(file,))[0]
    assert "error" not in report, report
    config = report["steps"][0]["config"]
    if config["type"] == "api":
        assert (config["method"], config["path"], config["name"]) == ("*", "/orders/bare", "orders/bare")
        return API
    assert config["type"] == "event"
    return ALL if config.get("allTopics") else config["subscribes"]


# A function's text, as it stands after `export default`.
FUNCTIONS: dict[str, tuple[str, str | list[str]]] = {
    # which kind
    "nothing used": ("(event) => ({ message: 'hi' })", API),
    "no parameter": ("() => 1", API),
    "body": ("(event) => event.body.x", API),
    "query, maybe": ("(event) => event.query?.q", API),
    "params": ("(event) => event.params.id", API),
    "headers by text": ("(event) => event['headers']['x-a']", API),
    "data": ("(event) => event.data", ALL),
    "data, maybe": ("(event) => event?.data?.id", ALL),
    "data by text": ("(event) => event['data'].id", ALL),
    "data by a template": ("(event) => event[`data`].id", ALL),
    "topic only": ("(event) => console.log(event.topic)", ALL),
    "request wins over event": ("(event) => [event.topic, event.data, event.body]", API),
    "emit only": ("async (event) => { await event.emit('x', 1); }", API),
    "any name": ("async function welcomeEmail(whatever) { return whatever.data; }", ALL),
    "asynchronous generator": ("async function* (event) { yield event.data; }", ALL),
    "default value": ("(event = {}) => event.data", ALL),
    "second parameter does not count": ("(event, other) => [other.data, other.topic, event.emit]", API),
    "a global of that name": ("() => typeof event === 'undefined' ? 1 : event.data", API),
    # destructuring
    "pattern: body": ("({ body }) => body", API),
    "pattern: data": ("({ data }) => data", ALL),
    "pattern with a default": ("({ data } = {}) => data", ALL),
    "pattern with defaults inside": ("({ data: { id } = {} }) => id", ALL),
    "pattern by text": ("({ 'topic': name }) => name === 'c'", ["c"]),
    "pattern, renamed": ("({ topic: name, emit }) => { if (name === 'c') emit('d'); }", ["c"]),
    "pattern with the rest": ("({ emit, ...rest }) => rest.topic === 'a'", ["a"]),
    "pattern in the body": ("(event) => { const { data } = event; return data; }", ALL),
    "pattern in the body, nested": ("(event) => { const { data: { id } } = event; return id; }", ALL),
    "pattern in the body, of the body": ("(event) => { const { action, pull_request } = event.body; return action; }", API),
    "pattern assigned": ("(event) => { let topic; ({ topic } = event); return topic === 'a'; }", ["a"]),
    "pattern with the rest in the body": ("(event) => { const { emit, ...rest } = event; return rest.data; }", ALL),
    "pattern with a fallback": ("(event) => { const { topic } = event ?? {}; return topic === 'a'; }", ["a"]),
    "a member taken by a constant name": ("(event) => { const what = 'data'; return event[what]; }", ALL),
    # aliases and shadows
    "alias": ("(event) => { const e = event; return e.topic === 'a'; }", ["a"]),
    "alias of an alias": ("(event) => { const e = event; let f; f = e; return f.data; }", ALL),
    "copy": ("(event) => { const e = { ...event, at: 1 }; return e.topic === 'a'; }", ["a"]),
    "assigned anew": ("(event) => { event = clean(event); return event.data; }", ALL),
    "copied from itself": ("(event) => { event = { ...event, n: 1 }; return event.data; }", ALL),
    "another copied from itself": ("(event) => { let o = {}; o = { ...o, n: event.data }; return o.topic === 'x'; }", ALL),
    "assigned from itself": ("(event) => { event = event || {}; return event.topic === 'a'; }", ["a"]),
    "topic by another name": ("(event) => { const t = event.topic; return t === 'a'; }", ["a"]),
    "topic with a fallback": ("(event) => { const t = event.topic ?? ''; return t === 'a'; }", ["a"]),
    "shadowed in an inner function": ("(event) => { const f = (event) => event.data; return f({}); }", API),
    "shadowed in a block": ("(event) => { { const event = { data: 1, topic: 2 }; event.data; } return event.body; }", API),
    "shadowed by a catch": ("(event) => { try { x(); } catch (event) { return event.data; } }", API),
    "shadowed by a loop": ("(event) => { for (const event of [1]) event.data; }", API),
    "shadowed topic": ("({ topic, data }) => data.filter((topic) => topic === 'not this')", ALL),
    "used in an inner function": ("(event) => { const f = () => event.topic === 'a'; return f(); }", ["a"]),
    "handed to an inner function": ("(event) => { const on = (e) => e.topic === 'a'; return on(event); }", ["a"]),
    "topic handed to an inner function": ("(event) => { const is = (t) => t === 'a'; return is(event.topic); }", ["a"]),
    "a function that calls itself": ("function again(event) { return event.data && again(event); }", ALL),
    "somebody else's topic": ("(event) => [event.emit, other.topic === 'x', other.data]", API),
    # topics compared
    "equal": ("(event) => { if (event.topic === 'a') return 1; }", ["a"]),
    "not equal": ("(event) => { if (event.topic !== 'pr-opened') return; }", ["pr-opened"]),
    "loosely": ("(event) => event.topic == 'a' || event.topic != 'b'", ["a", "b"]),
    "the other way round": ("(event) => 'b' === event.topic", ["b"]),
    "maybe": ("(event) => event?.topic === 'a'", ["a"]),
    "by text": ("(event) => event['topic'] === 'a'", ["a"]),
    "template": ("(event) => event.topic === `a.b`", ["a.b"]),
    "one of two": ("(event) => event.topic === (event.data.x ? 'a' : 'b')", ["a", "b"]),
    "a constant": ("(event) => { const WANTED = 'a'; return event.topic === WANTED; }", ["a"]),
    "a member of a constant": ("(event) => { const T = { made: 'a' }; return event.topic === T.made; }", ["a"]),
    "switch": ("({ topic }) => { switch (topic) { case 'a': return 1; case `b`: return 2; default: return; } }", ["a", "b"]),
    "switch of true": ("(event) => { switch (true) { case event.topic === 'a': return 1; } }", ["a"]),
    "compared with nothing": ("(event) => event.topic == null || event.topic === undefined || event.data", ALL),
    "compared in passing with another topic": ("(event) => event.data.topic === 'x'", ALL),
    "said twice": ("(event) => event.topic === 'a' || event.topic === 'a'", ["a"]),
    # lists
    "includes": ("(event) => ['d', 'e'].includes(event.topic)", ["d", "e"]),
    "includes, by name": ("(event) => { const l = ['d', 'e']; return l.includes(event.topic); }", ["d", "e"]),
    "includes, put together": ("(event) => { const l = ['d']; return [...l, 'e'].includes(event.topic); }", ["d", "e"]),
    "indexOf": ("(event) => ['d'].indexOf(event.topic) >= 0", ["d"]),
    "a set": ("(event) => new Set(['d', 'e']).has(event.topic)", ["d", "e"]),
    "each of a list": ("(event) => { for (const t of ['a', 'b']) if (event.topic === t) return t; }", ["a", "b"]),
    # tables
    "map": ("(event) => { const map = { 'pr-opened': 1, merged: 2 }; return map[event.topic]; }", ["pr-opened", "merged"]),
    "map, there and then": ("(event) => ({ x: 1, 'y-z': 2 })[event.topic]", ["x", "y-z"]),
    "map, maybe": ("(event) => { const map = { a: () => 1 }; return map[event.topic]?.(); }", ["a"]),
    "map, frozen": ("(event) => { const map = Object.freeze({ a: 1 }); return map[event.topic]; }", ["a"]),
    "map in a map": ("(event) => { const map = { on: { a: 1, b: 2 }, off: 3 }; return map.on[event.topic]; }", ["a", "b"]),
    "map in a map, by data": (
        "(event) => { const map = { eu: { a: 1 }, us: { b: 2 } }; return map[event.data.place][event.topic]; }",
        ["a", "b"],
    ),
    "map with spread": ("(event) => { const more = { b: 2 }; const map = { a: 1, ...more }; return map[event.topic]; }", ["a", "b"]),
    "map with a computed key": ("(event) => { const A = 'a'; return { [A]: 1 }[event.topic]; }", ["a"]),
    "Map": ("(event) => new Map([['a', 1], ['b', 2]]).get(event.topic)", ["a", "b"]),
    "in": ("(event) => { const map = { a: 1 }; return event.topic in map; }", ["a"]),
    "hasOwn": ("(event) => { const map = { a: 1 }; return Object.hasOwn(map, event.topic); }", ["a"]),
    "keys": ("(event) => { const map = { a: 1 }; return Object.keys(map).includes(event.topic); }", ["a"]),
    "a tally asks for nothing": (
        "async (event) => { if (event.topic !== 'a') return; const n = (await event.state.get('n')) || {};"
        " n[event.topic] = (n[event.topic] || 0) + 1; n[event.topic]++; }",
        ["a"],
    ),
    # what cannot be read: every topic, since the function chooses for itself
    "startsWith": ("(event) => event.topic.startsWith('order.')", ALL),
    "startsWith beside a literal": ("(event) => event.topic === 'a' || event.topic.startsWith('order.')", ALL),
    "pattern text": ("(event) => event.topic === 'a' || /^order/.test(event.topic)", ALL),
    "template with a hole": ("(event) => event.topic === 'a' || event.topic === `b.${event.data.x}`", ALL),
    "from elsewhere": ("(event) => event.topic === 'a' || event.topic === process.env.WANTED", ALL),
    "left early": ("(event) => { if (event.topic === 'noise') return; return event.data; }", ALL),
    "left early by list": ("(event) => { if (['x', 'y'].includes(event.topic)) { return; } return event.data; }", ALL),
    "stayed by list": ("(event) => { if (!['x', 'y'].includes(event.topic)) return; return event.data; }", ["x", "y"]),
}  # fmt: skip


@pytest.mark.rows(137, 138, 145, 146, 147)
@pytest.mark.parametrize("case", FUNCTIONS)
def test_a_function(node: Node, case: str) -> None:
    source, wanted = FUNCTIONS[case]
    assert read(node, f"const other = {{}};\nexport default {source};\n") == wanted
    assert read(node, f"const other = {{}};\nmodule.exports = {source};\n") == wanted


# Whole files: how a function comes to be the default export, and what stands beside it.
FILES: dict[str, tuple[str, str | list[str]]] = {
    "const, then default": ("const run = async (event) => event.topic === 'a';\nexport default run;\n", ["a"]),
    "function, then default": ("async function run(event) { return event.data; }\nexport default run;\n", ALL),
    "as default": ("function run(event) { return event.body; }\nexport { run as default };\n", API),
    "nameless": ("export default async function (event) { return event.topic === 'a'; }\n", ["a"]),
    "exports.default": ("exports.default = (event) => event.topic === 'a';\n", ["a"]),
    "module.exports by name": ("const run = (event) => event.data;\nmodule.exports = run;\n", ALL),
    "static method": ("class Jobs { static async run(event) { return event.topic === 'a'; } }\nexport default Jobs.run;\n", ["a"]),
    "method with private members": (
        "class Jobs { static #n = 1; static run(event) { return event.topic === 'a' && Jobs.#n; } }\nexport default Jobs.run;\n",
        ["a"],
    ),
    "method of an object": ("const jobs = { async run(event) { return event.data; } };\nexport default jobs.run;\n", ALL),
    "bound: its text cannot be read": ("export default (function (event) { return event.data; }).bind(null);\n", API),
    "a constant of the file": ("const WANTED = 'a';\nexport default (event) => { if (event.topic !== WANTED) return; };\n", ["a"]),
    "a list of the file": ("const WANTED = ['a', 'b'];\nexport default (event) => WANTED.includes(event.topic);\n", ["a", "b"]),
    "a set of the file": ("const WANTED = new Set(['a']);\nmodule.exports = (event) => WANTED.has(event.topic);\n", ["a"]),
    "a table of the file": (
        "const on = { 'order.made': async () => 1, 'order.paid': async () => 2 };\n"
        "export default async (event) => on[event.topic]?.(event.data);\n",
        ["order.made", "order.paid"],
    ),
    "a function of the file": (
        "const isOurs = (topic) => topic === 'a' || topic === 'b';\nexport default (event) => isOurs(event.topic) && event.data;\n",
        ["a", "b"],
    ),
    "all of it in a function of the file": (
        "async function work({ topic, data }) { if (topic !== 'a') return; return data; }\nexport default (event) => work(event);\n",
        ["a"],
    ),
    "a table from another file": (
        "import { table } from '../../lib/table.js';\nexport default (event) => { if (event.topic === 'z') return 1; return table[event.topic]; };\n",
        ALL,
    ),
    "the same name elsewhere in the file": (
        "function other(event) { return event.body; }\nexport const used = other;\nexport default (event) => event.data;\n",
        ALL,
    ),
}  # fmt: skip


@pytest.mark.rows(137, 138, 147, 302)
@pytest.mark.parametrize("case", FILES)
def test_a_file(node: Node, case: str) -> None:
    node.write("lib/table.js", "export const table = { a: 1 };\n")
    text, wanted = FILES[case]
    assert read(node, text) == wanted


TYPED: dict[str, tuple[str, str | list[str]]] = {
    "typed parameter": ("interface Event { topic: string; data: unknown }\nexport default async (event: Event): Promise<void> => { if (event.topic !== 'a') return; };\n", ["a"]),
    "typed pattern": ("export default async function ({ body }: { body: { id: string } }) { return body.id; }\n", API),
    "cast": ("export default (event: unknown) => { const { topic } = event as { topic: string }; return topic === 'a'; };\n", ["a"]),
    "cast in place": ("export default (event: unknown) => (event as any).topic === 'a';\n", ["a"]),
    "satisfies": ("type F = (e: any) => unknown;\nexport default ((event) => event.data) satisfies F;\n", ALL),
    "not null": ("export default (event: { data?: { id: string } }) => event.data!.id;\n", ALL),
    "enum": ("enum Topic { Made = 'order.made' }\nexport default (event: any) => event.topic === Topic.Made;\n", ["order.made"]),
    "constants": ("const TOPICS = { made: 'order.made' } as const;\nexport default (event: any) => event.topic === TOPICS.made;\n", ["order.made"]),
    "generic": ("export default async <T,>(event: { data: T }): Promise<T> => event.data;\n", ALL),
    "record": ("const on: Record<string, () => number> = { a: () => 1, b: () => 2 };\nexport default (event: { topic: string }) => on[event.topic]?.();\n", ["a", "b"]),
}  # fmt: skip


@pytest.mark.rows(137, 145, 147)
@pytest.mark.parametrize("case", TYPED)
def test_a_typescript_file(node: Node, case: str) -> None:
    text, wanted = TYPED[case]
    assert read(node, text, "steps/orders/bare.step.ts") == wanted


def test_what_was_read_is_told(node: Node) -> None:
    def told(text: str) -> list[str]:
        file = node.write("steps/told.step.js", text)
        report = node.describe(file, changed=(file,))[0]
        found: list[str] = report["steps"][0].get("inferred", [])
        return found

    assert told("export default ({ body, query }) => 1;") == ["type api: it uses body, query", "route * /told"]
    assert told("export default (event) => event.topic === 'a';") == ["type event: it uses topic", "topics a"]
    assert told("export default (event) => event.data;") == ["type event: it uses data", "topics all"]
    assert told("export default { schedule: '@daily', handler() {} };") == ["type cron: it has a schedule"]
    config = "export const config = { type: 'event', subscribes: ['a'] };\n"
    assert told(config + "export default (event) => event.data;") == []


# Beside the function: a config that says less than everything, and what comes of both.
PARTIAL = {
    "{ subscribes: ['only'], flows: ['f'] }": {"type": "event", "subscribes": ["only"], "flows": ["f"]},
    "{ type: 'event' }": {"type": "event", "subscribes": ["a"]},
    "{ type: 'event', subscribes: ['*'] }": {"type": "event", "subscribes": ["*"]},
    "{ description: 'd' }": {"type": "event", "subscribes": ["a"], "description": "d"},
    "{ name: 'named' }": {"type": "event", "subscribes": ["a"], "name": "named"},
    "{ name: 'default' }": {"type": "event", "subscribes": ["a"], "name": "default"},
    "{ path: '/hook', method: 'POST' }": {"type": "api", "path": "/hook", "method": "POST"},
    "{ path: '/hook' }": {"type": "api", "path": "/hook", "method": "*"},
    "{ method: ['GET', 'PUT'] }": {"type": "api", "path": "/part", "method": ["GET", "PUT"]},
    "{ type: 'api' }": {"type": "api", "path": "/part", "method": "*"},
    "{ routes: ['/a', '/b'] }": {"type": "api", "routes": ["/a", "/b"]},
    "{ schedule: '@hourly' }": {"type": "cron", "cron": "@hourly"},
    "{ type: 'cron', cron: '@hourly' }": {"type": "cron", "cron": "@hourly"},
    "{ emits: ['x'] }": {"type": "event", "subscribes": ["a"], "emits": ["x"]},
}


@pytest.mark.parametrize("config", PARTIAL)
def test_a_partial_config_wins(node: Node, config: str) -> None:
    text = f"export const config = {config};\nexport default (event) => event.topic === 'a' && event.data;\n"
    file = node.write("steps/part.step.js", text)
    report = node.describe(file, changed=(file,))[0]
    assert "error" not in report, report
    assert report["steps"][0]["config"] == {"name": "part", **PARTIAL[config]}


def test_a_partial_config_beside_a_schedule(node: Node) -> None:
    text = (
        "export const config = { name: 'Report', timezone: 'Asia/Seoul' };\n"
        "export default { schedule: '0 9 * * *', flows: ['f'], handler: async (event) => event.traceId };\n"
    )
    file = node.write("steps/scheduled.step.js", text)
    step = node.describe(file, changed=(file,))[0]["steps"][0]
    wanted = {"type": "cron", "name": "Report", "cron": "0 9 * * *", "timezone": "Asia/Seoul", "flows": ["f"]}
    assert step["config"] == wanted
    assert node.run(file, None, "cron") == "TRACE"


def test_a_class_is_no_step(node: Node) -> None:
    file = node.write("steps/classy.step.js", "export default class Jobs { handle(event) { return event.data; } }\n")
    error = node.describe(file, changed=(file,))[0]["error"]
    assert (error["code"], error["message"]) == ("no_handler", "the default export is a class")


def test_a_function_with_endless_ways_to_be_read(node: Node) -> None:
    lines = "".join(f"  const t{n + 1} = x(t{n}) || t{n} || t{n};\n" for n in range(60))
    text = f"export default (event) => {{\n  const t0 = event.topic;\n{lines}  return t60 === 'a' && event.data;\n}};\n"
    assert read(node, text) == ALL
