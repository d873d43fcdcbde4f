"""The flows screen: the graph and what passes through it, places, source, custom nodes, adding a step."""

from __future__ import annotations

import json
import re
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from tests.kit.project import write
from tests.kit.server import until
from tests.workbench.kit import Bench, checks

NAMESPACE = UUID("7f1c3ff2-9b00-4d0a-bdd7-efb8bca49d4f")
COMPONENT = """import { NoopNode } from 'motia/workbench'
import { useState } from 'react'
import { label } from './parcels'

export const Node = ({ data }) => {
  const [count, setCount] = useState(0)
  return (
    <NoopNode data={data}>
      <button className="nodrag" data-testid="own-button" onClick={() => setCount(count + 1)}>{label}: {count}</button>
    </NoopNode>
  )
}
"""
FEATURES = [
    {"id": "once", "title": "Charged once", "description": "However often it is tried", "lines": ["17-23"]},
    {"title": "Tells the rest", "description": "", "lines": ["27"]},
    "no feature",
]
ROUNDS = {
    "judge_step.py": """
        config = {"type": "event", "name": "Judge", "subscribes": ["round.begun"], "flows": ["rounds"],
                  "emits": ["round.begun", {"topic": "round.won", "label": "won at last", "conditional": True}]}

        async def handler(input, context):
            topic = "round.begun" if input["left"] else "round.won"
            await context.emit({"topic": topic, "data": {"left": input["left"] - 1}})
    """,
    "celebrate_step.rb": """
        def config
          { type: 'event', name: 'Celebrate', subscribes: ['round.won'], emits: ['round.begun'], flows: ['rounds'] }
        end

        def handler(input, context)
        end
    """,
}
# Spacing of an author's own, a key of another tool, another flow.
LAYOUT = (
    '[\n\t{"id": "billing",   "config": {"steps/gone.step.ts": {"x":1,"y":2}}},\n'
    '\t{"id": "orders", "note": "mine", "config": {\n\t\t"steps/gone.step.ts": {"x": 7, "y": 8}\n\t}}\n]\n'
)


@pytest.mark.rows(40, 44, 46, 48)
@pytest.mark.parametrize("check", checks(__file__))
def test_flows(bench: Bench, check: str) -> None:
    bench.run(__file__, check)


def test_only_the_bytes_of_the_flow_change(bench: Bench) -> None:
    file = bench.project / "motia-workbench.json"
    file.write_text(LAYOUT, "utf-8")
    held = bench.run(__file__, "given_another_tool_moves")
    config = {"steps/gone.step.ts": {"x": 7, "y": 8}, "steps/get_report_step.rb": {"x": 901, "y": 433}}
    config["steps/create-order.step.ts"] = {"x": -500, "y": -500}
    bench.server.post("/__motia/flows/orders/config", {"id": "orders", "config": config})
    bench.run(__file__, "given_it_has_moved", x=901, held=held)
    saved = until(lambda: _saved(file, "orders").get("steps/create-order.step.ts", {}).get("x") == round(held["x"]))
    assert saved, file.read_text("utf-8")
    text = file.read_text("utf-8")
    start = LAYOUT.index('"config"', LAYOUT.index('"orders"')) + len('"config": ')
    assert text.startswith(LAYOUT[:start])
    assert text.endswith("}}\n]\n") and text.count('"billing"') == 1
    assert _saved(file, "orders")["steps/gone.step.ts"] == {"x": 7, "y": 8}, "a step that is away keeps its place"
    file.unlink()


def test_a_step_is_known_by_its_file(bench: Bench) -> None:
    flow = bench.server.get("/__motia/api/flows/orders").json
    for step in flow["steps"]:
        path = bench.project / step["filePath"]
        assert step["id"] == str(uuid5(NAMESPACE, str(path)))
        found = bench.server.get(f"/__motia/step/{step['id']}").json
        assert found["content"] == path.read_text("utf-8")


@pytest.mark.rows(47)
def test_features_lead_to_their_lines(bench: Bench) -> None:
    beside = bench.project / "steps" / "process-payment.step.js-features.json"
    beside.write_text(json.dumps(FEATURES), "utf-8")
    bench.run(__file__, "given_features")


def test_loops_and_what_is_emitted_sometimes(bench: Bench) -> None:
    write(bench.project, {f"steps/{name}": text for name, text in ROUNDS.items()})
    until(lambda: bench.server.get("/__motia/api/flows/rounds").status == 200)
    bench.run(__file__, "given_rounds")
    for name in ROUNDS:
        (bench.project / "steps" / name).unlink()


def test_many_topics_between_two_steps(bench: Bench) -> None:
    steps = {}
    for at in range(7):
        given, taken = ([f"crowd.{nth}.{one}" for one in range(50)] for nth in (at, at - 1))
        kind = {"type": "event", "subscribes": taken} if at else {"type": "api", "method": "POST", "path": "/crowd"}
        config = {**kind, "name": f"S{at}", "emits": given if at < 6 else [], "flows": ["crowd"]}
        body = "" if at else "await ctx.emit({ topic: 'crowd.0.7', data: {} }); return { status: 200, body: {} }"
        steps[f"steps/crowd-{at}.step.js"] = (
            f"exports.config = {json.dumps(config)}\nexports.handler = async (input, ctx) => {{ {body} }}\n"
        )
    write(bench.project, steps)
    until(lambda: len(bench.server.get("/__motia/api/flows/crowd").json.get("steps", [])) == 7)
    bench.run(__file__, "given_many_topics")
    for name in steps:
        (bench.project / name).unlink()


def test_a_failing_step_is_red_until_it_is_well(bench: Bench) -> None:
    bench.run(__file__, "given_a_failure")


def test_a_component_draws_its_step(bench: Bench) -> None:
    steps = bench.project / "steps"
    (steps / "parcels.ts").write_text("export const label: string = 'Parcels'\n", "utf-8")
    component = steps / "ship-order.step.tsx"
    component.write_text(COMPONENT, "utf-8")
    _touch(steps / "ship-order.step.ts")
    until(lambda: "nodeComponentPath" in bench.server.get("/__motia/api/flows/orders").body.decode())
    bench.run(__file__, "given_a_component")
    (steps / "parcels.ts").write_text("export const label: string = 'Boxes'\n", "utf-8")
    bench.run(__file__, "given_a_component_that_changed")
    component.write_text("export default () => { throw new Error('out of boxes') }\n", "utf-8")
    bench.run(__file__, "given_a_component_that_throws")
    component.write_text("export default () => <b>\n", "utf-8")
    bench.run(__file__, "given_a_component_that_is_broken")
    component.unlink()


@pytest.mark.parametrize(
    ("name", "kind", "language", "fields", "file"),
    [
        (
            "SendInvoice",
            "Event",
            "ruby",
            {"Listens to": "payment.processed", "Emits": "invoice.sent"},
            "send_invoice_step.rb",
        ),
        ("ListOrders", "Api", "python", {"Path": "/all-orders"}, "list_orders_step.py"),
        ("Sweep", "Cron", "typescript", {"When": "0 4 * * *"}, "sweep.step.ts"),
    ],
)
def test_a_step_that_was_added_runs(
    bench: Bench, name: str, kind: str, language: str, fields: dict[str, str], file: str
) -> None:
    given = {"name": name, "kind": kind, "language": language, "fields": fields, "file": f"steps/{file}"}
    bench.run(__file__, "given_a_step_to_add", shot=name == "SendInvoice", **given)
    assert (bench.project / "steps" / file).is_file()
    ran = bench.server.post("/__motia/api/run", {"step": name, "input": {"a": 1}}).json
    assert ran["error"] is None, ran
    if kind == "Api":
        assert bench.server.post("/all-orders", {}).json == {"message": f"Hello from {name}"}
    if name == "SendInvoice":
        bench.run(__file__, "given_an_unheard_topic")


def test_a_failing_step_is_red_after_a_restart(bench: Bench) -> None:
    bench.server.post("/emit", {"topic": "order.created", "data": {}})
    until(lambda: bench.server.get("/__motia/api/traces?step=ProcessPayment&status=failed").json["items"])
    bench.stop()
    bench.start()
    bench.run(__file__, "given_a_restart")


def _saved(file: Path, flow: str) -> dict[str, dict[str, int]]:
    return next(one["config"] for one in json.loads(file.read_text("utf-8")) if one["id"] == flow)  # type: ignore[no-any-return]


def _touch(path: Path) -> None:
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"\s*$", "\n\n", text), "utf-8")
