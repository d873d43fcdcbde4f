"""The acceptance of the first issue: an order crosses four languages; one trace holds all of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.server import ROOT, Server, motia, serving, until

ORDER = {
    "customer": "Ada",
    "city": "Lisbon",
    "items": [{"sku": "TEA-014", "title": "Sencha, 100 g", "quantity": 2, "price": 8.9}],
}


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = tmp_path_factory.mktemp("orders")
    shutil.copytree(ROOT / "examples" / "orders", project, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".motia"))
    with serving(project) as server:
        yield server


@pytest.mark.rows(268, 283, 285)
def test_an_order_crosses_four_languages(orders: Server) -> None:
    answer = orders.post("/orders", ORDER)
    assert answer.status == 201
    assert answer.json["total"] == 17.8
    id, trace = answer.json["id"], answer.headers["x-trace-id"]
    report = until(lambda: orders.state("reports", id))
    assert report["orders"] >= 1
    assert orders.state("orders", id)["status"] == "paid"
    assert orders.get("/reports/latest").json["topCities"] == {"Lisbon": report["orders"]}

    def spans() -> list[dict[str, object]]:
        found = json.loads(motia(orders.project, "trace", trace, "--json").stdout or "[]")
        return found if {span["language"] for span in found} >= {"typescript", "javascript", "python", "ruby"} else []

    found = {span["name"]: span for span in until(spans)}
    assert set(found) == {"CreateOrder", "ProcessPayment", "AnalyzeOrder", "GenerateReport"}
    assert all(span["status"] == "completed" for span in found.values())
    assert found["ProcessPayment"]["parentId"] == found["CreateOrder"]["id"]
    assert found["GenerateReport"]["parentId"] == found["AnalyzeOrder"]["id"]
    kinds = {event["type"] for event in found["CreateOrder"]["events"]}
    assert {"state", "emit"} <= kinds
    assert found["CreateOrder"]["logs"][0]["msg"] == "Order taken"

    tree = motia(orders.project, "trace", trace).stdout
    for text in ("CreateOrder", "GenerateReport", "emit order.created", "log Payment processed"):
        assert text in tree


def test_defaults_are_filled(orders: Server) -> None:
    id = orders.post("/orders", {k: v for k, v in ORDER.items() if k != "city"}).json["id"]
    assert orders.state("orders", id)["city"] == "unknown"
    assert orders.state("orders", id)["currency"] == "EUR"


@pytest.mark.rows(221)
def test_cron_ticks(orders: Server) -> None:
    found = until(lambda: orders.state("health", "open-orders"))
    assert found["at"].endswith(("Z", "+00:00"))


def test_bundled_orders_are_posted(orders: Server) -> None:
    import subprocess
    import sys

    script = ROOT / "examples" / "orders" / "post_orders.py"
    done = subprocess.run([sys.executable, str(script), orders.url], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Report, written in Ruby" in done.stdout
    assert orders.get("/reports/latest").json["orders"] >= 200


@pytest.mark.rows(30)
@pytest.mark.parametrize("language", ["typescript", "javascript", "python", "ruby"])
def test_hello(language: str, tmp_path: Path) -> None:
    project = tmp_path / "hello"
    shutil.copytree(ROOT / "examples" / "hello" / language, project)
    with serving(project) as server:
        answer = server.get("/hello?name=Ada")
        assert answer.status == 200
        assert answer.json["message"].lower() == f"hello ada from {language}"
        assert until(lambda: server.state("greeted", "Ada"))["at"]
