"""Document C: its files as printed in a project of ES modules, what it leaves undefined supplied below or beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.kit.server import Server, motia, serving, until
from tests.seeds.program import copy


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(copy("C", tmp_path_factory.mktemp("guide"))) as server:
        yield server


def listed(server: Server) -> dict[str, Any]:
    return {row["name"]: row for row in json.loads(motia(server.project, "list", "--json").stdout)}


def warnings(server: Server, *words: str) -> list[str]:
    lines = (str(line["msg"]) for line in server.logs("--level", "warn"))
    return [text for text in lines if all(word in text for word in words)]


@pytest.mark.rows(57, 63, 64, 65, 67, 198, 199, 203, 204, 217, 220, 234, 254, 288, 306)
def test_all_files_load(guide: Server) -> None:
    steps = listed(guide)
    assert [row for row in steps.values() if row["error"]] == []
    assert {name: row["language"] for name, row in steps.items()} == {
        "CreateOrder": "typescript",
        "ProcessPayment": "javascript",
        "AnalyzeSentiment": "python",
        "GenerateAnalytics": "python",
        "GenerateReport": "ruby",
        "OperationTs": "typescript",
        "OperationPy": "python",
        "OperationRb": "ruby",
        "Failures": "typescript",
        "FollowOrder": "typescript",
        "Warehouse": "typescript",
        "live-orders": "typescript",
    }
    assert {row["type"] for row in steps.values()} == {"api", "event", "cron", "noop", "stream"}
    assert steps["CreateOrder"]["emits"] == ["order.created"]
    assert steps["CreateOrder"]["flows"] == ["ecommerce"]
    assert steps["ProcessPayment"]["subscribes"] == ["order.created"]


@pytest.mark.rows(58, 75, 196, 205, 206, 207, 208, 210, 211, 213, 214, 215, 294, 296)
def test_an_order_is_created_and_paid(guide: Server) -> None:
    """S-C1: `exports.config` among ES modules; its helper is an ES module under `services/`."""
    answer = guide.post("/orders", {"productId": "p-1", "quantity": 2})
    assert answer.status == 201
    order = answer.json
    assert order["productId"] == "p-1"
    assert order["createdAt"].endswith("Z")
    assert until(lambda: guide.state("payments", order["id"])) == {"id": f"pay-{order['id']}", "amount": 2}
    assert guide.state("orders", order["id"]) == order


@pytest.mark.rows(80, 200, 279, 305)
def test_the_body_is_validated(guide: Server) -> None:
    answer = guide.post("/orders", {"productId": "p-1", "quantity": "two"})
    assert answer.status == 400
    assert answer.json["error"] == "Validation failed"
    assert answer.json["issues"][0]["path"] == "quantity"
    assert answer.json["traceId"] == answer.headers["x-trace-id"]


@pytest.mark.rows(218, 224, 233)
def test_a_failed_payment_emits_the_failure_topic(guide: Server) -> None:
    order = guide.post("/orders", {"productId": "p-2", "quantity": 500}).json
    assert until(lambda: guide.state("failures", "payment.failed:declined"))["orderId"] == order["id"]
    lines = guide.logs("--step", "ProcessPayment", "--level", "error")
    assert any(line["error"] == "declined" and line["orderId"] == order["id"] for line in lines)


@pytest.mark.rows(219, 305)
def test_a_map_of_type_names_is_a_schema(guide: Server) -> None:
    """S-C4: with a key called `id`. An event that does not fit is warned about and delivered."""
    guide.post("/emit", {"topic": "order.created", "data": {"id": "ord-1", "amount": "much"}})
    assert until(lambda: guide.state("payments", "ord-1"))["id"] == "pay-ord-1"
    assert until(lambda: warnings(guide, "ProcessPayment", "amount"))
    assert not warnings(guide, "ProcessPayment", "schema")


@pytest.mark.rows(235, 236, 237, 239, 243, 244, 297)
def test_python_with_a_dictionary_for_its_context(guide: Server) -> None:
    """S-C2: `*.step.py`, `context["logger"]`."""
    review = {"reviewId": "r-1", "text": "I love it", "userId": "u-1"}
    guide.post("/emit", {"topic": "review.submitted", "data": review})
    found = until(lambda: guide.state("sentiment_analyses", "r-1"))
    assert found["sentiment"] == "POSITIVE"
    assert found["confidence"] == 0.99
    assert any(line["msg"] == "Analyzing sentiment for review r-1" for line in guide.logs("--step", "AnalyzeSentiment"))


@pytest.mark.rows(238, 303)
def test_a_failure_topic_nobody_declared_is_delivered_with_one_warning(guide: Server) -> None:
    for number in (2, 3):
        review = {"reviewId": f"r-{number}", "text": "", "userId": "u"}
        guide.post("/emit", {"topic": "review.submitted", "data": review})
        found = until(lambda: guide.state("failures", f"analysis.failed:r-{number}"))  # noqa: B023
        assert found == {"reviewId": f"r-{number}", "error": "no text"}
    assert len(until(lambda: warnings(guide, "AnalyzeSentiment", "analysis.failed"))) == 1


@pytest.mark.rows(24, 25, 240, 241, 242, 295, 309, 310)
def test_python_cron_uses_the_values_of_a_group(tmp_path: Path) -> None:
    """S-C5, S-C6. It compares times without a zone, which JavaScript never writes: the orders are made here."""
    project = copy("C", tmp_path)
    for file in (project / "steps").rglob("*.*"):
        if file.name not in ("generate_analytics.step.py", "generate_report.step.rb"):
            file.unlink()
    now = datetime.now().isoformat()
    for key, product in (("a", "p-9"), ("b", "p-9"), ("c", "p-1")):
        order = {"id": key, "productId": product, "amount": 4.5, "createdAt": now}
        motia(project, "state", "set", "orders", key, json.dumps(order))
    done = motia(project, "run", "GenerateAnalytics", "--follow")
    assert done.returncode == 0, done.stderr
    analytics = json.loads(motia(project, "state", "get", "analytics", "weekly").stdout)
    assert (analytics["totalOrders"], analytics["weeklyOrders"], analytics["averageOrderValue"]) == (3, 3, 4.5)
    assert analytics["topProducts"] == {"p-9": 2, "p-1": 1}
    [report] = json.loads(motia(project, "state", "list", "reports", "--json").stdout)
    assert "Product p-9,2" in report["value"]["csv_data"]


@pytest.mark.rows(9)
@pytest.mark.parametrize("name", ["GenerateAnalytics", "generate-analytics", "generate_analytics"])
def test_motia_run_takes_the_name_or_the_file(guide: Server, name: str) -> None:
    """S-C6, in the running server."""
    motia(guide.project, "state", "clear", "orders")
    done = motia(guide.project, "run", name)
    assert done.returncode == 0, done.stderr
    assert until(lambda: [one for one in guide.logs("--step", "GenerateAnalytics") if "No orders" in one["msg"]])


@pytest.mark.rows(255, 256, 257, 258, 259, 260, 261, 262, 263)
def test_ruby_report_with_a_callable_emit(guide: Server) -> None:
    """S-C3: `context[:emit]` and `emit.call`."""
    data = {"totalOrders": 7, "weeklyOrders": 3, "averageOrderValue": 9.5, "topProducts": {"tea": 4, "cup": 2}}
    guide.post("/emit", {"topic": "analytics.generated", "data": data})

    def report() -> object:
        rows = json.loads(motia(guide.project, "state", "list", "reports", "--json").stdout)
        return next((row["value"] for row in rows if "Total Orders,7" in row["value"]["csv_data"]), None)

    found = until(report)
    assert "Product tea,4" in found["csv_data"]
    assert "<p>Weekly Orders: 3</p>" in found["html_report"]
    assert any(line.get("report_id") == found["id"] for line in guide.logs("--step", "GenerateReport"))


@pytest.mark.rows(264, 303)
def test_ruby_rescue_emits_its_failure_topic(guide: Server) -> None:
    guide.post("/emit", {"topic": "analytics.generated", "data": {"totalOrders": 1}})

    def failures() -> list[str]:
        rows = json.loads(motia(guide.project, "state", "list", "failures", "--json").stdout)
        return [row["key"] for row in rows if row["key"].startswith("report.failed:")]

    assert until(failures)


@pytest.mark.rows(212, 224, 303)
def test_error_handling_of_each_language(guide: Server) -> None:
    answer = guide.post("/operations", {"userId": "u-7"})
    assert (answer.status, answer.json) == (500, {"error": "Creation failed"})
    for language in ("Python", "Ruby"):
        assert until(lambda: guide.state("failures", f"error.occurred:broken in {language}"))  # noqa: B023
    lines = {line["msg"]: line for line in guide.logs("--step", "OperationTs")}
    assert lines["Processing started"]["userId"] == "u-7"
    assert lines["Validation failed"]["errors"] == ["too small"]
    assert lines["Operation failed"]["error"] == "broken in TypeScript"
    assert {line["traceId"] for line in lines.values()} == {lines["Operation failed"]["traceId"]}
    assert any(line["error"] == "broken in Ruby" for line in guide.logs("--step", "OperationRb"))
    assert any(line["msg"] == "Operation failed: broken in Python" for line in guide.logs("--step", "OperationPy"))


@pytest.mark.rows(222, 223, 287, 312)
def test_stream_and_noop_stand_beside_the_steps(guide: Server) -> None:
    steps = listed(guide)
    assert (steps["live-orders"]["type"], steps["Warehouse"]["type"]) == ("stream", "noop")
    id = guide.post("/orders", {"productId": "p-3", "quantity": 1}).json["id"]
    assert until(lambda: guide.state("followed", id))["status"] == "paid"
