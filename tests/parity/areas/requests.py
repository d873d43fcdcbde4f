"""What an api handler is told about the request."""

from __future__ import annotations

from tests.parity.behaviour import Answer, Ask, Behaviour
from tests.parity.matching import Like

XML = "<a>é</a>"
FORM_DATA = (
    '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nlämp\r\n'
    '--b\r\ncontent-disposition: form-data; name="photo"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n'
).encode() + b"\x89PNG\xff\r\n--b--\r\n"


def typed(kind: str, body: bytes | str) -> Ask:
    return Ask(body=body, headers={"content-type": kind})


# The body and what was received, in one comparable form: bytes are told by their length and base64.
NODE_BODY = (
    "const told = (value) => Buffer.isBuffer(value) ? { bytes: value } : value;\n"
    "return { status: 200, body: [told(req.body), told(req.rawBody)] };"
)
TS_BODY = NODE_BODY.replace("told = (value)", "told = (value: unknown)")
PYTHON_BODY = (
    'told = lambda value: {"bytes": value} if isinstance(value, bytes) else value\n'
    'return {"status": 200, "body": [told(req["body"]), told(req["rawBody"])]}'
)
RUBY_BODY = (
    "told = ->(value) { value.is_a?(String) && value.encoding == Encoding::BINARY ? { bytes: value } : value }\n"
    "{ status: 200, body: [told.(req.body), told.(req.rawBody)] }"
)


def body(name: str, ask: Ask, expected: object, *rows: int) -> Behaviour:
    """A body as the handler finds it, next to the raw one."""
    return Behaviour(
        name=name, ask=ask, expect=Answer(json=expected), node=NODE_BODY, ts=TS_BODY, python=PYTHON_BODY, ruby=RUBY_BODY, rows=rows
    )  # fmt: skip


BEHAVIOURS = [
    body("json-body", Ask(body=' {"b":1,\n "a":[1.50]} '), [{"b": 1, "a": [1.5]}, ' {"b":1,\n "a":[1.50]} '], 207),
    body("json-with-dollar-keys", Ask(body='{"$bytes":"x"}'), [{"$bytes": "x"}, '{"$bytes":"x"}']),
    body("no-body", Ask(method="GET"), [{}, ""]),
    body("empty-json-body", Ask(body=""), [{}, ""]),
    body("text-body", typed("text/plain", "hé\n"), ["hé\n", "hé\n"]),
    body("text-body-of-another-charset", typed("text/plain; charset=latin1", b"h\xe9"), ["hé", "hé"]),
    body("text-that-does-not-decode", typed("text/plain", b"\xff"), [{"bytes": "/w=="}, {"bytes": "/w=="}]),
    body("xml-body", typed("application/xml", XML), [XML, XML]),
    body("bytes-body", typed("application/octet-stream", b"\x00\xff"), [{"bytes": "AP8="}, {"bytes": "AP8="}]),
    body(
        "form-body",
        typed("application/x-www-form-urlencoded", "a=1&a=2&b[c]=x+y&%24bytes=no"),
        [{"a": ["1", "2"], "b": {"c": "x y"}, "$bytes": "no"}, "a=1&a=2&b[c]=x+y&%24bytes=no"],
    ),
    body("json-of-another-type", typed("application/vnd.api+json", "[1]"), [[1], "[1]"]),
    body("large-text-body", typed("text/plain", "x" * 300_000 + "é"), [Like("^x{300000}é$"), Like("^x{300000}é$")]),
    Behaviour(
        name="members",
        ask=Ask(tail="?q=1&q=2&n[a]=x&flag", body={}, headers={"X-One": "1", "cookie": 'a=1; b="q%20r"; a=2'}),
        expect=Answer(
            json=[
                "POST",
                True,
                True,
                "1",
                {"a": "1", "b": "q r"},
                {"q": ["1", "2"], "n": {"a": "x"}, "flag": ""},
                True,
                "127.0.0.1",
            ]
        ),
        node="return { status: 200, body: [req.method, req.path === '/%ID%'.replaceAll('.', '/'), req.url.endsWith(req.path + '?q=1&q=2&n[a]=x&flag'), "
        "req.headers['x-one'],\n  req.cookies, req.queryParams, req.query === req.queryParams, req.ip] };",
        python='return {"status": 200, "body": [req["method"], req["path"] == "/%ID%".replace(".", "/"), req["url"].endswith(req["path"] + "?q=1&q=2&n[a]=x&flag"), '
        'req["headers"]["x-one"],\n    req["cookies"], req["queryParams"], req["query"] is req["queryParams"], req["ip"]]}',
        ruby="{ status: 200, body: [req.method, req.path == '/%ID%'.tr('.', '/'), req.url.end_with?(\"#{req.path}?q=1&q=2&n[a]=x&flag\"), req.headers['x-one'],\n"
        "  req.cookies, req.queryParams, req.query.equal?(req.queryParams), req.ip] }",
    ),
    Behaviour(
        name="path-params",
        config={"path": "%PATH%/:id/files/:name"},
        ask=Ask(method="GET", tail="/a%20b%2Fc/files/x.txt"),
        expect=Answer(json=[{"id": "a b/c", "name": "x.txt"}, True, "a b/c"]),
        node="return { status: 200, body: [req.pathParams, req.params === req.pathParams, req.pathParams.id] };",
        python='return {"status": 200, "body": [req["pathParams"], req["params"] is req["pathParams"], req["pathParams"]["id"]]}',
        ruby="{ status: 200, body: [req.pathParams, req.params.equal?(req.pathParams), req.pathParams.id] }",
    ),
    Behaviour(
        name="other-ways-to-read",
        ask=Ask(body={"user": {"tags": {"a": 1, "b": 2}}}, headers={"X-Sig": "s"}, tail="?p=1"),
        expect=Answer(json=[1, "s", "1", {"a": 1, "b": 2}, None]),
        rows=(251, 253, 259, 260),
        node="const { body: { user: { tags } }, headers, queryParams } = req;\nconst pairs = {};\n"
        "Object.entries(tags).forEach(([key, value]) => { pairs[key] = value; });\n"
        "return { status: 200, body: [tags.a, headers['x-sig'], queryParams.p, pairs, req.nothing ?? null] };",
        ts="const { body: { user: { tags } }, headers, queryParams } = req;\nconst pairs: Record<string, unknown> = {};\n"
        "Object.entries(tags).forEach(([key, value]) => { pairs[key] = value; });\n"
        "return { status: 200, body: [tags.a, headers['x-sig'], queryParams.p, pairs, req.nothing ?? null] };",
        python='tags = req.body["user"]["tags"]\nassert req.get("body") is req["body"] is req.body and req.raw_body == req["raw_body"]\n'
        "pairs = {}\nfor key, value in tags.items():\n    pairs[key] = value\n"
        'return {"status": 200, "body": [tags["a"], req.headers.get("X-Sig"), req.query_params["p"], pairs, req.get("nothing")]}',
        ruby="tags = req[:body]['user'].tags\npairs = {}\ntags.each { |key, value| pairs[key] = value }\n"
        "raise 'differs' unless req.raw_body == req[:rawBody] && tags[:a] == tags['a']\n"
        "{ status: 200, body: [tags.a, req.headers['X-Sig'], req.query_params.p, pairs, req.body.nothing] }",
    ),
    Behaviour(
        name="multipart-files",
        ask=typed("multipart/form-data; boundary=b", FORM_DATA),
        expect=Answer(json=[{"title": "lämp"}, 1, "photo", "a.png", "image/png", 5, "iVBOR/8=", "iVBOR/8=", True]),
        node="const [file] = req.files;\nconst fs = require('node:fs');\n"
        "return { status: 200, body: [req.body, req.files.length, file.name, file.filename, file.contentType, file.size,\n"
        "  file.bytes, fs.readFileSync(file.path), !Object.keys(file).includes('bytes')] };",
        python='file = req["files"][0]\nreturn {"status": 200, "body": [req["body"], len(req["files"]), file["name"], file["filename"],\n'
        '    file["contentType"], file["size"], file.bytes, open(file["path"], "rb").read(), "bytes" not in dict(file)]}',
        ruby="file = req.files[0]\n{ status: 200, body: [req.body, req.files.size, file.name, file.filename, file.contentType, file.size,\n"
        "  file.bytes, File.binread(file.path), !file.to_h.key?('bytes')] }",
    ),
    Behaviour(
        name="request-is-mutable",
        expect=Answer(json=["ann", {"n": 2}, ["mine"]]),
        ask=Ask(body={"n": 1}),
        node="req.user = 'ann';\nreq.body = { n: req.body.n + 1 };\nreq.files = ['mine'];\nreturn { status: 200, body: [req.user, req.body, req.files] };",
        ts="req.user = 'ann';\nreq.body = { n: req.body.n + 1 };\nreq.files = ['mine'] as any;\nreturn { status: 200, body: [req.user, req.body, req.files] };",
        python='req["user"] = "ann"\nreq["body"] = {"n": req["body"]["n"] + 1}\nreq.files = ["mine"]\n'
        'return {"status": 200, "body": [req.user, req.body, req["files"]]}',
        ruby="req.user = 'ann'\nreq[:body] = { n: req.body.n + 1 }\nreq['files'] = ['mine']\n{ status: 200, body: [req[:user], req.body, req.files] }",
    ),
    Behaviour(
        name="a-copy-can-be-sent",
        ask=Ask(body={"a": 1}, headers={"x-one": "1"}),
        expect=Answer(json=[{"a": 1}, "1", "POST"]),
        # A request is a value like any other: it can be kept, and given away.
        node="const kept = await ctx.state.set('requests', '%ID%', { ...req, files: [] });\nreturn { status: 200, body: [kept.body, kept.headers['x-one'], kept.method] };",
        python='kept = await context.state.set("requests", "%ID%", req)\nreturn {"status": 200, "body": [kept["body"], kept["headers"]["x-one"], kept["method"]]}',
        ruby="kept = context.state.set('requests', '%ID%', req)\n{ status: 200, body: [kept.body, kept.headers['x-one'], kept['method']] }",
    ),
]
