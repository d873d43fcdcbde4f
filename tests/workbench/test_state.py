"""The screen of the state: looked at, searched, filtered, edited, deleted; live."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.server import until
from tests.workbench.kit import Bench, checks


def put(bench: Bench, group: str, key: str, value: object, **more: object) -> None:
    answer = bench.server.post("/__motia/state", {"groupId": group, "key": key, "value": value, **more})
    assert answer.status == 200, answer.body


def test_nothing_yet(bench: Bench) -> None:
    def crons() -> list[dict[str, Any]]:
        return bench.server.get("/__motia/api/crons").json["items"]  # type: ignore[no-any-return]

    for cron in crons():  # each run of them would put an entry back
        bench.server.post("/__motia/api/crons/pause", {"name": cron["name"]})
    until(lambda: not any(cron["running"] for cron in crons()))
    bench.run(__file__, "given_nothing")


def test_there_is_something(bench: Bench) -> None:
    for at in range(150):
        put(bench, "books", f"book-{at:03}", {"title": f"Volume {at}", "pages": at * 10, "read": at % 2 == 0})
    put(bench, "kinds", "number", 42)
    put(bench, "kinds", "text", "hello")
    put(bench, "kinds", "with:colon's", ["a", "b"])
    put(bench, "short", "fades", {"a": 1}, ttl=3600)
    put(bench, "large", "long", [{"n": at, "text": "x" * 90} for at in range(1000)])
    for at in range(3):
        put(bench, "doomed", f"key-{at}", at)


@pytest.mark.rows(43)
@pytest.mark.parametrize("check", checks(__file__))
def test_state(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_groups_are_deleted_by_the_route(bench: Bench) -> None:
    put(bench, "whole", "a", 1)
    put(bench, "whole", "b", 2)
    put(bench, "kept", "a", 1)
    assert bench.server.post("/__motia/state/delete", {"groups": ["whole"]}).status == 204
    listed = bench.server.get("/__motia/api/state/groups").json["items"]
    assert {"whole", "kept"} & {one["groupId"] for one in listed} == {"kept"}
    assert bench.server.post("/__motia/state/delete", {}).status == 400
