"""`motia flows`: which steps belong together and who tells whom, as a tree, as JSON or as Mermaid; without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from motia_core.cli import mermaid
from motia_core.cli.arguments import Folder, Json, folder
from motia_core.cli.inspect import examined
from motia_core.cli.output import fail, note, out, plain, print_json, text, warn
from motia_core.model import Step
from motia_core.problems import gravity
from motia_core.steps.flows import Edge, Flow
from motia_core.steps.flows import flows as flows_of

_COLOURS = {"api": "green", "event": "blue", "cron": "yellow", "noop": "dim"}


def flows(
    name: Annotated[str | None, typer.Argument(help="Only this flow")] = None,
    as_mermaid: Annotated[bool, typer.Option("-m", "--mermaid", help="As a Mermaid diagram")] = False,
    output: Annotated[str | None, typer.Option("-o", "--output", help="Folder: one FLOW.mmd per flow")] = None,
    as_json: Json = False,
    project: Folder = None,
) -> None:
    """Show flows: which steps belong together and who tells whom."""
    path = folder(project)
    snapshot = examined(path).snapshot
    for problem in snapshot.problems:
        if gravity(problem) == "error" and problem.file is not None:
            warn(f"{problem.file} is left out: {problem.message}")
    found = flows_of(snapshot, loose=True)
    if name is not None:
        found = tuple(flow for flow in found if flow.name == name) or _unknown(name, found)
    if output is not None:
        _write(Path(output), found)
    elif as_json:
        print_json([flow_json(flow) for flow in found])
    elif as_mermaid:
        typer.echo("\n".join(mermaid.mermaid(flow) for flow in found), nl=False)
    else:
        _draw(found)


def _unknown(name: str, found: tuple[Flow, ...]) -> tuple[Flow, ...]:
    known = ", ".join(plain(flow.name) for flow in found if flow.name) or "none: no step has `flows`"
    fail(f"there is no flow '{plain(name)}'", hint=f"there are: {known}")


def _write(target: Path, found: tuple[Flow, ...]) -> None:
    try:
        for path in mermaid.write(target, found):
            note(str(path))
    except OSError as error:
        fail(f"{target} cannot be written: {error.strerror}")


def flow_json(flow: Flow) -> dict[str, object]:
    """One flow in the shape `motia flows --json` promises; `name` null: steps of no flow."""
    return {
        "name": flow.name or None,
        "steps": [
            {
                "name": step.name,
                "type": step.kind,
                "language": step.language,
                "filePath": step.file,
                "trigger": trigger(step),
            }
            for step in flow.steps
        ],
        "edges": [
            {
                "from": edge.source.name,
                "to": edge.target.name,
                "topic": edge.topic,
                "label": edge.label,
                "virtual": edge.virtual,
                "conditional": edge.conditional,
            }
            for edge in flow.edges
        ],
    }


def trigger(step: Step) -> str:
    """What starts a step, in a few words."""
    if step.routes:
        return f"{step.routes[0].method} {step.routes[0].path}"
    if step.cron:
        return step.cron
    return "*" if step.all_topics else ", ".join(step.topics or step.virtual_subscribes)


def _draw(found: tuple[Flow, ...]) -> None:
    if not found:
        out.print(text("no steps", "dim"))
    for flow in found:
        head = text(flow.name, "bold") if flow.name else Text("(in no flow)", "dim")
        tree = Tree(head.append(f" · {len(flow.steps)} step{'' if len(flow.steps) == 1 else 's'}", "dim"))
        shown: set[str] = set()
        for root in flow.roots:
            _grow(tree, flow, root, None, shown)
        out.print(tree)


def _grow(tree: Tree, flow: Flow, step: Step, over: Edge | None, shown: set[str]) -> None:
    """`step` and what it tells. The recursion is bounded: a step's own branches are drawn once."""
    line = Text("")
    if over is not None:
        said = f"{over.topic} ({over.label})" if over.label else over.topic
        line.append_text(text(f"{said} → ", "magenta")).append("(maybe) " if over.conditional else "", "yellow")
    line.append_text(text(step.name, "bold")).append_text(
        text(f"  {step.kind} · {step.language}", _COLOURS.get(step.kind, ""))
    )
    line.append_text(text(f"  {trigger(step)}" if over is None and step.kind != "noop" else "", "cyan"))
    if step.id in shown:
        tree.add(line.append("  (see above)", "dim"))
        return
    shown.add(step.id)
    line.append_text(text(f"  {step.file}", "dim"))
    branch = tree.add(line)
    own = [edge for edge in flow.edges if edge.source.id == step.id]
    for edge in own:
        _grow(branch, flow, edge.target, edge, shown)
    heard = {edge.topic for edge in own}
    for emit in step.emits or ():
        if emit.topic not in heard:
            branch.add(text(f"{emit.topic} → ", "magenta").append("nobody in this flow", "dim"))
