"""The shapes in which Ruby authors may write a config and a schema."""

from __future__ import annotations

from pathlib import Path

from tests.unit.runners.ruby_core import MARKS, Core, event

pytestmark = MARKS


def test_config_in_any_style_has_one_shape(tmp_path: Path) -> None:
    files = {
        "steps/a_step.rb": """
        CONFIG = {
          "type" => :api, name: :CreateOrder, path: "/o", method: :post, description: nil,
          emits: ["a", { topic: "b", label: "B", conditional: true }], virtual_emits: ["v"],
          body_schema: { id: String, count: Integer, price: Float, tags: [String], paid: TrueClass, at: Time,
                         nested: { type: "string", x: :number } },
          response_schema: { 200 => { type: "object", properties: { ok: { type: "boolean" } } }, "400" => { error: "string" } },
          query_params: [{ name: "q", description: "d" }],
          infrastructure: { handler: { timeout: 5 }, queue: { max_retries: 2, visibility_timeout: 30 } },
          middleware: [->(req, ctx, nxt) { nxt.call }, :auth], strange_key: 1
        }
        def auth(req, context, next_fn) = next_fn.call
        def create_order(req) = { status: 200 }
        """,
    }
    with Core(tmp_path, files) as core:
        (report,) = core.describe("steps/a_step.rb")
        assert "error" not in report, report
        step = report["steps"][0]
        assert (step["middleware"], step["hasHandler"], step["member"]) == (2, True, "")
        config = step["config"]
        string, number = {"type": "string"}, {"type": "number"}
        assert config == {
            "type": "api",
            "name": "CreateOrder",
            "path": "/o",
            "method": "POST",
            "description": None,
            "emits": ["a", {"topic": "b", "label": "B", "conditional": True}],
            "virtualEmits": ["v"],
            "bodySchema": {
                "type": "object",
                "properties": {
                    "id": string,
                    "count": {"type": "integer"},
                    "price": number,
                    "tags": {"type": "array", "items": string},
                    "paid": {"type": "boolean"},
                    "at": {"type": "string", "format": "date-time"},
                    "nested": {
                        "type": "object",
                        "properties": {"type": string, "x": number},
                        "required": ["type", "x"],
                    },
                },
                "required": ["id", "count", "price", "tags", "paid", "at", "nested"],
            },
            "responseSchema": {
                "200": {"type": "object", "properties": {"ok": {"type": "boolean"}}},
                "400": {"type": "object", "properties": {"error": string}, "required": ["error"]},
            },
            "queryParams": [{"name": "q", "description": "d"}],
            "infrastructure": {"handler": {"timeout": 5}, "queue": {"maxRetries": 2, "visibilityTimeout": 30}},
            "strangeKey": 1,
        }


def test_what_is_no_schema_is_left_open_with_a_warning(tmp_path: Path) -> None:
    def step(schema: str) -> str:
        return f"class Odd; end\ndef config = {{ type: 'event', name: 'n', subscribes: ['t'], input: {schema} }}\ndef handler(i) = i\n"

    schemas = {
        "nil": ("nil", None),
        "json": ('{ "$ref" => "#/x" }', {"$ref": "#/x"}),
        "props": (
            "{ type: 'object', properties: { id: Integer } }",
            {"type": "object", "properties": {"id": {"type": "integer"}}},
        ),
        "short": (
            "{ id: 'string', amount: 'number?', list: 'string[]', any: 'any' }",
            {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "amount": {"type": "number"},
                    "list": {"type": "array", "items": {"type": "string"}},
                    "any": {},
                },
                "required": ["id", "list", "any"],
            },
        ),
        "map": (
            "{ id: { type: 'string' }, n: { type: 'integer', minimum: 1 } }",
            {
                "type": "object",
                "properties": {"id": {"type": "string"}, "n": {"type": "integer", "minimum": 1}},
                "required": ["id", "n"],
            },
        ),
        "struct": ("Struct.new(:a)", {"type": "object", "properties": {"a": {}}}),
    }
    files = {f"steps/{name}_step.rb": step(text) for name, (text, _) in schemas.items()}
    files["steps/odd_step.rb"] = step("{ a: Odd }")
    files["steps/word_step.rb"] = step("{ a: 'banana' }")
    with Core(tmp_path, files) as core:
        for name, (_, expected) in schemas.items():
            (report,) = core.describe(f"steps/{name}_step.rb")
            assert report["steps"][0]["config"]["input"] == expected, name
            assert "warnings" not in report
        for name in ("odd", "word"):
            (report,) = core.describe(f"steps/{name}_step.rb")
            assert report["steps"][0]["config"]["input"] == {
                "type": "object",
                "properties": {"a": {}},
                "required": ["a"],
            }
            assert report["warnings"][0]["code"] == "bad_schema"
            assert "`a`" in report["warnings"][0]["message"]


def test_reopening_a_class_of_ruby_is_warned_about(tmp_path: Path) -> None:
    files = {"steps/a_step.rb": "class String; def shout = upcase; end\n" + event("def handler(i) = i")}
    with Core(tmp_path, files) as core:
        core.describe("steps/a_step.rb")
        assert "class ::String" in core.logs[0]["msg"]
