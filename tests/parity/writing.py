"""Table → project: every behaviour as one step file per language, and the steps the tests look through."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.parity.behaviour import Behaviour

EXTENSIONS = {"ts": ".step.ts", "js": ".step.js", "py": "_sync_step.py", "py-async": "_async_step.py", "rb": ".step.rb"}
ARGUMENTS = {
    "api": {"node": "req, ctx", "python": "req, context"},
    "event": {"node": "input, ctx", "python": "input, context"},
    "cron": {"node": "ctx", "python": "context"},
}
TYPES = {"api": "ApiRouteConfig", "event": "EventConfig", "cron": "CronConfig"}

TYPESCRIPT = """\
import {{ type {type}, Handlers }} from 'motia';
{top}
export const config: {type} = {config};

export const handler: Handlers['{id}'] = async ({arguments}) => {{
{body}
}};
"""
JAVASCRIPT = """\
{top}
module.exports.config = {config};

module.exports.handler = async ({arguments}) => {{
{body}
}};
"""
PYTHON = """\
{top}
config = {config}


{keyword} handler({arguments}):
{body}
"""
RUBY = """\
{top}
def config
  {config}
end

def handler({arguments})
{body}
end
"""
# Remembers every event on the topics programs emit to, and shows what is in the state.
COLLECTOR = """
config = {{"type": "event", "name": "collector", "subscribes": {topics}}}

async def handler(data, context):
    await context.state.update("heard", context.topic, [{{"op": "append", "value": data}}])
"""
LOOK = """
config = {"type": "api", "name": "look", "method": "GET", "path": "/look/:group/:key"}

async def handler(req, context):
    group, key = req.path_params["group"], req.path_params["key"]
    return {"status": 200, "body": {"there": key in await context.state.keys(group), "value": await context.state.get(group, key)}}
"""
# Another party that writes, for conflicts.
INTERFERE = """
config = {"type": "api", "name": "interfere", "method": "GET", "path": "/look-and-set/:group/:key/:value"}

async def handler(req, context):
    group, key, value = (req.path_params[name] for name in ("group", "key", "value"))
    return {"status": 200, "body": await context.state.set(group, key, int(value))}
"""
NOTES_STREAM = """
config = {"name": "notes", "schema": {"type": "object", "properties": {"text": {"type": "string"}}, "patternProperties": {"^bad": {"type": "number"}}}, "baseConfig": {"storageType": "default"}}
"""

Case = tuple[str, Behaviour, str]


def identity(area: str, behaviour: Behaviour, language: str) -> str:
    return f"{area}.{behaviour.name}.{language}"


def write_project(folder: Path, cases: Iterable[Case]) -> Path:
    """One file per case."""
    topics = []
    for area, behaviour, language in cases:
        topics.append(f"{identity(area, behaviour, language)}.out")
        name = behaviour.name.replace("-", "_") + EXTENSIONS[language]
        _put(folder / "steps" / area / name, source(area, behaviour, language))
    _put(folder / "steps/collector_step.py", COLLECTOR.format(topics=topics))
    _put(folder / "steps/look_step.py", LOOK)
    _put(folder / "steps/interfere_step.py", INTERFERE)
    _put(folder / "steps/notes_stream.py", NOTES_STREAM)
    _put(folder / "tsconfig.json", '{"compilerOptions": {"strict": true}}')
    return folder


def source(area: str, behaviour: Behaviour, language: str) -> str:
    """The step file of one case."""
    id = identity(area, behaviour, language)
    config = _config(behaviour, area, id)
    literal = {"ts": _script, "js": _script, "py": _python, "py-async": _python, "rb": _ruby}[language](
        config, behaviour.middleware
    )
    if language in behaviour.whole:
        text = textwrap.dedent(behaviour.whole[language]).replace("%CONFIG%", literal)
        return text.replace("%ID%", id)
    program = behaviour.program(language)
    assert program is not None, f"{id} has no program"
    top, body = (textwrap.dedent(part).strip("\n") for part in program)
    depth = "    " if language.startswith("py") else "  "
    shape = {"ts": TYPESCRIPT, "js": JAVASCRIPT, "py": PYTHON, "py-async": PYTHON, "rb": RUBY}[language]
    text = shape.format(
        top=top,
        type=TYPES[behaviour.kind],
        config=literal,
        id=id,
        arguments=ARGUMENTS[behaviour.kind]["node" if language in ("ts", "js") else "python"],
        keyword="async def" if language == "py-async" else "def",
        body=textwrap.indent(body, depth),
    )
    return text.replace("%ID%", id)


def _config(behaviour: Behaviour, area: str, id: str) -> dict[str, Any]:
    route = "/" + id.replace(".", "/")
    config: dict[str, Any] = {"type": behaviour.kind, "name": id, "emits": []}
    if behaviour.kind == "api":
        config |= {"method": ["GET", "POST"], "path": route}
    elif behaviour.kind == "event":
        config |= {"subscribes": [id], "infrastructure": {"queue": {"maxRetries": 0}}}
    else:
        config |= {"cron": "0 0 1 1 *"}
    return json.loads(json.dumps({**config, **behaviour.config}).replace("%PATH%", route).replace("%ID%", id))  # type: ignore[no-any-return]


def _script(config: Mapping[str, Any], middleware: Iterable[str]) -> str:
    return _with(json.dumps(config), middleware, f"middleware: [{', '.join(middleware)}]")


def _python(config: Mapping[str, Any], middleware: Iterable[str]) -> str:
    return _with(repr(config), middleware, f'"middleware": [{", ".join(middleware)}]')


def _ruby(config: Any, middleware: Iterable[str] = ()) -> str:
    if isinstance(config, dict):
        pairs = [f"{key}: {_ruby(value)}" if re.fullmatch(r"\w+", key) and not key[0].isdigit()
                 else f"{json.dumps(key)} => {_ruby(value)}" for key, value in config.items()]  # fmt: skip
        names = ", ".join(f":{name}" for name in middleware)
        return _with("{ " + ", ".join(pairs) + " }", middleware, f"middleware: [{names}]")
    if isinstance(config, list):
        return "[" + ", ".join(map(_ruby, config)) + "]"
    return "nil" if config is None else json.dumps(config)


def _with(literal: str, middleware: Iterable[str], entry: str) -> str:
    return f"{literal[: literal.rindex('}')].rstrip()}, {entry} }}" if middleware else literal


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
