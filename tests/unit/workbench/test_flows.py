"""Flows as graphs: ids, edges, components of the author's own."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from motia_core.model import Emit, Route, Step
from motia_core.steps.registry import Snapshot
from motia_core.workbench.flows import NAMESPACE, endpoints, flows, step_ids


def step(name: str, file: str = "", **more: Any) -> Step:
    kind = more.pop("kind", "event")
    file = file or f"steps/{name}"
    return Step(id=name, name=name, kind=kind, file=file, member="m", runner="", language="", flows=("f",), **more)


def test_each_step_has_an_id_also_where_a_file_holds_several(tmp_path: Path) -> None:
    one, two = step("one", "steps/both"), Step(
        id="two", name="two", kind="event", file="steps/both", member="n", runner="", language=""
    )  # fmt: skip
    ids = step_ids(tmp_path, [one, two])
    assert ids["one"] == str(uuid.uuid5(NAMESPACE, str(tmp_path / "steps/both")))
    assert ids["two"] != ids["one"]


def test_two_topics_between_the_same_steps_are_two_edges(tmp_path: Path) -> None:
    source = step("source", emits=(Emit("a"), Emit("b"), Emit("x.y")))
    target = step("target", topics=("a", "b", "x.*"))
    [flow] = flows(tmp_path, Snapshot(steps=(source, target))).values()
    ids = [edge["id"] for edge in flow["edges"]]
    assert len(set(ids)) == len(ids) == 2, "matches are exact, and ids differ"
    assert [edge["data"]["topic"] for edge in flow["edges"]] == ["a", "b"]


def test_a_component_beside_the_step_is_named_and_the_typed_one_wins(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    shown = step("one", "steps/[odd].step.py", kind="noop", virtual_subscribes=("t",), virtual_emits=(Emit("u", "l"),))
    for ending, wanted in ((None, None), ("jsx", "jsx"), ("tsx", "tsx")):
        if ending:
            (tmp_path / f"steps/[odd].step.{ending}").touch()
        [item] = flows(tmp_path, Snapshot(steps=(shown,)))["f"]["steps"]
        expected = wanted and str(tmp_path / f"steps/[odd].step.{wanted}")
        assert item.get("nodeComponentPath") == expected
    assert (item["emits"], item["subscribes"], item["virtualEmits"]) == ([], ["t"], [{"topic": "u", "label": "l"}])


def test_further_routes_of_a_file_are_endpoints_of_their_own(tmp_path: Path) -> None:
    served = step("api", kind="api", routes=(Route("GET", "/a"), Route("*", "/b")))
    found = endpoints(tmp_path, [served])
    assert [(one["method"], one["path"]) for one in found.values()] == [("GET", "/a"), ("ANY", "/b")]
    assert next(iter(found)) == str(tmp_path / "steps/api")
    assert all(id == one["id"] for id, one in found.items())
