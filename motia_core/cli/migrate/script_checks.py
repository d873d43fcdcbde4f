"""Checks of TypeScript and JavaScript files: what behaves differently when modules stay loaded, what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from motia_core.cli.migrate.facts import Facts, undeclared
from motia_core.cli.migrate.finding import Finding, finding
from motia_core.cli.migrate.script import Script
from motia_core.cli.migrate.script_shape import (
    ASSIGNS,
    Variable,
    config,
    functions,
    handler,
    hides,
    innermost,
    top_level,
    variables,
)

_CONTAINERS = frozenset({"Map", "Set", "WeakMap", "WeakSet", "Array", "Object"})
_MUTATORS = frozenset(
    {"set", "add", "delete", "clear", "push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill"}
)
_HIDDEN = re.compile(r"__motia\.|motia-trace")
_ROUTE = re.compile(r"/__motia(?!/api\b|/workbench\b)")
_ADAPTER = re.compile(r"(State|Stream|Event|Cron|Observability)\w*Adapter")


class Look:
    """One file, looked at once for all checks."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.script = Script(text)
        self.functions = functions(self.script)
        self.level = top_level(self.script)
        self.config = config(self.script)

    def say(self, code: str, index: int, message: str = "", action: str = "") -> Finding:
        return finding(code, self.file, self.script.line(index), message, action)


def facts(file: str, text: str) -> Facts:
    """What the step says it is."""
    look = Look(file, text)
    script = look.script

    def word(key: str) -> str | None:
        return script.literal(look.config[key]) if key in look.config else None

    line = script.line(min(look.config.values())) if look.config else 1
    return Facts(file, line, word("type"), word("name"), word("method"), word("path"), _emits(look))


def check(file: str, text: str) -> list[Finding]:
    """Everything about one file that the author should know."""
    look = Look(file, text)
    checks = (_module_state, _process, _emitted, _answers, _internals, _storage)
    return [one for check in checks for one in check(look)]


def plugin_routes(file: str, text: str) -> list[Finding]:
    """Routes that a plugin would have registered."""
    look = Look(file, text)
    return [
        look.say("plugin_route", index)
        for index, token in enumerate(look.script.tokens)
        if token.value == "registerApi" and look.script.is_mark(index + 1, "(")
    ]


def adapters(file: str, text: str) -> list[Finding]:
    """Classes that would have taken the place of the old storage."""
    look = Look(file, text)
    script = look.script
    return [
        look.say("custom_adapter", index, f"`{script.value(index)}`: an adapter of your own is never used")
        for index in range(len(script.tokens))
        if script.is_name(index)
        and _ADAPTER.fullmatch(script.value(index))
        and script.is_name(index - 1, "implements", "extends")
    ]


def _module_state(look: Look) -> Iterator[Finding]:
    script = look.script
    found: dict[str, int] = {}
    known = {one.name: one for one in variables(script, look.level)}
    imported = _imported(look)
    for index, token in enumerate(script.tokens):
        name = token.value
        if token.kind != "name" or name in found or (name not in known and name not in imported):
            continue
        if script.is_mark(index - 1, ".", "?.") or innermost(look.functions, index) is None:
            continue
        if name not in known and not _begins(script, index):
            continue
        if not hides(look.functions, index, name) and _changes(script, index, known.get(name)):
            found[name] = index
    for name, index in found.items():
        yield look.say(
            "module_state", index, f"`{name}` of the module is changed here, and keeps its value between calls"
        )


def _begins(script: Script, index: int) -> bool:
    """Whether an expression begins at this token, so that it cannot be a part of a type."""
    if script.line(index - 1) < script.line(index):
        return not script.is_mark(index - 1, ":", "|", "&", "<", ",", "=")
    return script.is_mark(index - 1, ";", "{", "}", ")", "(", "=>", "&&", "||", "??", "++", "--")


def _changes(script: Script, index: int, variable: Variable | None) -> bool:
    """Whether the use of a variable at this token changes it or what it holds."""
    if variable is not None and variable.keyword != "const" and _assigned(script, index, index):
        return not script.is_mark(index - 1, "{", ",") or not script.is_mark(index + 1, ":")
    holds = variable is None or (variable.value is not None and _container(script, variable.value))
    end = index
    while holds:
        if script.is_mark(end + 1, ".", "?.", "!") and script.is_name(end + 2):
            if script.is_mark(end + 3, "(") and variable is not None and script.value(end + 2) in _MUTATORS:
                return True
            end += 2
        elif script.is_mark(end + 1, "["):
            end = script.partner.get(end + 1, end + 1)
        else:
            return end != index and _assigned(script, index, end)
    return False


def _assigned(script: Script, index: int, end: int) -> bool:
    stepped = script.is_mark(end + 1, "++", "--") and script.line(end) == script.line(end + 1)
    return script.is_mark(end + 1, *ASSIGNS) or stepped or script.is_mark(index - 1, "++", "--")


def _container(script: Script, value: int) -> bool:
    if script.is_mark(value, "[", "{"):
        return True
    return script.is_name(value, "new") and script.value(value + 1) in _CONTAINERS


def _imported(look: Look) -> set[str]:
    script = look.script
    names: set[str] = set()
    for position, index in enumerate(look.level):
        if not script.is_name(index, "import") or script.is_mark(index + 1, "(", "."):
            continue
        for later in look.level[position + 1 :]:
            if script.is_name(later, "from") or script.literal(later) is not None:
                break
            inside = range(later, script.partner.get(later, later) + 1)
            names |= {script.value(one) for one in inside if script.is_name(one)}
    return names - {"type", "as", "default"}


def _process(look: Look) -> Iterator[Finding]:
    script = look.script
    for index in range(len(script.tokens)):
        if (
            not script.is_name(index, "process")
            or script.is_mark(index - 1, ".")
            or not script.is_mark(index + 1, ".", "?.")
        ):
            continue
        if script.is_name(index + 2, "exit", "abort") and script.is_mark(index + 3, "("):
            yield look.say("exit", index, f"`process.{script.value(index + 2)}` ends only this call, as a failure")
        elif script.is_name(index + 2, "chdir") and script.is_mark(index + 3, "("):
            yield look.say("chdir", index)
        elif script.is_name(index + 2, "env"):
            end = script.partner.get(index + 3, index + 3) if script.is_mark(index + 3, "[") else index + 4
            inside = innermost(look.functions, index) is not None
            if inside and (_assigned(script, index, end) or script.is_name(index - 1, "delete")):
                yield look.say("env_write", index)


def _emits(look: Look) -> frozenset[str] | None:
    """The declared topics; None when they are not all written out."""
    script = look.script
    at = look.config.get("emits")
    if at is None or not script.is_mark(at, "["):
        return None
    topics: set[str] = set()
    for key, value in script.entries(at).items():
        inner = script.entries(value).get("topic") if script.is_mark(value, "{") else value
        topic = script.literal(inner) if inner is not None and key != "..." else None
        if topic is None:
            return None
        topics.add(topic)
    return frozenset(topics)


def _emitted(look: Look) -> Iterator[Finding]:
    script = look.script
    declared = _emits(look)
    for index in range(len(script.tokens)):
        if not script.is_name(index, "emit") or not (script.is_mark(index + 1, "(") and script.is_mark(index + 2, "{")):
            continue
        at = script.entries(index + 2).get("topic")
        topic = script.literal(at) if at is not None else None
        alone = at is not None and script.is_mark(at + 1, ",", "}")
        if topic is not None and alone:
            yield from undeclared(look.file, script.line(index), topic, declared)


def _answers(look: Look) -> Iterator[Finding]:
    script = look.script
    if "type" not in look.config or script.literal(look.config["type"]) != "api":
        return
    own = handler(script, look.functions)
    if own is None:
        return
    if not own.block:
        yield from _answer(look, own.body)
        return
    gave = False
    for index in range(own.body, own.end):
        if script.is_name(index, "throw") and innermost(look.functions, index) == own:
            gave = True
        if (
            not script.is_name(index, "return")
            or script.is_mark(index - 1, ".")
            or innermost(look.functions, index) != own
        ):
            continue
        if script.is_mark(index + 1, ";", "}") or script.line(index + 1) > script.line(index):
            continue
        gave = True
        yield from _answer(look, index + 1)
    if not gave:
        yield look.say("no_return", own.start)


def _answer(look: Look, value: int) -> Iterator[Finding]:
    """`value` is where a returned expression begins; only an object that is written out can be judged."""
    script = look.script
    while script.is_mark(value, "("):
        value += 1
    if not script.is_mark(value, "{"):
        return
    keys = script.entries(value)
    close = script.partner.get(value, value)
    rest = script.is_mark(close + 1, ".", "[", "?.")
    if not rest and "status" not in keys and "..." not in keys:
        yield look.say("no_status", value)


def _internals(look: Look) -> Iterator[Finding]:
    script = look.script
    for index, token in enumerate(script.tokens):
        if token.kind == "text" and _HIDDEN.match(token.value) and script.is_mark(index - 1, "["):
            yield look.say(
                "internal_stream", index, f"the hidden stream `{token.value}` of the old system is not there"
            )
        elif token.kind == "text" and _ROUTE.search(token.value):
            yield look.say("internal_route", index)
        elif token.kind == "text" and re.search(r"^https?://[^/]+/emit$|^/emit$", token.value):
            if script.is_mark(index - 1, "(", "+", ","):
                yield look.say("emit_route", index)
        elif token.value == "rpc" and token.kind == "name" and script.is_name(index - 2, "context", "ctx"):
            yield look.say("rpc", index)


def _storage(look: Look) -> Iterator[Finding]:
    script = look.script
    at = look.config.get("baseConfig")
    if at is None or not script.is_mark(at, "{"):
        return
    keys = script.entries(at)
    if "factory" in keys or ("storageType" in keys and script.literal(keys["storageType"]) == "custom"):
        yield look.say("custom_storage", at)
