"""What Python code does with values it gets from state: old Motia wrapped dicts and missing keys into `{"data": …}`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from motia_core.cli.migrate.finding import Finding, finding


def state_checks(file: str, tree: ast.Module) -> Iterator[Finding]:
    """`["data"]` on a value from state, and methods of one that may be missing."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function(file, function)


def _function(file: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Finding]:
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    held = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and _is_state_get(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    tested = {name for node in nodes for name in _tested(node)}
    for node in nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == "data":
            if _is_state_get(node.value) or (isinstance(node.value, ast.Name) and node.value.id in held):
                yield finding("state_data", file, node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            value = node.func.value
            if _is_state_get(value):
                yield finding("state_missing", file, node.lineno, _missing("what `state.get` gives", node.func.attr))
            elif isinstance(value, ast.Name) and value.id in held - tested:
                yield finding("state_missing", file, node.lineno, _missing(f"`{value.id}`", node.func.attr))


def _missing(what: str, method: str) -> str:
    return f"{what} is None when the key is missing, and None has no `.{method}`"


def _is_state_get(node: ast.expr) -> bool:
    """`await context.state.get(…)`, with or without the await."""
    call = node.value if isinstance(node, ast.Await) else node
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "get":
        return False
    state = call.func.value
    return (isinstance(state, ast.Attribute) and state.attr == "state") or (
        isinstance(state, ast.Name) and state.id == "state"
    )


def _tested(node: ast.AST) -> Iterator[str]:
    """The names whose being there something in this node tests."""
    tests: list[ast.expr] = []
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert):
        tests.append(node.test)
    elif isinstance(node, ast.BoolOp):
        tests += node.values
    elif isinstance(node, ast.comprehension):
        tests += node.ifs
    for test in tests:
        yield from (one.id for one in ast.walk(test) if isinstance(one, ast.Name))
