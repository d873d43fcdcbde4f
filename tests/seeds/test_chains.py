"""The systems that document C only describes, written from its descriptions: the pet store and the content pipeline.

Its shop (TypeScript, JavaScript, Python, Ruby) is `examples/orders`, driven by tests/e2e/test_orders.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.kit.server import Server, motia, serving, until
from tests.seeds.program import copy


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(copy("chains", tmp_path_factory.mktemp("chains"))) as server:
        yield server


def group(server: Server, name: str) -> list[dict[str, object]]:
    return [row["value"] for row in json.loads(motia(server.project, "state", "list", name, "--json").stdout)]


@pytest.mark.rows(282, 297, 298, 299)
def test_a_pet_is_created_fed_and_its_owner_told(chains: Server) -> None:
    pet = chains.post("/pets", {"name": "Tom", "species": "cat", "food": {"grams": 200}})
    assert pet.status == 201
    notice = until(lambda: chains.state("notices", f"order.placed:{pet.json['id']}"))
    assert notice == {"text": "200 g are on their way"}
    diary = until(lambda: [one for one in group(chains, "diary") if one["text"] == "200 g are on their way"])
    assert len(diary) == 1
    [order] = [one for one in group(chains, "orders") if one["petId"] == pet.json["id"]]
    assert order["status"] == "placed"
    assert chains.state("pets", pet.json["id"]) == {"id": pet.json["id"], "name": "Tom", "species": "cat"}


@pytest.mark.rows(282)
def test_a_pet_without_food_orders_nothing(chains: Server) -> None:
    assert chains.post("/pets", {"name": "Rex", "species": "wolf"}).status == 400
    pet = chains.post("/pets", {"name": "Rex", "species": "dog"}).json
    assert chains.state("pets", pet["id"])["name"] == "Rex"
    assert pet["id"] not in {one["petId"] for one in group(chains, "orders")}


@pytest.mark.rows(282, 295)
def test_overdue_orders_are_found_by_the_audit(chains: Server) -> None:
    late = chains.post("/pets", {"name": "Coco", "species": "bird", "food": {"grams": 5, "minutes": -1}}).json
    early = chains.post("/pets", {"name": "Tim", "species": "cat", "food": {"grams": 5}}).json
    until(lambda: {late["id"], early["id"]} <= {one["petId"] for one in group(chains, "orders")})
    assert motia(chains.project, "run", "AuditOrders").returncode == 0
    assert until(lambda: chains.state("notices", f"order.overdue:{late['id']}"))
    statuses = {one["petId"]: one["status"] for one in group(chains, "orders")}
    assert (statuses[late["id"]], statuses[early["id"]]) == ("overdue", "placed")
    assert chains.state("notices", f"order.overdue:{early['id']}") is None


@pytest.mark.rows(158, 268, 284, 297)
def test_content_crosses_four_languages(chains: Server) -> None:
    id = chains.post("/content", {"title": "Tea", "text": "tea is tea, and a cup is a cup"}).json["id"]
    found = until(lambda: chains.state("announcements", id))
    assert found["words"] == 9
    assert found["html"] == "<h1>Tea</h1>\n<ul><li>a</li><li>cup</li><li>is</li><li>tea</li></ul>\n"


@pytest.mark.rows(204, 313)
def test_a_flow_groups_steps(chains: Server) -> None:
    rows = json.loads(motia(chains.project, "list", "--json").stdout)
    flows = {flow: {row["name"] for row in rows if flow in row["flows"]} for flow in ("pet-store", "content")}
    assert flows["pet-store"] == {"CreatePet", "OrderFood", "NotifyOwner", "KeepDiary", "AuditOrders"}
    assert flows["content"] == {"UploadContent", "AnalyzeContent", "RenderContent", "AnnounceContent"}
