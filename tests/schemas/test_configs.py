"""Every key of every kind of config, in four languages: the core sees the same step whatever it was written in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia_core.app.examine import Examined, examine
from motia_core.cli.project import configuration
from motia_core.model import Stream
from tests.kit.project import write
from tests.kit.server import motia, serving, until

LANGUAGES = ("ts", "js", "py", "rb")
ENDINGS = {"ts": ".step.ts", "js": ".step.js", "py": "_step.py", "rb": "_step.rb"}
STREAMS = {"ts": ".stream.ts", "js": ".stream.js", "py": "_stream.py", "rb": "_stream.rb"}

API: dict[str, Any] = {
    "type": "api", "name": "N.{language}", "description": "what it does", "method": "PATCH", "path": "/{language}/:id",
    "emits": ["one", {"topic": "two", "label": "sometimes", "conditional": True}], "virtualEmits": ["v1", {"topic": "v2"}],
    "virtualSubscribes": ["w"], "flows": ["f", "g"], "includeFiles": ["./a.txt", "*.md"], "strictEmits": True,
    "bodySchema": {"type": "object", "properties": {"a": {"type": "string"}}},
    "responseSchema": {"200": {"type": "object"}, "404": {"type": "string"}},
    "queryParams": [{"name": "page", "description": "which"}, {"name": "size"}], "validation": "warn",
    "infrastructure": {"handler": {"timeout": 7, "fresh": False}},
}  # fmt: skip
EVENT: dict[str, Any] = {
    "type": "event", "name": "E.{language}", "subscribes": ["one", "two"], "emits": [], "flows": ["f"],
    "input": {"type": "array", "items": {"type": "string"}}, "concurrency": 3, "onFailure": "E.{language}",
    "virtualEmits": ["v"], "virtualSubscribes": ["w"], "includeFiles": ["x"],
    "infrastructure": {
        "handler": {"ram": 3072, "cpu": 1.5, "timeout": 60, "pool": "slow"},
        "queue": {
            "type": "fifo", "maxRetries": 5, "visibilityTimeout": 61, "delaySeconds": 2, "concurrency": 1,
            "backoff": {"first": 2, "factor": 1, "cap": 3, "jitter": 0},
        },
    },
}  # fmt: skip
CRON: dict[str, Any] = {
    "type": "cron", "name": "C.{language}", "cron": "*/5 * * * *", "emits": ["one"], "flows": ["f"], "overlap": "allow",
    "timezone": "Europe/Paris", "catchUp": 60, "virtualEmits": ["v"], "virtualSubscribes": ["w"],
}  # fmt: skip
NOOP: dict[str, Any] = {
    "type": "noop", "name": "O.{language}", "description": "a person", "virtualEmits": ["v"], "virtualSubscribes": ["w"],
    "flows": ["f"],
}  # fmt: skip
STREAM: dict[str, Any] = {
    "name": "s_{language}", "description": "things", "schema": {"type": "object", "properties": {"a": {"type": "number"}}},
    "baseConfig": {"storageType": "default", "ttl": 3600},
}  # fmt: skip
KINDS = {"api": API, "event": EVENT, "cron": CRON, "noop": NOOP, "stream": STREAM}


def literal(value: Any, language: str, *, snake: bool = False) -> str:
    """A config value in the language's own notation; in Ruby with symbols, unless the keys are snake_case texts."""
    if isinstance(value, dict):
        items = [(_key(key, language, snake), literal(part, language, snake=snake)) for key, part in value.items()]
        return "{ " + ", ".join(f"{key}{part}" for key, part in items) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(literal(part, language, snake=snake) for part in value) + "]"
    if isinstance(value, str) and language == "rb" and not snake and value.isidentifier():
        return f":{value}"
    return repr(value) if language == "py" else json.dumps(value)


def _key(key: str, language: str, snake: bool) -> str:
    name = "".join(f"_{one.lower()}" if one.isupper() else one for one in key) if snake else key
    if name.isdigit():
        return {"rb": f"{name} => ", "py": f"{name}: "}.get(language, f"{name}: ")
    if language == "rb":
        return f"{name.__repr__()} => " if snake else f'"{name}": '
    return f"{name!r}: " if language == "py" else f"{name}: "


def source(config: dict[str, Any], language: str, *, snake: bool = False) -> str:
    text = literal(config, language, snake=snake).replace("{language}", language + ("_" if snake else ""))
    if language == "ts":
        return f"export const config = {text}\nexport const handler = async () => {{}}\n"
    if language == "js":
        return f"exports.config = {text}\nexports.handler = async () => {{}}\n"
    if language == "py":
        return f"config = {text}\ndef handler(*args):\n    pass\n"
    return f"def config = {text}\ndef handler(*args) = nil\n"


async def look(project: Path) -> Examined:
    return await examine(project, await configuration(project, "dev"))


@pytest.mark.rows(199, 203, 204, 217, 221, 223, 225, 307)
@pytest.mark.anyio
async def test_every_key_in_every_language(tmp_path: Path) -> None:
    files = {}
    for kind, config in KINDS.items():
        for language in LANGUAGES:
            ending = (STREAMS if kind == "stream" else ENDINGS)[language]
            files[f"steps/{kind}{ending}"] = source(config, language)
            if language in ("py", "rb"):
                files[f"steps/{kind}_snake{ending}"] = source(config, language, snake=True)
    found = await look(write(tmp_path, files))
    assert [one for one in found.problems if one.code not in ("unheard_topic", "unfed_topic")] == []
    for kind in KINDS:
        mine: list[Any] = [step for step in found.snapshot.steps if step.kind == kind]
        if kind == "stream":
            mine = list(found.snapshot.streams.values())
        plain = {one.name: _plain(one) for one in mine}
        assert len(plain) == 6, (kind, list(plain))
        first = plain[min(plain)]
        for name, one in plain.items():
            assert one == first, (kind, name)
    api = next(step for step in found.snapshot.steps if step.kind == "api")
    assert [(one.topic, one.label, one.conditional) for one in api.emits or ()] == [
        ("one", None, False), ("two", "sometimes", True),
    ]  # fmt: skip
    assert {status: msgspec.json.decode(one) for status, one in api.response_schema.items()} == API["responseSchema"]
    assert [(one.name, one.description) for one in api.query_params] == [("page", "which"), ("size", "")]
    event = next(step for step in found.snapshot.steps if step.kind == "event")
    assert (event.queue.fifo, event.queue.max_retries, event.queue.delay, event.queue.concurrency) == (True, 5, 2, 3)
    assert (event.queue.backoff.first, event.queue.backoff.cap) == (2, 3)
    assert (event.handler.timeout, event.handler.ram_mb, event.handler.cpu, event.handler.pool) == (
        60,
        3072,
        1.5,
        "slow",
    )
    assert next(iter(found.snapshot.streams.values())).ttl == 3600


def _plain(one: Any) -> dict[str, Any]:
    """What must be the same in every language; names and places carry the language's own."""
    own = ("id", "name", "file", "runner", "language", "line", "routes", "onFailure", "on_failure")
    plain: dict[str, Any] = msgspec.structs.asdict(one)
    for key in ("body_schema", "input_schema", "schema", "accepts"):
        raw = getattr(one, key, None)
        plain[key] = msgspec.json.decode(raw) if raw is not None else None
    plain["response_schema"] = {
        status: msgspec.json.decode(raw) for status, raw in getattr(one, "response_schema", {}).items()
    }
    if not isinstance(one, Stream):
        plain["methods"] = [route.method for route in one.routes]
    return {key: part for key, part in plain.items() if key not in own}


# What the old validator refused, or took for something else: accepted, without a word.
TOLERATED: dict[str, dict[str, str]] = {
    "bare-object": dict.fromkeys(LANGUAGES, "{ 'type': 'object' }") | {"rb": "{ type: :object }"},
    "texts": dict.fromkeys(LANGUAGES, "{ 'type': 'array', 'items': { 'type': 'string' } }")
    | {"rb": "{ type: 'array', items: { type: :string } }"},
    "text": dict.fromkeys(LANGUAGES, "{ 'type': 'string' }") | {"rb": "{ type: :string }"},
    "map": dict.fromkeys(LANGUAGES, "{ 'type': 'object', 'additionalProperties': { 'type': 'number' } }")
    | {"rb": "{ type: :object, additionalProperties: { type: :number } }"},
    "short": dict.fromkeys(LANGUAGES, "{ 'id': 'string', 'amount': 'number', 'tags': ['string'], 'note': 'string?' }")
    | {"rb": "{ id: 'string', amount: :number, tags: ['string'], note: 'string?' }"},
    "types": {
        "ts": "{ userId: String, actions: Array, metadata: Object }", "js": "{ userId: String, actions: Array, metadata: Object }",
        "py": "{'userId': str, 'actions': list, 'metadata': dict}", "rb": "{ userId: String, actions: Array, metadata: Hash }",
    },
    "null": {"ts": "null", "js": "undefined", "py": "None", "rb": "nil"},
    "zod-record": {"ts": "z.record(z.string(), z.number())"},
    "zod-array": {"ts": "z.array(z.string())"},
    "zod-loose": {"ts": "z.object({ a: z.string() }).passthrough()"},
    "zod-date": {"ts": "z.object({ at: z.date(), how: z.string().transform((s) => s.length) })"},
    "models": {"py": "List[Model]"},
    "refs": {"py": "Model.model_json_schema()"},
    "maybe": {"py": "Optional[Model]"},
}  # fmt: skip
# No schema at all: a warning, and every value passes.
NONSENSE = {"ts": "'nonsense'", "js": "42", "py": "'no such type'", "rb": "Object.new"}


@pytest.mark.rows(219, 305, 116)
@pytest.mark.anyio
async def test_what_the_old_validator_refused(tmp_path: Path) -> None:
    pytest.importorskip("pydantic")
    heads = {
        "ts": "import { z } from 'zod'\n",
        "py": "from typing import List, Optional\nfrom pydantic import BaseModel\nclass Inner(BaseModel):\n    x: int\n"
        "class Model(BaseModel):\n    a: int\n    inner: Inner\n",
    }
    files = {}
    for name, by_language in TOLERATED.items():
        for language, schema in by_language.items():
            files[f"steps/{name}{ENDINGS[language]}"] = heads.get(language, "") + _with(name, language, schema)
    found = await look(write(tmp_path, files))
    assert [one for one in found.problems if one.code != "unfed_topic"] == []
    assert len(found.snapshot.steps) == len(files)
    for name in ("bare-object", "texts", "text", "map", "short", "types"):
        mine = [step.input_schema for step in found.snapshot.steps if step.name.startswith(f"{name}.")]
        assert len({json.dumps(msgspec.json.decode(one or b"0"), sort_keys=True) for one in mine}) == 1, (name, mine)


def _with(name: str, language: str, schema: str) -> str:
    """An event step with this schema as its input."""
    placed = {"type": "event", "name": f"{name}.{language}", "subscribes": ["t"], "emits": [], "input": "SCHEMA"}
    text = source(placed, language)
    return text.replace(":SCHEMA" if language == "rb" else "'SCHEMA'" if language == "py" else '"SCHEMA"', schema)


@pytest.mark.anyio
async def test_what_is_no_schema_warns(tmp_path: Path) -> None:
    files = {f"steps/x{ENDINGS[language]}": _with("x", language, schema) for language, schema in NONSENSE.items()}
    found = await look(write(tmp_path, files))
    assert len(found.snapshot.steps) == 4
    assert [one.code for one in found.problems if one.code != "unfed_topic"] == ["bad_schema"] * 4
    assert all("left open" in one.message for one in found.problems if one.code == "bad_schema")


MISTAKES = {
    "a.step.ts": "export const config = { type: 'api', name: 'first', method: 'get', path: '/a', emits: [] }\nexport const handler = async () => ({ status: 200, body: 'a' })\n",
    "b_step.py": 'config = {"type": "api", "name": "first", "method": "GET", "path": "/b", "emits": []}\ndef handler(r, c): pass\n',
    "c_step.rb": 'def config = { type: "api", name: "third", method: "GET", path: "/A/", emits: [] }\ndef handler(r, c) = nil\n',
    "d.step.js": "exports.config = { type: 'cron', name: 'never', cron: 'every day', emits: [] }\nexports.handler = async () => {}\n",
    "e_step.py": 'config = {"type": "event", "name": "e", "subscribes": ["t"], "emits": [{"topic": "x", "lable": "y"}], "inputt": {}, "infrastructure": {"queue": {"maxRetry": 1}}}\ndef handler(i, c): pass\n',
    "f_step.rb": 'def config = { type: "event", name: "f", subscribes: ["t"], emits: [], infrastructure: { handler: { timeout: 60, ram: 1024, cpu: 2 }, queue: { visibility_timeout: 60 } } }\ndef handler(i, c) = nil\n',
    "g.step.ts": "export const config = { type: 'event', name: 'g', subscribes: 't', flows: ['f', 3], emits: [] }\nexport const handler = async () => {}\n",
    "h.step.js": "exports.config = { type: 'api', name: 'h', method: 'FETCH', path: 'h', emits: [], bodySchema: { type: 'object', properties: { a: { type: 'strange' } } } }\nexports.handler = async () => {}\n",
    "i.step.js": "exports.config = { type: 'api', name: 'i', method: 'POST', path: '/i', emits: [], bodySchema: { type: 'object', properties: { a: { type: 'strange' } } } }\nexports.handler = async () => ({ status: 200, body: 'i' })\n",
}
SAID = [
    ("b_step.py", "the name 'first' is used in steps/a.step.ts and in steps/b_step.py", "rename one of the two"),
    ("c_step.rb", "GET /A/ is served in steps/a.step.ts and in steps/c_step.rb", "change one of the two"),
    ("d.step.js", "'every day' has 2 fields instead of 5 or 6", ""),
    ("e_step.py", "`emits[0].lable` is not a key", "did you mean `label`?"),
    ("e_step.py", "`inputt` is not a key of event steps", "did you mean `input`?"),
    ("e_step.py", "`infrastructure.queue.maxRetry` is not a key", "did you mean `maxRetries`?"),
    ("f_step.rb", "`infrastructure.handler.cpu`: 2 does not go with 1024 MB of ram", "about 0.5 does"),
    ("f_step.rb", "`infrastructure.queue.visibilityTimeout` must be greater than `infrastructure.handler.timeout`", ""),
    ("g.step.ts", "`subscribes`: expected a list, got text", ""),
    ("g.step.ts", "`flows[1]`: expected text, got a whole number", ""),
    ("h.step.js", "`method`: there is no HTTP method 'FETCH'", "PATCH"),
    ("h.step.js", "`path`: 'h' needs a leading slash", "write '/h'"),
    ("i.step.js", "`bodySchema` cannot be used, nothing is checked against it: at properties.a.type", ""),
]


def test_mistakes_are_told_and_stop_nothing_else(tmp_path: Path) -> None:
    project = write(tmp_path, {f"steps/{name}": text for name, text in MISTAKES.items()})
    done = motia(project, "check")
    assert done.returncode == 1
    blocks = [" ".join(block.split()) for block in done.stdout.replace("\n    →", " →").splitlines()]
    for file, text, hint in SAID:
        assert any(block.startswith(f"steps/{file}:") and text in block and hint in block for block in blocks), (
            file, text, done.stdout,
        )  # fmt: skip
    with serving(project) as server:
        assert server.get("/a").body == b"a"
        assert server.post("/i", {"a": 1}).body == b"i"
        assert server.get("/b").status in (404, 503)
        until(lambda: "is used in steps/a.step.ts and in steps/b_step.py" in server.output)
