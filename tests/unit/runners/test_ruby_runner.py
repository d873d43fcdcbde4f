"""The Ruby runner, driven as a real process: what it loads, what authors may write, how handlers may end."""

from __future__ import annotations

import base64
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from ruby_core import RUBY, Core, Refusal

pytestmark = [pytest.mark.ruby, pytest.mark.skipif(bool(RUBY.problem), reason=RUBY.problem)]

EVENT = 'def config = { type: "event", name: "n", subscribes: ["t"] }\n'
API = 'def config = { type: "api", name: "n", method: "POST", path: "/p" }\n'


def event(body: str) -> str:
    return EVENT + body


def returning(core: Any, name: str, expression: str, input: Any = None) -> Any:
    """The value of a Ruby expression in a handler with `input` and `context`."""
    (core.folder / "steps").mkdir(exist_ok=True)
    file = f"steps/{name}_step.rb"
    (core.folder / file).write_text(event(f"def handler(input, context)\n{expression}\nend\n"), encoding="utf-8")
    return core.run(file, input)


@pytest.fixture
def core(tmp_path: Path) -> Any:
    with Core(tmp_path, {}) as core:
        yield core


# --- loading -----------------------------------------------------------------------------------------------------


def test_two_steps_with_equal_names_inside_do_not_meet(tmp_path: Path) -> None:
    step = """
    require_relative "helper"
    LIMIT = %s
    class Order; def total = LIMIT + tax; end
    def config = { type: "event", name: "%s", subscribes: ["t"] }
    def handler(_input) = [LIMIT, Order.new.total, who]
    private
    def tax = 1
    """
    files = {
        "steps/a/one_step.rb": step % (1, "a"),
        "steps/a/helper.rb": "def who = 'helper a'\n",
        "steps/b/two_step.rb": step % (2, "b"),
        "steps/b/helper.rb": "def who = 'helper b'\n",
    }
    with Core(tmp_path, files) as core:
        core.describe("steps/a/one_step.rb", "steps/b/two_step.rb")
        assert core.run("steps/a/one_step.rb") == [1, 2, "helper a"]
        assert core.run("steps/b/two_step.rb") == [2, 3, "helper b"]


def test_the_top_level_behaves_as_in_a_script(tmp_path: Path) -> None:
    """Instance variables, `def self.x`, `define_method`, `include`, endless and private methods, heredocs, structs."""
    files = {
        "steps/top_step.rb": """
        module Words; def word = "word"; end
        include Words
        @client = "client"
        Point = Struct.new(:x) do
          def shown = "point #{x} #{word}"
        end
        class Base; def self.make = new.go; end
        class Child < Base
          NAMES = build_names
          def go = [NAMES, helper(2) { |n| n + 1 }, self.class.name.split("::").last]
        end if false
        def build_names = %w[a b]
        class Late < Base
          NAMES = build_names
          def go = [NAMES, helper(2) { |n| n + 1 }]
        end
        def self.config
          { type: "event", name: "top", subscribes: ["t"] }
        end
        def handler(_)
          @seen = (@seen || 0) + 1
          [@client, @seen, word, dynamic, Late.make, Point.new(3).shown, text, single(1)]
        end
        def self.single(n) = "single #{n} #{helper(1) { |x| x }}"
        define_method(:dynamic) { "dynamic" }
        private
        def helper(n) = yield(n)
        def text
          <<~TEXT.strip
            heredoc
          TEXT
        end
        """,
    }
    with Core(tmp_path, files) as core:
        (report,) = core.describe("steps/top_step.rb")
        assert report["steps"][0]["config"]["name"] == "top", report
        expected = ["client", 1, "word", "dynamic", [["a", "b"], 3], "point 3 word", "heredoc", "single 1 1"]
        assert core.run("steps/top_step.rb") == expected
        assert core.run("steps/top_step.rb") == expected, "one invocation saw the variables of another"


def test_shared_code_in_lib_is_loaded_once_and_globally(tmp_path: Path) -> None:
    step = "require 'counter'\nrequire_relative '../lib/other'\n" + event("def handler(_) = Counter.next")
    files = {
        "lib/counter.rb": "require 'deeper'\nmodule Counter; @n = 0; def self.next = @n += 1; end\n",
        "lib/deeper.rb": "DEEPER = 1\n",
        "lib/other.rb": "",
        "steps/a_step.rb": step,
        "steps/b_step.rb": step,
    }
    with Core(tmp_path, files) as core:
        reports = core.describe("steps/a_step.rb", "steps/b_step.rb")
        for report in reports:
            assert set(report["dependencies"]) == {"lib/counter.rb", "lib/deeper.rb", "lib/other.rb"}
        assert [core.run("steps/a_step.rb"), core.run("steps/b_step.rb")] == [1, 2]


def test_what_a_file_may_do_wrong(tmp_path: Path) -> None:
    files = {
        "steps/syntax_step.rb": "def config\n  {\nend\n",
        "steps/gem_step.rb": "\nrequire 'no_such_gem_at_all'\n" + EVENT,
        "steps/missing_step.rb": "require_relative 'absent'\n" + EVENT,
        "steps/helper_step.rb": "require_relative 'bad_helper'\n" + EVENT,
        "steps/bad_helper.rb": "x = 1\nraise ArgumentError, 'not today'\n",
        "steps/exit_step.rb": "\nexit 3\n",
        "steps/abort_step.rb": "abort 'no'\n",
        "steps/kill_step.rb": "Thread.current.kill\n",
        "steps/local_step.rb": "x = 1\nconfig = { type: 'event' }\ndef handler(i) = i\n",
        "steps/none_step.rb": "def handler(i) = i\n",
        "steps/nohandler_step.rb": EVENT,
        "steps/text_step.rb": "def config = 'x'\ndef handler(i) = i\n",
        "steps/cycle_step.rb": "def config\n  c = { type: 'event', name: 'x' }\n  c[:c] = c\nend\ndef handler(i) = i\n",
        "steps/raises_step.rb": "def config\n  raise 'no config today'\nend\ndef handler(i) = i\n",
        "steps/mw_step.rb": "def config = { type: 'api', name: 'n', middleware: [:nobody] }\ndef handler(i) = i\n",
        "steps/good_step.rb": event("def handler(i) = i"),
    }
    with Core(tmp_path, files) as core:
        reports = {one["file"][6:-8]: one for one in core.describe(*[f for f in files if f.endswith("_step.rb")])}
        errors = {name: (one["error"]["code"], one["error"].get("line")) for name, one in reports.items() if "error" in one}
        assert errors == {
            "syntax": ("syntax", 3),
            "gem": ("import", 2),
            "missing": ("import", 1),
            "helper": ("import", 2),
            "exit": ("exit", 2),
            "abort": ("exit", 1),
            "kill": ("exit", None),
            "local": ("no_config", 2),
            "none": ("no_config", None),
            "nohandler": ("no_handler", None),
            "text": ("bad_config", 1),
            "cycle": ("bad_config", None),
            "raises": ("import", 2),
            "mw": ("bad_config", 1),
        }
        assert reports["helper"]["error"]["file"] == "steps/bad_helper.rb"
        assert "ArgumentError: not today" in reports["helper"]["error"]["message"]
        assert "no_such_gem_at_all" in reports["gem"]["error"]["hint"]
        assert reports["missing"]["dependencies"] == ["steps/absent.rb"]
        assert "def config" in reports["local"]["error"]["hint"]
        assert "config.c" in reports["cycle"]["error"]["message"]
        with pytest.raises(Refusal) as refused:
            core.run("steps/syntax_step.rb")
        assert refused.value.code == 1003
        assert core.run("steps/good_step.rb", 5) == 5


def test_reload_takes_helpers_and_shared_files_along(tmp_path: Path) -> None:
    files = {
        "lib/shared.rb": "module Shared; def self.word = 'old'; end\n",
        "steps/helper.rb": "def helper = 'old'\n",
        "steps/a_step.rb": "require 'shared'\nrequire_relative 'helper'\n" + event("def handler(_) = [Shared.word, helper]"),
        "steps/b_step.rb": event("def handler(_) = self.class.object_id"),
    }
    with Core(tmp_path, files) as core:
        core.describe("steps/a_step.rb", "steps/b_step.rb")
        same = core.run("steps/b_step.rb")
        for name in ("lib/shared.rb", "steps/helper.rb"):
            path = tmp_path / name
            path.write_text(path.read_text().replace("old", "new"))
        (report,) = core.describe("steps/a_step.rb", snapshot=2, changed=("lib/shared.rb", "steps/helper.rb"))
        assert "error" not in report
        assert core.run("steps/a_step.rb", snapshot=2) == ["new", "new"]
        assert core.run("steps/a_step.rb", snapshot=1)[1] == "old"
        assert core.run("steps/b_step.rb", snapshot=2) == same, "an untouched step was loaded again"
        (tmp_path / "steps/a_step.rb").write_text("def config\n  {\nend\n")
        (report,) = core.describe("steps/a_step.rb", snapshot=3, changed=("steps/a_step.rb",))
        assert report["error"]["code"] == "syntax"
        (tmp_path / "steps/a_step.rb").write_text(event("def handler(_) = 'healed'"))
        core.describe("steps/a_step.rb", snapshot=4, changed=("steps/a_step.rb",))
        assert core.run("steps/a_step.rb", snapshot=4) == "healed"


def test_a_gemfile_that_cannot_be_used_is_told_with_every_file(tmp_path: Path) -> None:
    files = {"Gemfile": "gem 'no-such-gem-at-all', '1.0'\n", "steps/a_step.rb": event("def handler(i) = i")}
    with Core(tmp_path, files) as core:
        (report,) = core.describe("steps/a_step.rb")
        assert report["error"]["code"] == "import"
        assert "no-such-gem-at-all" in report["error"]["message"]
        assert report["error"]["hint"] == "run `bundle install` in the project"


def test_an_empty_gemfile_is_no_hindrance(tmp_path: Path) -> None:
    with Core(tmp_path, {"Gemfile": "", "steps/a_step.rb": event("def handler(i) = i")}) as core:
        assert core.run("steps/a_step.rb", 1) == 1


# --- config and schemas ------------------------------------------------------------------------------------------


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
                    "nested": {"type": "object", "properties": {"type": string, "x": number}, "required": ["type", "x"]},
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
            assert report["steps"][0]["config"]["input"] is None
            assert report["warnings"][0]["code"] == "bad_schema"
            assert "`a`" in report["warnings"][0]["message"]


def test_reopening_a_class_of_ruby_is_warned_about(tmp_path: Path) -> None:
    files = {"steps/a_step.rb": "class String; def shout = upcase; end\n" + event("def handler(i) = i")}
    with Core(tmp_path, files) as core:
        (report,) = core.describe("steps/a_step.rb")
        assert "class ::String" in report["warnings"][0]["hint"]


# --- what handlers receive ---------------------------------------------------------------------------------------


def test_input_reads_by_string_symbol_and_method_and_is_a_hash(core: Any) -> None:
    data = {"totalOrders": 3, "topProducts": {"size": 9, "zip": 1}, "list": [{"id": 1}], "zip": "8000", "method": "m"}
    expression = """
    seen = []
    input.topProducts.each { |name, count| seen << [name, count] }
    input["topProducts"].each_pair { |name, count| seen << name }
    case input
    in { list: [{ id: }] }
      found = id
    end
    copy = input.merge(extra: 1)
    input.later = 5
    {
      access: [input["totalOrders"], input[:totalOrders], input.totalOrders, input.list[0].id, input.dig(:list, 0, :id)],
      hash: [input.is_a?(Hash), input.key?(:list), input.fetch("list").size, input.to_h.class.name, input.topProducts.size],
      seen: seen, found: found, zip: [input.zip, input.topProducts.zip], method: input.method, absent: input.nothing,
      merged: [copy.extra, input.extra], later: input[:later], values: input.values_at(:zip, "method"),
      slice: input.slice(:zip), default: input.fetch(:nope, 7)
    }
    """
    assert returning(core, "access", expression, data) == {
        "access": [3, 3, 3, 1, 1],
        "hash": [True, True, 1, "Hash", 2],
        "seen": [["size", 9], ["zip", 1], "size", "zip"],
        "found": 1,
        "zip": ["8000", 1],
        "method": "m",
        "absent": None,
        "merged": [1, None],
        "later": 5,
        "values": ["8000", "m"],
        "slice": {"zip": "8000"},
        "default": 7,
    }


def test_the_request_has_every_part_under_every_name(tmp_path: Path) -> None:
    body = """
    def handler(req)
      { status: 200, body: {
        method: req.method, path: req.path, url: req[:url], ip: req["ip"], id: req.path_params.id, same: req.params[:id],
        q: req.queryParams.q, query: req.query["q"], header: req.headers["Content-Type"], symbol: req.headers[:content_type],
        cookies: req.cookies, name: req.body.name, raw: req.raw_body, raw_again: req["rawBody"],
        file: [req.files[0].filename, req.files[0].bytes.encoding.name, req.files[0].bytes.bytesize], keys: req.keys } }
    end
    """
    upload = tmp_path / "upload"
    upload.write_bytes(b"\xff\x00x")
    with Core(tmp_path, {"steps/a_step.rb": API + body}) as core:
        response = core.api(
            "steps/a_step.rb",
            params={"id": "7"},
            query={"q": ["1", "2"]},
            ip="::1",
            url="/p?q=1",
            headers={"content-type": "application/json", "cookie": 'a=1; b=%C3%A9; a=2; c="x"'},
            bodyKind="json",
            raw='{"name": "Ann", "$bytes": "x"}',
            files=[{"name": "f", "filename": "f.bin", "contentType": "x/y", "size": 3, "path": str(upload)}],
        )
        assert response["body"] == {
            "method": "POST",
            "path": "/p",
            "url": "/p?q=1",
            "ip": "::1",
            "id": "7",
            "same": "7",
            "q": ["1", "2"],
            "query": ["1", "2"],
            "header": "application/json",
            "symbol": "application/json",
            "cookies": {"a": "1", "b": "é", "c": "x"},
            "name": "Ann",
            "raw": '{"name": "Ann", "$bytes": "x"}',
            "raw_again": '{"name": "Ann", "$bytes": "x"}',
            "file": ["f.bin", "ASCII-8BIT", 3],
            "keys": ["body", "headers", "pathParams", "queryParams", "rawBody", "method", "path", "url", "query", "params"]
            + ["cookies", "ip", "files"],
        }


def test_the_context_answers_by_method_and_by_key(core: Any) -> None:
    expression = """
    context[:user] = "ann"
    context.note = 1
    context.logger.info("hi", a: 1)
    context["logger"].warn("careful", { b: 2 })
    context[:logger].error(ArgumentError.new("bad"))
    context[:emit].call(topic: "one", data: { x: 1 })
    emit = context[:emit]
    emit.(topic: "two", data: 2, messageGroupId: "g", at: Time.at(1.5))
    context.emit({ "topic" => "three" })
    context.emit("four", [4])
    state = context[:state]
    state.set("g", "k", name: "x")
    state[:set].("g", "l", 2, ttl: 9)
    group = state.getGroup("g")
    [context.user, context[:note], context[:trace_id], context.traceId, context.topic, context.attempt, context.step,
     context.flows, context.utils.dates.now.is_a?(Time), context.deadline > Time.now, context.cancelled?, context[:nothing],
     state[:get].("g", "k").name, group.values, group.keys, group.items, group.map { |one| one.class.name }, group["l"]]
    """
    value = returning(core, "context", expression)
    assert value[:2] == ["ann", 1]
    assert value[2:8] == ["t1", "t1", None, 1, "n", []]
    assert value[8:12] == [True, True, False, None]
    assert value[12:] == [
        "x",
        [{"name": "x"}, 2],
        ["k", "l"],
        [["k", {"name": "x"}], ["l", 2]],
        ["Motia::Record", "Integer"],
        2,
    ]
    emitted = [{key: one[key] for key in one if key != "invocation"} for one in core.named("events.emit")]
    assert emitted == [
        {"topic": "one", "data": {"x": 1}},
        {"topic": "two", "data": 2, "messageGroupId": "g", "at": 1500},
        {"topic": "three", "data": None},
        {"topic": "four", "data": [4]},
    ]
    assert [one.get("ttl") for one in core.named("state.set")] == [None, 9]
    logs = [(one["level"], one["msg"], one["fields"]) for one in core.logs]
    assert logs[:2] == [("info", "hi", {"a": 1}), ("warn", "careful", {"b": 2})]
    assert logs[2][:2] == ("error", "bad") and logs[2][2]["error"]["name"] == "ArgumentError"


# --- values and responses ----------------------------------------------------------------------------------------


def test_values_take_the_form_the_protocol_gives_them(core: Any) -> None:
    expression = """
    require "set"
    require "bigdecimal"
    require "date"
    require "ostruct"
    cause = begin
      begin; raise "inner"; rescue; raise ArgumentError, "outer"; end
    rescue => e
      e
    end
    { time: Time.utc(2024, 1, 2, 3, 4, 5, 6000), zone: Time.new(2024, 1, 2, 3, 4, 5, "+02:00"), date: Date.new(2024, 1, 2),
      stamp: DateTime.new(2024, 1, 2, 3, 4, 5), set: Set[1, 2], sym: :sym, struct: Struct.new(:a).new(1), big: 2**70,
      exact: BigDecimal("1.5"), whole: BigDecimal("12"), long: BigDecimal("0.1234567890123456789012"),
      rational: [3r, 1/2r, 1/3r], open: OpenStruct.new(b: 1), bytes: "\\xff\\x00".b, "$bytes" => "mine", 5 => 1, nil => 2,
      broken: "a\\xffb", latin: "\\xe9".dup.force_encoding("ISO-8859-1"), error: cause, own: context }.except(:own)
    """
    value = returning(core, "values", expression)
    error = value.pop("error")
    assert (error["name"], error["message"], error["cause"]["message"]) == ("ArgumentError", "outer", "inner")
    assert value == {
        "time": "2024-01-02T03:04:05.006Z",
        "zone": "2024-01-02T01:04:05Z",
        "date": "2024-01-02",
        "stamp": "2024-01-02T03:04:05Z",
        "set": [1, 2],
        "sym": "sym",
        "struct": {"a": 1},
        "big": 2**70,
        "exact": 1.5,
        "whole": 12,
        "long": "0.1234567890123456789012",
        "rational": [3, 0.5, "1/3"],
        "open": {"b": 1},
        "bytes": {"$bytes": base64.b64encode(b"\xff\x00").decode()},
        "$$bytes": "mine",
        "5": 1,
        "": 2,
        "broken": "a\ufffdb",
        "latin": "é",
    }


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("a = []; a << [a]; { x: a }", "result.x[0][0]"),
        ("{ n: [1, Float::NAN] }", "result.n[1]"),
        ("{ n: Float::INFINITY }", "result.n"),
        ("150.times.reduce([]) { |inner, _| [inner] }", "nested deeper"),
    ],
)
def test_what_has_no_form_names_its_place(core: Any, expression: str, part: str) -> None:
    with pytest.raises(Refusal, match=".*") as refused:
        returning(core, "formless", expression)
    assert refused.value.code == 1012
    assert part in str(refused.value)


def test_an_accidental_last_line_does_not_fail_an_event(core: Any) -> None:
    assert returning(core, "accident", "[1].each { |x| x }.then { Thread.current }") is None
    assert "Thread" in core.logs[-1]["msg"] and core.logs[-1]["level"] == "debug"
    with pytest.raises(Refusal, match="value.run is a Proc"):
        returning(core, "proc", 'context.state.set("g", "k", { run: -> {} })')


HTML, PLAIN = {"content-type": "text/html; charset=utf-8"}, {"content-type": "text/plain; charset=utf-8"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("{ status: 201, body: { a: 1 } }", (201, {}, "json", {"a": 1})),
        ('{ "status" => "404", "body" => nil }', (404, {}, "json", None)),
        ("{ status: 204 }", (204, {}, "none", None)),
        ('{ body: "<b>" }', (200, HTML, "text", "<b>")),
        ('{ body: "x", headers: { content_type: "text/x" } }', (200, {"content-type": "text/x"}, "text", "x")),
        ('{ status: "ok", body: 1 }', (200, {}, "json", {"status": "ok", "body": 1})),
        ("{ status: 99, a: 1 }", (200, {}, "json", {"status": 99, "a": 1})),
        ('"plain"', (200, PLAIN, "text", "plain")),
        ("[1, { a: :b }]", (200, {}, "json", [1, {"a": "b"}])),
        ("false", (200, {}, "json", False)),
        ("{ status: 200, body: false, extra: 1 }", (200, {}, "json", False)),
        ('"\\xff".b', (200, {}, "bytes", {"$bytes": "/w=="})),
        ('{ status: 200, body: { type: "Buffer", data: [255] } }', (200, {}, "bytes", {"$bytes": "/w=="})),
        ('{ status: 200, body: { "$bytes" => "\\xff".b } }', (200, {}, "json", {"$bytes": "/w=="})),
        ('{ status: 302, headers: { Location: "/x", "a" => nil, "set-cookie" => ["a", 1] } }',
         (302, {"Location": "/x", "set-cookie": ["a", "1"]}, "none", None)),
        ("Struct.new(:status, :body).new(202, 1)", (202, {}, "json", 1)),
        ("nil", (204, {}, "none", None)),
    ],
)  # fmt: skip
def test_responses(core: Any, expression: str, expected: tuple[Any, ...]) -> None:
    (core.folder / "steps").mkdir(exist_ok=True)
    (core.folder / "steps/r_step.rb").write_text(API + f"def handler(_)\n{expression}\nend\n")
    response = core.api("steps/r_step.rb")
    assert (response["status"], response["headers"], response["kind"], response.get("body")) == expected


def test_streamed_bodies(tmp_path: Path) -> None:
    files: dict[str, str] = {
        "steps/lazy_step.rb": API
        + 'def handler(_) = { status: 200, body: Enumerator.new { |y| y << "é" << "\\xff".b << { a: 1 } } }\n',
        "steps/file_step.rb": API + "def handler(_) = { body: File.open(__FILE__) }\n",
        "steps/sse_step.rb": API
        + """
        class Ticks
          def each
            yield "data: 1\\n\\n"
            raise "broke off"
          end
        end
        def handler(_) = { status: 200, headers: { content_type: "text/event-stream" }, body: Ticks.new }
        """,
    }
    with Core(tmp_path, files) as core:
        assert core.api("steps/lazy_step.rb")["kind"] == "streamed"
        assert [one["data"] for one in core.named("response.chunk")] == ["é", {"$bytes": "/w=="}, '{"a":1}']
        core.calls.clear()
        core.api("steps/file_step.rb")
        (chunk,) = core.named("response.chunk")
        assert (chunk["status"], b"def handler" in base64.b64decode(chunk["data"]["$bytes"])) == (200, True)
        core.calls.clear()
        with pytest.raises(Refusal, match="broke off"):
            core.api("steps/sse_step.rb")
        (chunk,) = core.named("response.chunk")
        assert chunk["headers"] == {"content-type": "text/event-stream"}


# --- middleware --------------------------------------------------------------------------------------------------


def test_middleware_wraps_in_order_and_may_change_everything(tmp_path: Path) -> None:
    step = """
    def config = { type: "api", name: "n", method: "POST", path: "/p", middleware: [:outer, method(:inner), Guard] }
    class Guard
      def self.call(req, _context, next_fn)
        return { status: 401, body: "no" } if req.headers["x-deny"]
        next_fn.(req.merge("extra" => "e"))
      end
    end
    def outer(req, context, next_fn)
      req.user = "ann"
      context[:trail] = ["outer"]
      response = next_fn.call
      response.headers["X-Trail"] = context[:trail].join(",") if response.headers
      response
    rescue Motia::ValidationError => error
      { status: 422, body: error.issues.map(&:path) }
    end
    def inner(req, context)
      context[:trail] << "inner"
      yield
    end
    def handler(req, context) = { status: 200, headers: {}, body: [req.user, req.extra, context[:trail]] }
    """
    with Core(tmp_path, {"steps/a_step.rb": step}) as core:
        response = core.api("steps/a_step.rb")
        assert response["body"] == ["ann", "e", ["outer", "inner"]]
        assert response["headers"] == {"X-Trail": "outer,inner"}
        denied = core.api("steps/a_step.rb", headers={"x-deny": "1"}, issues=[{"path": "a", "message": "m", "code": "c"}])
        assert denied["status"] == 401
        invalid = core.api("steps/a_step.rb", issues=[{"path": "a", "message": "m", "code": "c"}])
        assert (invalid["status"], invalid["body"]) == (422, ["a"])


# --- how handlers end --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("exit", "Exit"),
        ("exit! if false; abort 'gone'", "Exit"),
        ("Process.exit(2)", "Exit"),
        ("throw :nobody", "UncaughtThrowError"),
        ("raise NoMemoryError, 'full'", "NoMemoryError"),
        ("def deep = deep\ndeep", "SystemStackError"),
        ("Thread.current.kill", "MotiaRunner::Invoke::ThreadKilled"),
        ("Thread.exit", "MotiaRunner::Invoke::ThreadKilled"),
        ("class Mine < StandardError; def code = 'E_MINE'; end\nraise Mine, 'x'", "Mine"),
        ("nil.foo", "NoMethodError"),
        ("raise Exception, 'all'", "Exception"),
        ("raise Interrupt", "Interrupt"),
        ("proc { return 5 }.call.foo", None),
    ],
)
def test_a_handler_takes_only_itself_down(core: Any, expression: str, name: str | None) -> None:
    if expression.startswith("class"):
        (core.folder / "steps").mkdir()
        head, tail = expression.rsplit("\n", 1)
        (core.folder / "steps/e_step.rb").write_text(f"{head}\n" + event(f"def handler(_)\n{tail}\nend\n"))
        with pytest.raises(Refusal) as refused:
            core.run("steps/e_step.rb")
        assert refused.value.data["code"] == "E_MINE"
        assert "steps/e_step.rb" in refused.value.data["stack"]
        assert "motia_runner" not in refused.value.data["stack"]
    elif name is None:
        assert returning(core, "ends", expression) == 5
    else:
        with pytest.raises(Refusal) as refused:
            returning(core, "ends", expression)
        assert (refused.value.code, refused.value.data["name"]) == (1001, name)
    assert returning(core, "after", "input", 5) == 5


def test_exit_in_a_thread_of_a_step_leaves_the_worker_alone(core: Any) -> None:
    assert returning(core, "thread", 'Thread.new { exit 4 }\nsleep 0.05\n"alive"') == "alive"
    assert returning(core, "abort", 't = Thread.new { raise "t" }\nt.report_on_exception = false\nsleep 0.01\n"alive"') == "alive"
    assert core.ask("ping", {}) == {}


def test_cancel_interrupts_a_waiting_call_once(tmp_path: Path) -> None:
    body = """
    def handler(_, context)
      context.logger.info("begun")
      context.state.get("slow", "k")
    rescue => error
      raise "swallowed #{error.class}"
    ensure
      context.state.set("cleaned", "k", context.cancelled?)
    end
    """
    with Core(tmp_path, {"steps/a_step.rb": event(body)}) as core:
        number = core.start("steps/a_step.rb")
        while True:
            line = core.worker.line()
            if b"state.get" in line:
                break
        core.cancel(core.invocation, "deadline")
        with pytest.raises(Refusal) as refused:
            core.wait(number)
        assert refused.value.code == -32800
        assert core.state["cleaned"]["k"] is True


def test_threads_of_a_step_belong_to_it(core: Any) -> None:
    expression = """
    Thread.new { puts "from a thread"; context.state.set("g", "k", 1) }
    Thread.start { $stderr.puts "from another" }
    Thread.new { sleep }
    "done"
    """
    assert returning(core, "threads", expression) == "done"
    assert core.state["g"]["k"] == 1
    lines = {(one["msg"], one["source"], one.get("invocation")) for one in core.logs}
    assert {("from a thread", "stdout", "i11"), ("from another", "stderr", "i11")} <= lines


def test_everything_printed_the_ruby_way_is_a_log_line_of_the_step(core: Any) -> None:
    expression = r"""
    puts "puts", ["a"]
    print "pri", "nt\n"
    p({ a: 1 })
    pp [1]
    printf("%d\n", 5)
    putc "x"
    $stdout << "y" << "\n"
    $stdout.write("w1", "w2\n")
    STDOUT.puts "const"
    warn "warned"
    STDERR.puts "err"
    $stdout.flush.sync = true
    $stdout.print "rest without an end"
    $stdout.tty?
    """
    assert returning(core, "prints", expression) is False
    assert [(one["msg"], one["source"]) for one in core.logs] == [
        ("puts", "stdout"),
        ("a", "stdout"),
        ("print", "stdout"),
        ("{:a=>1}", "stdout"),
        ("[1]", "stdout"),
        ("5", "stdout"),
        ("xy", "stdout"),
        ("w1w2", "stdout"),
        ("const", "stdout"),
        ("warned", "stderr"),
        ("err", "stderr"),
        ("rest without an end", "stdout"),
    ]
    assert all(one["invocation"] == "i11" for one in core.logs)


def test_many_handlers_wait_at_once_and_threads_come_clean(tmp_path: Path) -> None:
    body = """
    def handler(input)
      dirty = [Thread.current[:left], Thread.current.thread_variable_get(:left)]
      Thread.current[:left] = Thread.current.thread_variable_set(:left, 1)
      sleep 0.1
      [input, dirty]
    end
    """
    with Core(tmp_path, {"steps/a_step.rb": event(body)}) as core:
        core.run("steps/a_step.rb", -1)
        begun = time.monotonic()
        numbers = [core.start("steps/a_step.rb", at) for at in range(40)]
        values = [core.wait(number)["value"] for number in numbers]
        assert values == [[at, [None, None]] for at in range(40)]
        assert time.monotonic() - begun < 40 * 0.1


def test_timeouts_around_calls_leave_the_wire_whole(core: Any) -> None:
    core.refusals["state.get"] = []
    expression = """
    require "timeout"
    200.times do |at|
      Timeout.timeout(0.0005) { loop { context.state.set("g", "k", "x" * 2000) } }
    rescue Timeout::Error
      nil
    end
    context.state.set("g", "k", "whole")
    """
    assert returning(core, "timeouts", expression) == "whole"


def test_a_forked_child_keeps_off_the_wire(core: Any) -> None:
    expression = """
    reader, writer = IO.pipe
    child = fork do
      puts "from the child"
      begin
        context.state.get("g", "k")
      rescue Exception => error
        writer.write error.class
      end
      exit!(0)
    end
    writer.close
    Process.wait(child)
    reader.read
    """
    assert returning(core, "forks", expression) == "Motia::Error"
    assert core.calls == []


# --- transactions ------------------------------------------------------------------------------------------------


def test_a_transaction_sees_itself_and_runs_again_on_conflict(core: Any) -> None:
    core.state["acc"] = {"a": {"n": 1, "list": [1]}, "b": 2}
    core.refusals["transaction.commit"] = [{"code": 1010, "message": "conflict"}]
    expression = """
    runs = 0
    context.transaction do |tx|
      runs += 1
      account = tx.state.get("acc", "a")
      account.n += 1
      tx.state.set("acc", "a", account)
      account.n = 99
      tx.state.update("acc", "a", { op: :append, path: "list", value: 2 })
      tx.state.delete("acc", "b")
      stored = tx.state.set_if_absent("acc", "c", 3)
      again = tx.state.compare_and_set("acc", "c", 4, 5)
      tx.streams.todo.set("g", "1", { x: 1 })
      tx.emit(topic: "done", data: {})
      context.transaction { context.state.set("acc", "inner", 1) }
      [runs, tx.state.get("acc", "a"), stored.stored, again.stored, tx.state.get_group("acc").keys,
       tx.streams.todo.get("g", "1"), tx.state.clear("acc"), tx.state.keys("acc")]
    end
    """
    value = returning(core, "transaction", expression)
    assert value == [2, {"n": 2, "list": [1, 2]}, True, False, ["a", "c", "inner"], {"x": 1}, 3, []]
    first, second = core.named("transaction.commit")
    assert [{**one, "version": "1"} for one in first["reads"]] == second["reads"]
    assert [one["method"] for one in second["writes"]] == [
        "state.set",
        "state.set",
        "state.delete",
        "state.set",
        "streams.set",
        "events.emit",
        "state.set",
        "state.clear",
    ]
    assert second["writes"][0]["params"]["value"] == {"n": 2, "list": [1]}


def test_an_error_inside_a_transaction_sends_nothing(core: Any) -> None:
    with pytest.raises(Refusal, match="no"):
        returning(core, "failing", 'context.transaction { context.state.set("g", "k", 1); raise "no" }')
    assert core.calls == []


# --- the guide's program -----------------------------------------------------------------------------------------

REPORT = '''
require 'csv'
require 'json'

def config
  {
    type: 'event',
    name: 'GenerateReport',
    subscribes: ['analytics.generated'],
    emits: ['report.generated'],
    input: {
      totalOrders: 'number',
      weeklyOrders: 'number',
      topProducts: 'object'
    }
  }
end

def handler(analytics_data, context)
  logger = context[:logger]
  emit = context[:emit]
  state = context[:state]

  begin
    logger.info("Generating CSV report from analytics")

    # Generate CSV report
    csv_data = CSV.generate do |csv|
      csv << ['Metric', 'Value']
      csv << ['Total Orders', analytics_data['totalOrders']]
      csv << ['Weekly Orders', analytics_data['weeklyOrders']]
      csv << ['Average Order Value', analytics_data['averageOrderValue']]

      # Add top products
      analytics_data['topProducts'].each do |product, count|
        csv << ["Product #{product}", count]
      end
    end

    # Generate HTML report
    html_report = generate_html_template(analytics_data)

    report = {
      id: SecureRandom.uuid,
      csv_data: csv_data,
      html_report: html_report,
      generated_at: Time.now.iso8601
    }

    state.set('reports', report[:id], report)
    emit.call(topic: 'report.generated', data: report)

    logger.info("Report generated successfully", report_id: report[:id])

  rescue => error
    logger.error("Report generation failed", error: error.message)
    emit.call(topic: 'report.failed', data: { error: error.message })
  end
end

private

def generate_html_template(data)
  <<~HTML
    <html>
    <head><title>Analytics Report</title></head>
    <body>
      <h1>Weekly Analytics Report</h1>
      <p>Total Orders: #{data['totalOrders']}</p>
      <p>Weekly Orders: #{data['weeklyOrders']}</p>
      <p>Generated: #{Time.now.strftime('%Y-%m-%d %H:%M:%S')}</p>
    </body>
    </html>
  HTML
end
'''


def test_the_report_step_of_the_guide_runs_as_written(tmp_path: Path) -> None:
    with Core(tmp_path, {"steps/generate_report.step.rb": REPORT}) as core:
        (report,) = core.describe("steps/generate_report.step.rb")
        assert report["steps"][0]["config"]["input"]["properties"]["topProducts"] == {"type": "object"}
        data = {"totalOrders": 9, "weeklyOrders": 2, "averageOrderValue": 1.5, "topProducts": {"tea": 4, "size": 1}}
        assert core.run("steps/generate_report.step.rb", data) is None
        (stored,) = core.state["reports"].values()
        assert stored["csv_data"].splitlines()[-2:] == ["Product tea,4", "Product size,1"]
        assert "Total Orders: 9" in stored["html_report"]
        assert core.named("events.emit")[0]["data"] == stored
        assert core.logs[-1]["fields"] == {"report_id": stored["id"]}


# --- the process -------------------------------------------------------------------------------------------------


def test_a_worker_that_computes_dies_with_its_core(tmp_path: Path) -> None:
    body = 'def handler(_)\n  puts "computing"\n  nil while true\nend\n'
    for cut in ("lifeline", "input", "term"):
        with Core(tmp_path, {"steps/a_step.rb": event(body)}) as core:
            core.start("steps/a_step.rb")
            while not core.logs:
                core.step()
            match cut:
                case "lifeline":
                    core.worker.cut_lifeline()
                case "input":
                    core.worker.close_input()
                case _:
                    os.kill(core.worker.process.pid, signal.SIGTERM)
            core.worker.exit_code(5)


def test_shutdown_runs_at_exit_and_ends_with_zero(tmp_path: Path) -> None:
    mark = tmp_path / "left"
    with Core(tmp_path, {"steps/a_step.rb": f"at_exit {{ File.write({str(mark)!r}, 'x') }}\n" + event("def handler(i) = i")}) as core:
        core.run("steps/a_step.rb", 1)
        assert core.ask("shutdown", {"graceMs": 1000}) == {}
        assert core.worker.exit_code() == 0
    assert mark.exists()
