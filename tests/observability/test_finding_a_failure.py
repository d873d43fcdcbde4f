"""`docs/finding-a-failure.md` is true: its commands, in a real project with its fault, print what it says they print."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kit.server import ROOT, Server, environment, serving, until

from .history import motia
from .transcript import Asked, Bound, blocks, patched, transcript

DOCUMENT = (ROOT / "docs" / "finding-a-failure.md").read_text("utf-8")
STEP = "steps/analyze_order_step.py"
CHANGES = ("motia replay", "motia dead redrive", "sed -i", "curl -si")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    project = tmp_path / "orders"
    shutil.copytree(ROOT / "examples" / "orders", project, ignore=shutil.ignore_patterns(".motia", "node_modules"))
    source = (project / STEP).read_text("utf-8")
    for hunk in blocks(DOCUMENT, "diff"):
        source = patched(source, hunk)
    (project / STEP).write_text(source, "utf-8")
    return project


def said(server: Server, command: str) -> str:
    """What a command prints, as a terminal shows it."""
    command = command.replace("localhost:3000", server.url.removeprefix("http://"))
    words = shlex.split(command)
    if words[0] == "motia":
        done = motia(server.project, *words[1:])
        assert done.returncode == 0, done
        return done.stdout + done.stderr
    ran = subprocess.run(words, cwd=server.project, env=environment(), capture_output=True, text=True, timeout=30)
    assert ran.returncode == 0, ran
    return ran.stdout + ran.stderr + ("" if not ran.stdout or ran.stdout.endswith("\n") else "\n")


def follow(server: Server, bound: Bound, asked: Asked) -> None:
    """One command of the transcript. What only looks is asked again until it shows what was under way."""
    command = bound.put(asked.command)
    shown = ""

    def holds() -> bool:
        nonlocal shown
        shown = said(server, command)
        return bound.match(asked.printed, shown)

    try:
        until(holds, patience=0 if command.startswith(CHANGES) else 15, every=0.2)
    except AssertionError:
        expected = "\n".join(asked.printed)
        pytest.fail(f"$ {command}\n{shown}\nand not:\n{expected}", pytrace=False)


@pytest.mark.node
@pytest.mark.ruby
def test_the_transcript_is_true(shop: Path) -> None:
    bound = Bound()
    with serving(shop) as server:
        for asked in transcript(DOCUMENT):
            follow(server, bound, asked)
            if asked.command.startswith("sed -i"):
                until(lambda: f"↻ {STEP}" in server.output)
