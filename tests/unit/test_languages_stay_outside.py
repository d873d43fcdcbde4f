"""The core knows no language: what it must know of one stands in `runners/NAME/runner.toml`.

Reads the sources' names and texts (not docstrings and comments) for words that name a language or its tools. Free to
name them: `cli/`, which talks to people, and the defaults in `config/knobs.py`. Whatever else does stands in `ALLOWED`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "motia_core"

WORDS = frozenset(
    {"javascript", "typescript", "node", "nodejs", "npm", "npx", "pnpm", "yarn", "bun", "deno", "esbuild", "tsconfig"}
    | {"tsx", "zod", "commonjs", "esm"}
    | {"python", "pip", "pyproject", "poetry", "pipfile", "pipenv", "venv", "pydantic", "virtualenv", "pycache"}
    | {"ruby", "rubygems", "gem", "gems", "gemfile", "bundler", "bundle"}
)

ALLOWED: dict[str, dict[str, str]] = {
    "config/environment.py": {
        "node": "MOTIA_NODE is a variable that a runner's manifest reads; NODE_ENV is everybody's",
        "python": "MOTIA_PYTHON_VERSION is a name of the old system, told to have no effect",
    },
    "config/load.py": {"node": "NODE_ENV names the environment for programs in any language"},
    "config/packages.py": {"node": "where an old package is installed decides the default of validation.http"},
    "openapi/viewer/__init__.py": {"javascript": "a media type"},
    "triggers/bodies.py": {"javascript": "a media type"},
    "triggers/response.py": {"javascript": "a media type"},
    "triggers/routes.py": {"node": "a node of the tree of routes"},
    "workbench/assets.py": {"javascript": "a media type"},
    "workbench/components.py": {"javascript": "a media type"},
    "workbench/flows.py": {"node": "a node of the graph: nodeComponentPath is a key that screens know"},
}

FREE = ("cli/", "config/knobs.py", "_data/")


def spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every name and every constant text that is no docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in docstrings:
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            yield line, text
        for name in ("id", "attr", "arg", "name", "module", "asname"):
            value = getattr(node, name, None)
            if isinstance(value, str):
                yield line, value


def words(text: str) -> set[str]:
    """`workersPython`, `python_path` and `Python's` all hold the word python."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)
    return {part.lower() for part in parts} | set(re.findall(r"[a-z]+", text.lower()))


def leaks(source: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for line, text in spoken(ast.parse(source)):
        for word in words(text) & WORDS:
            found.setdefault(word, []).append(line)
    return found


FILES = sorted(path.relative_to(CORE).as_posix() for path in CORE.rglob("*.py") if "node_modules" not in path.parts)


@pytest.mark.parametrize("file", [file for file in FILES if not file.startswith(FREE)])
def test_no_language_is_named(file: str) -> None:
    found = leaks((CORE / file).read_text("utf-8"))
    allowed = ALLOWED.get(file, {})
    told = [f"motia_core/{file}:{min(lines)} says {word!r}" for word, lines in found.items() if word not in allowed]
    assert told == [], "what the core must know of a language stands in its runner.toml"
    assert allowed.keys() <= found.keys(), f"{file} no longer says these: take them out of ALLOWED"


def test_the_list_of_exceptions_names_files_that_exist() -> None:
    assert ALLOWED.keys() <= set(FILES)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ('X = "node_modules"', "node"),
        ("def ask_python(): ...", "python"),
        ("settings.pipPath", "pip"),
        ('f"{x} needs Ruby"', "ruby"),
        ("from motia_core import zod as z", "zod"),
        ("call(npm=1)", "npm"),
        ('A = {b"yarn.lock"}', "yarn"),
    ],
)
def test_a_leak_is_seen(source: str, word: str) -> None:
    assert word in leaks(source)


def test_docstrings_and_comments_may_name_a_language() -> None:
    assert leaks('"""About Python."""\n# and Node\ndef f():\n    """Ruby."""\n') == {}
    assert leaks('nodes = "modern"') == {}
