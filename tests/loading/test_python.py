"""Python steps import what their authors import, from wherever the old system and plain Python let them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving

from .projects import checked, found, python_step

LIBRARY = {
    "services/mail.py": "SENT = 'services at the root'\n",
    "root_module.py": "ROOT = 'module at the root'\n",
    "shared_lib/__init__.py": "from .inner import INNER\n",
    "shared_lib/inner.py": "INNER = 'package at the root'\n",
    "libs/by_path.py": "FOUND = 'by sys.path'\n",
    "src/common.py": "COMMON = 'src.common'\n__all__ = ['COMMON']\n",
    "src/services/store.py": "cache = []\n\ndef name():\n    return __name__\n",
    "src/with_init/__init__.py": "from .part import PART\nWHO = __name__\n",
    "src/with_init/part.py": "PART = 'part'\n",
    "src/circle_a.py": "from . import circle_b\nA = 'a'\n\ndef both():\n    return A + circle_b.b()\n",
    "src/circle_b.py": "from src import circle_a\n\ndef b():\n    return 'b' + circle_a.A\n",
    "src/data/words.txt": "beside the step",
    "src/left/helper.py": "SIDE = 'left'\n",
    "src/right/helper.py": "SIDE = 'right'\n",
    "src/late.py": "LATE = 'late'\n",
    "src/lazy_names.py": "def __getattr__(name):\n    return f'made {name}'\n",
    "src/deep/er/near.py": "NEAR = 'near'\n",
    "steps/only_here.py": "HERE = 'steps'\n",
    # A package of this name must not hide the SDK, whether a folder of the project or installed.
    "motia/events/made.py": "MADE = 'plain code of motia/events'\n",
}

# file → (head, handler body, value)
CASES: dict[str, tuple[str, str, object]] = {
    "src/root_services_step.py": ("from services.mail import SENT", "return SENT", "services at the root"),
    "src/root_module_step.py": ("import root_module\nfrom shared_lib import INNER", "return [root_module.ROOT, INNER]", ["module at the root", "package at the root"]),
    "src/src_import_step.py": ("from src.services.store import cache\nimport src.common", "return [cache, src.common.COMMON]", [[], "src.common"]),
    "src/project_name_step.py": ("from shop.src.services.store import cache as a\nfrom src.services.store import cache as b\nfrom .services.store import cache as c", "return a is b is c", True),
    "src/relative_step.py": ("from .common import COMMON\nfrom . import late", "return [COMMON, late.LATE]", ["src.common", "late"]),
    "src/deep/er/still/relative_deep_step.py": ("from ..near import NEAR\nfrom ....common import *\nfrom .....services.mail import SENT", "return [NEAR, COMMON, SENT]", ["near", "src.common", "services at the root"]),
    "src/02-vision-analysis_step.py": ("from .common import COMMON", "return [COMMON, __name__.rpartition('.')[2]]", ["src.common", "02_vision_analysis_step"]),
    "src/my-folder/2024/01.first_step.py": ("from ...common import COMMON", "return COMMON", "src.common"),
    "src/left/left_step.py": ("import helper", "return helper.SIDE", "left"),
    "src/right/right_step.py": ("import helper", "return helper.SIDE", "right"),
    "src/left/relative_left_step.py": ("from .helper import SIDE", "return SIDE", "left"),
    "src/left/same_step.py": ("WHOSE = 'left'", "return WHOSE", "left"),
    "src/right/same_step.py": ("WHOSE = 'right'", "return WHOSE", "right"),
    "src/namespace_step.py": ("import src.deep.er.near\nfrom src.deep.er import near", "return [src.deep.er.near.NEAR, near.NEAR]", ["near", "near"]),
    "src/package_step.py": ("from src.with_init import PART, WHO\nfrom .with_init.part import PART as again", "return [PART, again, WHO.rpartition('.')[2]]", ["part", "part", "with_init"]),
    "src/parent_on_path_step.py": (
        "import os\nimport sys\nsys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))\nfrom services.mail import SENT",
        "return SENT",
        "services at the root",
    ),
    "src/libs_on_path_step.py": (
        "import sys\nfrom pathlib import Path\nsys.path.append(str(Path(__file__).parent.parent / 'libs'))\nfrom by_path import FOUND",
        "return FOUND",
        "by sys.path",
    ),
    "src/own_folder_on_path_step.py": (
        "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent))\nimport late\nfrom services.store import cache",
        "return [late.LATE, cache]",
        ["late", []],
    ),
    "src/main_guard_step.py": ("if __name__ == '__main__':\n    raise SystemExit('ran as a program')", "return 'guarded'", "guarded"),
    "src/classes_step.py": (
        "from __future__ import annotations\nimport pickle, sys\nfrom dataclasses import dataclass, asdict\nfrom enum import Enum\nfrom typing import List, NamedTuple, Optional, get_type_hints\n\n"
        "class Level(Enum):\n    LOW = 'low'\n\n\nclass Point(NamedTuple):\n    x: int\n\n\n@dataclass\nclass Order:\n    items: List[str]\n    next: Optional[Order] = None\n",
        "order = pickle.loads(pickle.dumps(Order(['a'], Order([]))))\n"
        "return [asdict(order), get_type_hints(Order)['items'] == List[str], pickle.loads(pickle.dumps(Level.LOW)) is Level.LOW, Point(1).x, sys.modules[__name__].Order is Order]",
        [{"items": ["a"], "next": {"items": [], "next": None}}, True, True, 1, True],
    ),
    "src/data_file_step.py": ("from pathlib import Path\nimport os", "return [(Path(__file__).parent / 'data' / 'words.txt').read_text(), os.path.basename(__file__), os.path.basename(os.getcwd())]", ["beside the step", "data_file_step.py", "shop"]),
    "src/importlib_step.py": ("import importlib", "return [importlib.import_module('.late', __package__).LATE, importlib.import_module('src.late').LATE, importlib.import_module('services.mail').SENT]", ["late", "late", "services at the root"]),
    "src/resources_step.py": ("import inspect, linecache", "return inspect.getsource(handler).splitlines()[0]", "async def handler(req, context):"),
    "src/circular_step.py": ("from .circle_a import both", "return both()", "aba"),
    "src/lazy_step.py": ("", "from .late import LATE\nimport common\nreturn [LATE, common.COMMON]", ["late", "src.common"]),
    "src/module_getattr_step.py": ("from .lazy_names import anything", "return anything", "made anything"),
    "src/sdk_step.py": ("import motia\nfrom motia import event, api\nfrom motia.events.made import MADE", "return [callable(event), callable(api), MADE, 'sdk' in motia.__file__]", [True, True, "plain code of motia/events", True]),
    "steps/beside_step.py": ("import only_here\nfrom src.common import COMMON", "return [only_here.HERE, COMMON]", ["steps", "src.common"]),
    "steps/optional_step.py": ("try:\n    import not_installed\nexcept ImportError:\n    not_installed = None", "return not_installed", None),
    "steps/standard_step.py": ("import json, email.message, types, http.client", "return [json.dumps(1), types.__name__]", ["1", "types"]),
    "steps/x.step.py": ("", "return 'dots'", "dots"),
    "loose_step.py": ("from services.mail import SENT", "return SENT", "services at the root"),
}  # fmt: skip
ROWS = {"steps/x.step.py": 65, "src/package_step.py": 58, "steps/beside_step.py": 66}


def route(file: str) -> str:
    return file.removesuffix(".py").replace("/", "-").replace(".", "-")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = tmp_path_factory.mktemp("python") / "shop"
    write(project, LIBRARY)
    for file, (head, body, _) in CASES.items():
        inner = "\n".join(f"    {line}" for line in body.splitlines())
        text = python_step(
            route(file), f"{head}\n\ndef work():\n{inner}\n", "return {'status': 200, 'body': {'value': work()}}"
        )
        if "inspect" in head:
            text = python_step(
                route(file),
                head,
                body.replace("return ", "value = ") + "\nreturn {'status': 200, 'body': {'value': value}}",
            )
        write(project, {file: text})
    with serving(project) as running:
        yield running


@pytest.mark.parametrize(
    "file", [pytest.param(file, marks=pytest.mark.rows(ROWS[file]) if file in ROWS else ()) for file in CASES]
)
def test_a_case(server: Server, file: str) -> None:
    assert server.get(f"/{route(file)}").json == {"value": CASES[file][2]}, server.output


def environment_at(folder: Path, package: str) -> None:
    """A virtual environment with a package in it that names itself `package`, and one that is called as ours is."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(folder)], check=True, timeout=60)
    packages = next((folder / "lib").glob("python3*")) / "site-packages"
    write(
        packages,
        {"installed.py": f"NAME = '{package}'\n", "motia/__init__.py": "raise RuntimeError('another motia')\n"},
    )


STEP = """
    import installed
    from motia import event
    config = {"type": "event", "name": installed.NAME, "subscribes": ["t"], "emits": []}
    async def handler(input, context): pass
"""


@pytest.mark.parametrize("where", [".venv", "venv", "python_modules"])
def test_the_projects_own_environment_is_used(tmp_path: Path, where: str) -> None:
    environment_at(tmp_path / where, where)
    write(tmp_path, {"steps/a_step.py": STEP})
    row = found(tmp_path)["steps/a_step.py"]
    assert (row["name"], row["error"]) == (where, None)


def test_an_active_environment_is_used_and_the_projects_own_wins(tmp_path: Path) -> None:
    environment_at(tmp_path / "elsewhere", "active")
    project = write(tmp_path / "project", {"steps/a_step.py": STEP})
    assert found(project, VIRTUAL_ENV=str(tmp_path / "elsewhere"))["steps/a_step.py"]["name"] == "active"
    environment_at(project / ".venv", "own")
    assert found(project, VIRTUAL_ENV=str(tmp_path / "elsewhere"))["steps/a_step.py"]["name"] == "own"


def test_a_missing_package_says_what_to_install_and_where(tmp_path: Path) -> None:
    write(tmp_path, {"steps/a_step.py": "import os\nimport no_such_thing.part\n", "requirements.txt": "x\n"})
    errors, _ = checked(tmp_path)
    error = errors["steps/a_step.py"]
    assert (error["code"], error["line"]) == ("import", 2)
    assert "no_such_thing" in error["message"] and "-m pip install no_such_thing" in error["hint"]
