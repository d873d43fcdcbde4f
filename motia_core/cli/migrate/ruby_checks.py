"""Checks of Ruby files: words in the code, comments and texts left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from motia_core.cli.migrate.facts import Facts
from motia_core.cli.migrate.finding import Finding, finding

_QUIET = re.compile(
    r"^=begin\b.*?^=end\b[^\n]*|(?<![\w$?])#(?![{])[^\n]*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
    r"|<<[~-]?(['\"]?)([A-Z_]+)\1(?P<rest>[^\n]*\n)(?P<body>.*?)^\s*\2\b",
    re.DOTALL | re.MULTILINE,
)
_EXIT = re.compile(
    r"(?<![\w.:@$])(?:(?:Process|Kernel)\.)?(exit!?|abort)(?=\s*\(|\s*$|\s+(?:\d|if\b|unless\b|[\"'f]))", re.MULTILINE
)
_CHDIR = re.compile(r"\bDir\.chdir\b")
_ENV = re.compile(r"\bENV\s*\[[^\]\n]*\]\s*(?:\|\|=|=(?![=~]))|\bENV\.(?:store|update|delete|replace|clear)\b")
_GLOBAL = re.compile(r"(?<![\w$@])(\$[a-z]\w*|@@\w+)\s*(?:\|\||&&|[-+*/%])?=(?![=~])|(\$[a-z]\w*|@@\w+)\s*<<")
_WORD = r"""(?<![\w.])(?:["']{key}["']\s*=>|{key}:|:{key}\s*=>)\s*(?:["']([^"'\n]*)["']|:(\w+))"""


def facts(file: str, text: str) -> Facts:
    """What the step says it is: its first words of these names."""
    found = {key: re.search(_WORD.format(key=key), text) for key in ("type", "name", "method", "path")}
    kind, name, method, path = ((match[1] or match[2]) if match else None for match in found.values())
    first = min((match.start() for match in found.values() if match), default=0)
    return Facts(file, text.count("\n", 0, first) + 1, kind, name, method, path)


def check(file: str, text: str) -> list[Finding]:
    """Everything about one file that the author should know."""
    code = _QUIET.sub(_hidden, text)
    return [*_words(file, code), *_globals(file, code)]


def _hidden(match: re.Match[str]) -> str:
    """As many lines as before, and quotes where a text was."""
    lines = "\n" * match[0].count("\n")
    if match["body"] is not None:
        return f'""{match["rest"].rstrip()}{lines}'
    return lines if match[0].startswith(("#", "=begin")) else f'""{lines}'


def _words(file: str, code: str) -> Iterator[Finding]:
    for code_name, pattern in (("exit", _EXIT), ("chdir", _CHDIR), ("env_write", _ENV)):
        for match in pattern.finditer(code):
            message = f"`{match[1]}` ends only this call, as a failure" if code_name == "exit" else ""
            yield finding(code_name, file, _line(code, match.start()), message)


def _globals(file: str, code: str) -> Iterator[Finding]:
    seen: set[str] = set()
    depth_from = min(
        (match.start() for match in re.finditer(r"^\s*def\s+(?!config\b)", code, re.MULTILINE)), default=-1
    )
    for match in _GLOBAL.finditer(code):
        name = match[1] or match[2]
        # What stands above the first method sets the value up.
        if name in seen or depth_from < 0 or match.start() < depth_from:
            continue
        seen.add(name)
        message = f"`{name}` is changed here, and keeps its value between calls"
        yield finding("module_state", file, _line(code, match.start()), message)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
