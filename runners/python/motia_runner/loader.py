"""Loads step files and keeps what is in them, by file and snapshot. One broken file never stops another.

Files load on the main thread, as Python programs expect; one that takes too long is interrupted. How names are found
is `imports.py`; what a module means is `dialects.py`.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional, Sequence

from motia_runner import dialects, problems, sdk
from motia_runner.definition import Definition, FileProblem
from motia_runner.faults import STEP_UNAVAILABLE, MotiaError
from motia_runner.imports import Tree
from motia_runner.problems import Overdue
from motia_runner.versions import Loaded, Versions


_DOTTED = ".stream.py"
_MOVED = "%s changes the working directory while it loads; it is set back: use absolute paths"


class Loader:
    """The step files of one project. `mode` is `dev`, `start` or `test`; a file may take `patience` seconds to load."""

    def __init__(self, project: str, mode: str, patience: float = 30.0) -> None:
        self.root = os.path.realpath(project)
        self._patience = patience
        watched = mode != "start"
        sys.dont_write_bytecode = sys.dont_write_bytecode or watched
        self.tree = Tree(self.root, sdk.FOLDER, watched)
        self.tree.install()
        self._versions = Versions()

    def describe(
        self, snapshot: int, files: List[str], changed: List[str], held: Sequence[Dict[str, Any]] = ()
    ) -> List[Dict[str, Any]]:
        """A report for each file, in order, after forgetting what has changed; then for others that needed it. `held`
        are earlier loadings still served, with their `sources` where this worker may not have seen them."""
        stale = [self._relative(path) for path in self.tree.forget(self.path(file) for file in changed)] if changed else []
        more = [file for file in sorted(stale) if self._versions.end(file, snapshot) and file not in changed]
        for one in held:
            self._hold(str(one["file"]), int(one["snapshot"]), one.get("sources"))
        self._versions.prune(snapshot, [(str(one["file"]), int(one["snapshot"])) for one in held])
        return [self._report(file, snapshot) for file in dict.fromkeys([*files, *more])]

    def step(self, file: str, member: str, snapshot: int) -> Definition:
        """The step as it was in `snapshot`; loaded now if it is not yet. Raises MotiaError (1003)."""
        known = self._versions.at(file, snapshot)
        if known is None:
            try:
                known = self._load(file, snapshot)
            except BaseException as error:
                told = self.problem(error, file)
                place = f"{told.get('file') or file}{':%d' % told['line'] if told.get('line') else ''}"
                raise MotiaError(f"{place}: {told['message']}", STEP_UNAVAILABLE) from None
        step = known.steps.get(member)
        if step is None:
            raise MotiaError(f"{file} has no step {member or 'of its own'}", STEP_UNAVAILABLE)
        return step

    def config(self, file: str) -> Any:
        """The module of a configuration file, loaded anew."""
        self.tree.forget([self.path(file)])
        with _time_limit(self._patience):
            return self.tree.load(self.path(file))

    def module(self, file: str) -> Any:
        """The module of a file, loaded if it is not yet."""
        with _time_limit(self._patience):
            return self.tree.load(self.path(file))

    def path(self, file: str) -> str:
        return os.path.normpath(os.path.join(self.root, *file.split("/")))

    def dependencies(self, file: str) -> List[str]:
        return [self._relative(path) for path in self.tree.graph.dependencies(self.path(file))]

    def problem(self, error: BaseException, file: str) -> Dict[str, Any]:
        """A `SourceError` for whatever loading `file` raised."""
        return problems.problem(error, self.path(file), self.tree.graph)

    def _load(self, file: str, snapshot: int) -> Loaded:
        return self._versions.add(file, snapshot, self._read(file))

    def _hold(self, file: str, snapshot: int, sources: Optional[Dict[str, str]]) -> None:
        """Loads an earlier version of a file from the texts it was made of, unless this worker still has it."""
        if sources is None or self._versions.holds(file, snapshot):
            return
        texts = {self.path(name): text for name, text in sources.items()}
        self.tree.texts = texts
        try:
            self._versions.add(file, snapshot, self._read(file), snapshot + 1)
        except BaseException as error:
            print(f"the last good version of {file} cannot be loaded again: {error}", file=sys.stderr)
        finally:
            self.tree.texts = {}
            self.tree.forget(texts)

    def _read(self, file: str) -> List[Definition]:
        path = self.path(file)
        if not path.startswith(self.root + os.sep):
            raise FileProblem("import", "the file is not in the project")
        try:
            with _time_limit(self._patience):
                module = self.tree.load(path)
        finally:
            self._stay(file)
        return dialects.read(module, file)

    def _stay(self, file: str) -> None:
        """One file must not move all others."""
        try:
            moved = os.getcwd() != self.root
        except OSError:
            moved = True
        if moved:
            os.chdir(self.root)
            print(_MOVED % file, file=sys.stderr)

    def _report(self, file: str, snapshot: int) -> Dict[str, Any]:
        report: Dict[str, Any] = {"file": file, "steps": [], "warnings": []}
        try:
            known = self._versions.at(file, snapshot)
            if known is None:
                known = self._load(file, snapshot)
            report["steps"] = [step.report() for step in known.steps.values()]
            if file.endswith(_DOTTED):
                better = f"{os.path.basename(file)[: -len(_DOTTED)]}_stream.py"
                told = f"{file} is served, but nothing can import a module with a dot in its name"
                report["warnings"].append({"code": "dotted_name", "message": told, "hint": f"rename it to {better}"})
            for step in known.steps.values():
                report["warnings"] += [
                    {"code": "bad_schema", "message": f"{step.name}: {text}", "line": step.line}
                    for text in step.problems
                ]
        except BaseException as error:
            report["error"] = self.problem(error, file)
            report["steps"] = []
        report["dependencies"] = self.dependencies(file)
        return report

    def _relative(self, path: str) -> str:
        return self.tree.graph.relative(path)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def overdue(number: int, frame: Any) -> None:
        raise Overdue(f"{seconds:g} s")

    before = signal.signal(signal.SIGALRM, overdue)
    # Again and again: a bare `except:` in a loop swallows the first.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
