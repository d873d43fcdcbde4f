"""Which files matter to a project's steps."""

from __future__ import annotations

import pytest

from motia_core.model import Problem
from motia_core.steps.registry import Broken, Snapshot
from motia_core.steps.scope import scope_of

FILES = {"src/a.step.ts": ("lib/money.ts", "src/data.json", "/elsewhere/far.ts"), "src/b_step.py": ()}
BESIDES = {".env", "package.json", "tsconfig.json", "motia.config.ts", "requirements.txt"}
FAMILIES = [{".ts", ".mjs"}, {".py"}, {".rb"}]
SCOPE = scope_of(Snapshot(files=FILES), BESIDES, {"node_modules"}, FAMILIES)


@pytest.mark.parametrize(
    ("file", "covered"),
    [
        ("src/a.step.ts", True),
        ("src/new.step.ts", True),
        ("src/new.step.rb", True),
        ("motia/steps/x.py", True),
        ("steps/helper.ts", True),
        ("src/helper.py", True),
        ("src/helper.mjs", True),
        ("/elsewhere/far.ts", True),
        ("/elsewhere/other.ts", False),
        ("lib/money.ts", True),
        ("lib/other.ts", True),
        ("src/data.json", True),
        ("root.step.ts", True),
        (".env", True),
        ("package.json", True),
        ("tsconfig.json", True),
        ("motia.config.ts", True),
        ("requirements.txt", True),
        ("src/other.json", False),
        ("src/helper.rb", False),
        ("src/a.test.ts", False),
        ("src/a.step.spec.ts", False),
        ("src/types.d.ts", False),
        ("types.d.ts", False),
        ("vite.config.ts", False),
        ("web/app.ts", False),
        ("dist/a.step.ts", False),
        ("src/package.json", False),
        ("src/notes.txt", False),
        ("data.db", False),
    ],
)
def test_scope(file: str, covered: bool) -> None:
    assert SCOPE.covers(file) is covered


def test_an_empty_project_waits_for_its_first_step() -> None:
    scope = scope_of(Snapshot(), ())
    assert scope.covers("src/a.step.ts") and scope.covers("a_step.py")
    assert not scope.covers("src/helper.ts")


def test_what_a_failed_import_misses_may_come_anywhere() -> None:
    problem = Problem(code="import", message="Cannot find module '../web/x'")
    broken = Broken(file="src/a.step.ts", problem=problem)
    scope = scope_of(Snapshot(files=FILES, broken=(broken,)), BESIDES, {"node_modules"}, FAMILIES)
    assert scope.enters("web") and scope.covers("web/deep/x.ts") and scope.covers("web/x.json") and scope.covers("x.py")
    assert not scope.covers("web/x.rb") and not scope.covers("web/x.png") and not scope.covers("web/x.test.ts")
    assert not SCOPE.enters("web")
