"""How the Python runner finds, loads and reloads step files."""

from __future__ import annotations

from pathlib import Path

from python_worker import Worker, event, write


def test_relative_imports_at_any_depth_and_odd_names(worker: Worker) -> None:
    write(
        worker.project,
        {
            "lib/base.py": "BASE = 'root'\n",
            "src/common.py": "COMMON = 'src'\n",
            "src/my-orders/2024/near.py": "NEAR = 'near'\n",
            "src/my-orders/2024/01-first_step.py": event(
                "return [NEAR, COMMON, BASE]",
                head="from .near import NEAR\nfrom ...common import COMMON\nfrom ....lib.base import BASE",
            ),
        },
    )
    assert worker.run("src/my-orders/2024/01-first_step.py") == ["near", "src", "root"]


def test_project_root_parent_and_sibling_imports_give_one_module(worker: Worker) -> None:
    head = """
        from src.store import cache as a
        from shop.src.store import cache as b
        from .store import cache as c
        import store
    """
    write(
        worker.project,
        {"src/store.py": "cache = []\n", "src/x_step.py": event("return a is b is c is store.cache", head=head)},
    )
    assert worker.run("src/x_step.py") is True


def test_siblings_of_the_same_name_stay_apart_also_when_imported_late(worker: Worker) -> None:
    for folder in ("a", "b"):
        write(
            worker.project,
            {
                f"steps/{folder}/helper.py": f"NAME = '{folder}'\n",
                f"steps/{folder}/late.py": f"NAME = 'late {folder}'\n",
                f"steps/{folder}/x_step.py": event(
                    "import late\nreturn [helper.NAME, late.NAME]", head="import helper"
                ),
            },
        )
    assert worker.run("steps/a/x_step.py") == ["a", "late a"]
    assert worker.run("steps/b/x_step.py") == ["b", "late b"]
    assert worker.run("steps/a/x_step.py") == ["a", "late a"]


def test_same_named_step_files_and_files_that_differ_in_a_dash(worker: Worker) -> None:
    for name in ("steps/a/x_step.py", "steps/b/x_step.py", "steps/a/c-d_step.py", "steps/a/c_d_step.py"):
        write(worker.project, {name: event(f"return '{name}'")})
        assert worker.run(name) == name


def test_the_runners_own_modules_are_not_in_the_way(worker: Worker) -> None:
    names = ("wire", "main", "values", "context", "loader", "state", "request")
    write(worker.project, {f"{name}.py": f"WHOSE = 'project {name}'\n" for name in names})
    head = "\n".join(f"import {name}" for name in names)
    write(
        worker.project,
        {
            "steps/x_step.py": event(
                f"return [{', '.join(f'{name}.WHOSE' for name in names)}]", head=head, signature="def handler(input)"
            )
        },
    )
    assert worker.run("steps/x_step.py") == [f"project {name}" for name in names]


def test_a_plain_folder_does_not_hide_the_standard_library(worker: Worker) -> None:
    write(worker.project, {"types/a.py": "", "email/b.py": "", "steps/json.py": "raise RuntimeError('hidden')\n"})
    head = "import email.message\nimport json\nimport types"
    write(worker.project, {"steps/x_step.py": event("return json.dumps(types.SimpleNamespace(a=1).a)", head=head)})
    assert worker.run("steps/x_step.py") == "1"


def test_motia_is_always_the_sdk_and_a_motia_folder_still_works(worker: Worker) -> None:
    write(
        worker.project,
        {
            "motia/__init__.py": "event = 'the wrong one'\n",
            "motia/steps/tools.py": "TOOL = 'mine'\n",
            "motia/steps/x.py": "from motia import event\nfrom motia.steps.tools import TOOL\n"
            "@event(id='x')\ndef go(input, context):\n    return TOOL\n",
        },
    )
    assert worker.run("motia/steps/x.py", member="go") == "mine"


def test_dataclasses_type_hints_and_pickle_work_in_a_step(worker: Worker) -> None:
    head = """
        from __future__ import annotations
        import pickle
        from dataclasses import dataclass
        from typing import List, get_type_hints

        @dataclass
        class Order:
            items: List[str]
    """
    body = "order = pickle.loads(pickle.dumps(Order(['a'])))\nreturn [order.items, str(get_type_hints(Order)['items'])]"
    write(worker.project, {"steps/with-dash/x_step.py": event(body, head=head)})
    assert worker.run("steps/with-dash/x_step.py") == [["a"], "typing.List[str]"]


def test_every_way_to_be_broken_is_reported_with_line_and_the_others_serve(worker: Worker) -> None:
    good = event("return 1")
    write(
        worker.project,
        {
            "steps/good_step.py": good,
            "steps/syntax_step.py": "config = {}\n\ndef handler(:\n",
            "steps/exit_step.py": "import sys\nsys.exit(2)\n",
            "steps/missing_step.py": "import os\nimport no_such_package\n",
            "steps/raises_step.py": "config = {}\n\nraise ValueError('at load')\n",
            "steps/none_step.py": "x = 1\n",
            "steps/list_step.py": "config = [1]\n",
            "steps/nohandler_step.py": "# none\nconfig = {'type': 'event', 'name': 'Pay Bill', 'subscribes': ['x']}\n",
            "steps/lambda_step.py": "config = {'type': 'event', 'name': 'x', 'flows': {1: object()}}\nhandler = print\n",
            "lib/bad.py": "a = 1\nb = (\n",
            "steps/indirect_step.py": "from lib.bad import a\n",
        },
    )
    names = ["good", "syntax", "exit", "missing", "raises", "none", "list", "nohandler", "lambda", "indirect", "absent"]
    reports = worker.describe(*(f"steps/{name}_step.py" for name in names))
    found = {report["file"][6:-8]: report for report in reports}
    errors = {name: (r["error"]["code"], r["error"].get("line")) for name, r in found.items() if "error" in r}
    assert errors == {
        "syntax": ("syntax", 3),
        "exit": ("exit", 2),
        "missing": ("import", 2),
        "raises": ("import", 3),
        "none": ("no_config", None),
        "list": ("bad_config", 1),
        "nohandler": ("no_handler", 2),
        "lambda": ("bad_config", 1),
        "indirect": ("syntax", 2),
        "absent": ("import", None),
    }
    assert found["good"]["steps"][0]["config"]["name"] == "x"
    assert found["indirect"]["error"]["file"] == "lib/bad.py"
    assert found["indirect"]["dependencies"] == ["lib/bad.py"]
    assert "-m pip install no_such_package" in found["missing"]["error"]["hint"]
    assert "pay_bill" in found["nohandler"]["error"]["hint"]
    assert "at load" in found["raises"]["error"]["stack"]
    assert "motia_runner" not in found["raises"]["error"]["stack"]
    broken = worker.run("steps/raises_step.py")
    assert (broken["code"], "steps/raises_step.py:3" in broken["message"]) == (1003, True)


def test_dependencies_follow_imports_also_late_and_dynamic_ones(worker: Worker) -> None:
    write(
        worker.project,
        {
            "lib/deep.py": "X = 1\n",
            "lib/mid.py": "from lib.deep import X\n",
            "lib/late.py": "",
            "lib/dynamic.py": "",
            "lib/pack/__init__.py": "",
            "lib/pack/inner.py": "",
            "steps/near.py": "",
            "steps/x_step.py": event(
                "from lib import late",
                head="import importlib\nimport lib.mid\nimport near\nfrom lib.pack import inner\n"
                "importlib.import_module('lib.dynamic')",
            ),
        },
    )
    wanted = "lib/deep.py lib/dynamic.py lib/late.py lib/mid.py lib/pack/__init__.py lib/pack/inner.py steps/near.py"
    assert worker.describe("steps/x_step.py")[0]["dependencies"] == wanted.split()


def test_reload_forgets_importers_only_and_old_snapshots_keep_their_code(worker: Worker) -> None:
    counted = "import time\nLOADED = time.monotonic_ns()\n"
    write(
        worker.project,
        {
            "lib/text.py": "TEXT = 'one'\n",
            "lib/dear.py": counted,
            "steps/x_step.py": event("return TEXT", head="from lib.text import TEXT\nimport lib.dear"),
            "steps/y_step.py": event("return [LOADED, lib.dear.LOADED]", head=counted + "import lib.dear"),
        },
    )
    files = ("steps/x_step.py", "steps/y_step.py")
    worker.describe(*files, snapshot=1)
    before = worker.run("steps/y_step.py")
    for number, text in enumerate(("two", "six", "ten"), 2):  # equal sizes within one second: bytecode would be stale
        write(worker.project, {"lib/text.py": f"TEXT = '{text}'\n"})
        worker.describe(*files, changed=("lib/text.py",), snapshot=number)
        assert worker.run("steps/x_step.py", snapshot=number) == text
    assert worker.run("steps/x_step.py", snapshot=3) == "six"
    assert worker.run("steps/x_step.py", snapshot=1) == "six", "older ones are let go: the oldest there is answers"
    assert worker.run("steps/y_step.py", snapshot=4) == before
    write(worker.project, {"steps/x_step.py": "config = {\n"})
    report = worker.describe("steps/x_step.py", changed=("steps/x_step.py",), snapshot=5)[0]
    assert report["error"]["code"] == "syntax"
    assert worker.run("steps/x_step.py", snapshot=5)["code"] == 1003
    assert worker.run("steps/x_step.py", snapshot=4) == "ten"
    write(worker.project, {"steps/x_step.py": event("return 'mended'")})
    worker.describe("steps/x_step.py", changed=("steps/x_step.py",), snapshot=6)
    assert worker.run("steps/x_step.py", snapshot=6) == "mended"


def test_a_new_helper_is_found_after_a_failed_import(worker: Worker) -> None:
    write(worker.project, {"steps/x_step.py": event("return helper.A", head="import helper")})
    assert worker.describe("steps/x_step.py")[0]["error"]["code"] == "import"
    write(worker.project, {"steps/helper.py": "A = 1\n"})
    worker.describe("steps/x_step.py", changed=("steps/helper.py",), snapshot=2)
    assert worker.run("steps/x_step.py", snapshot=2) == 1


def test_start_mode_loads_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"lib/a.py": "A = 1\n", "steps/x_step.py": event("return A", head="from lib.a import A")})
    for _ in range(2):
        with Worker(tmp_path, mode="start") as worker:
            assert worker.run("steps/x_step.py") == 1
