"""Loads step files and keeps what is in them, by file and snapshot. One broken file never stops another.

Files load on the main thread, as Python programs expect; one that takes too long is interrupted. How names are found
is `imports.py`; what a module means is `dialects.py`.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional

from motia_runner import dialects, faults, sdk
from motia_runner.definition import Definition, FileProblem
from motia_runner.faults import STEP_UNAVAILABLE, MotiaError
from motia_runner.imports import Tree

LONGEST_LOAD = 60.0
LONGEST_DESCRIBE = 100.0
VERSIONS = 4


class Loaded:
    """One version of a file: its steps by member, and what is told of it."""

    def __init__(self, snapshot: int, steps: List[Definition]) -> None:
        self.snapshot = snapshot
        self.stale_from: Optional[int] = None
        self.steps = {step.member: step for step in steps}


class Overdue(BaseException):
    """A file was still loading when its time was up. No Exception, so that the file cannot swallow it."""


class Loader:
    """The step files of one project. `mode` is `dev`, `start` or `test`."""

    def __init__(self, project: str, mode: str) -> None:
        self.root = os.path.realpath(project)
        watched = mode != "start"
        sys.dont_write_bytecode = sys.dont_write_bytecode or watched
        self.tree = Tree(self.root, sdk.FOLDER, watched)
        self.tree.install()
        self._known: Dict[str, List[Loaded]] = {}

    def describe(self, snapshot: int, files: List[str], changed: List[str]) -> List[Dict[str, Any]]:
        """A report for each file, in order, after forgetting what has changed."""
        if changed:
            for path in self.tree.forget(self.path(file) for file in changed):
                for known in self._known.get(self._relative(path), [])[-1:]:
                    known.stale_from = snapshot
        end = time.monotonic() + LONGEST_DESCRIBE
        return [self._report(file, snapshot, end) for file in files]

    def step(self, file: str, member: str, snapshot: int) -> Definition:
        """The step as it was in `snapshot`; loaded now if it is not yet. Raises MotiaError (1003)."""
        known = self._version(file, snapshot)
        if known is None:
            try:
                known = self._load(file, snapshot, LONGEST_LOAD)
            except (Exception, SystemExit, Overdue) as error:
                told = self._problem(error, file)
                place = f"{told.get('file') or file}{':%d' % told['line'] if told.get('line') else ''}"
                raise MotiaError(f"{place}: {told['message']}", STEP_UNAVAILABLE) from None
        step = known.steps.get(member)
        if step is None:
            raise MotiaError(f"{file} has no step {member or 'of its own'}", STEP_UNAVAILABLE)
        return step

    def config(self, file: str) -> Any:
        """The module of a configuration file, loaded anew."""
        self.tree.forget([self.path(file)])
        with _time_limit(LONGEST_LOAD):
            return self.tree.load(self.path(file))

    def module(self, file: str) -> Any:
        """The module of a file, loaded if it is not yet."""
        with _time_limit(LONGEST_LOAD):
            return self.tree.load(self.path(file))

    def path(self, file: str) -> str:
        return os.path.normpath(os.path.join(self.root, *file.split("/")))

    def dependencies(self, file: str) -> List[str]:
        return [self._relative(path) for path in self.tree.graph.dependencies(self.path(file))]

    def problem(self, error: BaseException, file: str) -> Dict[str, Any]:
        """A `SourceError` for whatever loading `file` raised."""
        return self._problem(error, file)

    def _version(self, file: str, snapshot: int) -> Optional[Loaded]:
        versions = self._known.get(file, [])
        for version in reversed(versions):
            if version.stale_from is not None and version.stale_from <= snapshot:
                return None
            if version.snapshot <= snapshot:
                return version
        return versions[0] if versions else None

    def _load(self, file: str, snapshot: int, seconds: float) -> Loaded:
        path = self.path(file)
        if not path.startswith(self.root + os.sep):
            raise FileProblem("import", "the file is not in the project")
        with _time_limit(seconds):
            module = self.tree.load(path)
        loaded = Loaded(snapshot, dialects.read(module, file))
        self._known[file] = [*self._known.get(file, []), loaded][-VERSIONS:]
        return loaded

    def _report(self, file: str, snapshot: int, end: float) -> Dict[str, Any]:
        report: Dict[str, Any] = {"file": file, "steps": [], "warnings": []}
        try:
            known = self._version(file, snapshot)
            if known is None:
                known = self._load(file, snapshot, max(5.0, min(LONGEST_LOAD, end - time.monotonic())))
            report["steps"] = [step.report() for step in known.steps.values()]
            for step in known.steps.values():
                report["warnings"] += [
                    {"code": "bad_schema", "message": f"{step.name}: {text}", "line": step.line}
                    for text in step.problems
                ]
        except (Exception, SystemExit, Overdue) as error:
            report["error"] = self._problem(error, file)
            report["steps"] = []
        report["dependencies"] = self.dependencies(file)
        return report

    def _problem(self, error: BaseException, file: str) -> Dict[str, Any]:
        if isinstance(error, FileProblem):
            return {"code": error.code, "message": str(error), "line": error.line, "hint": error.hint}
        if isinstance(error, SyntaxError):
            return self._syntax(error, file)
        if isinstance(error, FileNotFoundError) and not os.path.exists(self.path(file)):
            return {"code": "import", "message": "the file does not exist"}
        where, line = faults.where(error, self.root)
        told: Dict[str, Any] = {"code": "import", "message": f"{type(error).__name__}: {error}", "line": line}
        if where is not None and where != self.path(file):
            told["file"] = self._relative(where)
        if isinstance(error, SystemExit):
            told.update(
                code="exit", message=f"the file calls exit({'' if error.code is None else error.code}) when it loads"
            )
            told["hint"] = 'put the program part under if __name__ == "__main__":'
        elif isinstance(error, Overdue):
            told.update(
                code="timeout", message=f"the file had not loaded after {error}", hint="move slow work into the handler"
            )
        else:
            told["stack"] = faults.stack(error)
            told["hint"] = _hint(error)
        return told

    def _syntax(self, error: SyntaxError, file: str) -> Dict[str, Any]:
        told: Dict[str, Any] = {"code": "syntax", "message": error.msg, "line": error.lineno, "column": error.offset}
        if error.filename and error.filename != self.path(file) and self.tree.graph.owns(error.filename):
            told["file"] = self._relative(error.filename)
        return told

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self.root).replace(os.sep, "/")


def _hint(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"{error.name.partition('.')[0]} is not installed for {sys.executable}"
    return ""


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def overdue(number: int, frame: Any) -> None:
        raise Overdue(f"{seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, overdue)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
