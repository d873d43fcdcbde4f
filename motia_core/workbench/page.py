"""The plain page of the workbench: what is served right now, in one look. Pure: a snapshot in, HTML out.

No script and nothing from elsewhere. Everything of the user's is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from motia_core.model import Problem, Step
from motia_core.problems import gravity
from motia_core.steps.registry import Snapshot

HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--dim:#888}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1.5rem}
h1{font-size:1.4rem;margin:0}h1 small{color:var(--dim);font-weight:400;font-size:.9rem}
h2{font-size:1rem;margin:2rem 0 .5rem}h2 span{color:var(--dim);font-weight:400}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.35rem .6rem;border-bottom:1px solid
var(--line);vertical-align:top;overflow-wrap:anywhere}th{color:var(--dim);font-weight:500;font-size:.85rem}
code{font:13px ui-monospace,monospace}tr:hover{background:var(--soft)}
.tag{border:1px solid var(--line);border-radius:.3rem;padding:0 .35rem;font:12px ui-monospace,monospace}
.error{color:#c33}.warning{color:#a60}.info,.none{color:var(--dim)}
"""

_HOW = "<p class=none>The web app is not built here: run <code>make workbench</code>, then load this page anew.</p>"


def render(snapshot: Snapshot, *, is_built: bool) -> bytes:
    """The whole page. `is_built`: the web app is there, and this page was asked for."""
    steps = snapshot.steps
    parts = [
        _problems(snapshot.problems),
        _table("Routes", ("Method", "Path", "Step", "File"), _routes(steps)),
        _table("Topics", ("Topic", "Emitted by", "Handled by"), _topics(steps)),
        _table("Cron", ("Expression", "Time zone", "Step", "File"), _crons(snapshot.crons)),
        _table(
            "Streams",
            ("Name", "Language", "File"),
            ((_code(one.name), escape(one.language), _code(one.file)) for one in snapshot.streams.values()),
        ),
        _table("Steps", ("Name", "Kind", "Language", "Flows", "File"), _steps(steps)),
    ]
    count = f"{len(steps)} step{'' if len(steps) == 1 else 's'}, snapshot {snapshot.number}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><title>Motia workbench</title>'
        f"<style>{_STYLE}</style></head><body><h1>Motia <small>{count}</small></h1>"
        f"{'' if is_built else _HOW}{''.join(parts)}</body></html>"
    ).encode("utf-8", "replace")


def _routes(steps: Iterable[Step]) -> list[tuple[str, ...]]:
    found = sorted((route.path, route.method, step) for step in steps for route in step.routes)
    return [(_tag("ANY" if m == "*" else m), _code(path), escape(step.name), _place(step)) for path, m, step in found]


def _topics(steps: tuple[Step, ...]) -> list[tuple[str, ...]]:
    emitted: dict[str, list[str]] = {}
    handled: dict[str, list[str]] = {}
    for step in steps:
        for emit in step.emits or ():
            emitted.setdefault(emit.topic, []).append(step.name)
        for topic in step.topics:
            handled.setdefault(topic, []).append(step.name)
        if step.all_topics:
            handled.setdefault("*", []).append(step.name)
    names = sorted(emitted.keys() | handled.keys())
    return [(_code(name), _names(emitted.get(name)), _names(handled.get(name))) for name in names]


def _crons(steps: Iterable[Step]) -> list[tuple[str, ...]]:
    return [(_code(s.cron or ""), escape(s.timezone or "the host's"), escape(s.name), _place(s)) for s in steps]


def _steps(steps: Iterable[Step]) -> list[tuple[str, ...]]:
    return [
        (escape(step.name), _tag(step.kind), escape(step.language), escape(", ".join(step.flows)), _place(step))
        for step in steps
    ]


def _problems(problems: tuple[Problem, ...]) -> str:
    order = ("error", "warning", "info")
    rows = [
        (
            f'<span class="{gravity(one)}">{gravity(one)}</span>',
            escape(one.message) + (f"<br><span class=none>{escape(one.hint)}</span>" if one.hint else ""),
            _code(f"{one.file or ''}{f':{one.line}' if one.line else ''}"),
        )
        for one in sorted(problems, key=lambda one: order.index(gravity(one)))
    ]
    return _table("Problems", ("", "What", "Where"), rows) if rows else ""


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """`rows` hold HTML that is escaped already."""
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    if not lines:
        return f"<h2>{escape(title)}</h2><p class=none>none</p>"
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    count = f"<span>{len(lines)}</span>"
    return f"<h2>{escape(title)} {count}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _tag(text: str) -> str:
    return f'<span class="tag">{escape(text)}</span>'


def _names(names: list[str] | None) -> str:
    return escape(", ".join(names)) if names else "<span class=none>nobody</span>"


def _place(step: Step) -> str:
    return _code(f"{step.file}{f':{step.line}' if step.line else ''}")
