"""Documentation cannot lag: every command and option of the command line stands in docs/cli.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from motia_core.cli.commands import app

DOCS = Path(__file__).parents[2] / "docs"


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
