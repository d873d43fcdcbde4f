"""What a handler gets and what its result becomes: requests, envelopes, streamed bodies."""

from __future__ import annotations

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
    "{ status: 200, headers: { 'Content-Type': 'text/csv' }, body: 'a,b' }": (
        200,
        {"Content-Type": "text/csv"},
        "text",
        "a,b",
    ),
    "{ body: { a: 1 } }": (200, {}, "json", {"a": 1}),
    "{ body: 1, headers: { x: 'y' } }": (200, {"x": "y"}, "json", 1),
    "{ status: 204, other: 1, body: undefined }": (204, {}, "none", None),
    "{ status: 'ok', body: 1 }": (200, {}, "json", {"status": "ok", "body": 1}),
    "{ status: 99 }": (200, {}, "json", {"status": 99}),
    "{ body: 1, extra: 2 }": (200, {}, "json", {"body": 1, "extra": 2}),
    "[1, 2]": (200, {}, "json", [1, 2]),
    "'text'": (200, {"content-type": "text/plain; charset=utf-8"}, "text", "text"),
    "0": (200, {}, "json", 0),
    "null": (204, {}, "none", None),
    "undefined": (204, {}, "none", None),
    "Buffer.from('hi')": (200, {}, "bytes", {"$bytes": "aGk="}),
    "{ status: 200, body: { type: 'Buffer', data: [104, 105] } }": (200, {}, "bytes", {"$bytes": "aGk="}),
    "{ status: 200, body: { nested: Buffer.from('hi'), $bytes: 'own' } }": (
        200,
        {},
        "json",
        {"nested": "aGk=", "$bytes": "own"},
    ),
    "{ status: 200, headers: { n: 1, b: true, u: undefined, z: null, l: ['a', 2] } }": (
        200,
        {"n": "1", "b": "true", "l": ["a", "2"]},
        "none",
        None,
    ),
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
    assert (response["status"], response["headers"], response["kind"], response.get("body")) == (
        status,
        headers,
        kind,
        body,
    )


def test_what_is_ignored_or_missing_is_warned_of(tmp_path: Path) -> None:
    with Node(tmp_path) as node:
        node.call(node.write("steps/a.step.js", f"{API}export const handler = () => ({{ status: 200, other: 1 }});\n"))
        node.call(node.write("steps/b.step.js", f"{API}export const handler = () => {{}};\n"))
        assert node.said("warn") == [
            "the response has keys that are ignored: other",
            "the handler returned nothing; the answer is 204 without a body",
        ]


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
    file = node.write(
        f"steps/s{list(STREAMS).index(expression)}.step.js",
        f"{API}export const handler = async () => ({{ status: 201, body: {expression} }});\n",
    )
    node.calls.clear()
    response = node.call(file)
    assert (response["status"], response["kind"]) == (201, "streamed")
    assert [call["data"] for call in node.calls] == STREAMS[expression]
    assert [call.get("status") for call in node.calls] == [201] + [None] * (len(node.calls) - 1)


def test_server_sent_events_and_an_empty_stream(node: Node) -> None:
    source = f"{API}async function* body() {{ yield 'data: raw\\n\\n'; yield {{ event: 'e', data: {{ a: 1 }}, id: 7 }}; yield {{ n: 2 }}; yield {{ data: 'two\\nlines' }}; }}\n"
    file = node.write(
        "steps/sse.step.js",
        source
        + "export const handler = () => ({ status: 200, headers: { 'content-type': 'text/event-stream' }, body: body() });\n",
    )
    node.calls.clear()
    node.call(file)
    assert [call["data"] for call in node.calls] == [
        "data: raw\n\n",
        'event: e\nid: 7\ndata: {"a":1}\n\n',
        'data: {"n":2}\n\n',
        "data: two\ndata: lines\n\n",
    ]
    empty = node.write(
        "steps/empty.step.js",
        f"{API}export const handler = () => ({{ status: 200, body: (async function* () {{}})() }});\n",
    )
    assert node.call(empty)["kind"] == "none"


def test_a_fetch_response_is_a_response(node: Node) -> None:
    file = node.write(
        "steps/fetch.step.js",
        f"{API}export const handler = async () => Response.json({{ a: 1 }}, {{ status: 418 }});\n",
    )
    node.calls.clear()
    assert node.call(file)["status"] == 418
    assert node.calls[0]["headers"] == {"content-type": "application/json"}
    assert node.calls[0]["data"] == {"$bytes": "eyJhIjoxfQ=="}


def test_the_generator_is_closed_when_the_client_has_gone(node: Node) -> None:
    source = f"{API}async function* body({{ logger }}) {{ try {{ for (;;) yield 'x'; }} finally {{ logger.info('closed'); }} }}\n"
    file = node.write(
        "steps/gone.step.js",
        source + "export const handler = async (_req, context) => ({ status: 200, body: body(context) });\n",
    )
    node.answers["response.chunk"] = lambda _: Exception({"code": 1016, "message": "gone"})
    with pytest.raises(Refused) as caught:
        node.call(file)
    del node.answers["response.chunk"]
    assert caught.value.code == -32800
    assert node.said("info") == ["closed"]


def test_an_error_in_a_stream_fails_the_invocation(node: Node) -> None:
    file = node.write(
        "steps/torn.step.js",
        f"{API}export const handler = () => ({{ status: 200, body: (async function* () {{ yield 'a'; throw new Error('torn'); }})() }});\n",
    )
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
        file,
        json={"a": 1},
        method="PUT",
        path="/x/1",
        url="/x/1?q=2",
        params={"id": "1"},
        query={"q": "2"},
        headers={"cookie": "a=1; b=%20x; a=2; c=%zz; bad"},
    )["body"]
    assert body["body"] == {"a": 1}
    assert body["rawBody"] == '{"a": 1}'
    assert (body["method"], body["path"], body["url"], body["ip"]) == ("PUT", "/x/1", "/x/1?q=2", "127.0.0.1")
    assert body["pathParams"] == {"id": "1"}
    assert body["queryParams"] == {"q": "2"}
    assert body["cookies"] == {"a": "1", "b": " x", "c": "%zz"}
    assert body["same"] == [True, True]


def test_bodies_of_each_kind(node: Node) -> None:
    file = node.write(
        "steps/body.step.js",
        f"{API}export const handler = async ({{ body, rawBody }}) => ({{ status: 200, body: {{ body, raw: rawBody }} }});\n",
    )
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
