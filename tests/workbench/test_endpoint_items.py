"""What the list of endpoints says of each: where it stands, and whether it is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from motia_core.model import Emit, Problem, Route, Step
from motia_core.steps.registry import Broken
from motia_core.workbench.flows import endpoints, file_id


def step(name: str, *routes: Route, **more: Any) -> Step:
    return Step(
        id=name, name=name, kind="api", file=f"steps/{name}", member="m", runner="", language="x", routes=routes, **more
    )


def test_it_says_where_it_stands_and_what_runs(tmp_path: Path) -> None:
    served = step("a", Route("GET", "/a"), line=4, middleware=2, emits=(Emit("t"), Emit("u", conditional=True)))
    [found] = endpoints(tmp_path, [served]).values()
    assert found["stepId"] == file_id(tmp_path, "steps/a")
    assert (found["filePath"], found["line"], found["language"], found["middleware"]) == ("steps/a", 4, "x", 2)
    assert found["emits"] == ["t", {"topic": "u", "conditional": True}]
    assert "broken" not in found


def test_the_routes_of_a_broken_file_are_there_unless_another_serves_them(tmp_path: Path) -> None:
    served = step("a", Route("GET", "/a"))
    problem = Problem(code="load_failed", message="invalid syntax")
    lost = step("b", Route("GET", "/a"), Route("POST", "/b"), Route("GET", "/c"))
    found = endpoints(tmp_path, [served], [Broken(file="steps/b", problem=problem, steps=(lost,))])
    said = {f"{one['method']} {one['path']}": one.get("broken") for one in found.values()}
    assert said == {"GET /a": None, "POST /b": "invalid syntax", "GET /c": "invalid syntax"}
    assert all(id == one["id"] for id, one in found.items())
    assert {one["stepId"] for one in found.values() if "broken" in one} == {file_id(tmp_path, "steps/b")}
