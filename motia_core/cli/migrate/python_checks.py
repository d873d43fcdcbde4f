"""Checks of Python files, on their syntax trees. What a handler does with state is `python_state`'s."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from motia_core.cli.migrate.facts import Facts, undeclared
from motia_core.cli.migrate.finding import Finding, finding
from motia_core.cli.migrate.python_state import state_checks

Callable = ast.FunctionDef | ast.AsyncFunctionDef
_CALLABLES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_CONTAINERS = frozenset({"dict", "list", "set", "defaultdict", "deque", "Counter", "OrderedDict"})
_MUTATORS = frozenset(
    {"append", "appendleft", "add", "update", "clear", "pop", "popleft", "popitem"}
    | {"remove", "discard", "extend", "insert", "setdefault", "sort"}
)
_EXITS = frozenset({"sys.exit", "os._exit", "os.abort", "exit", "quit"})


def facts(file: str, text: str) -> Facts:
    """What the step says it is."""
    try:
        keys = _config(ast.parse(text))
    except (SyntaxError, ValueError):
        return Facts(file, 1)
    line = min((value.lineno for value in keys.values()), default=1)
    kind, name, method, path = (_word(keys.get(key)) for key in ("type", "name", "method", "path"))
    return Facts(file, line, kind, name, method, path, _emits(keys))


def check(file: str, text: str) -> list[Finding]:
    """Everything about one file that the author should know."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        return [finding("syntax", file, line, f"Python cannot read it: {getattr(error, 'msg', error)}")]
    keys = _config(tree)
    return [
        *_module_state(file, tree),
        *_process(file, tree),
        *_emitted(file, tree, _emits(keys)),
        *(_answers(file, tree) if _word(keys.get("type")) == "api" else ()),
        *state_checks(file, tree),
    ]


def dotted(node: ast.expr) -> str:
    """`a.b.c` as it is written; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""


def _config(tree: ast.Module) -> dict[str, ast.expr]:
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        named = any(isinstance(target, ast.Name) and target.id == "config" for target in targets)
        value = getattr(node, "value", None)
        if named and isinstance(value, ast.Dict):
            pairs = zip(value.keys, value.values, strict=True)
            return {
                key.value: one for key, one in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return {}


def _word(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _key(node: ast.Dict, name: str) -> ast.expr | None:
    pairs = zip(node.keys, node.values, strict=True)
    return next((value for key, value in pairs if isinstance(key, ast.Constant) and key.value == name), None)


def _emits(keys: dict[str, ast.expr]) -> frozenset[str] | None:
    node = keys.get("emits")
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    topics = [_word(_key(one, "topic") if isinstance(one, ast.Dict) else one) for one in node.elts]
    known = [topic for topic in topics if topic is not None]
    return frozenset(known) if len(known) == len(topics) else None


def _functions(tree: ast.AST) -> Iterator[Callable]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def own(function: Callable) -> Iterator[ast.AST]:
    """What stands in a function, but not in the functions within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, _CALLABLES):
            waiting[:0] = list(ast.iter_child_nodes(node))


def _module_state(file: str, tree: ast.Module) -> Iterator[Finding]:
    containers, names = set(), set()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            mine = {target.id for target in targets if isinstance(target, ast.Name)}
            names |= mine
            if _is_container(node.value):
                containers |= mine
    first: dict[str, int] = {}
    for function in _functions(tree):
        shared = {name for node in own(function) if isinstance(node, ast.Global) for name in node.names}
        local = _locals(function) - shared
        for part in own(function):
            for name in _changed(part, shared):
                if name not in local and name in (names if name in shared else containers):
                    first.setdefault(name, getattr(part, "lineno", function.lineno))
    for name, line in first.items():
        message = f"`{name}` of the module is changed here, and keeps its value between calls"
        yield finding("module_state", file, line, message)


def _is_container(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return dotted(node.func).rpartition(".")[2] in _CONTAINERS
    return isinstance(node, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp)


def _locals(function: Callable) -> set[str]:
    given = function.args
    names = {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg) if one}
    return names | {node.id for node in own(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _changed(node: ast.AST, shared: set[str]) -> Iterator[str]:
    """The names whose value, or what they hold, this node changes."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and node.id in shared:
        yield node.id
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        yield _base(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
        yield _base(node.func)


def _base(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _process(file: str, tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "os.chdir":
            yield finding("chdir", file, node.lineno)
    for node in (node for function in _functions(tree) for node in own(function)):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if name in _EXITS:
                yield finding("exit", file, node.lineno, f"`{name}` ends only this call, as a failure")
            elif name in ("os.putenv", "os.unsetenv") or (
                name.startswith("os.environ.") and name.rpartition(".")[2] in _MUTATORS
            ):
                yield finding("env_write", file, node.lineno)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            if dotted(node.value) == "os.environ":
                yield finding("env_write", file, node.lineno)
        elif isinstance(node, ast.Attribute) and node.attr == "rpc" and dotted(node.value) in ("context", "ctx"):
            yield finding("rpc", file, node.lineno)


def _emitted(file: str, tree: ast.Module, declared: frozenset[str] | None) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or dotted(node.func).rpartition(".")[2] != "emit" or not node.args:
            continue
        given = node.args[0]
        topic = _word(_key(given, "topic")) if isinstance(given, ast.Dict) else None
        if topic is not None:
            yield from undeclared(file, node.lineno, topic, declared)


def _answers(file: str, tree: ast.Module) -> Iterator[Finding]:
    handler = next((node for node in tree.body if isinstance(node, Callable) and node.name == "handler"), None)
    if handler is None:
        return
    nodes = list(own(handler))
    given = [node for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    for node in given:
        if isinstance(node.value, ast.Dict) and None not in node.value.keys and _key(node.value, "status") is None:
            yield finding("no_status", file, node.lineno)
    if not given and not any(isinstance(node, ast.Raise) for node in nodes):
        yield finding("no_return", file, handler.lineno)
