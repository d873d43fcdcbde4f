"""The overview: what a new project is taught, that a calm project is calm, and how it leads from what is wrong to its cause
and its cure."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.server import ROOT, until
from tests.workbench.kit import Bench, benching_on, checks

REFUND = """config = {"type": "event", "name": "RefundOrder", "subscribes": ["refund.wanted"], "emits": [],
          "infrastructure": {"queue": {"maxRetries": 0}}}


async def handler(input, context):
    if await context.state.get("purse", "money") is None:
        raise ValueError(f"no money for order {input['id']}")
"""
WANT = """config = {"type": "api", "name": "WantRefund", "method": "POST", "path": "/refunds", "emits": ["refund.wanted"]}


async def handler(req, context):
    await context.emit({"topic": "refund.wanted", "data": {"id": req["body"]["id"]}})
    return {"status": 202, "body": {}}
"""
BROKEN = 'config = {"type": "api", "name": "Mended", "method": "GET", "path": "/mended", "emits": []\n'
ORDER = {
    "customer": "Jonas Weber",
    "city": "Berlin",
    "items": [{"sku": "CUP-003", "title": "Stoneware cup", "quantity": 1, "price": 14.0}],
    "currency": "EUR",
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    project = tmp_path_factory.mktemp("overview") / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia"))
    # A tick of the example's cron step would be a run.
    (project / "steps" / "count_open_orders_step.py").unlink()
    with benching_on(project) as found:
        yield found


def test_a_calm_project_is_calm(bench: Bench) -> None:
    assert bench.server.post("/orders", ORDER).status == 201
    bench.run(__file__, "given_all_is_well")


def test_from_a_failure_to_its_cure(bench: Bench) -> None:
    steps = bench.project / "steps"
    (steps / "refund_step.py").write_text(REFUND)
    (steps / "want_refund_step.py").write_text(WANT)
    until(lambda: bench.server.post("/refunds", {"id": 0}).status == 202)
    for number in range(1, 4):
        assert bench.server.post("/refunds", {"id": number}).status == 202
    until(lambda: bench.server.get("/__motia/api/overview").json["dead"] == 4)
    bench.run(__file__, "given_failures", count=4)
    assert bench.server.post("/__motia/state", {"groupId": "purse", "key": "money", "value": 5}).status == 200
    bench.run(__file__, "given_the_cause_is_mended")
    until(lambda: bench.server.get("/__motia/api/overview").json["dead"] == 0)
    assert bench.server.get("/__motia/api/dead").json == []


def test_a_broken_file_and_its_mending(bench: Bench) -> None:
    file = bench.project / "steps" / "mended_step.py"
    file.write_text(BROKEN)
    until(lambda: bench.server.get("/__motia/api/overview").json["problemCount"])
    bench.run(__file__, "given_a_broken_file")
    file.write_text(BROKEN.rstrip() + "}\n\n\nasync def handler(req, context):\n    return {'status': 200}\n")
    bench.run(__file__, "given_it_is_mended")


def test_what_changed_is_told(bench: Bench) -> None:
    told = bench.server.get("/__motia/api/overview").json
    found = {(one["what"], one["step"], one["file"]) for one in told["changes"]}
    assert ("added", "RefundOrder", "steps/refund_step.py") in found
    assert ("broken", None, "steps/mended_step.py") in found and ("mended", None, "steps/mended_step.py") in found
    assert told["changeCount"] == len(told["changes"])
    times = [one["time"] for one in told["changes"]]
    assert times == sorted(times, reverse=True)
    file = bench.project / "steps" / "refund_step.py"
    file.write_text(REFUND + "# changed\n")
    newest = until(
        lambda: (one := bench.server.get("/__motia/api/overview").json["changes"][0])["what"] == "changed" and one
    )
    assert (newest["step"], newest["file"]) == ("RefundOrder", "steps/refund_step.py")
    bench.run(__file__, "given_a_change", step="RefundOrder")
    (bench.project / "steps" / "mended_step.py").unlink()
    newest = until(
        lambda: (one := bench.server.get("/__motia/api/overview").json["changes"][0])["what"] == "removed" and one
    )
    assert (newest["step"], newest["file"]) == ("Mended", "steps/mended_step.py")


@pytest.mark.rows(38)
@pytest.mark.parametrize("check", checks(__file__))
def test_the_overview(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_it_says_that_the_server_is_gone(bench: Bench) -> None:
    bench.stop()
    bench.run(__file__, "given_the_server_is_gone")
    bench.start()
    bench.run(__file__, "given_the_server_is_back")


def test_a_new_project_is_taught(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    with benching_on(tmp_path) as new:
        new.run(__file__, "given_no_steps")
        text = new.run(__file__, "given_the_first_step_is_copied")
        (tmp_path / "steps" / "hello_step.py").write_text(text)
        new.run(__file__, "given_a_first_step")
        assert new.server.get("/hello").json == {"hello": "world"}
        new.run(__file__, "given_it_ran")
