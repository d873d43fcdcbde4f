"""The screen of the logs: followed live, filtered, searched by words and by patterns, read back as far as they go; 100,000 lines
stay quick."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.kit.server import ROOT, until
from tests.workbench.kit import Bench, benching_on, checks

NOISE = """
config = {"type": "api", "name": "Noise", "path": "/noise", "method": "POST", "emits": [], "flows": ["orders"]}
LEVELS = ("info", "info", "info", "debug", "warn", "info", "error", "info")


async def handler(req, context):
    body = req.get("body") or {}
    if body.get("print"):
        print(body["print"])
    for one in body.get("say", []):
        getattr(context.logger, one.get("level", "info"))(one["msg"], *([one["fields"]] if "fields" in one else []))
    for at in range(body.get("count", 0)):
        level = LEVELS[at % 8]
        getattr(context.logger, level)(f"line {at} of {body.get('about', 'noise')} for customer-{at % 977}", {"number": at})
    return {"status": 200, "body": {"traceId": context.trace_id}}
"""
MANY = 100_000 if os.environ.get("STRICT_TIMES") == "1" else 20_000
"""`make drills` looks through the whole of it."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    project = tmp_path_factory.mktemp("logs") / "orders"
    left_out = shutil.ignore_patterns(".motia", "node_modules", "types.d.ts")
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=left_out)
    (project / "steps" / "noise_step.py").write_text(NOISE)
    # A tick in the middle of a check would be one line more than it counts.
    (project / "steps" / "count_open_orders_step.py").unlink()
    (project / ".env").write_text("LOG_LEVEL=debug\n")
    with benching_on(project) as found:
        yield found


def noise(bench: Bench, **body: object) -> str:
    """The trace of what was said."""
    answer = bench.server.post("/noise", body)
    assert answer.status == 200, answer.body
    return str(answer.json["traceId"])


def test_nothing_yet(bench: Bench) -> None:
    bench.server.post("/__motia/api/logs/clear", {})
    bench.run(__file__, "given_nothing")


@pytest.mark.rows(42)
@pytest.mark.parametrize("check", checks(__file__))
def test_logs(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_the_list_begins_at_either_end(bench: Bench) -> None:
    trace = noise(bench, count=5)

    def asked(more: str) -> tuple[list[int], str | None]:
        page = bench.server.get(f"/__motia/api/logs?trace={trace}&limit=2&{more}").json
        return [line["number"] for line in page["items"]], page["next"]

    for order, wanted in (("newest", [[4, 3], [2, 1], [0]]), ("oldest", [[0, 1], [2, 3], [4]])):
        found, cursor = [], None
        for _ in wanted:
            numbers, cursor = asked(f"order={order}" + (f"&cursor={cursor}" if cursor else ""))
            found.append(numbers)
        assert (found, cursor) == (wanted, None)
    assert bench.server.get("/__motia/api/logs?order=other").status == 400


def test_a_restart_loses_nothing(bench: Bench) -> None:
    bench.run(__file__, "given_lines_before_a_restart")
    bench.stop()
    bench.start()
    bench.run(__file__, "given_lines_after_a_restart")


@pytest.mark.timeout(300)
def test_many_lines(bench: Bench) -> None:
    bench.server.post("/__motia/api/logs/clear", {})
    for _ in range(MANY // 10_000):
        noise(bench, count=10_000, about="the flood")
    noise(bench, say=[{"msg": "a needle in the hay"}])
    noise(bench, count=2_000, about="the rest")
    until(lambda: bench.server.get("/__motia/api/recording").json["held"]["logs"] > MANY, patience=60)
    print(bench.run(__file__, "given_many_lines"))


def test_clearing(bench: Bench) -> None:
    noise(bench, count=3)
    bench.run(__file__, "given_some_lines_to_clear")
    assert bench.server.get("/__motia/api/logs").json["items"] == []
