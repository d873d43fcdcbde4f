"""A project of old Motia, written for it and copied unchanged, starts with `motia dev` and answers as its author meant.

Nothing is installed beside it: `motia`, the plugins and adapters it pins are ours or stand-ins, zod is ours. The second
half runs it with those packages, and zod 3, really installed: ours still win, and the project's zod is used.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.server import Server, motia, serving, until
from tests.migration.installed import install_old_packages

SHOP = Path(__file__).parent / "projects" / "old_shop"
ORDER = {"items": [{"sku": "tea", "quantity": 2}, {"sku": "cup", "quantity": 1}]}
ANN = {"x-customer": "ann"}


@pytest.fixture(scope="module", params=["nothing installed", "the old packages installed"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = tmp_path_factory.mktemp("shop") / "old-shop"
    shutil.copytree(SHOP, project)
    if request.param != "nothing installed":
        install_old_packages(project)
    with serving(project) as server:
        yield server


@pytest.fixture(scope="module")
def order(shop: Server) -> str:
    """An order that has gone the whole way; its id."""
    answer = shop.post("/orders", ORDER, headers=ANN)
    assert answer.status == 201, answer.body
    assert answer.json["total"] == 21
    assert answer.headers["x-seen-by"] == "customer"
    found = answer.json["id"]
    until(lambda: (seen := shop.get(f"/orders/{found}").json) and seen["invoice"] and seen["parcel"] and seen["live"])
    return str(found)


@pytest.mark.rows(7, 53)
def test_it_starts_and_says_what_has_no_effect(shop: Server) -> None:
    until(lambda: "bodies that break a schema" in shop.output)
    for key in ("app", "plugins", "adapters", "redis"):
        assert shop.output.count(f"`{key}` is a key of old Motia") == 1, shop.output
    assert "✗" not in shop.output
    assert "Traceback" not in shop.output
    # Before anybody wonders why a wrong body came through, or where the data went.
    assert "motia 0.17.14-beta.196: bodies that break a schema are logged, not refused" in shop.output
    assert shop.output.count("DATABASE_URL is left to the application") == 1
    assert "MOTIA_REDIS_HOST has no effect" in shop.output
    assert "hidden" not in shop.output
    assert shop.get("/health").json["status"] == "ok"


@pytest.mark.rows(75, 198, 199, 204, 206)
def test_imports_of_folders_json_and_enums_in_a_typescript_step(shop: Server) -> None:
    answer = shop.get("/products?max=5")
    assert answer.json == {"products": [{"sku": "tea", "price": 4.5}], "currency": "EUR"}


def test_middleware_answers_for_the_handler(shop: Server) -> None:
    assert (shop.post("/orders", ORDER).status, shop.post("/orders", ORDER).json) == (401, {"error": "Who are you?"})
    refused = shop.post("/orders", {"items": [{"sku": "car", "quantity": 1}]}, headers=ANN)
    assert (refused.status, refused.json) == (409, {"error": "We do not sell car"})


@pytest.mark.rows(200)
def test_a_body_that_breaks_the_schema_reaches_the_handler_which_answers_for_itself(shop: Server) -> None:
    answer = shop.post("/orders", {"items": [{"sku": 1, "quantity": 0}]}, headers=ANN)
    assert (answer.status, answer.json) == (422, {"error": "These are no items", "count": 2})


@pytest.mark.rows(203, 205, 207, 208, 209, 210, 211, 213, 217, 220, 268, 294, 296, 297, 298, 302)
def test_an_order_goes_through_all_languages(shop: Server, order: str) -> None:
    seen = shop.get(f"/orders/{order}").json
    assert (seen["order"]["customer"], seen["order"]["total"]) == ("ann", 21)
    assert seen["live"]["status"] == "tracked"
    assert seen["parcel"] == {"weighs": "much", "worth": 21}
    assert seen["invoice"] == {"number": f"Invoice {order[:4]}", "cents": 2100}
    assert shop.get("/orders/none").status == 404


@pytest.mark.rows(234, 235, 238, 303)
def test_a_signed_webhook_and_an_event_that_was_dropped_before(shop: Server) -> None:
    body = b'{ "order": "o1",  "amount": 5 }'
    wrong = shop.post("/webhook/payment", body, headers={"x-signature": "0"})
    assert (wrong.status, wrong.json) == (403, {"error": "Wrong signature"})
    signature = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    for times in (1, 2):
        right = shop.post("/webhook/payment", body, headers={"x-signature": signature})
        assert (right.status, right.body, right.headers["x-shop"]) == (200, b"thanks", "Old shop")
        until(lambda times=times: (shop.state("payments", "o1") or {}).get("times") == times)
    # `payment.booked` stands in nobody's `emits`: old Motia dropped it without an error.
    assert until(lambda: shop.state("celebrations", "o1"))["cheers"] == 3


@pytest.mark.rows(221, 240, 242, 295)
def test_crons_by_hand(shop: Server, order: str) -> None:
    assert motia(shop.project, "run", "Tidy").returncode == 0
    last = until(lambda: shop.state("archive", "last"))
    assert last["by"] == "archive_step"
    assert motia(shop.project, "run", "CountInvoices").returncode == 0
    assert shop.state("reports", "invoices") == {"count": 1, "cents": 2100}


@pytest.mark.rows(215, 216, 254, 255, 265, 306)
def test_commonjs_in_a_project_of_es_modules_and_ruby(shop: Server, order: str) -> None:
    assert shop.get("/ping").json == {"pong": True}
    assert shop.get("/reports/sales").json["currency"] == "EUR"
    assert shop.get("/reports/sales").json["orders"] >= 1


def test_it_writes_nothing_into_the_project(shop: Server) -> None:
    def names(folder: Path) -> set[str]:
        below = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return {str(path) for path in below if not {".motia", "node_modules", "__pycache__"} & set(path.parts)}

    assert names(shop.project) - {".server-output"} == names(SHOP)


@pytest.mark.rows(223, 287, 312)
def test_the_step_list_knows_them_all(shop: Server) -> None:
    rows = json.loads(motia(shop.project, "list", "--json").stdout)
    assert [row["filePath"] for row in rows if row["error"]] == []
    assert {row["name"] for row in rows if row["type"] == "noop"} == {"PaymentGateway"}
    assert {row["name"] for row in rows if row["type"] == "stream"} == {"orders"}
    assert len([row for row in rows if row["type"] not in ("noop", "stream")]) == 14
