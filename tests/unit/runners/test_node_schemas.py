"""Schemas of every kind as the core gets them, and what the worker checks itself."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema_rs
import pytest
from node_worker import NODE, Node, Refused

pytestmark = [pytest.mark.node, pytest.mark.skipif(NODE is None or bool(NODE.problem), reason="no Node here")]

IMPORTS = {"4": "import { z } from 'zod';\n", "3": "import { z } from 'zod/v3';\n"}

# schema → (validates, inputs the author's schema accepts, inputs that the core itself must refuse)
ZOD: dict[str, tuple[bool, list[object], list[object]]] = {
    "z.object({ a: z.number(), b: z.string().min(1).optional() })": (
        False,
        [{"a": 1}, {"a": 1, "more": 2}],
        [{}, {"a": "1"}, {"a": 1, "b": ""}],
    ),
    # Zod counts UTF-16 units, JSON Schema characters.
    "z.object({ a: z.string().min(2).max(4) })": (
        True,
        [{"a": "abc"}, {"a": "\U0001f600\U0001f600"}],
        [{"a": "abcde"}],
    ),
    "z.object({ a: z.number() }).strict()": (False, [{"a": 1}], [{"a": 1, "more": 2}]),
    "z.object({ a: z.coerce.number() })": (True, [{"a": "5"}, {"a": 5}, {"a": None}], []),
    "z.object({ a: z.preprocess((v) => v ?? 'x', z.string()) })": (True, [{"a": None}, {"a": "y"}], []),
    "z.object({ a: z.string().transform((v) => v.length) })": (True, [{"a": "abc"}], [{"a": 1}]),
    "z.object({ a: z.string().pipe(z.enum(['x'])) })": (True, [{"a": "x"}], [{"a": 1}]),
    "z.object({ a: z.number().catch(0) })": (True, [{"a": "rescued"}, {}], []),
    "z.object({ a: z.string().trim().max(3) })": (True, [{"a": "abc   "}], [{"a": 1}]),
    "z.object({ a: z.string().toLowerCase().regex(/^[a-z]+$/) })": (True, [{"a": "ABC"}], [{"a": 1}]),
    "z.object({ a: z.string().regex(/^abc$/i) })": (True, [{"a": "ABC"}], [{"a": 1}]),
    "z.object({ a: z.string().regex(/^abc$/) })": (True, [{"a": "abc"}], [{"a": "ABC"}]),
    "z.object({ a: z.string() }).refine((v) => v.a !== 'bad')": (True, [{"a": "good"}], [{"a": 1}]),
    "z.object({ role: z.enum(['u', 'v']).default('u') })": (False, [{}, {"role": "v"}], [{"role": "w"}]),
    "z.object({ at: z.date() })": (True, [], []),
    "z.array(z.object({ price: z.number().positive() }))": (False, [[{"price": 1}]], [[{"price": 0}], {}]),
    "z.union([z.string(), z.number()]).nullable()": (False, ["a", 1, None], [True]),
    "z.record(z.string(), z.number())": (None, [{"a": 1}], [{"a": "x"}]),
    "z.object({ a: z.string({ message: 'say a' }) })": (True, [{"a": "x"}], [1]),
    "z.object({ a: z.string().min(1, 'say more') })": (True, [{"a": "x"}], [{"a": 1}, {}]),
    "z.object({ id: z.string().default(() => crypto.randomUUID()) })": (True, [{}, {"id": "a"}], [{"id": 1}]),
    "(() => { const node = z.object({ name: z.string(), kids: z.lazy(() => z.array(node)) }); return node; })()": (
        False,
        [{"name": "a", "kids": [{"name": "b", "kids": []}]}],
        [{"name": "a", "kids": [{"name": 1, "kids": []}]}],
    ),
    "z.discriminatedUnion('t', [z.object({ t: z.literal('a'), n: z.number() }), z.object({ t: z.literal('b') })])": (
        False,
        [{"t": "a", "n": 1}, {"t": "b"}],
        [{"t": "a"}, {"t": "c"}],
    ),
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("schemas")) as started:
        yield started


def described(node: Node, schema: str, imports: str = "", kind: str = "api") -> dict[str, object]:
    keys = {"api": "method: 'POST', path: '/x', bodySchema", "event": "subscribes: ['t'], input"}[kind]
    source = f"{imports}export const config = {{ type: '{kind}', name: 'x', {keys}: {schema} }};\n"
    file = node.write(
        "steps/x.step.ts", source + "export const handler = async (req) => ({ status: 200, body: req?.body ?? req });\n"
    )
    report = node.describe(file, changed=(file,))[0]
    assert "error" not in report, report
    return report


@pytest.mark.parametrize("version", IMPORTS)
@pytest.mark.parametrize("schema", ZOD)
def test_zod(node: Node, schema: str, version: str) -> None:
    report = described(node, schema, IMPORTS[version])
    step = report["steps"][0]
    validates, accepted, refused = ZOD[schema]
    assert validates in (step["validates"], None), step
    copy = step.get("accepts", step["config"]["bodySchema"])
    check = jsonschema_rs.validator_for(copy)
    for value in accepted:
        assert check.is_valid(value), (value, copy)
        node.call("steps/x.step.ts", json=value)
    for value in refused:
        assert not check.is_valid(value), (value, copy)
    assert not report["warnings"]


@pytest.mark.parametrize("version", IMPORTS)
def test_the_worker_refuses_what_only_it_can_see(node: Node, version: str) -> None:
    described(
        node,
        "z.object({ items: z.array(z.object({ n: z.coerce.number().refine((v) => v !== 3, 'not three') })) })",
        IMPORTS[version],
    )
    with pytest.raises(Refused) as caught:
        node.call("steps/x.step.ts", json={"items": [{"n": "1"}, {"n": "3"}]})
    assert caught.value.code == 1002
    assert caught.value.data == {"issues": [{"path": "items.1.n", "message": "not three", "code": "custom"}]}
    # In dialect (a) the handler sees the body as sent.
    assert node.call("steps/x.step.ts", json={"items": [{"n": "1"}]})["body"] == {"items": [{"n": "1"}]}


def test_the_core_says_how_strict_the_check_is(node: Node) -> None:
    described(node, "z.object({ a: z.string().refine(() => false, 'never') })", IMPORTS["4"])
    node.logs.clear()
    assert node.call("steps/x.step.ts", json={"a": "x"}, validation="warn")["status"] == 200
    assert node.said("warn") == ["the input of x breaks its schema"]
    assert node.call("steps/x.step.ts", json={"a": "x"}, validation="off")["status"] == 200
    assert len(node.logs) == 1


def test_events_warn_unless_told_otherwise(node: Node) -> None:
    described(node, "z.object({ a: z.string().refine(() => false, 'never') })", IMPORTS["4"], "event")
    assert node.run("steps/x.step.ts", {"a": "x"}) == {"status": 200, "body": {"a": "x"}}
    with pytest.raises(Refused) as caught:
        node.run("steps/x.step.ts", {"a": "x"}, validation="enforce")
    assert caught.value.code == 1002


def test_asynchronous_refinements(node: Node) -> None:
    for imports in IMPORTS.values():
        described(node, "z.object({ a: z.string().refine(async (v) => v === 'good', 'async') })", imports)
        assert node.call("steps/x.step.ts", json={"a": "good"})["status"] == 200
        with pytest.raises(Refused) as caught:
            node.call("steps/x.step.ts", json={"a": "bad"})
        assert caught.value.data["issues"][0]["message"] == "async"


PLAIN: dict[str, object] = {
    "{ type: 'object', properties: { a: { type: 'string' } } }": {
        "type": "object",
        "properties": {"a": {"type": "string"}},
    },
    "{ type: 'object' }": {"type": "object"},
    "{ $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }": {
        "$ref": "#/$defs/a",
        "$defs": {"a": {"type": "string"}},
    },
    "{ id: 'string', amount: 'number' }": {
        "type": "object",
        "properties": {"id": {"type": "string"}, "amount": {"type": "number"}},
        "required": ["id", "amount"],
    },
    "{ id: 'string', type: 'string' }": {
        "type": "object",
        "properties": {"id": {"type": "string"}, "type": {"type": "string"}},
        "required": ["id", "type"],
    },
    "{ tags: ['string'], at: 'date', note: 'string?', list: 'number[]', to: { zip: 'string' }, any: 'any', n: Number, u: 'string | null' }": {
        "type": "object",
        "properties": {
            "tags": {"type": "array", "items": {"type": "string"}},
            "at": {"type": "string", "format": "date"},
            "note": {"type": "string"},
            "list": {"type": "array", "items": {"type": "number"}},
            "to": {"type": "object", "properties": {"zip": {"type": "string"}}, "required": ["zip"]},
            "any": {},
            "n": {"type": "number"},
            "u": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["tags", "at", "list", "to", "any", "n", "u"],
    },
    "{ title: 'string', type: 'string' }": {
        "type": "object",
        "properties": {"title": {"type": "string"}, "type": {"type": "string"}},
        "required": ["title", "type"],
    },
    "null": None,
    "{}": {},
}


@pytest.mark.parametrize("schema", PLAIN)
def test_json_schema_and_the_short_form(node: Node, schema: str) -> None:
    report = described(node, schema)
    assert report["steps"][0]["config"]["bodySchema"] == PLAIN[schema]
    assert report["steps"][0]["validates"] is False
    assert not report["warnings"]


@pytest.mark.parametrize("schema", ["'text'", "class A {}", "{ some: { thing: 1 } }", "[1, 2]"])
def test_no_schema_warns_and_is_left_open(node: Node, schema: str) -> None:
    report = described(node, schema)
    assert report["steps"][0]["config"]["bodySchema"] == {}
    assert [warning["code"] for warning in report["warnings"]] == ["bad_schema"]


def test_the_short_form_may_hold_schemas_of_a_library(node: Node) -> None:
    step = described(
        node, "{ user: z.object({ n: z.coerce.number() }), id: 'string', all: [z.string().min(2)] }", IMPORTS["4"]
    )["steps"][0]
    assert step["config"]["bodySchema"]["properties"]["user"]["properties"] == {"n": {"type": "number"}}
    assert step["accepts"]["properties"]["user"]["properties"] == {"n": {}}
    assert step["validates"] is True
    assert node.call("steps/x.step.ts", json={"user": {"n": "1"}, "id": "a", "all": ["ab"]})["status"] == 200
    with pytest.raises(Refused) as caught:
        node.call("steps/x.step.ts", json={"user": {"n": "x"}, "id": "a", "all": ["ab", "a"]})
    assert [one["path"] for one in caught.value.data["issues"]] == ["user.n", "all.1"]


def test_a_schema_that_holds_itself_is_left_open(node: Node) -> None:
    report = described(node, "own", "const own: any = { a: 'string' }; own.self = own;\n")
    assert report["steps"][0]["config"]["bodySchema"] == {}
    assert "left open" in report["warnings"][0]["message"]


def test_json_schema_may_hold_words_and_schemas_of_a_library(node: Node) -> None:
    report = described(node, "{ type: 'object', properties: { a: 'string', b: z.number() } }", IMPORTS["4"])
    assert report["steps"][0]["config"]["bodySchema"]["properties"] == {
        "a": {"type": "string"},
        "b": {"type": "number"},
    }


STANDARD = """{{
  '~standard': {{ version: 1, vendor: 'own', validate: (value) => value?.a === 1 ? {{ value }} : {{ issues: [{{ message: 'a must be 1', path: [{{ key: 'a' }}] }}] }} }},
  {more}
}}"""


def test_standard_schema_of_others(node: Node) -> None:
    report = described(node, STANDARD.format(more=""))
    assert (report["steps"][0]["validates"], report["steps"][0]["config"]["bodySchema"]) == (True, {})
    assert "own gives no JSON Schema" in report["warnings"][0]["message"]
    assert node.call("steps/x.step.ts", json={"a": 1})["status"] == 200
    with pytest.raises(Refused) as caught:
        node.call("steps/x.step.ts", json={"a": 2})
    assert caught.value.data == {"issues": [{"path": "a", "message": "a must be 1", "code": "invalid"}]}
    report = described(node, STANDARD.format(more="toJsonSchema: () => ({ type: 'object' })"))
    assert report["steps"][0]["config"]["bodySchema"] == {"type": "object"}


def test_a_schema_that_cannot_be_converted_is_left_open_and_checked(node: Node) -> None:
    report = described(node, "z.string().refine(() => true).and(z.custom((v) => v === 'x'))", IMPORTS["4"])
    assert report["steps"][0]["validates"] is True


def test_response_schemas_and_other_keys(node: Node) -> None:
    source = (
        "import { z } from 'zod';\nexport const config = { type: 'api', name: 'x', method: 'GET', path: '/x', emits: [], flows: ['f'],\n"
        "  responseSchema: { 200: z.object({ a: z.string() }), 404: { type: 'object' } }, middleware: [() => 1],\n"
        "  odd: { nested: () => 1, kept: 2, when: new Date(0) } };\nexport const handler = async () => 1;\n"
    )
    file = node.write("steps/x.step.ts", source)
    config = node.describe(file, changed=(file,))[0]["steps"][0]["config"]
    assert config["responseSchema"]["200"]["properties"] == {"a": {"type": "string"}}
    assert config["responseSchema"]["404"] == {"type": "object"}
    assert config["odd"] == {"kept": 2, "when": "1970-01-01T00:00:00.000Z"}
    assert "middleware" not in config
