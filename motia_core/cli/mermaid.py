"""Flows as Mermaid diagrams, and the `.mermaid` folder that `motia dev --mermaid` keeps.

The folder holds one `FLOW.mmd` per flow, written anew when the flow changes and deleted with it. A flow's name comes
from a step file: it becomes a file name only after everything that could lead out of the folder is taken from it. Only
files that end in our mark are ever deleted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from motia_core.model import Step
from motia_core.steps.flows import Edge, Flow

FOLDER = ".mermaid"
MARK = "%% made by motia"

_CLASSES = {"api": "#f96", "event": "#69f", "cron": "#9c6", "noop": "#3f3a50"}
_SIGNS = {"api": "🌐", "event": "⚡", "cron": "⏰", "noop": "⚙️"}
_STEM = re.compile(r"\.(ts|js)$")
_PLAIN = re.compile(r"[\w .:/-]+")
_LONGEST = 60  # letters of up to four bytes, below the 255 bytes of a file name


def mermaid(flow: Flow) -> str:
    """One flow as a flowchart."""
    lines = ["flowchart TD"]
    for kind, colour in _CLASSES.items():
        lines.append(f"    classDef {kind}Style fill:{colour},stroke:#333,stroke-width:2px,color:#fff")
    ids = _ids(flow.steps)
    for step in flow.steps:
        kind = step.kind if step.kind in _CLASSES else "event"
        lines.append(f'    {ids[step.id]}["{_SIGNS[kind]} {_quoted(step.name)}"]:::{kind}Style')
    if not flow.steps:
        lines.append('    empty["No steps in this flow"]')
    lines.extend(
        f"    {ids[edge.source.id]} -->|{_label(edge.label or edge.topic)}| {ids[edge.target.id]}"
        for edge in flow.edges
        if _drawn(edge)
    )
    return "\n".join(lines) + "\n"


def _drawn(edge: Edge) -> bool:
    """Event and cron steps hear what they subscribe to; the others what they say for diagrams."""
    target = edge.target
    if target.kind == "event":
        return target.all_topics or edge.topic in target.topics
    return target.kind != "cron" and edge.topic in target.virtual_subscribes


def _ids(steps: Iterable[Step]) -> dict[str, str]:
    found: dict[str, str] = {}
    taken: set[str] = set()
    for step in steps:
        name = base = re.sub(r"[^A-Za-z0-9]", "_", _STEM.sub("", step.file))
        number = 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        found[step.id] = name
    return found


def _quoted(text: str) -> str:
    kept = "".join(one if one.isprintable() else " " for one in text)
    return kept.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _label(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.isprintable() else f'"{_quoted(text)}"'


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Flow name → file name: one path component, different for each also where case does not count."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        safe = re.sub(r"[^\w .-]", "_", name)[:_LONGEST].strip(" .")
        if not safe or safe != name or safe.lower() in taken:
            safe = f"{safe or 'flow'}-{hashlib.blake2b(name.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"
        taken.add(safe.lower())
        found[name] = f"{safe}.mmd"
    return found


def write(folder: Path, flows: Iterable[Flow]) -> list[Path]:
    """Brings `folder` up to date: the files that hold flows now. Raises OSError."""
    flows = [flow for flow in flows if flow.name]
    named = file_names(flow.name for flow in flows)
    folder.mkdir(parents=True, exist_ok=True)
    for flow in flows:
        path = folder / named[flow.name]
        text = f"{mermaid(flow)}{MARK}\n"
        if path.is_symlink() or _text(path) != text:
            path.unlink(missing_ok=True)
            path.write_text(text, "utf-8")
    for path in sorted(folder.glob("*.mmd")):
        if path.name not in named.values() and (_text(path) or "").endswith(f"{MARK}\n"):
            path.unlink()
    return [folder / name for name in named.values()]


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
