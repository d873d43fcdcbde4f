"""`motia flows` and `motia dev --mermaid`: what belongs together and who tells whom, and files that stay where they belong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from motia_core.cli import mermaid
from motia_core.model import Emit, Route, Step
from motia_core.steps.flows import Flow, flows
from motia_core.steps.registry import Snapshot
from tests.kit.project import write
from tests.kit.server import serving, until

from .history import motia

STEPS = {
    "steps/order_step.py": """
        config = {"type": "api", "name": "Order", "method": "POST", "path": "/orders", "flows": ["shop"],
                  "emits": ["placed", {"topic": "nobody", "label": "lost"}], "virtualEmits": ["mailed"]}

        def handler(req, context): pass
        """,
    "steps/pay_step.py": """
        config = {"type": "event", "name": "Pay", "subscribes": ["placed", "again"], "flows": ["shop", "../../money"],
                  "emits": [{"topic": "again", "label": "try again", "conditional": True}, "paid"]}

        def handler(input, context): pass
        """,
    "steps/mail_step.py": """
        config = {"type": "noop", "name": "Mail", "virtualSubscribes": ["mailed", "paid"], "virtualEmits": [],
                  "flows": ["shop"]}
        """,
    "steps/alone_step.py": """
        config = {"type": "cron", "name": "Alone", "cron": "0 3 * * *", "emits": []}

        def handler(context): pass
        """,
}
TREE = """\
shop · 3 steps
└── Order  api · python  POST /orders  steps/order_step.py
    ├── placed → Pay  event · python  steps/pay_step.py
    │   ├── again (try again) → (maybe) Pay  event · python  (see above)
    │   └── paid → Mail  noop · python  steps/mail_step.py
    ├── mailed → Mail  noop · python  (see above)
    └── nobody → nobody in this flow
(in no flow) · 1 step
└── Alone  cron · python  0 3 * * *  steps/alone_step.py
"""
CHART = """\
flowchart TD
    classDef apiStyle fill:#f96,stroke:#333,stroke-width:2px,color:#fff
    classDef eventStyle fill:#69f,stroke:#333,stroke-width:2px,color:#fff
    classDef cronStyle fill:#9c6,stroke:#333,stroke-width:2px,color:#fff
    classDef noopStyle fill:#3f3a50,stroke:#333,stroke-width:2px,color:#fff
    steps_mail_step_py["⚙️ Mail"]:::noopStyle
    steps_order_step_py["🌐 Order"]:::apiStyle
    steps_pay_step_py["⚡ Pay"]:::eventStyle
    steps_order_step_py -->|placed| steps_pay_step_py
    steps_order_step_py -->|mailed| steps_mail_step_py
    steps_pay_step_py -->|try again| steps_pay_step_py
    steps_pay_step_py -->|paid| steps_mail_step_py
"""


def step(id: str, **more: object) -> Step:
    at = {"id": id, "file": f"steps/{id}.step.ts", "member": "handler", "runner": "node", "language": "typescript"}
    return Step(**{"name": id, "kind": "event", "flows": ("f",), **at, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("flows"), STEPS)


def test_a_flow_is_drawn_as_a_tree(shop: Path) -> None:
    done = motia(shop, "flows")
    assert [line.rstrip() for line in done.stdout.splitlines()] == [
        "../../money · 1 step",
        "└── Pay  event · python  placed, again  steps/pay_step.py",
        "    ├── again (try again) → (maybe) Pay  event · python  (see above)",
        "    └── paid → nobody in this flow",
        *TREE.splitlines(),
    ]


def test_a_flow_is_told_as_json_and_as_mermaid(shop: Path, tmp_path: Path) -> None:
    [shown] = json.loads(motia(shop, "flows", "shop", "--json").stdout)
    assert [one["name"] for one in shown["steps"]] == ["Mail", "Order", "Pay"]
    said = [(e["from"], e["topic"], e["to"], e["virtual"], e["conditional"]) for e in shown["edges"]]
    assert said == [("Order", "placed", "Pay", False, False), ("Order", "mailed", "Mail", True, False),
                    ("Pay", "again", "Pay", False, True), ("Pay", "paid", "Mail", False, False)]  # fmt: skip
    assert motia(shop, "flows", "shop", "--mermaid").stdout == CHART
    assert motia(shop, "flows", "--output", str(tmp_path / "out")).returncode == 0
    assert (tmp_path / "out" / "shop.mmd").read_text() == f"{CHART}{mermaid.MARK}\n"
    assert len(list(tmp_path.rglob("*.mmd"))) == 2  # the flow called ../../money stays in the folder too
    unknown = motia(shop, "flows", "nobody")
    assert (unknown.returncode, "there are: ../../money, shop" in unknown.stderr) == (1, True)


@pytest.mark.rows(180)
def test_dev_keeps_a_diagram_of_each_flow(tmp_path: Path) -> None:
    project = write(tmp_path / "deep" / "shop", STEPS)
    folder = project / ".mermaid"
    write(folder, {"mine.mmd": "flowchart TD\n", "gone.mmd": f"flowchart TD\n{mermaid.MARK}\n"})
    with serving(project, args=["--mermaid"]):
        until((folder / "shop.mmd").is_file)
        [money] = list(folder.glob("*money*"))
        assert sorted(path.name for path in folder.iterdir()) == sorted(["mine.mmd", money.name, "shop.mmd"])
        assert (folder / "shop.mmd").read_text() == f"{CHART}{mermaid.MARK}\n"
        pay = project / "steps" / "pay_step.py"
        pay.write_text(pay.read_text().replace('"flows": ["shop", "../../money"]', '"flows": ["till"]'))
        until(lambda: (folder / "till.mmd").is_file() and not money.exists())
        assert "pay" not in (folder / "shop.mmd").read_text()
    assert {path.parent for path in tmp_path.rglob("*.mmd")} == {folder}


def test_a_flows_name_is_one_file_name_and_its_own() -> None:
    names = [
        "../../etc/x",
        "a/b",
        "a_b",
        "A_B",
        "..",
        ".",
        "",
        "x" * 300,
        "日本" * 100,
        "a\x00b",
        "a\nb",
        "C:\\x",
        "plain name",
    ]
    found = mermaid.file_names(names)
    assert found["plain name"] == "plain name.mmd"
    assert len({name.lower() for name in found.values()}) == len(names)
    for name in found.values():
        assert Path(name).name == name
        assert not name.startswith(".")
        assert name.isprintable()
        assert len(name.encode()) <= 255


def test_names_cannot_break_out_of_a_chart() -> None:
    evil = step("evil", name='x"] --> y\n%%{init}%%<script>', emits=(Emit('t|"] z', 'l"|\nclick'),), topics=('t|"] z',))
    chart = mermaid.mermaid(Flow("f", (evil,), flows(Snapshot(steps=(evil,)))[0].edges))
    node, edge = chart.splitlines()[5:]
    assert node == '    steps_evil_step["⚡ x&quot;] --&gt; y %%{init}%%&lt;script&gt;"]:::eventStyle'
    assert edge == '    steps_evil_step -->|"l&quot;| click"| steps_evil_step'
    assert 'empty["No steps in this flow"]' in mermaid.mermaid(Flow("f", (), ()))


def test_steps_of_one_file_are_nodes_of_their_own() -> None:
    twins = (step("a", file="motia/steps/x.ts"), step("b", file="motia/steps/x.ts"), step("c", file="motia/steps/x.js"))
    nodes = [line.split("[")[0].strip() for line in mermaid.mermaid(Flow("f", twins, ())).splitlines()[5:]]
    assert nodes == ["motia_steps_x", "motia_steps_x_2", "motia_steps_x_3"]


def test_a_chart_shows_virtual_subscriptions_of_api_and_noop_steps_only() -> None:
    source = step("source", emits=(Emit("t"),), virtual_emits=(Emit("v"),))
    steps = (source, *(step(kind, kind=kind, virtual_subscribes=("t",), routes=(Route("GET", "/"),))
                       for kind in ("api", "event", "cron", "noop")), step("all", all_topics=True))  # fmt: skip
    [flow] = flows(Snapshot(steps=steps))
    assert [edge.target.name for edge in flow.edges] == ["api", "event", "cron", "noop", "all"]
    drawn = [line.split()[-1] for line in mermaid.mermaid(flow).splitlines() if "-->" in line]
    assert drawn == ["steps_api_step", "steps_noop_step", "steps_all_step"]


def test_a_circle_has_a_beginning() -> None:
    a, b = step("a", emits=(Emit("to b"),), topics=("to a",)), step("b", emits=(Emit("to a"),), topics=("to b",))
    [flow] = flows(Snapshot(steps=(a, b)))
    assert [one.name for one in flow.roots] == ["a"]
