"""What a handler returns, and what the client gets."""

from __future__ import annotations

from typing import Any

from tests.parity.behaviour import UNSET, Answer, Ask, Behaviour, Logged
from tests.parity.matching import Like

JSON, HTML, PLAIN, BYTES = "application/json; charset=utf-8", "text/html; charset=utf-8", "text/plain; charset=utf-8", "application/octet-stream"  # fmt: skip


def returns(name: str, node: str, python: str, ruby: str, expect: Any, **more: Any) -> Behaviour:
    """A handler that is one expression."""
    return Behaviour(name=name, node=f"return {node};", python=f"return {python}", ruby=ruby, expect=expect, **more)


def sends(name: str, node: str, python: str, ruby: str, chunks: str, **more: Any) -> Behaviour:
    """An envelope whose body comes in pieces: each text is an expression for the body."""
    kind = more.pop("kind_header", "text/plain")
    return Behaviour(
        name=name,
        node=f"return {{ status: 201, headers: {{ 'content-type': '{kind}' }}, body: ({node})() }};",
        python=f'{python}\nreturn {{"status": 201, "headers": {{"content-type": "{kind}"}}, "body": pieces()}}',
        ruby=f"pieces = Enumerator.new do |out|\n{ruby}\nend\n{{ status: 201, headers: {{ 'content-type' => '{kind}' }}, body: pieces }}",
        expect=Answer(201, text=chunks, headers={"content-type": Like(f"^{kind}")}),
        **more,
    )


# One row, one line or two: the formatter would make a column of each.
# fmt: off
BEHAVIOURS = [
    returns("envelope", "{ status: 201, body: { a: 1 } }", '{"status": 201, "body": {"a": 1}}', "{ status: 201, body: { a: 1 } }",
            Answer(201, json={"a": 1}, headers={"content-type": Like("^application/json")}), rows=(211,)),
    returns("envelope-with-strings", "{ 'status': 202, 'body': [] }", '{"status": 202, "body": []}', '{ "status" => 202, "body" => [] }', Answer(202, json=[])),
    returns("numeric-string-status", "{ status: '404', body: { error: 'no' } }", '{"status": "404", "body": {"error": "no"}}',
            "{ status: '404', body: { error: 'no' } }", Answer(404, json={"error": "no"})),
    returns("no-body", "{ status: 202 }", '{"status": 202}', "{ status: 202 }", Answer(202, text="")),
    returns("no-content", "{ status: 204 }", '{"status": 204}', "{ status: 204 }", Answer(204, text="")),
    returns("null-body", "{ status: 200, body: null }", '{"status": 200, "body": None}', "{ status: 200, body: nil }", Answer(json=None)),
    returns("false-body", "{ status: 200, body: false }", '{"status": 200, "body": False}', "{ status: 200, body: false }", Answer(json=False)),
    returns("zero-body", "{ status: 200, body: 0 }", '{"status": 200, "body": 0}', "{ status: 200, body: 0 }", Answer(json=0)),
    returns("empty-text-body", "{ status: 200, body: '' }", '{"status": 200, "body": ""}', "{ status: 200, body: '' }", Answer(text="")),
    returns("other-keys-are-ignored", "{ status: 200, body: 1, extra: 2 }", '{"status": 200, "body": 1, "extra": 2}',
            "{ status: 200, body: 1, extra: 2 }", (Answer(json=1), Logged({"level": "warn", "msg": Like("ignored: extra")}))),
    returns("body-alone", "{ body: { a: 1 } }", '{"body": {"a": 1}}', "{ body: { a: 1 } }", Answer(json={"a": 1})),
    returns("body-and-headers", "{ body: 1, headers: { 'x-a': 'b' } }", '{"body": 1, "headers": {"x-a": "b"}}', "{ body: 1, headers: { 'x-a' => 'b' } }",
            Answer(json=1, headers={"x-a": "b"})),
    returns("bare-object", "{ success: true }", '{"success": True}', "{ success: true }", Answer(json={"success": True}), rows=(292,)),
    returns("bare-object-with-a-string-status", "{ status: 'queued', id: 1 }", '{"status": "queued", "id": 1}', "{ status: 'queued', id: 1 }",
            Answer(json={"status": "queued", "id": 1})),
    returns("bare-object-with-a-body-of-its-own", "{ body: 1, title: 2 }", '{"body": 1, "title": 2}', "{ body: 1, title: 2 }",
            Answer(json={"body": 1, "title": 2})),
    returns("bare-object-with-a-number-that-is-no-status", "{ status: 1, a: 2 }", '{"status": 1, "a": 2}', "{ status: 1, a: 2 }", Answer(json={"status": 1, "a": 2})),
    returns("bare-object-with-a-true-status", "{ status: true }", '{"status": True}', "{ status: true }", Answer(json={"status": True})),
    returns("bare-list", "[1, { a: 2 }]", '[1, {"a": 2}]', "[1, { a: 2 }]", Answer(json=[1, {"a": 2}])),
    returns("bare-empty-object", "{}", "{}", "{}", Answer(json={})),
    returns("bare-number", "0", "0", "0", Answer(json=0)),
    returns("bare-false", "false", "False", "false", Answer(json=False)),
    returns("bare-text", "'hé'", '"hé"', "'hé'", Answer(text="hé", headers={"content-type": PLAIN})),
    returns("nothing", "undefined", "None", "nil", (Answer(204, text=""), Logged({"level": "warn", "msg": Like("returned nothing.*204")}))),
    returns("null", "null", "None", "nil", (Answer(204, text=""), Logged({"level": "warn", "msg": Like("returned nothing.*204")}))),
    returns("text-body", "{ status: 200, body: '<b>é</b>' }", '{"status": 200, "body": "<b>é</b>"}', "{ status: 200, body: '<b>é</b>' }",
            Answer(text="<b>é</b>", headers={"content-type": HTML})),
    returns("text-body-with-a-type", "{ status: 200, headers: { 'Content-Type': 'text/csv' }, body: 'a,b' }",
            '{"status": 200, "headers": {"Content-Type": "text/csv"}, "body": "a,b"}', "{ status: 200, headers: { 'Content-Type' => 'text/csv' }, body: 'a,b' }",
            Answer(text="a,b", headers={"content-type": Like("^text/csv")})),
    returns("json-with-a-type", "{ status: 400, headers: { 'content-type': 'application/problem+json' }, body: { title: 'no' } }",
            '{"status": 400, "headers": {"content-type": "application/problem+json"}, "body": {"title": "no"}}',
            "{ status: 400, headers: { 'content-type' => 'application/problem+json' }, body: { title: 'no' } }",
            Answer(400, json={"title": "no"}, headers={"content-type": Like("^application/problem.json")})),
    returns("bytes-body", "{ status: 200, body: Buffer.from([0, 255]) }", '{"status": 200, "body": b"\\x00\\xff"}', '{ status: 200, body: "\\x00\\xff".b }',
            Answer(body=b"\x00\xff", headers={"content-type": BYTES})),
    returns("bytes-of-another-kind", "{ status: 200, body: new Uint8Array([0, 255]) }", '{"status": 200, "body": memoryview(bytearray(b"\\x00\\xff"))}',
            '{ status: 200, body: [0, 255].pack("C*") }', Answer(body=b"\x00\xff", headers={"content-type": BYTES})),
    returns("bare-bytes", "Buffer.from([0, 255])", 'b"\\x00\\xff"', '"\\x00\\xff".b', Answer(body=b"\x00\xff", headers={"content-type": BYTES})),
    returns("large-bytes", "{ status: 200, headers: { 'content-type': 'image/png' }, body: Buffer.alloc(700000, 'é') }",
            '{"status": 200, "headers": {"content-type": "image/png"}, "body": "é".encode() * 350000}',
            "{ status: 200, headers: { 'content-type' => 'image/png' }, body: ('é' * 350000).b }",
            Answer(body="é".encode() * 350000, headers={"content-type": "image/png"})),
    returns("the-old-form-of-a-buffer", "{ status: 200, body: { type: 'Buffer', data: [0, 255] } }", '{"status": 200, "body": {"type": "Buffer", "data": [0, 255]}}',
            "{ status: 200, body: { type: 'Buffer', data: [0, 255] } }", Answer(body=b"\x00\xff")),
    returns("header-values", "{ status: 200, headers: { 'x-n': 1, 'x-t': true, 'x-no': undefined, 'x-null': null, 'Set-Cookie': ['a=1', 'b=2'] }, body: 1 }",
            '{"status": 200, "headers": {"x-n": 1, "x-t": True, "x-null": None, "Set-Cookie": ["a=1", "b=2"]}, "body": 1}',
            "{ status: 200, headers: { 'x-n': 1, 'x-t': true, 'x-null' => nil, 'Set-Cookie' => ['a=1', 'b=2'] }, body: 1 }",
            Answer(json=1, headers={"x-n": "1", "x-t": "true", "x-no": None, "x-null": None, "set-cookie": ["a=1", "b=2"]})),
    returns("bad-header-value", "{ status: 200, headers: { 'x-a': 'b\\r\\nx-evil: 1' }, body: 1 }", '{"status": 200, "headers": {"x-a": "b\\r\\nx-evil: 1"}, "body": 1}',
            '{ status: 200, headers: { "x-a" => "b\\r\\nx-evil: 1" }, body: 1 }', Answer(500, headers={"x-evil": None})),
    returns("redirect", "{ status: 302, headers: { Location: '/there' } }", '{"status": 302, "headers": {"Location": "/there"}}',
            "{ status: 302, headers: { Location: '/there' } }", Answer(302, text="", headers={"location": "/there"})),
    returns("head", "{ status: 200, body: { a: 1 } }", '{"status": 200, "body": {"a": 1}}', "{ status: 200, body: { a: 1 } }",
            Answer(text="", headers={"content-type": Like("^application/json"), "content-length": "7"}), ask=Ask(method="HEAD")),
    Behaviour(
        name="an-object-with-a-status",
        expect=Answer(418, json={"tea": 1}, headers={"x-pot": "small"}),
        node_top="class Reply { constructor() { this.status = 418; this.headers = { 'x-pot': 'small' }; this.body = { tea: 1 }; } }",
        ts="class Reply { status = 418; headers = { 'x-pot': 'small' }; body = { tea: 1 }; }\nreturn new Reply();",
        node="return new Reply();",
        python_top="class Reply:\n    def __init__(self):\n        self.status, self.headers, self.body = 418, {'x-pot': 'small'}, {'tea': 1}",
        python="return Reply()",
        ruby_top="Reply = Struct.new(:status, :headers, :body)",
        ruby="Reply.new(418, { 'x-pot' => 'small' }, { tea: 1 })",
    ),
    sends("streamed", "async function* () { yield 'a'; yield ''; yield Buffer.from('é'); yield { n: 1 }; }",
          'async def pieces():\n    yield "a"\n    yield ""\n    yield "é".encode()\n    yield {"n": 1}', "out << 'a' << '' << 'é'.b << { n: 1 }",
          'aé{"n":1}\n'),
    sends("streamed-by-a-plain-generator", "function* () { yield 'a'; yield 'b'; }", 'def pieces():\n    yield "a"\n    yield "b"', "out << 'a'\nout << 'b'", "ab"),
    sends("streamed-nothing", "async function* () {}", "async def pieces():\n    return\n    yield", "nil", ""),
    sends("streamed-calls-the-context",
          "async function* () { for (const n of [1, 2]) { await ctx.state.set('streamed', '%ID%', n); yield `${await ctx.state.get('streamed', '%ID%')};`; } }",
          'async def pieces():\n    for n in (1, 2):\n        await context.state.set("streamed", "%ID%", n)\n        yield f"{await context.state.get(\'streamed\', \'%ID%\')};"',
          "[1, 2].each { |n| context.state.set('streamed', '%ID%', n) && out << \"#{context.state.get('streamed', '%ID%')};\" }", "1;2;"),
    sends("server-sent-events", "async function* () { yield { event: 'tick', id: '7', data: { n: 1 } }; yield { data: 'two\\nlines' }; yield { n: 2 }; yield 'data: raw\\n\\n'; }",
          'async def pieces():\n    yield {"event": "tick", "id": "7", "data": {"n": 1}}\n    yield {"data": "two\\nlines"}\n    yield {"n": 2}\n    yield "data: raw\\n\\n"',
          "out << { event: 'tick', id: '7', data: { n: 1 } } << { data: \"two\\nlines\" } << { n: 2 } << \"data: raw\\n\\n\"",
          'event: tick\nid: 7\ndata: {"n":1}\n\ndata: two\ndata: lines\n\ndata: {"n":2}\n\ndata: raw\n\n', kind_header="text/event-stream"),
    Behaviour(
        name="streamed-without-a-type",
        expect=Answer(text="ab", headers={"content-type": PLAIN}),
        node="return { body: (async function* () { yield 'a'; yield 'b'; })() };",
        python='async def pieces():\n    yield "a"\n    yield "b"\nreturn {"body": pieces()}',
        ruby="{ body: %w[a b].each }",
    ),
    Behaviour(
        name="streamed-bare",
        expect=Answer(body=b"\xffb", headers={"content-type": BYTES}),
        node="return (async function* () { yield Buffer.from([255]); yield 'b'; })();",
        python='async def pieces():\n    yield b"\\xff"\n    yield "b"\nreturn pieces()',
        ruby='["\\xff".b, "b"].each',
    ),
    Behaviour(
        name="streamed-from-a-file",
        expect=Answer(text=Like("streamed-from-a-file"), headers={"content-type": BYTES}),
        node="return { status: 200, body: require('node:fs').createReadStream(__filename) };",
        python='return {"status": 200, "body": open(__file__, "rb")}',
        ruby="{ status: 200, body: File.open(__FILE__, 'rb') }",
    ),
    Behaviour(
        name="the-client-leaves",
        ask=Ask(read=4),
        expect=Logged({"msg": "closed"}),
        # The body is told, whatever it is doing, and tidies up; the handler's calls are over by then.
        node="const { motia } = require('motia');\nasync function* body() {\n  try {\n    for (;;) { yield 'tick'; await new Promise((done) => setTimeout(done, 2)); }\n"
        "  } finally { console.log('closed'); }\n}\nreturn { status: 200, body: body() };",
        python="import asyncio\nasync def pieces():\n    try:\n        while True:\n            yield 'tick'\n            await asyncio.sleep(0.002)\n"
        "    finally:\n        print('closed')\nreturn {'status': 200, 'body': pieces()}",
        python_sync="import time\ndef pieces():\n    try:\n        while True:\n            yield 'tick'\n            time.sleep(0.002)\n"
        "    finally:\n        print('closed')\nreturn {'status': 200, 'body': pieces()}",
        ruby="pieces = Enumerator.new do |out|\n  loop do\n    out << 'tick'\n    sleep 0.002\n  end\nensure\n  puts 'closed'\nend\n{ status: 200, body: pieces }",
    ),
    Behaviour(
        name="a-stream-that-breaks-at-once",
        expect=Answer(500, json=UNSET),
        node="return { status: 200, body: (async function* () { throw new Error('no'); })() };",
        python="async def pieces():\n    raise RuntimeError('no')\n    yield\nreturn {'status': 200, 'body': pieces()}",
        ruby="{ status: 200, body: Enumerator.new { |out| raise 'no' } }",
    ),
]
# fmt: on
