"""What Ruby handlers receive: input, request, context."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.runners.ruby_core import API, MARKS, Core, returning

pytestmark = MARKS


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with Core(tmp_path, {}) as core:
        yield core


def test_input_reads_by_string_symbol_and_method_and_is_a_hash(core: Core) -> None:
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
            "keys": [
                "body",
                "headers",
                "pathParams",
                "queryParams",
                "rawBody",
                "method",
                "path",
                "url",
                "query",
                "params",
            ]
            + ["cookies", "ip", "files"],
        }


def test_the_context_answers_by_method_and_by_key(core: Core) -> None:
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


def test_escaped_keys_and_spilled_text_reach_the_request_as_they_were_sent(tmp_path: Path) -> None:
    step = "def handler(req) = { body: [req.query, req.headers.keys, req.body, req.raw_body.encoding.name] }\n"
    with Core(tmp_path, {"steps/a_step.rb": API + step}) as core:
        spilled = tmp_path / ".motia/run/raw"
        spilled.write_text('{"$file": "é"}', encoding="utf-8")
        response = core.api(
            "steps/a_step.rb",
            query={"$$bytes": "q"},
            headers={"$$file": "h"},
            bodyKind="json",
            raw={"$file": str(spilled), "size": spilled.stat().st_size},
        )
        assert response["body"] == [{"$bytes": "q"}, ["$file"], {"$file": "é"}, "UTF-8"]


def test_the_module_speaks_for_the_running_step_only(core: Core) -> None:
    expression = """
    Motia.logger.info("said")
    outside = Class.new(Thread) { def initialize = super() { Motia.context } }
    [Motia.context.equal?(context), Motia.trigger("other", { a: 1 }), outside.new.value.equal?(context)]
    """
    assert returning(core, "module", expression) == [True, {"value": None}, True]
    assert core.named("events.trigger")[0]["step"] == "other"
    assert core.logs[0]["msg"] == "said"
