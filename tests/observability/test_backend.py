"""The backend of the screens on a real `motia dev`: what each route says and does."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.kit.server import Server, serving, until
from tests.observability.backend_shop import LAYOUT, ORDER, emit, items, make

NAMESPACE = uuid.UUID("7f1c3ff2-9b00-4d0a-bdd7-efb8bca49d4f")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(make(tmp_path_factory.mktemp("backend"))) as server:
        yield server


def node(server: Server, file: str) -> str:
    return str(uuid.uuid5(NAMESPACE, str(server.project / file)))


def paged(server: Server, path: str, limit: int) -> list[Any]:
    """All pages together; each is as long as was asked for, but the last."""
    found, cursor = [], ""
    while True:
        joint = "&" if "?" in path else "?"
        page = server.get(f"{path}{joint}limit={limit}{cursor and f'&cursor={quote(cursor)}'}").json
        found += page["items"]
        assert len(page["items"]) <= limit
        if page["next"] is None:
            return found
        assert len(page["items"]) == limit
        cursor = page["next"]


def test_a_page_asks_first_what_this_is(shop: Server) -> None:
    about = shop.get("/__motia").json
    assert (about["isDev"], about["isTutorialDisabled"], about["workbenchBase"]) == (True, True, "/__motia/workbench")
    assert about["version"]


@pytest.mark.parametrize(
    ("file", "titles"),
    [("src/later/wait.step.js", ["Delay"]), ("steps/told_step.py", ["Beside"]), ("steps/write_step.py", [])],
)
def test_a_node_id_gives_source_and_features(shop: Server, file: str, titles: list[str]) -> None:
    flow = shop.get("/__motia/api/flows/extra").json
    [step] = [step for step in flow["steps"] if step["filePath"] == file]
    assert step["id"] == node(shop, file)
    answer = shop.get(f"/__motia/step/{step['id']}").json
    assert answer["content"] == (shop.project / file).read_text()
    assert [one["title"] for one in answer["features"]] == titles
    assert shop.get("/__motia/step/none").status == 404
    assert shop.get("/__motia/step/none").json["error"] == "Step not found"


def test_the_source_of_a_broken_file_is_shown_too(shop: Server) -> None:
    assert "no Python" in shop.get(f"/__motia/step/{node(shop, 'steps/broken_step.py')}").json["content"]


def test_flows_are_graphs_with_virtual_and_conditional_edges(shop: Server) -> None:
    assert [one["id"] for one in items(shop, "/__motia/api/flows")] == ["extra", "orders"]
    flow = shop.get("/__motia/api/flows/extra").json
    names = {step["id"]: step["name"] for step in flow["steps"]}
    edges = {
        (names[one["source"]], names[one["target"]], one["data"]["topic"], one["data"]["variant"]): one["data"]
        for one in flow["edges"]
    }
    assert set(edges) == {
        ("Wait", "Told", "by.hand", "virtual"),
        ("Told", "Doomed", "doomed", "virtual"),
        ("Write", "Doomed", "doomed", "event"),
    }
    assert edges["Wait", "Told", "by.hand", "virtual"]["labelVariant"] == "conditional"
    assert edges["Wait", "Told", "by.hand", "virtual"]["label"] == "somebody"
    assert edges["Write", "Doomed", "doomed", "event"]["labelVariant"] == "default"
    [write] = [step for step in flow["steps"] if step["name"] == "Write"]
    assert (write["action"], write["webhookUrl"]) == ("webhook", "POST /write")
    assert {"CreateOrder", "Wait", "Told"} <= {step["name"] for step in shop.get("/__motia/api/graph").json["steps"]}


def test_only_the_bytes_of_the_changed_flow_change(shop: Server) -> None:
    path = shop.project / "motia-workbench.json"
    config = {"steps/get-order.step.ts": {"x": 10, "y": 20, "sourceHandlePosition": "right"}}
    saved = shop.post("/__motia/flows/ignored/config", {"id": "orders", "config": config})
    assert saved.json == {"message": "Flow config saved successfully"}
    start, end = LAYOUT.index("{\r\n    "), LAYOUT.index("}\r\n  }, ") + len("}\r\n  }")
    after = path.read_bytes().decode()
    assert after.startswith(LAYOUT[:start])
    assert after.endswith(LAYOUT[end:])
    assert {one["id"]: one["config"] for one in json.loads(after)}["orders"] == config
    assert shop.get("/__motia/api/flows/orders").json["config"] == config
    stamp = path.stat().st_mtime_ns
    shop.post("/__motia/flows/orders/config", {"id": "orders", "config": config})
    assert path.stat().st_mtime_ns == stamp, "what is there already is not written again"
    path.write_text("[nonsense")
    refused = shop.post("/__motia/flows/orders/config", {"id": "orders", "config": config})
    assert (refused.status, path.read_text()) == (409, "[nonsense")
    assert shop.post("/__motia/flows/orders/config", {"id": 7}).status == 400
    path.write_bytes(LAYOUT.encode())


def test_endpoints_are_searched_and_paged(shop: Server) -> None:
    paths = [one["path"] for one in paged(shop, "/__motia/api/endpoints", 2)]
    assert {"/orders", "/orders/:id", "/reports/latest", "/write"} <= set(paths)
    assert len(set(paths)) == len(paths)
    [found] = items(shop, "/__motia/api/endpoints?q=post%20%2Forders")
    assert found["id"] == str(shop.project / "steps/create-order.step.ts")
    assert found["bodySchema"]["required"]
    assert found["responseSchema"]["201"]


def test_steps_and_problems_are_told_with_the_line(shop: Server) -> None:
    assert {"CreateOrder", "Doomed", "Wait", "Told", "Write"} <= {
        step["name"] for step in paged(shop, "/__motia/api/steps", 5)
    }
    [problem] = items(shop, "/__motia/api/problems?q=broken_step")
    assert (problem["severity"], problem["filePath"], problem["line"]) == ("error", "steps/broken_step.py", 2)
    assert problem["source"] == "this is no Python"
    assert problem in shop.get("/__motia/api/overview").json["problems"]


def test_the_overview_says_what_failed_and_what_waits(shop: Server) -> None:
    trace = emit(shop, "doomed", {"n": 1})
    emit(shop, "wait", {"id": "overview"})
    told = until(
        lambda: (
            (one := shop.get("/__motia/api/overview").json)
            and one["dead"]
            and one["failures"]
            and one["waiting"]
            and one
        )
    )
    assert trace in [one["id"] for one in told["failures"]]
    assert told["failures"][0]["error"] == "ValueError: doomed number 1"
    assert told["health"]["status"] == "degraded"
    assert "Doomed" in [one["step"] for one in told["slowest"]]
    assert told["rates"]["failuresPerMinute"] > 0
    assert told["oldest"]


def test_traces_and_logs_lead_to_one_another(shop: Server) -> None:
    traces = [emit(shop, "doomed", {"n": number}) for number in (21, 22, 23)]
    wanted = "/__motia/api/traces?status=failed&step=Doomed&q=doomed%20number"
    until(lambda: {one["id"] for one in items(shop, wanted)} >= set(traces))
    found = [one["id"] for one in paged(shop, wanted, 2)]
    assert found[:3] == sorted(traces, key=traces.index, reverse=True)
    assert len(set(found)) == len(found)
    assert items(shop, "/__motia/api/traces?q=doomed%20number%2022")[0]["id"] == traces[1]
    trace = shop.get(f"/__motia/api/traces/{traces[0]}").json
    [run] = trace["runs"]
    assert (run["parentTraceId"], run["status"], run["entryPoint"]) == (
        traces[0], "failed", {"type": "event", "stepName": "Doomed"},
    )  # fmt: skip
    assert run["error"]["message"] == "doomed number 21"
    assert "doomed_step.py" in run["error"]["stack"]
    [line] = [event for event in run["events"] if event["type"] == "log" and event["message"] == "Trying"]
    assert line["metadata"]["n"] == 21
    [log] = items(shop, f"/__motia/api/logs?trace={traces[0]}&q=trying")
    assert (log["step"], log["traceId"], log["n"], log["flows"], log["level"]) == (
        "Doomed", traces[0], 21, ["extra"], "info",
    )  # fmt: skip
    assert log["id"] != "not this", "a field does not replace what the line is"
    assert "s3cret" not in json.dumps([trace, log])
    assert len(paged(shop, "/__motia/api/logs?step=Doomed&q=trying", 2)) >= 3
    for refused in ("traces?q=%3F%21", "traces?status=odd", "logs?level=odd", "logs?cursor=x", "traces?limit=many"):
        assert shop.get(f"/__motia/api/{refused}").status == 400, refused
    assert shop.get("/__motia/api/traces/none").status == 404


def test_state_is_filtered_edited_and_deleted(shop: Server) -> None:
    values: dict[str, Any] = {
        "a:1": {"city": "Oslo", "age": 9}, "b": {"city": "Rome", "age": 10}, "c": "text", "d": [1], "e": None,
    }  # fmt: skip
    for key, value in values.items():
        set_one = {"key": key, "groupId": "g:1", "value": value}
        assert shop.post("/__motia/state", set_one).json == set_one
    rows = shop.get("/__motia/state?groupId=g%3A1").json
    assert [(one["groupId"], one["key"], one["type"]) for one in rows] == [
        ("g:1", "a:1", "object"), ("g:1", "b", "object"), ("g:1", "c", "string"), ("g:1", "d", "array"), ("g:1", "e", "null"),
    ]  # fmt: skip

    def filtered(*filters: dict[str, Any]) -> list[str]:
        found = shop.get(f"/__motia/state?groupId=g%3A1&filter={quote(json.dumps(filters))}").json
        return [one["key"] for one in found]

    assert filtered({"valueKey": "city", "operation": "eq", "value": "Oslo"}) == ["a:1"]
    assert filtered({"valueKey": "age", "operation": "gt", "value": 9}) == ["b"]
    assert filtered({"valueKey": "key", "operation": "startsWith", "value": "a:"}) == ["a:1"]
    assert filtered(
        {"valueKey": "city", "operation": "isNotNull"}, {"valueKey": "age", "operation": "lt", "value": "10"}
    ) == ["a:1"]
    assert filtered({"valueKey": "city", "operation": "isNull"}) == ["c", "d", "e"]
    assert shop.get("/__motia/state?filter=[{}]").status == 400
    assert [one["key"] for one in paged(shop, "/__motia/api/state?groupId=g%3A1", 2)] == list(values)
    [group] = [one for one in items(shop, "/__motia/api/state/groups?q=G%3A") if one["groupId"] == "g:1"]
    assert (group["count"], group["size"] > 20) == (5, True)

    one = shop.get("/__motia/api/state/item?groupId=g%3A1&key=b").json
    edit = {"groupId": "g:1", "key": "b", "value": {"city": "Bern"}, "version": one["version"], "ttl": 3600}
    assert shop.post("/__motia/state", edit).status == 200
    assert shop.post("/__motia/state", edit).status == 409, "somebody has changed it since it was shown"
    ends = shop.get("/__motia/api/state/item?groupId=g%3A1&key=b").json["expires"]
    assert ends is not None
    shop.post("/__motia/state", {"groupId": "g:1", "key": "b", "value": 1})
    assert shop.get("/__motia/api/state/item?groupId=g%3A1&key=b").json["expires"] == ends
    assert shop.post("/__motia/state", {"groupId": "g:1", "key": "x" * 2000, "value": 1}).status == 413
    assert shop.post("/__motia/state", {"groupId": None, "key": "x", "value": 1}).status == 400

    shop.post("/__motia/state", {"groupId": "h", "key": "x:y", "value": 1})
    gone = shop.post("/__motia/state/delete", {"ids": ["h:x:y"], "items": [{"groupId": "g:1", "key": "a:1"}]})
    assert (gone.status, gone.body) == (204, b"")
    assert shop.get("/__motia/api/state/item?groupId=h&key=x:y").status == 404
    assert filtered() == ["b", "c", "d", "e"]


def test_streams_tell_their_groups_and_items(shop: Server) -> None:
    written = shop.post("/write", {"texts": ["one", "two"]}).json
    assert written["__motia"] == {"type": "state-stream", "streamName": "notes", "groupId": "inbox", "id": "n-1"}
    [stream] = shop.get("/__motia/streams").json["streams"]
    assert (stream["name"], stream["hidden"]) == ("notes", False)
    every = {one["name"]: one["hidden"] for one in shop.get("/__motia/streams/all").json["streams"]}
    assert every["notes"] is False
    assert every["__motia.logs"] is True
    assert shop.get("/__motia/streams/details/notes").json["filePath"] == str(shop.project / "steps/notes_stream.py")
    assert shop.get("/__motia/streams/details/none").status == 404
    group = shop.get("/__motia/streams/group/notes/inbox").json
    assert (group["count"], group["items"][0]["text"]) == (1, "two")
    item = shop.get("/__motia/streams/item/notes/inbox/n-1").json
    assert (item["streamName"], item["groupId"], item["itemId"], item["data"]["text"]) == (
        "notes",
        "inbox",
        "n-1",
        "two",
    )
    assert shop.get("/__motia/streams/item/notes/inbox/none").json["data"] is None
    assert [one["name"] for one in shop.get("/__motia/streams/group/__motia.flows/default").json["items"]] == [
        "extra",
        "orders",
    ]
    [told] = items(shop, "/__motia/api/streams")
    assert (told["groupCount"], told["itemCount"], told["followers"]) == (1, 1, 0)
    [told] = items(shop, "/__motia/api/streams/groups?stream=notes")
    assert (told["groupId"], told["count"]) == ("inbox", 1)
    assert items(shop, "/__motia/api/streams/groups?stream=notes&groupId=inbox") == [told]
    assert items(shop, "/__motia/api/streams/groups?stream=notes&groupId=in") == []
    assert [one["text"] for one in paged(shop, "/__motia/api/streams/items?stream=notes&groupId=inbox", 1)] == ["two"]


def test_an_order_is_seen_as_it_went(shop: Server) -> None:
    answer = shop.post("/orders", ORDER)
    trace = answer.headers["x-trace-id"]
    runs = until(
        lambda: (
            (one := shop.get(f"/__motia/api/traces/{trace}")).status == 200
            and len(one.json["runs"]) >= 3
            and one.json["runs"]
        )
    )
    by_name = {run["name"]: run for run in runs}
    assert by_name["ProcessPayment"]["parentId"] == by_name["CreateOrder"]["id"]
    events = by_name["CreateOrder"]["events"]
    [stored] = [one for one in events if one["type"] == "state"]
    assert (stored["operation"], stored["data"]["traceId"], stored["data"]["key"]) == (
        "set",
        "orders",
        answer.json["id"],
    )
    [emitted] = [one for one in events if one["type"] == "emit"]
    assert (emitted["topic"], emitted["success"]) == ("order.created", True)


def test_traces_are_cleared(shop: Server) -> None:
    emit(shop, "doomed", {"n": 99})
    until(lambda: items(shop, "/__motia/api/traces"))
    assert shop.post("/__motia/trace/clear").json == {"message": "Traces cleared"}
    assert [one for one in items(shop, "/__motia/api/traces") if one["name"] != "Doomed"] == []
    assert items(shop, "/__motia/api/logs") != []
    assert shop.post("/__motia/api/logs/clear").json == {"message": "Logs cleared"}
