"""Steps for the tests of the endpoints screen: one for each kind of request and answer there is to show."""

from __future__ import annotations

import textwrap
from pathlib import Path

ECHO = '''
"""Says what it was sent."""

config = {
    "type": "api", "name": "Echo", "method": "*", "path": "/lab/echo/:name", "flows": ["lab"],
    "description": "Says what it was sent",
    "queryParams": [{"name": "page", "description": "Which page"}, {"name": "size", "description": "How many"}],
}


def handler(req, context):
    raw = req.raw_body
    files = [
        {"field": one.name, "name": one.filename, "type": one.contentType, "text": one.bytes.decode()}
        for one in req.files or []
    ]
    return {"body": {
        "method": req.method, "params": req.path_params, "query": req.query_params, "headers": dict(req.headers),
        "raw": list(raw) if isinstance(raw, bytes) else raw, "files": files,
        "fields": req.body if files else None,
    }}
'''

ANSWERS = '''
"""Every kind of answer."""

import base64, time

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR42mNgaGDAioahxAAAz1kQAQ7cSbAAAAAASUVORK5CYII="
)
PAGE = """<!doctype html><title>A page</title><style>body{font:16px sans-serif}</style><h1>Hello, page</h1>
<script>parent.document.title = 'broken out'; window.top.broken = true</script>
<img src="https://example.com/spy.png" onerror="parent.broken = true"><a href="javascript:parent.broken = true">go</a>"""

config = {"type": "api", "name": "Answers", "method": "GET", "path": "/lab/answers/:kind", "flows": ["lab"]}


def events():
    for number in range(3):
        yield {"event": "tick", "id": str(number), "data": {"number": number, "text": "<b>bold</b>"}}
        time.sleep(0.15)
    yield {"data": "plain words"}


def forever():
    number = 0
    while True:
        number += 1
        yield {"data": {"number": number}}
        time.sleep(0.05)


def chunks():
    yield "first, "
    time.sleep(0.3)
    yield "second, "
    time.sleep(0.3)
    yield "and last"


def lines():
    yield {"line": 1}
    yield {"line": 2}


def handler(req, context):
    kind = req.path_params["kind"]
    if kind == "boom":
        raise ValueError("the lab is on fire <script>alert(1)</script>")
    if kind == "slow":
        for _ in range(600):
            if context.cancelled:
                return {"status": 200}
            time.sleep(0.05)
    return {
        "events": lambda: {"headers": {"content-type": "text/event-stream"}, "body": events()},
        "forever": lambda: {"headers": {"content-type": "text/event-stream"}, "body": forever()},
        "chunks": lambda: {"headers": {"content-type": "text/plain"}, "body": chunks()},
        "lines": lambda: {"headers": {"content-type": "application/x-ndjson"}, "body": lines()},
        "binary": lambda: {"headers": {"content-disposition": "attachment; filename=\\"a b.dat\\""},
                           "body": bytes(range(256))},
        "image": lambda: {"headers": {"content-type": "image/png"}, "body": PNG},
        "page": lambda: {"headers": {"content-type": "text/html"}, "body": PAGE},
        "nothing": lambda: {"status": 204},
        "moved": lambda: {"status": 302, "headers": {"location": "/lab/answers/page"}},
        "nasty": lambda: {"body": {"__proto__": {"x": 1}, "<img src=x onerror=alert(1)>": "</script><script>alert(1)",
                                   "unicode": "\\u202e\\u0000 \\U0001f600", "deep": [[[[[["bottom"]]]]]], "null": None,
                                   "list": list(range(250)), "long": "x" * 2000}},
        "lies": lambda: {"headers": {"content-type": "application/json"}, "body": "{not json"},
    }[kind]()
'''

SHAPES = '''
"""A body with references, choices and rules."""

config = {
    "type": "api", "name": "Shapes", "method": "POST", "path": "/lab/shapes", "flows": ["lab"],
    "description": "Takes a thing of many shapes", "emits": ["lab.shaped", {"topic": "lab.odd", "conditional": True}],
    "bodySchema": {
        "type": "object",
        "required": ["colour", "title", "owner", "sizes"],
        "additionalProperties": False,
        "properties": {
            "colour": {"enum": ["red", "green"]},
            "title": {"type": "string", "description": "What it is called", "minLength": 2},
            "owner": {"$ref": "#/$defs/person"},
            "sizes": {"type": "array", "items": {"type": "integer", "exclusiveMinimum": 0}, "minItems": 1},
            "note": {"anyOf": [{"type": "null"}, {"type": "string", "examples": ["as an example"]}]},
            "count": {"type": "integer", "default": 7},
            "kind": {"const": "thing"},
            "secret": {"type": "boolean"},
        },
        "$defs": {"person": {
            "type": "object", "required": ["email"],
            "properties": {"email": {"type": "string", "format": "email"}, "friend": {"$ref": "#/$defs/person"}},
        }},
    },
    "responseSchema": {
        200: {"type": "object", "properties": {"ok": {"type": "boolean", "description": "All went well"}}},
        409: {"type": "object", "properties": {"error": {"type": "string"}}},
    },
}


def handler(req, context):
    return {"status": 200, "body": {"ok": True}}
'''

NOTES = '''
"""A stream item in a response."""

config = {"type": "api", "name": "Note", "method": "POST", "path": "/lab/notes/:group/:id", "flows": ["lab", "notes"]}


def handler(req, context):
    params = req.path_params
    item = context.streams.note.set(params["group"], params["id"], {"text": (req.body or {}).get("text", "first")})
    return {"status": 201, "body": item}
'''

ALL_NOTES = '''
"""All items of a group, inside of a response."""

config = {"type": "api", "name": "Notes", "method": "GET", "path": "/lab/notes/:group", "flows": ["notes"]}


def handler(req, context):
    return {"body": {"notes": list(context.streams.note.get_group(req.path_params["group"]))}}
'''

UPLOAD = '''
"""Takes a file."""

config = {
    "type": "api", "name": "Upload", "method": "PUT", "path": "/lab/files/*",
    "bodySchema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"},
                                                    "title": {"type": "string"}}},
}


def handler(req, context):
    return {"body": {"path": req.path_params, "title": (req.body or {}).get("title"),
                     "files": [[one.filename, one.size] for one in req.files or []]}}
'''

GUARDED = '''
"""A stream that lets nobody in."""

config = {"type": "api", "name": "Guarded", "method": "POST", "path": "/lab/guarded"}


def handler(req, context):
    return {"body": context.streams.guarded.set("g", "one", {"text": "kept"})}
'''

FILES = {
    "steps/lab/echo_step.py": ECHO,
    "steps/lab/answers_step.py": ANSWERS,
    "steps/lab/shapes_step.py": SHAPES,
    "steps/lab/note_step.py": NOTES,
    "steps/lab/notes_step.py": ALL_NOTES,
    "steps/lab/upload_step.py": UPLOAD,
    "steps/lab/guarded_step.py": GUARDED,
    "steps/lab/note_stream.py": 'config = {"name": "note", "schema": {"text": str}}\n',
    "steps/lab/guarded_stream.py": (
        'config = {"name": "guarded", "schema": {"text": str}, "canAccess": lambda subscription, auth: False}\n'
    ),
}


def write(project: Path) -> None:
    """Adds them to a project."""
    for name, text in FILES.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
