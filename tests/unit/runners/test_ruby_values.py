"""Values between Ruby authors and the wire: input, results, responses."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.runners.ruby_core import API, MARKS, Core, Refusal, returning

pytestmark = MARKS


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with Core(tmp_path, {}) as core:
        yield core


def test_values_take_the_form_the_protocol_gives_them(core: Core) -> None:
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
        "zone": "2024-01-02T01:04:05.000Z",
        "date": "2024-01-02",
        "stamp": "2024-01-02T03:04:05.000Z",
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
        ("{ run: -> {} }", "result.run: a function has no form in JSON"),
        ("150.times.reduce([]) { |inner, _| [inner] }", "nested deeper"),
    ],
)
def test_what_has_no_form_names_its_place(core: Core, expression: str, part: str) -> None:
    (core.folder / "steps").mkdir(exist_ok=True)
    (core.folder / "steps/f_step.rb").write_text(API + f"def handler(_)\n{expression}\nend\n")
    with pytest.raises(Refusal) as refused:
        core.api("steps/f_step.rb")
    assert refused.value.code == 1012
    assert part in str(refused.value)


def test_an_accidental_last_line_does_not_fail_an_event(core: Core) -> None:
    assert returning(core, "accident", "[1].each { |x| x }.then { Thread.current }") is None
    assert "Thread" in core.logs[-1]["msg"] and core.logs[-1]["level"] == "debug"
    with pytest.raises(Refusal, match="state.set.value.run: a function"):
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
def test_responses(core: Core, expression: str, expected: tuple[Any, ...]) -> None:
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
        assert [one["data"] for one in core.named("response.chunk")] == ["é", {"$bytes": "/w=="}, '{"a":1}\n']
        core.calls.clear()
        core.api("steps/file_step.rb")
        (chunk,) = core.named("response.chunk")
        assert (chunk["status"], b"def handler" in base64.b64decode(chunk["data"]["$bytes"])) == (200, True)
        core.calls.clear()
        with pytest.raises(Refusal, match="broke off"):
            core.api("steps/sse_step.rb")
        (chunk,) = core.named("response.chunk")
        assert chunk["headers"] == {"content-type": "text/event-stream"}
