"""Finds `@pytest.mark.rows(...)` in the test files by reading them: nothing is imported, nothing runs.

Knows a marker on a function, on a class, in `pytestmark`, and on a case of a parametrised test, also when the cases
stand in a list of the same file. `rows(*case.rows)` stands for the members `rows=(...)` of the tables in the folder of
the test, `rows(ROWS[case])` for the values of that dictionary. A marker anywhere else is an error: it would say nothing. A test that is always skipped or expected to fail
shows nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1]

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Mark(NamedTuple):
    """One test and the rows it shows. `file` is relative to the folder of the tests."""

    file: str
    test: str
    rows: frozenset[int]


class UnreadableMark(Exception):
    """A marker where, or as, nobody can read it."""


def collect(folder: Path = TESTS) -> list[Mark]:
    """The marked tests of all files below `folder`, in the order of their names."""
    paths = [path for path in sorted(folder.rglob("*.py")) if _is_ours(path, folder)]
    files = {path.relative_to(folder).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}
    return [mark for name in files for mark in _File(name, files).marks()]


class _File:
    """One file, read against the others: its tables may stand beside it."""

    def __init__(self, name: str, files: Mapping[str, ast.Module]) -> None:
        self._name = name
        self._tree = files[name]
        self._files = files
        self._read: set[int] = set()

    def marks(self) -> list[Mark]:
        """Its marked tests. Raises `UnreadableMark` for a marker that belongs to none."""
        found = []
        if Path(self._name).name.startswith("test_"):
            found = list(self._in_body(self._tree.body, _module_marks(self._tree.body), ""))
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Call) and _called(node) == "rows" and id(node) not in self._read:
                raise UnreadableMark(f"{self._name}:{node.lineno}: this marker belongs to no test")
        return found

    def _in_body(self, body: list[ast.stmt], around: list[ast.expr], prefix: str) -> Iterator[Mark]:
        for part in body:
            if isinstance(part, ast.ClassDef):
                marks = [*around, *part.decorator_list, *_module_marks(part.body)]
                yield from self._in_body(part.body, marks, f"{prefix}{part.name}.")
            elif isinstance(part, Function) and part.name.startswith("test_"):
                yield from self._of_test(prefix + part.name, [*around, *part.decorator_list])

    def _of_test(self, name: str, decorators: list[ast.expr]) -> Iterator[Mark]:
        calls = [call for decorator in decorators for call in self._calls(decorator)]
        self._read |= {id(call) for call in calls}
        if any(_called(decorator) in ("skip", "xfail") for decorator in decorators):
            return
        tables = [call for call in calls if _is_table(call)]
        looked_up = [found for call in calls if (found := self._dictionary(call)) is not None]
        plain = [call for call in calls if call not in tables and self._dictionary(call) is None]
        rows = {row for call in plain for row in self._numbers(call)}
        if rows:
            yield Mark(self._name, name, frozenset(rows))
        if tables:
            yield from self._of_tables(name)
        for table in looked_up:
            yield from self._of_dictionary(name, table)

    def _calls(self, decorator: ast.expr) -> Iterator[ast.Call]:
        """The markers within a decorator, and within the lists it names."""
        for node in ast.walk(decorator):
            named = self._list(node.id) if isinstance(node, ast.Name) else None
            for inner in ast.walk(named) if named is not None else (node,):
                if isinstance(inner, ast.Call) and _called(inner) == "rows":
                    yield inner

    def _list(self, name: str) -> ast.expr | None:
        for part in self._tree.body:
            if isinstance(part, ast.Assign) and name in _targets(part):
                return part.value
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.target.id == name:
                return part.value
        return None

    def _dictionary(self, call: ast.Call) -> ast.Dict | None:
        """The dictionary of this file that `rows(NAME[case])` looks into."""
        given = call.args[0] if len(call.args) == 1 else None
        if isinstance(given, ast.Subscript) and isinstance(given.value, ast.Name):
            found = self._list(given.value.id)
            return found if isinstance(found, ast.Dict) else None
        return None

    def _of_dictionary(self, test: str, table: ast.Dict) -> Iterator[Mark]:
        for key, value in zip(table.keys, table.values, strict=True):
            if not isinstance(key, ast.Constant):
                raise UnreadableMark(f"{self._name}:{value.lineno}: write the keys out")
            yield Mark(
                self._name, f"{test}[{key.value!s}]", frozenset(self._values([value], f"{self._name}:{value.lineno}"))
            )

    def _of_tables(self, test: str) -> Iterator[Mark]:
        """A mark per entry `Something(name="...", rows=(...))` of the files beside and below this one."""
        home = Path(self._name).parent
        for name, tree in self._files.items():
            if not Path(name).is_relative_to(home):
                continue
            for node in ast.walk(tree):
                given = {one.arg: one.value for one in node.keywords} if isinstance(node, ast.Call) else {}
                rows, title = given.get("rows"), given.get("name")
                if isinstance(rows, ast.Tuple) and rows.elts and isinstance(title, ast.Constant):
                    numbers = self._values(rows.elts, f"{name}:{rows.lineno}")
                    yield Mark(self._name, f"{test}[{Path(name).stem}/{title.value!s}]", frozenset(numbers))

    def _numbers(self, call: ast.Call) -> list[int]:
        return self._values(call.args, f"{self._name}:{call.lineno}")

    @staticmethod
    def _values(nodes: Iterable[ast.expr], where: str) -> list[int]:
        nodes = list(nodes)
        found = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, int)]
        if not found or len(found) != len(nodes):
            raise UnreadableMark(f"{where}: write the numbers out: @pytest.mark.rows(76, 77)")
        return found


def _is_ours(path: Path, folder: Path) -> bool:
    """Not the programs and projects that tests run: those stand in folders that are no packages."""
    if {"programs", "projects"} & set(path.relative_to(folder).parts):
        return False
    return path.name.startswith("test_") or (path.parent / "__init__.py").exists()


def _called(node: ast.expr) -> str:
    """`rows` for `pytest.mark.rows(...)`, called or not; empty for anything that is no marker."""
    target = node.func if isinstance(node, ast.Call) else node
    if not isinstance(target, ast.Attribute):
        return ""
    owner = target.value
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return target.attr if name == "mark" else ""


def _is_table(call: ast.Call) -> bool:
    """`rows(*case.rows)`"""
    return len(call.args) == 1 and isinstance(call.args[0], ast.Starred)


def _module_marks(body: list[ast.stmt]) -> list[ast.expr]:
    """What `pytestmark` holds."""
    return [part.value for part in body if isinstance(part, ast.Assign) and _targets(part) == ["pytestmark"]]


def _targets(assignment: ast.Assign) -> list[str]:
    return [target.id for target in assignment.targets if isinstance(target, ast.Name)]
