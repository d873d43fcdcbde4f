"""What workers ask the core."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest
from msgspec import Raw

from motia_core.errors import TransactionConflict
from motia_core.protocol.calls import Log

from .conftest import Make

pytestmark = pytest.mark.anyio

GET = {"method": "state.get", "params": {"group": "g", "key": "k"}}


async def test_is_answered_by_the_injected_handler(bench: Make) -> None:
    asked: list[tuple[str, str, Any]] = []

    async def handler(worker: str, method: str, params: Raw) -> bytes:
        asked.append((worker, method, json.loads(bytes(params))["key"]))
        return b'{"value":[1,2]}'

    async with bench("asks.py", handler=handler) as b:
        assert await b.run(GET) == {"result": {"value": [1, 2]}, "error": None}
        assert asked == [("drill-1", "state.get", "k")]


async def test_errors_of_ours_cross_with_code_and_detail(bench: Make) -> None:
    async def handler(worker: str, method: str, params: Raw) -> bytes:
        raise TransactionConflict("changed", hint="again", detail={"key": "k"})

    async with bench("asks.py", handler=handler) as b:
        error = (await b.run(GET))["error"]
        assert error == {"code": 1010, "message": "changed (again)", "data": {"key": "k"}}


async def test_a_fault_of_the_core_is_an_internal_error(bench: Make) -> None:
    async with bench("asks.py") as b:
        error = (await b.run(GET))["error"]
        assert error["code"] == -32603 and "was not expected to call" in error["message"]
        assert b.states() == ["ready"]


async def test_an_unknown_method_is_refused(bench: Make) -> None:
    async with bench("asks.py") as b:
        assert (await b.run({"method": "state.sing", "params": {}}))["error"]["code"] == -32601
        assert (await b.run({"method": "step.run", "params": {}}))["error"]["code"] == -32601


async def test_a_flood_is_held_back_and_answered(bench: Make) -> None:
    most = running = 0

    async def handler(worker: str, method: str, params: Raw) -> bytes:
        nonlocal most, running
        running += 1
        most = max(most, running)
        await anyio.sleep(0.001)
        running -= 1
        return b'{"value":null}'

    async with bench("floods.py", handler=handler, blocked_after=10.0) as b:
        assert await b.run({"count": 20_000}) == 20_000
        assert most < 10_000


async def test_logs_and_prints_reach_the_sink(bench: Make) -> None:
    async with bench("good.py") as b:
        await b.run({"log": "said", "print": "printed"})
        await b.until(lambda: any(log.source == "stderr" for _, log in b.logs))
        found = {(log.source, log.msg) for _, log in b.logs}
        assert found == {("logger", "said"), ("stderr", "printed")}


async def test_a_sink_that_fails_harms_nothing(bench: Make) -> None:
    def sink(worker: str, log: Log) -> None:
        raise RuntimeError("a fault of the core")

    async with bench("good.py", log=sink) as b:
        assert await b.run({"log": "said", "print": "printed", "value": 1}) == 1
        assert await b.run({"value": 2}) == 2
        assert b.retired == []


async def test_the_wire_on_descriptor_three(bench: Make) -> None:
    async with bench("wire3.py", fd3=True) as b:
        assert await b.run() == b.workers[0].pid
        assert [log.msg for _, log in b.logs] == ["printed"]
