"""The hidden streams on a real `motia dev`: their shapes, and that what happens is told to those who follow."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving
from tests.observability.admin import heard, joined, socket
from tests.observability.backend_shop import ORDER, emit, make

NAMESPACE = uuid.UUID("7f1c3ff2-9b00-4d0a-bdd7-efb8bca49d4f")
FLOOD = """
    config = {"type": "event", "name": "Flood", "subscribes": ["flood"], "emits": []}

    async def handler(input, context):
        for number in range(input["lines"]):
            context.logger.info(f"line {number}")
    """


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(make(tmp_path_factory.mktemp("live"))) as server:
        yield server


def of(stream: str, kind: str, **data: Any) -> Any:
    """Whether a message is of that kind and its data holds these."""

    def wanted(message: Any) -> bool:
        event = message["event"]
        return (
            message["streamName"] == stream
            and event["type"] == kind
            and all(event["data"].get(key) == value for key, value in data.items())
        )

    return wanted


def test_flows_are_told_in_their_shape_and_as_files_change(shop: Server) -> None:
    with socket(shop.url) as raw:
        found = {flow["id"]: flow for flow in joined(raw, "__motia.flows")}
        assert set(found) == {"extra", "orders"}
        assert found["orders"].keys() == {"id", "name", "steps", "edges"}
        path = shop.project / "steps/create-order.step.ts"
        step = next(one for one in found["orders"]["steps"] if one["name"] == "CreateOrder")
        assert step["id"] == str(uuid.uuid5(NAMESPACE, str(path)))
        assert (step["type"], step["language"], step["filePath"]) == ("api", "typescript", "steps/create-order.step.ts")
        assert (step["emits"], step["action"], step["webhookUrl"]) == (["order.created"], "webhook", "POST /orders")
        edge = found["orders"]["edges"][0]
        assert edge["id"] == f"{edge['source']}-{edge['target']}"
        assert edge["data"].keys() >= {"variant", "topic", "labelVariant"}
        item = joined(raw, "__motia.flows", id="orders")
        assert item == found["orders"]

        new = {"steps/new_step.py": 'config = {"type": "noop", "name": "New", "flows": ["fresh"]}\n'}
        write(shop.project, new)
        assert heard(raw, of("__motia.flows", "create", id="fresh"))["event"]["data"]["steps"][0]["name"] == "New"
        write(shop.project, {"steps/new_step.py": new["steps/new_step.py"].replace('"New"', '"Newer"')})
        heard(raw, of("__motia.flows", "update", id="fresh"))
        (shop.project / "steps/new_step.py").unlink()
        gone = heard(raw, of("__motia.flows", "delete", id="fresh"))
        assert gone["event"]["data"] == {"id": "fresh"}
        assert gone["id"] == "fresh"


def test_endpoints_and_streams_come_and_go(shop: Server) -> None:
    with socket(shop.url) as raw:
        endpoints = {one["path"]: one for one in joined(raw, "__motia.api-endpoints")}
        assert endpoints["/orders"]["id"] == str(shop.project / "steps/create-order.step.ts")
        assert endpoints["/orders"]["method"] == "POST"
        assert endpoints["/orders"]["responseSchema"].keys() == {"201"}
        [stream] = joined(raw, "__motia.streams-registry")
        assert stream.keys() == {"id", "name", "hidden", "itemCount", "groupCount", "lastUpdated", "filePath"}
        files = {
            "steps/late_step.py": """
                config = {
                    "type": "api", "name": "Late", "method": "PUT", "path": "/late", "emits": [], "flows": ["extra"],
                    "bodySchema": {"type": "object"},
                }

                async def handler(req, context):
                    return {"status": 200}
                """,
            "steps/late_stream.py": 'config = {"name": "late", "baseConfig": {"storageType": "default"}}\n',
        }
        write(shop.project, files)
        id = str(shop.project / "steps/late_step.py")
        came = heard(raw, of("__motia.api-endpoints", "create"))["event"]["data"]
        assert (came["id"], came["bodySchema"], came["flows"]) == (id, {"type": "object"}, ["extra"])
        joined(raw, "__motia.streams-registry", id="late")
        for file in files:
            (shop.project / file).unlink()
        heard(raw, of("__motia.api-endpoints", "delete", id=id))


def test_a_saved_layout_is_told(shop: Server) -> None:
    with socket(shop.url) as raw:
        assert {one["id"] for one in joined(raw, "__motia.flowsConfig")} == {"other", "orders", "last"}
        shop.post("/__motia/flows/x/config", {"id": "last", "config": {"steps/a.py": {"x": 1, "y": 2}}})
        told = heard(raw, of("__motia.flowsConfig", "update", id="last"))
        assert told["event"]["data"] == {"id": "last", "config": {"steps/a.py": {"x": 1, "y": 2}}}


def test_log_lines_come_as_they_are_written(shop: Server) -> None:
    with socket(shop.url) as raw:
        joined(raw, "__motia.logs")
        trace = emit(shop, "doomed", {"n": 5})
        line = heard(raw, of("__motia.logs", "create", traceId=trace, msg="Trying"))
        data = line["event"]["data"]
        assert line["id"] == data["id"]
        assert (data["level"], data["step"], data["flows"], data["n"]) == ("info", "Doomed", ["extra"], 5)
        assert "s3cret" not in json.dumps(line)


def test_who_joins_the_logs_is_told_the_last_thousand_at_most(shop: Server) -> None:
    write(shop.project, {"steps/flood_step.py": FLOOD})
    with socket(shop.url) as raw:
        while not any(step["name"] == "Flood" for step in shop.get("/__motia/api/steps").json["items"]):
            pass
        joined(raw, "__motia.logs")
        emit(shop, "flood", {"lines": 1200})
        heard(raw, of("__motia.logs", "create", msg="line 1199"))
    with socket(shop.url) as raw:
        lines = joined(raw, "__motia.logs")
        assert len(lines) == 1000
        assert lines == sorted(lines, key=lambda line: line["time"])
        assert lines[-1]["msg"] != lines[0]["msg"]


def test_traces_and_their_runs_are_told_live(shop: Server) -> None:
    with socket(shop.url) as raw:
        joined(raw, "motia-trace-group")
        trace = shop.post("/orders", ORDER).headers["x-trace-id"]
        group = heard(raw, of("motia-trace-group", "create", id=trace))["event"]["data"]
        assert (group["name"], isinstance(group["startTime"], int)) == ("CreateOrder", True)
        runs = {one["id"]: one for one in joined(raw, "motia-trace", trace)}
        wanted = {"CreateOrder", "ProcessPayment", "AnalyzeOrder"}
        while {one["name"] for one in runs.values() if one["status"] == "completed"} < wanted:
            message = heard(raw, lambda one: one["streamName"] == "motia-trace")
            assert message["groupId"] == trace
            runs[message["id"]] = message["event"]["data"]
        for one in runs.values():
            assert one.keys() >= {
                "id",
                "name",
                "parentTraceId",
                "status",
                "startTime",
                "endTime",
                "entryPoint",
                "events",
            }
        assert shop.post("/__motia/trace/clear").status == 200
        heard(raw, lambda one: one["streamName"] == "motia-trace-group" and one["event"]["type"] == "sync")


def test_queues_overview_workers_and_state_are_told_live(shop: Server) -> None:
    with socket(shop.url) as raw:
        found = {one["id"]: one for one in joined(raw, "__motia.bullmq-queues")}
        assert found["Wait"].keys() == {"id", "name", "displayName", "isPaused", "isDLQ", "stats"}
        assert found["Wait"]["stats"].keys() == {
            "waiting", "active", "completed", "failed", "delayed", "paused", "prioritized",
        }  # fmt: skip
        for stream in ("__motia.queues", "__motia.overview", "__motia.workers", "__motia.state", "__motia.crons"):
            assert isinstance(joined(raw, stream), list)
        before = found["Wait"]["stats"]["delayed"]
        emit(shop, "wait", {"id": "live"})
        told = heard(raw, of("__motia.bullmq-queues", "update", id="Wait"))
        assert told["event"]["data"]["stats"]["delayed"] == before + 1
        shop.post("/__motia/api/queues/pause", {"step": "Wait"})
        heard(raw, of("__motia.queues", "update", id="Wait", paused=True))
        shop.post("/__motia/api/queues/resume", {"step": "Wait"})
        shop.post("/__motia/state", {"groupId": "brand new", "key": "k", "value": 1})
        heard(raw, of("__motia.state", "create", id="brand new", count=1))
        heard(raw, of("__motia.overview", "update", id="overview"))
        heard(raw, of("__motia.workers", "update"))


def test_followers_are_counted(shop: Server) -> None:
    with socket(shop.url) as raw:
        joined(raw, "notes", "inbox")
        [notes] = [one for one in shop.get("/__motia/api/streams").json["items"] if one["name"] == "notes"]
        assert notes["followers"] == 1


def test_an_item_that_a_handler_returns_can_be_followed(shop: Server) -> None:
    told = shop.post("/write", {"texts": ["first"]}).json["__motia"]
    with socket(shop.url) as raw:
        assert joined(raw, told["streamName"], told["groupId"], told["id"])["text"] == "first"
        shop.post("/write", {"texts": ["second"]})
        heard(raw, of("notes", "update", text="second"))
