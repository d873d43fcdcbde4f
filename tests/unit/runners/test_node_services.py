"""What a handler may ask of the core: arguments, results, warnings, transactions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]


@pytest.fixture
def node(shared: Node) -> Node:
    for kept in (shared.calls, shared.logs, shared.store, shared.answers):
        kept.clear()
    return shared


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("services")) as started:
        yield started


def handler(node: Node, body: str, config: str = "") -> str:
    source = f"export const config = {{ type: 'event', name: 'x', subscribes: ['t'], {config} }};\n"
    file = node.write(
        "steps/x.step.js",
        f"{source}export const handler = async (input, ctx) => {{ const {{ state, streams, emit, once, transaction }} = ctx; {body} }};\n",
    )
    node.describe(file, changed=(file,))
    return file


def sent(node: Node) -> list[dict[str, object]]:
    return [{key: value for key, value in call.items() if key != "invocation"} for call in node.calls]


def test_the_context(node: Node) -> None:
    body = "const copy = { ...ctx }; return [Object.keys(copy).slice(0, 6), ctx.topic, ctx.attempt, ctx.step, ctx.flows, ctx.deadline > Date.now(), ctx.utils.dates.now() instanceof Date, ctx.cancelled];"
    value = node.run(handler(node, body, "flows: ['f']"), None, topic="t", attempt=2)
    assert value == [["traceId", "flows", "logger", "state", "emit", "streams"], "t", 2, "x", ["f"], True, True, False]


def test_emit_options(node: Node) -> None:
    body = "await emit({ topic: 'a', data: 1, messageGroupId: 7, delay: '1.5', id: 'i', other: 1 }); await emit({ topic: 'b', at: new Date(5) }); await emit({ topic: 'c', at: '1970-01-01T00:00:01Z' }); return await emit('d', 2);"
    assert node.run(handler(node, body)) == {"id": "e1", "deliveries": 1}
    assert sent(node) == [
        {"method": "events.emit", "topic": "a", "data": 1, "messageGroupId": "7", "delay": 1.5, "id": "i"},
        {"method": "events.emit", "topic": "b", "data": None, "at": 5},
        {"method": "events.emit", "topic": "c", "data": None, "at": 1000},
        {"method": "events.emit", "topic": "d", "data": 2},
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("emit({ data: 1 })", "emit needs { topic: '…', data }; `topic` is missing"),
        ("emit()", "emit needs { topic: '…', data }; `topic` is missing"),
        ("emit({ topic: 'a', delay: -1 })", "emit: delay must be seconds from now, not -1"),
        (
            "emit({ topic: 'a', at: 'soon' })",
            "emit: at must be a Date, an ISO 8601 text or epoch milliseconds, not soon",
        ),
        ("state.get('g')", "state.get: key must be a text, not undefined"),
        ("state.set(null, 'k', 1)", "state.set: group must be a text, not null"),
        ("streams.todo.set('g', {}, 1)", "streams.todo: id must be a text, not object"),
        ("once('k')", "once(key, fn) needs a function"),
        ("motia.trigger()", "motia.trigger(id, data) needs the id of a step"),
    ],
)
def test_wrong_arguments_reject(node: Node, call: str, message: str) -> None:
    assert node.run(handler(node, f"return await {call}.catch((error) => error.message);")) == message
    assert not node.calls


def test_state_results(node: Node) -> None:
    body = "const set = await state.set('g', 1, { a: 1 }); await state.set('g', 'two', 2); return [set, await state.get('g', '1'), await state.getGroup('g'), await state.get('g', 'none'), await state.delete('g', 'two'), await state.clear('g')];"
    node.answers["state.clear"] = lambda _: {"count": 1}
    assert node.run(handler(node, body)) == [{"a": 1}, {"a": 1}, [{"a": 1}, 2], None, 2, None]
    assert sent(node)[0] == {"method": "state.set", "group": "g", "key": "1", "value": {"a": 1}}


def test_stream_items_carry_their_mark_into_http_bodies_only(node: Node) -> None:
    source = "export const config = { type: 'api', name: 'x', method: 'GET', path: '/x' };\n"
    body = "const item = await streams.todo.set('g', '1', { n: 1 }); await state.set('s', 'k', { item }); return { status: 200, body: { ...item, list: await streams.todo.getGroup('g') } };"
    file = node.write(
        "steps/api.step.js", f"{source}export const handler = async (req, {{ streams, state }}) => {{ {body} }};\n"
    )
    mark = {"type": "state-stream", "streamName": "todo", "groupId": "g", "id": "1"}
    assert node.call(file)["body"] == {"n": 1, "__motia": mark, "list": [{"n": 1, "__motia": mark}]}
    assert sent(node)[1]["value"] == {"item": {"n": 1}}
    again = handler(
        node,
        "const item = await streams.todo.set('g', '1', { n: 1 }); await streams.todo.set('g', '2', item); return item;",
    )
    assert node.run(again) == {"n": 1}
    assert sent(node)[-1]["value"] == {"n": 1}


def test_bytes_in_state(node: Node) -> None:
    assert node.run(
        handler(
            node,
            "await state.set('g', 'b', Buffer.from('hi')); const back = await state.get('g', 'b'); return [Buffer.isBuffer(back), back.toString()];",
        )
    ) == [True, "hi"]


def test_once_remembers(node: Node) -> None:
    body = "let runs = 0; const first = await once('k', () => { runs++; return { a: 1 }; }); return [first, runs];"
    assert node.run(handler(node, body)) == [{"a": 1}, 1]
    node.answers["once.get"] = lambda _: {"found": True, "value": None}
    assert node.run(handler(node, body)) == [None, 0]


# --------------------------------------------------------------------------- transactions

COMMIT = "transaction.commit"


def test_a_transaction_reads_its_own_writes_and_commits_once(node: Node) -> None:
    node.store["/a", "n"] = 1
    body = (
        "return await transaction(async () => {\n"
        "  const n = await state.get('a', 'n'); const again = await state.get('a', 'n');\n"
        "  const value = { n: n + again }; await state.set('a', 'm', value); value.n = 'changed later';\n"
        "  await streams.todo.set('g', '1', { x: 1 }); await emit({ topic: 't', data: value }); state.delete('a', 'gone');\n"
        "  return [await state.get('a', 'm'), await streams.todo.get('g', '1'), await state.get('a', 'gone')];\n});"
    )
    assert node.run(handler(node, body)) == [{"n": 2}, {"x": 1, "id": "1"}, None]
    reads, commit = sent(node)[:-1], sent(node)[-1]
    assert [(call["method"], call["key"]) for call in reads] == [
        ("transaction.read", "n"),
        ("transaction.read", "gone"),
    ]
    assert commit["reads"] == [
        {"group": "a", "key": "n", "version": "1"},
        {"group": "a", "key": "gone", "version": "1"},
    ]
    assert commit["writes"] == [
        {"method": "state.set", "params": {"group": "a", "key": "m", "value": {"n": 2}}},
        {"method": "streams.set", "params": {"stream": "todo", "group": "g", "id": "1", "value": {"x": 1}}},
        {"method": "events.emit", "params": {"topic": "t", "data": {"n": "changed later"}}},
        {"method": "state.delete", "params": {"group": "a", "key": "gone"}},
    ]


def test_groups_updates_and_comparisons_in_a_transaction(node: Node) -> None:
    node.answers["transaction.readGroup"] = lambda _: {"items": [["x", 1], ["y", {"n": 1}]], "version": "5"}
    body = (
        "return await transaction(async (tx) => {\n"
        "  await tx.state.set('g', 'z', 3); await tx.state.delete('g', 'x');\n"
        "  const all = await tx.state.getGroup('g'); const keys = await tx.state.keys('g');\n"
        "  const updated = await tx.state.update('g', 'y', { op: 'increment', path: 'n', value: 4 });\n"
        "  const absent = await tx.state.setIfAbsent('g', 'y', 9); const fresh = await tx.state.setIfAbsent('g', 'w', 9);\n"
        "  const swapped = await tx.state.compareAndSet('g', 'y', { n: 5 }, 6); const not = await tx.state.compareAndSet('g', 'y', 5, 7);\n"
        "  await tx.state.clear('g');\n"
        "  return { all, keys, updated, absent, fresh, swapped, not, after: await tx.state.getGroup('g') };\n});"
    )
    assert node.run(handler(node, body)) == {
        "all": [{"n": 1}, 3],
        "keys": ["y", "z"],
        "updated": {"n": 5},
        "absent": {"stored": False, "value": {"n": 5}},
        "fresh": {"stored": True, "value": 9},
        "swapped": {"stored": True, "value": 6},
        "not": {"stored": False, "value": 6},
        "after": [],
    }


def test_what_fails_in_a_transaction_writes_nothing(node: Node) -> None:
    body = "await transaction(async () => { await state.set('a', 'b', 1); throw new Error('undone'); });"
    with pytest.raises(Refused) as caught:
        node.run(handler(node, body))
    assert caught.value.message == "undone"
    assert not node.calls


def test_neighbours_of_a_block_are_not_part_of_it(node: Node) -> None:
    body = (
        "let release; const gate = new Promise((r) => (release = r));\n"
        "const block = transaction(async () => { await gate; await state.set('a', 'in', 1); });\n"
        "await state.set('a', 'out', 2); release(); await block; await state.set('a', 'after', 3); return 1;"
    )
    assert node.run(handler(node, body)) == 1
    assert [call["method"] for call in sent(node)] == ["state.set", COMMIT, "state.set"]


def test_nested_blocks_join_and_unawaited_work_belongs(node: Node) -> None:
    body = (
        "return await transaction(async () => {\n  await transaction(async () => { await state.set('a', 'inner', 1); });\n"
        "  state.update('a', 'n', [{ op: 'append', path: 'l.0', value: 1 }, { op: 'set', path: 'o.p', value: 2 }]);\n  return 'done';\n});"
    )
    node.store["/a", "n"] = {"l": [[0]]}
    assert node.run(handler(node, body)) == "done"
    assert [call["method"] for call in sent(node)] == ["transaction.read", COMMIT]
    writes = sent(node)[-1]["writes"]
    assert isinstance(writes, list)
    assert writes[-1]["params"]["value"] == {"l": [[0, 1]], "o": {"p": 2}}


def test_once_is_committed_with_its_block(node: Node) -> None:
    assert (
        node.run(
            handler(
                node,
                "return await transaction(() => once('k', async () => { await state.set('a', 'b', 1); return 'r'; }));",
            )
        )
        == "r"
    )
    assert [write["method"] for write in sent(node)[-1]["writes"]] == ["state.set", "once.put"]  # type: ignore[index, attr-defined]


@pytest.mark.parametrize(
    ("ops", "before", "after"),
    [
        ([{"op": "set", "path": "", "value": 1}], None, 1),
        ([{"op": "increment", "path": ""}], 4, 5),
        ([{"op": "increment", "path": "a.b"}], None, {"a": {"b": 1}}),
        ([{"op": "set", "path": "l.1", "value": "x"}], {"l": [1, 2]}, {"l": [1, "x"]}),
        ([{"op": "set", "path": "l.2", "value": "x"}], {"l": [1, 2]}, {"l": [1, 2, "x"]}),
        ([{"op": "append", "path": "", "value": 1}], None, [1]),
        ([{"op": "merge", "path": "", "value": {"b": 2}}], {"a": 1}, {"a": 1, "b": 2}),
        ([{"op": "remove", "path": "a.b"}], {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
        ([{"op": "remove", "path": "x.y"}], {"a": 1}, {"a": 1}),
        ([{"op": "remove", "path": "l.0"}], {"l": [1, 2]}, {"l": [2]}),
        ([{"op": "remove", "path": ""}], {"a": 1}, None),
        ([{"op": "increment", "path": "a"}], {"a": "text"}, "increment of a: no number"),
        ([{"op": "append", "path": "a", "value": 1}], {"a": "text"}, "append to a: no list"),
        ([{"op": "set", "path": "a.b", "value": 1}], {"a": 5}, "a holds no keys"),
        ([{"op": "set", "path": "l.7", "value": 1}], {"l": [1]}, "7 is no index of the list"),
        ([{"op": "dance", "path": "a"}], {"a": 5}, "unknown operation dance"),
    ],
)
def test_operations_in_a_block(node: Node, ops: list[dict[str, object]], before: object, after: object) -> None:
    node.store["/g", "k"] = before
    file = handler(
        node, "return await transaction(() => state.update('g', 'k', input)).catch((error) => error.message);"
    )
    value = node.run(file, ops)
    assert value == (f"update: {after}" if isinstance(after, str) else after)


def test_trigger_only_works_while_a_step_runs(node: Node) -> None:
    file = node.write(
        "steps/early.step.js",
        "import { motia } from 'motia';\nconst early = motia.trigger('x', 1).catch((error) => error.message);\n"
        "export const config = { type: 'event', name: 'x', subscribes: ['t'] };\nexport const handler = async () => early;\n",
    )
    assert node.run(file) == "motia.trigger works only while a step runs"
