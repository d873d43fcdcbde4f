"""Values across the wire: what JSON lacks, what has no form, and the ways a value comes in."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

HEAD = "exports.config = { type: 'event', name: 'x', subscribes: ['t'] };\n"
API = "exports.config = { type: 'api', name: 'x', method: 'GET', path: '/x' };\n"

SENT = {
    "new Date('2024-01-02T03:04:05Z')": "2024-01-02T03:04:05.000Z",
    "new Date(NaN)": None,
    "{ a: new Map([['k', new Date(0)], [2, 'two']]) }": {"a": {"k": "1970-01-01T00:00:00.000Z", "2": "two"}},
    "[new Set([1, 2]), undefined, () => 1][0]": [1, 2],
    "{ u: undefined, n: null, l: [undefined, 1] }": {"n": None, "l": [None, 1]},
    "[10n, 2n ** 60n, { deep: 5n }]": [10, "1152921504606846976", {"deep": 5}],
    "[NaN, Infinity, -Infinity, -0]": [None, None, None, 0],
    "new URL('http://x/y')": "http://x/y",
    "{ toJSON() { return { made: new Date(0) }; } }": {"made": "1970-01-01T00:00:00.000Z"},
    "new (class Point { constructor() { this.x = 1; } get y() { return 2; } })()": {"x": 1},
    "Object.assign(Object.create(null), { bare: 1 })": {"bare": 1},
    "[/a+/gi, new String('boxed'), new Number(3)]": ["/a+/gi", "boxed", 3],
    "Buffer.from('hi')": {"$bytes": "aGk="},
    "{ deep: [new Uint8Array([1, 2]), new Uint8Array([3]).buffer] }": {
        "deep": [{"$bytes": "AQI="}, {"$bytes": "Aw=="}]
    },
    "new Float32Array([0.5, 1])": [0.5, 1],
    "{ $bytes: 'x', $$file: 1, $other: 2 }": {"$$bytes": "x", "$$$file": 1, "$other": 2},
    "'\\ud800 \\\\ud800 \\u2028 \\udfff\\ud83d\\ude00'": "\ufffd \\ud800 \u2028 \ufffd😀",
    "{ '\\udc00key': 1 }": {"\ufffdkey": 1},
    'JSON.parse(\'{"__proto__": {"a": 1}, "x": 10}\')': {"__proto__": {"a": 1}, "x": 10},
    "new Proxy({ a: 1 }, {})": {"a": 1},
    "[, 1]": [None, 1],
    "{ a: [{ b: () => 1 }, () => 2], s: Symbol('s'), m: new Map([['k', { f() {} }]]) }": {
        "a": [{}, None],
        "m": {"k": {}},
    },
    "undefined": None,
}

REFUSED = {
    "() => 1": "result: a function",
    "Symbol('s')": "result: a symbol",
    "{ a: Promise.resolve(1) }": "result.a: a promise has no form in JSON (await it)",
    "(() => { const a = { list: [] }; a.list.push(a); return a; })()": "result.list[0]: contains itself",
    "{ a: (function* () {})() }": "result.a: a generator",
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("values"), spill=2048) as started:
        for index, expression in enumerate([*SENT, *REFUSED]):
            head = HEAD if index < len(SENT) else API
            started.write(f"steps/v{index}_step.js", f"{head}exports.handler = async () => ({expression});\n")
        started.write("steps/echo_step.js", f"{HEAD}exports.handler = async (input) => input;\n")
        started.write(
            "steps/kind_step.js",
            f"{HEAD}exports.handler = async (input) => [Buffer.isBuffer(input.b), Object.keys(input), Object.getPrototypeOf(input) === Object.prototype];\n",
        )
        yield started


@pytest.mark.parametrize("expression", SENT)
def test_sent(node: Node, expression: str) -> None:
    assert node.run(f"steps/v{list(SENT).index(expression)}_step.js") == SENT[expression]


@pytest.mark.parametrize("expression", REFUSED)
def test_refused_with_the_key_path(node: Node, expression: str) -> None:
    with pytest.raises(Refused) as caught:
        node.call(f"steps/v{len(SENT) + list(REFUSED).index(expression)}_step.js")
    assert caught.value.code == 1012
    assert REFUSED[expression] in str(caught.value)
    assert REFUSED[expression] in caught.value.message


def test_errors_are_objects(node: Node) -> None:
    node.write(
        "steps/error_step.js",
        f"{HEAD}exports.handler = async () => ({{ e: Object.assign(new TypeError('outer', {{ cause: new Error('inner') }}), {{ code: 'E_X', more: 1 }}) }});\n",
    )
    value = node.run("steps/error_step.js")
    assert isinstance(value, dict)
    error = value["e"]
    assert (error["name"], error["message"], error["code"]) == ("TypeError", "outer", "E_X")
    assert error["stack"].startswith("TypeError: outer\n    at ")
    assert error["cause"]["message"] == "inner"
    assert set(error) == {"name", "message", "stack", "code", "cause"}


def test_bytes_come_in_as_a_buffer_and_large_ones_as_a_file(node: Node) -> None:
    assert node.run("steps/kind_step.js", {"b": {"$bytes": "AQI="}, "$$bytes": 1}) == [True, ["b", "$bytes"], True]
    data = bytes(range(256)) * 20
    path = node.folder / ".motia" / "run" / "given"
    path.write_bytes(data)
    value = node.run("steps/echo_step.js", {"b": {"$file": str(path), "size": len(data)}})
    assert isinstance(value, dict)
    back = value["b"]
    assert back["size"] == len(data)
    assert Path(back["$file"]).read_bytes() == data
    assert base64.b64encode(data[:2]) == b"AAE="


@pytest.mark.parametrize("path", ["/etc/passwd", "{run}/../secret", "{run}/link"])
def test_a_file_outside_the_run_folder_is_refused(node: Node, path: str) -> None:
    run = node.folder / ".motia" / "run"
    (run.parent / "secret").write_text("s")
    if not (run / "link").exists():
        (run / "link").symlink_to(run.parent / "secret")
    with pytest.raises(Refused) as caught:
        node.run("steps/echo_step.js", {"b": {"$file": path.replace("{run}", str(run)), "size": 1}})
    assert caught.value.code == 1012


def test_an_escaped_key_may_be_spelled_in_unicode_escapes(node: Node) -> None:
    node.number += 1
    line = (
        b'{"id":%d,"method":"step.run","params":{"invocation":"u","snapshot":1,"file":"steps/kind_step.js","member":"",'
        b'"trigger":"event","traceId":"t","deadlineMs":1000,"input":{"b":{"\\u0024bytes":"AQ=="}}}}\n' % node.number
    )
    node.worker.send(line)
    assert node.wait(node.number) == {"value": [True, ["b"], True]}


def test_a_proto_key_is_only_a_key(node: Node) -> None:
    assert node.run("steps/kind_step.js", {"__proto__": {"x": 1}, "$$bytes": 2}) == [
        False,
        ["__proto__", "$bytes"],
        True,
    ]


def test_a_call_that_cannot_be_sent_fails_that_call(node: Node) -> None:
    node.write(
        "steps/call_step.js",
        f"{HEAD}exports.handler = async (_, {{ state }}) => {{\n"
        "  try { await state.set('g', 'k', { bad: [Promise.resolve(1)] }); } catch (error) { return [error.code, error.message]; }\n};\n",
    )
    assert node.run("steps/call_step.js") == [1012, "state.set.value.bad[0]: a promise has no form in JSON (await it)"]
