"""What a script's tokens form: functions, variables of the module, the step's config and handler. Judges nothing."""

from __future__ import annotations

from msgspec import Struct

from motia_core.cli.migrate.script import OPENERS, Script

_NO_METHOD = frozenset({"if", "for", "while", "switch", "catch", "with", "function", "return", "await", "typeof"})
ASSIGNS = ("=", "+=", "-=", "*=", "/=", "%=", "**=", "??=", "||=", "&&=", "<<=", ">>=", ">>>=", "&=", "|=", "^=")


class Function(Struct, frozen=True):
    """`start` is where its parameters begin; its body runs from `body` to `end`, both included. `block` says whether
    the body stands in braces. `names`: its parameters and what it declares."""

    start: int
    body: int
    end: int
    block: bool
    names: frozenset[str]


class Variable(Struct, frozen=True):
    """A variable of the module. `value` is where its first value begins, if it has one."""

    name: str
    keyword: str
    at: int
    value: int | None


def functions(script: Script) -> list[Function]:
    """Every function of the file, in the order of their parameters."""
    found = []
    for index, token in enumerate(script.tokens):
        if script.is_mark(index, "=>"):
            found.append(_function(script, _parameters(script, index), index - 1, index + 1))
        elif token.value == "(" and token.kind == "mark" and index in script.partner:
            close = script.partner[index]
            body = _block_after(script, close)
            if body is not None and _is_head(script, index):
                found.append(_function(script, index, close, body))
    return sorted(found, key=lambda one: one.start)


def innermost(all_functions: list[Function], index: int) -> Function | None:
    """The function whose body holds the token."""
    holding = [one for one in all_functions if one.body <= index <= one.end]
    return max(holding, key=lambda one: one.body, default=None)


def hides(all_functions: list[Function], index: int, name: str) -> bool:
    """Whether a function around the token has a parameter or a variable of this name."""
    return any(name in one.names for one in all_functions if one.start <= index <= one.end)


def top_level(script: Script) -> list[int]:
    """The tokens that stand in no bracket."""
    found, index = [], 0
    while index < len(script.tokens):
        found.append(index)
        index = script.partner.get(index, index) + 1 if script.is_mark(index, *OPENERS) else index + 1
    return found


def variables(script: Script, level: list[int]) -> list[Variable]:
    """What `let`, `var` and `const` declare at the top."""
    found = []
    for position, index in enumerate(level):
        if not script.is_name(index, "let", "var", "const") or not script.is_name(index + 1):
            continue
        if script.is_name(index + 1, "enum"):
            continue
        value = None
        for later in level[position + 2 :]:
            if script.is_mark(later, ";") or script.is_name(later, "let", "var", "const", "export", "function"):
                break
            if script.is_mark(later, "="):
                value = later + 1
                break
        found.append(Variable(script.value(index + 1), script.value(index), index + 1, value))
    return found


def config(script: Script) -> dict[str, int]:
    """The keys of the step's config → where their values begin; empty when there is none."""
    opener = _exported(script, "config")
    return script.entries(opener) if opener is not None and script.is_mark(opener, "{") else {}


def handler(script: Script, all_functions: list[Function]) -> Function | None:
    """The function that is exported, or declared, as `handler`."""
    for index in top_level(script):
        if script.is_name(index, "handler") and script.is_name(index - 1, "function"):
            return next((one for one in all_functions if one.start > index), None)
    value = _exported(script, "handler")
    found = next((one for one in all_functions if value is not None and one.start >= value), None)
    if found is None or value is None:
        return None
    # `handler = wrap(async () => …)`: what the wrapper does with the result is not known.
    between = {script.value(index) for index in range(value, found.start)}
    return found if between <= {"async", "function", "*", script.value(found.start - 1)} and len(between) < 3 else None


def _exported(script: Script, name: str) -> int | None:
    """Where the value of an exported name begins: `const NAME =`, `exports.NAME =`, a key of its default export."""
    level = top_level(script)
    for position, index in enumerate(level):
        if not script.is_name(index, name):
            continue
        declared = script.is_name(index - 1, "const", "let", "var")
        if not declared and not (script.is_mark(index - 1, ".") and script.is_name(index - 2, "exports")):
            continue
        for later in level[position + 1 :]:
            if script.is_mark(later, "="):
                return later + 1
            if script.is_mark(later, ";"):
                break
    for index in level:
        default = script.is_name(index, "default") and script.is_name(index - 1, "export")
        module = (
            script.is_mark(index, "=") and script.is_name(index - 1, "exports") and script.is_name(index - 3, "module")
        )
        if (default or module) and script.is_mark(index + 1, "{"):
            at = script.entries(index + 1).get(name)
            if at is not None and script.value(at) != name:
                return at
    return None


def _function(script: Script, start: int, close: int, body: int) -> Function:
    block = script.is_mark(body, "{")
    end = script.partner.get(body, body) if block else _expression_end(script, body)
    names = {script.value(index) for index in range(start, close + 1) if script.is_name(index)}
    for index in range(body, end):
        if script.is_name(index, "const", "let", "var", "function", "class"):
            names |= _declared(script, index + 1)
    return Function(start, body, end, block, frozenset(names))


def _declared(script: Script, index: int) -> set[str]:
    if script.is_mark(index, "{", "["):
        return {script.value(one) for one in range(index, script.partner.get(index, index)) if script.is_name(one)}
    return {script.value(index)}


def _expression_end(script: Script, index: int) -> int:
    """The last token of the expression that begins here: up to what closes or ends it."""
    last = index
    while index < len(script.tokens) and not script.is_mark(index, ",", ";", ")", "]", "}"):
        last = script.partner.get(index, index) if script.is_mark(index, *OPENERS) else index
        index = last + 1
        if script.is_name(index, "export", "const", "let", "var") and script.line(index) > script.line(last):
            break
    return last


def _is_head(script: Script, index: int) -> bool:
    """Whether the bracket is that of a function's parameters."""
    before = script.value(index - 1)
    if script.is_mark(index - 1, ">"):  # a type parameter
        return True
    return before == "function" or (script.is_name(index - 1) and before not in _NO_METHOD) or before == "*"


def _block_after(script: Script, close: int) -> int | None:
    """The brace that begins the body after the parameters, behind the type of the result."""
    index = close + 1
    if script.is_mark(index, "{"):
        return index
    if not script.is_mark(index, ":"):
        return None
    index += 1
    expects, angles = True, 0
    while index < len(script.tokens):
        if script.is_mark(index, "{") and not expects:
            return index
        if script.is_mark(index, ";", ")", "]", "}", "=", "=>", "?") or (script.is_mark(index, ",") and not angles):
            return None
        angles += script.is_mark(index, "<") - script.is_mark(index, ">")
        expects = script.is_mark(index, "|", "&", ":", "<", ",")
        index = script.partner.get(index, index) + 1 if script.is_mark(index, *OPENERS) else index + 1
    return None


def _parameters(script: Script, arrow: int) -> int:
    """Where the parameters of an arrow function begin, behind which the type of its result may stand."""
    if script.is_mark(arrow - 1, ")"):
        return script.partner.get(arrow - 1, arrow - 1)
    index = arrow - 1
    while index > 0 and not script.is_mark(index, ";", "=", "=>", "(", "["):
        if script.is_mark(index, ")") and script.is_mark(index + 1, ":"):
            return script.partner.get(index, index)
        index = script.partner.get(index, index) - 1 if script.is_mark(index, ")", "]", "}") else index - 1
    return arrow - 1
