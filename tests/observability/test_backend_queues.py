"""Queues, cron steps and workers as the screens see and command them, on a real `motia dev`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.server import Server, serving, until
from tests.observability.backend_shop import emit, items, make


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(make(tmp_path_factory.mktemp("queues"))) as server:
        yield server


def queue(server: Server, step: str) -> Any:
    return next(one for one in items(server, "/__motia/api/queues/steps") if one["step"] == step)


def test_a_paused_step_lets_its_deliveries_wait_until_it_is_resumed(shop: Server) -> None:
    assert shop.post("/__motia/api/queues/pause", {"step": "Doomed"}).json["changed"] is True
    before = queue(shop, "Doomed")["dead"]
    trace = emit(shop, "doomed", {"n": 41})
    [waiting] = until(lambda: items(shop, "/__motia/api/deliveries?step=Doomed&state=waiting&q=%22n%22:41"))
    shop.post("/__motia/api/deliveries/retry", {"ids": [waiting["id"]]})
    now = queue(shop, "Doomed")
    assert (now["paused"], now["ready"], now["dead"], now["age"] >= 0) == (True, 1, before, True)
    assert shop.get(f"/__motia/api/deliveries/{waiting['id']}").json["traceId"] == trace
    assert shop.get("/__motia/bullmq/queues/Doomed").json["isPaused"] is True
    assert shop.post("/__motia/api/queues/resume", {"step": "Doomed"}).json["changed"] is True
    dead = until(lambda: items(shop, "/__motia/api/deliveries?step=Doomed&state=dead&q=number%2041"))[0]
    assert dead["id"] == waiting["id"]
    assert (dead["reason"], dead["error"]["message"], dead["attempts"]) == ("failed", "doomed number 41", 1)
    assert shop.get(f"/__motia/api/deliveries/{dead['id']}").json["state"] == "dead"
    assert shop.post("/__motia/api/queues/pause", {"step": "CreateOrder"}).status == 404


def test_delayed_deliveries_are_retried_now_or_thrown_away(shop: Server) -> None:
    for id in ("now", "never"):
        emit(shop, "wait", {"id": id})
    found = until(
        lambda: (
            len(late := items(shop, "/__motia/api/deliveries?step=Wait&state=delayed")) >= 2
            and {one["data"]["id"]: one["id"] for one in late}
        )
    )
    now, never = found["now"], found["never"]
    assert shop.post("/__motia/api/deliveries/retry", {"ids": [now]}).json == {"retried": 1}
    until(lambda: shop.get("/__motia/api/state/item?groupId=waited&key=now").status == 200)
    assert shop.post("/__motia/api/deliveries/discard", {"ids": [never]}).json == {"discarded": 1}
    assert shop.get(f"/__motia/api/deliveries/{never}").status == 404
    assert shop.post("/__motia/api/deliveries/discard", {"ids": []}).status == 400
    assert shop.post("/__motia/api/deliveries/discard", {"ids": list(range(1001))}).status == 400


def test_tools_made_for_the_old_queues_find_theirs(shop: Server) -> None:
    trace = emit(shop, "doomed", {"n": 61})
    base = "/__motia/bullmq"

    def jobs() -> list[Any]:
        found: list[Any] = shop.get(f"{base}/dlq/Doomed/jobs").json["jobs"]
        return [one for one in found if one["failureReason"] == "doomed number 61"]

    [job] = until(jobs)
    assert job["originalEvent"]["traceId"] == trace
    assert shop.get(f"{base}/queues/Doomed/jobs/{job['id']}").json["failedReason"] == "doomed number 61"
    assert job["id"] in [one["id"] for one in shop.get(f"{base}/queues/Doomed/jobs?status=failed").json["jobs"]]
    assert {one["name"] for one in shop.get(f"{base}/queues").json["queues"]} >= {"Doomed", "Doomed.dlq", "Wait"}
    assert shop.get(f"{base}/queues/none").status == 404
    assert shop.get(f"{base}/queues/Doomed/jobs/999999").json["error"] == "Job not found"
    for verb in ("pause", "resume"):
        assert shop.post(f"{base}/queues/Wait/{verb}").json == {"message": f"Queue {verb}d"}
    assert shop.post(f"{base}/dlq/Doomed.dlq/retry/{job['id']}").json == {"message": "Job retried from DLQ"}
    assert shop.post(f"{base}/dlq/Doomed/retry/999999").json["error"] == "Job not found in DLQ"
    until(jobs)
    assert shop.post(f"{base}/queues/Doomed/jobs/{job['id']}/remove").json == {"message": "Job removed"}
    assert shop.post(f"{base}/queues/Doomed/clean", {"status": "failed"}).json["deleted"] >= 0
    assert shop.post(f"{base}/dlq/Doomed/clear").json == {"message": "DLQ cleared"}
    emit(shop, "wait", {"id": "promoted"})
    [late] = until(
        lambda: [
            one
            for one in shop.get(f"{base}/queues/Wait/jobs?status=delayed").json["jobs"]
            if one["data"]["data"]["id"] == "promoted"
        ]
    )
    assert shop.post(f"{base}/queues/Wait/jobs/{late['id']}/promote").json == {"message": "Job promoted"}
    until(lambda: shop.get("/__motia/api/state/item?groupId=waited&key=promoted").status == 200)
    assert shop.post(f"{base}/queues/Wait/drain").json == {"message": "Queue drained"}
    until(lambda: shop.get(f"{base}/queues/Wait").json["stats"]["delayed"] == 0)


def test_cron_steps_are_run_by_hand_and_paused(shop: Server) -> None:
    def cron() -> Any:
        return items(shop, "/__motia/api/crons?q=countopen")[0]

    assert cron()["next"] > 0
    ran = shop.post("/__motia/api/crons/run", {"name": "CountOpenOrders"}).json
    assert ran["error"] is None
    assert ran["traceId"] in [one["traceId"] for one in cron()["recent"]]
    assert cron()["last"]["duration"] is not None
    assert shop.post("/__motia/api/crons/pause", {"name": "CountOpenOrders"}).json["paused"] is True
    assert (cron()["paused"], cron()["next"]) == (True, None)
    assert shop.post("/__motia/api/crons/resume", {"name": "CountOpenOrders"}).json["changed"] is True
    assert shop.post("/__motia/api/crons/run", {"name": "Doomed"}).status == 404


def test_workers_are_listed_and_restarted(shop: Server) -> None:
    def ruby() -> Any:
        return items(shop, "/__motia/api/pools?q=ruby")[0]

    before = ruby()
    assert (before["state"], before["memory"] > 0, before["inFlight"]) == ("ready", True, 0)
    assert shop.post("/__motia/api/workers/restart", {"pool": "ruby"}).json == {"pool": "ruby", "restarting": True}
    until(
        lambda: (
            {one["pid"] for one in ruby()["workers"]}.isdisjoint(one["pid"] for one in before["workers"])
            and ruby()["workers"]
        )
    )
    assert shop.get("/orders/none").status == 404
    assert shop.post("/__motia/api/workers/restart", {"pool": "none"}).status == 404
