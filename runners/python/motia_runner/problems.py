"""Why a file cannot be used → the report of step.describe: `{code, message, line?, column?, file?, stack?, hint?}`."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any, Dict

from motia_runner import faults
from motia_runner.definition import FileProblem
from motia_runner.graph import Graph

# What is imported under one name and installed under another.
_PACKAGES = {
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "jwt": "pyjwt",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


class Overdue(BaseException):
    """A file was still loading when its time was up. No Exception, so that the file cannot swallow it."""


def problem(error: BaseException, path: str, graph: Graph) -> Dict[str, Any]:
    """A `SourceError` for whatever loading the file at `path` raised."""
    if isinstance(error, FileProblem):
        return {"code": error.code, "message": str(error), "line": error.line, "hint": error.hint}
    if isinstance(error, SyntaxError):
        return _syntax(error, path, graph)
    if isinstance(error, FileNotFoundError) and not os.path.exists(path):
        return {"code": "import", "message": "the file does not exist"}
    where, line = faults.where(error, graph.root)
    told: Dict[str, Any] = {"code": "import", "message": f"{type(error).__name__}: {error}", "line": line}
    if where is not None and where != path:
        told["file"] = graph.relative(where)
    if isinstance(error, SystemExit):
        code = "" if error.code is None else error.code
        told.update(code="exit", message=f"the file calls exit({code}) while it loads")
        told["hint"] = 'put the program part under if __name__ == "__main__":'
    elif isinstance(error, Overdue):
        told.update(code="timeout", message=f"the file had not loaded after {error}")
        told["hint"] = "move slow work into the handler"
    else:
        told["stack"] = faults.stack(error)
        told["hint"] = _hint(error, graph.root)
    return told


def _syntax(error: SyntaxError, path: str, graph: Graph) -> Dict[str, Any]:
    told: Dict[str, Any] = {"code": "syntax", "message": error.msg, "line": error.lineno, "column": error.offset}
    if error.filename and error.filename != path and graph.owns(error.filename):
        told["file"] = graph.relative(error.filename)
    return told


def _hint(error: BaseException, root: str) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        head = error.name.partition(".")[0]
        base = os.path.join(root, head)
        if os.path.isdir(base) or os.path.isfile(base + ".py"):
            return f"`{head}` is the project's own: check the path"
        return f"install it: {sys.executable} -m pip install {_PACKAGES.get(head, head)}"
    if isinstance(error, KeyError) and error.args and error.__traceback__ is not None:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        if frames[-1].f_globals.get("__name__") == "os":
            return f"set {error.args[0]} in .env or in the environment"
    return ""
