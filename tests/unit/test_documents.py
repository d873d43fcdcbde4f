"""Documentation cannot lag: commands and options stand in docs/cli.md, errors and statuses in docs/errors.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from motia_core.cli.commands import app
from motia_core.errors import MotiaError, tree
from motia_core.triggers.refusal import WORDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def commands(group: object, prefix: str = "motia") -> Iterator[tuple[str, list[str]]]:
    """Each command's words and its options."""
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", [text for param in command.params for text in param.opts if text.startswith("-")]


ALL = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(("command", "options"), ALL, ids=[name for name, _ in ALL])
def test_command_is_documented(command: str, options: list[str]) -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    assert f"`{command}" in text
    missing = [option for option in options if f"`{option}`" not in text and option not in ("--help", "-h")]
    assert not missing


def test_no_command_is_invented() -> None:
    known = {name for name, _ in ALL}
    for line in (DOCS / "cli.md").read_text("utf-8").splitlines():
        if line.startswith("| `motia "):
            words = line.split("`")[1].split()
            assert " ".join(words[:2]) in known or " ".join(words[:3]) in known, line


@pytest.mark.parametrize("kind", [kind for kind in tree() if kind.code > 0], ids=lambda kind: kind.__name__)
def test_error_with_a_code_is_documented(kind: type[MotiaError]) -> None:
    rows = [
        line for line in (DOCS / "errors.md").read_text("utf-8").splitlines() if line.startswith(f"| `{kind.code}` |")
    ]
    assert rows
    assert all(f"`{kind.__name__}`" in line for line in rows)


def test_every_status_the_server_answers_by_itself_is_documented() -> None:
    said = set(re.findall(r"^\| (\d{3}) \| `([^`]+)` \|", (DOCS / "errors.md").read_text("utf-8"), re.MULTILINE))
    assert {(str(status), word) for status, word in WORDS.items()} <= said
    sources = "".join(
        path.read_text("utf-8") for room in ("triggers", "web") for path in ROOT.glob(f"motia_core/{room}/*.py")
    )
    special = set(re.findall(r"Refusal\(\s*(\d{3}),[^)]*?\berror=\"([^\"]+)\"", sources))
    assert ("400", "Malformed JSON") in special
    assert said == {(str(status), word) for status, word in WORDS.items()} | special
