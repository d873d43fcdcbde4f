"""Dialect (a) of documents C and D: the files as printed, plus the helpers the documents leave undefined."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until

PROGRAMS = Path(__file__).parent / "programs"

# What the documents use and never define. Appended, so that every printed line stays where it was.
PAYMENT = """
async function processPayment(order) {
  if (order.quantity > 100) throw new Error('declined')
  return { id: `pay-${order.id}`, amount: order.quantity }
}
"""
TRANSFORMERS = """
def pipeline(task):
    def analyse(text):
        return [{"label": "POSITIVE" if "love" in text else "NEGATIVE", "score": 0.99}]
    return analyse
"""


def copy(document: str, target: Path) -> Path:
    shutil.copytree(PROGRAMS / document, target, dirs_exist_ok=True)
    return target


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Document C, in a project whose package.json says ES modules, as generated projects do."""
    project = copy("C", tmp_path_factory.mktemp("guide"))
    write(project, {"package.json": '{"name": "guide", "type": "module"}', "transformers.py": TRANSFORMERS})
    with (project / "steps" / "process-payment.step.js").open("a") as file:
        file.write(PAYMENT)
    with (project / "steps" / "analyze_sentiment.step.py").open("a") as file:
        file.write("\n\nfrom datetime import datetime\n")
    with serving(project) as server:
        yield server


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Document D. Its two CreateResource listings are one step in two languages: the JavaScript one here."""
    project = copy("D", tmp_path_factory.mktemp("agents"))
    (project / "steps" / "create-resource-typed.step.ts").unlink()
    write(project, {"config.yml": "name: resources\nowner: team\n"})
    with serving(project) as server:
        yield server


def test_all_files_load(guide: Server) -> None:
    rows = json.loads(motia(guide.project, "list", "--json").stdout)
    assert {row["name"]: row["language"] for row in rows if not row["error"]} == {
        "CreateOrder": "typescript",
        "ProcessPayment": "javascript",
        "AnalyzeSentiment": "python",
        "GenerateAnalytics": "python",
        "GenerateReport": "ruby",
    }


def test_order_is_created_and_paid(guide: Server) -> None:
    answer = guide.post("/orders", {"productId": "p-1", "quantity": 2})
    assert answer.status == 201
    order = answer.json
    assert order["productId"] == "p-1"
    assert order["createdAt"].endswith("Z")
    paid = until(lambda: guide.state("payments", order["id"]))
    assert paid == {"id": f"pay-{order['id']}", "amount": 2}
    assert guide.state("orders", order["id"]) == order


def test_body_is_validated(guide: Server) -> None:
    answer = guide.post("/orders", {"productId": "p-1", "quantity": "two"})
    assert answer.status == 400
    assert answer.json["error"] == "Validation failed"
    assert answer.json["issues"][0]["path"] == "quantity"
    assert answer.json["traceId"] == answer.headers["x-trace-id"]


def test_failed_payment_emits_the_failure_topic(guide: Server) -> None:
    order = guide.post("/orders", {"productId": "p-2", "quantity": 500}).json
    until(lambda: [line for line in guide.logs("--step", "ProcessPayment") if line.get("orderId") == order["id"]])
    lines = guide.logs("--step", "ProcessPayment", "--level", "error")
    assert any(line["error"] == "declined" and line["orderId"] == order["id"] for line in lines)


def test_python_step_with_subscript_context(guide: Server) -> None:
    review = {"reviewId": "r-1", "text": "I love it", "userId": "u-1"}
    guide.post("/emit", {"topic": "review.submitted", "data": review})
    found = until(lambda: guide.state("sentiment_analyses", "r-1"))
    assert found["sentiment"] == "POSITIVE"
    assert found["confidence"] == 0.99


def test_python_cron_uses_values_of_a_group(tmp_path: Path) -> None:
    """Its comparison of times wants dates without a zone, which JavaScript never writes: the orders are made here."""
    project = copy("C", tmp_path)
    for file in (project / "steps").iterdir():
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


def test_ruby_report_with_call_style_emit(guide: Server) -> None:
    data = {"totalOrders": 7, "weeklyOrders": 3, "averageOrderValue": 9.5, "topProducts": {"tea": 4, "cup": 2}}
    guide.post("/emit", {"topic": "analytics.generated", "data": data})

    def report() -> object:
        rows = json.loads(motia(guide.project, "state", "list", "reports", "--json").stdout)
        return next((row["value"] for row in rows if "Total Orders,7" in row["value"]["csv_data"]), None)

    found = until(report)
    assert "Product tea,4" in found["csv_data"]
    assert "<p>Weekly Orders: 3</p>" in found["html_report"]
    assert any(line.get("report_id") == found["id"] for line in guide.logs("--step", "GenerateReport"))


def test_resource_flow_of_document_d(agents: Server) -> None:
    answer = agents.post("/resources", {"title": "lamp", "category": "home"})
    assert answer.status == 201
    trace, resource = answer.headers["x-trace-id"], answer.json["id"]
    assert agents.state(trace, "resource") == {"id": resource, "title": "lamp", "category": "home"}
    processed = until(lambda: agents.state(trace, f"processed_resource_{resource}"))
    assert processed["title"] == "LAMP"
    assert processed["status"] == "processed"


def test_json_schema_of_document_d(agents: Server) -> None:
    answer = agents.post("/resources", {"title": ""})
    assert answer.status == 400
    assert {issue["path"] for issue in answer.json["issues"]} == {"title", "category"}


def test_typed_listing_of_document_d(tmp_path: Path) -> None:
    project = copy("D", tmp_path)
    (project / "steps" / "create-resource.step.js").unlink()
    with serving(project) as server:
        answer = server.post("/resources", {"title": "lamp", "category": "home"})
        assert answer.status == 201
        assert until(lambda: server.state(answer.headers["x-trace-id"], f"processed_resource_{answer.json['id']}"))
        assert server.post("/resources", {"title": "", "category": "x"}).status == 400
