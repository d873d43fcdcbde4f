"""A loaded module → its steps, whatever the dialect. The one place that knows the dialects; the core knows one shape.

(a) a module-level `config` and a function `handler`, or the one function named like the step;
(b) functions decorated with `@event`, `@api`, `@cron` of the SDK, any number in a file.
"""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from typing import Any, Callable, Dict, Iterable, List, Optional, Tuple

from motia_runner import binding, schemas
from motia_runner.definition import RUNS, Definition, FileProblem, camel

_MARK = "__motia_step__"
_MADE = "__motia_steps__"
_STREAM_FILE = re.compile(r"[._]stream\.py\Z")
_PARTS = {"body", "query", "params", "headers", "response"}
_DATA_KEYS = {"bodySchema", "responseSchema", "parameters", "input", "schema", "routes"}


def read(module: ModuleType, file: str) -> List[Definition]:
    """The steps and streams in a module. Raises FileProblem when there is none or it cannot be used."""
    found = _decorated(module)
    config = getattr(module, "config", None)
    if not found or (isinstance(config, dict) and "type" in config):
        found.insert(0, _configured(module, file))
    return found


def settings(value: Any, keep: bool = False) -> Any:
    """A config with camelCase keys, down to where the keys are the author's own data."""
    if isinstance(value, dict):
        return {
            (key if keep else camel(key)): part if camel(key) in _DATA_KEYS else settings(part)
            for key, part in value.items()
        }
    return [settings(part) for part in value] if isinstance(value, (list, tuple)) else value


def _configured(module: ModuleType, file: str) -> Definition:
    config = getattr(module, "config", None)
    line = _line_of(module, "config")
    if config is None:
        hint = 'write config = {"type": …, "name": …} and a function handler, or decorate a function with @event'
        raise FileProblem("no_config", "the file has no config", hint=hint)
    if not isinstance(config, dict):
        raise FileProblem("bad_config", f"config must be a dict, not a {type(config).__name__}", line=line)
    config = settings(config)
    if _STREAM_FILE.search(file) and "type" not in config:
        config["type"] = "stream"
    kind = str(config.get("type") or "")
    for name in ("canAccess", "can_access"):
        if kind == "stream" and "canAccess" not in config and callable(getattr(module, name, None)):
            config["canAccess"] = getattr(module, name)
    inferred: List[str] = []
    handler = _handler(module, config, inferred)
    if handler is None and kind in RUNS:
        hint = f"write a function handler, or one named like the step: {_snake(str(config.get('name') or 'handler'))}"
        raise FileProblem("no_handler", f"{config.get('name') or 'the step'} has no handler", line=line, hint=hint)
    step = Definition(member="", dialect="a", kind=kind, config=config, handler=handler, line=line, inferred=inferred)
    if handler is not None:
        step.bind = binding.positional(handler, kind)
    return step


def _handler(module: ModuleType, config: Dict[str, Any], inferred: List[str]) -> Optional[Callable[..., Any]]:
    handler = getattr(module, "handler", None)
    if callable(handler):
        return handler  # type: ignore[no-any-return]
    wanted = _plain(str(config.get("name") or ""))
    named = [
        (name, value)
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and wanted and _plain(name) == wanted
    ]
    if len(named) != 1:
        return None
    inferred.append(f"the handler is the function {named[0][0]}, named like the step")
    return named[0][1]


def _decorated(module: ModuleType) -> List[Definition]:
    """In the order they were written. A function that another of the same name has replaced is a step all the same."""
    marked: Dict[int, Tuple[str, Callable[..., Any]]] = {}
    for member, function in list(vars(module).items()):
        marks = getattr(function, _MARK, None)
        if isinstance(marks, list) and getattr(function, "__module__", None) == module.__name__:
            marked.setdefault(id(marks), (member, function))
    for function in getattr(module, _MADE, ()):
        if function.__module__ != module.__name__:
            continue
        marked.setdefault(id(getattr(function, _MARK)), (_unused(function.__name__, marked.values()), function))
    found = [
        _built(f"{member}#{index}" if index else member, function, mark)
        for member, function in marked.values()
        for index, mark in enumerate(getattr(function, _MARK))
    ]
    found.sort(key=lambda step: step.line or 0)
    return found


def _unused(name: str, taken: Iterable[Tuple[str, Any]]) -> str:
    """`name`, or `name~2`, `name~3` … when others have it."""
    known = {member for member, _ in taken}
    made, number = name, 1
    while made in known:
        number += 1
        made = f"{name}~{number}"
    return made


def _built(member: str, function: Callable[..., Any], mark: Dict[str, Any]) -> Definition:
    config = settings(mark)
    kind, name, schema = config.pop("kind"), config.pop("id"), config.pop("schema", None)
    config = {**config, "type": kind, "name": name}
    code = getattr(inspect.unwrap(function), "__code__", None)
    line = code.co_firstlineno if code is not None else None
    parts: Dict[str, Any] = {}
    if kind == "api":
        parts = _api_parts(schema)
        config.update({key: parts.pop(key) for key in ("bodySchema", "responseSchema") if key in parts})
    elif kind == "event":
        topics = config.get("subscribes") or []
        config["subscribes"] = list(dict.fromkeys([*([topics] if isinstance(topics, str) else topics), name]))
        if schema is not None:
            config["input"] = schema
    elif "schedule" in config:
        config["cron"] = config.pop("schedule")
    if parts or config.get("bodySchema") is not None or config.get("input") is not None:
        config.setdefault("validation", "enforce")
    step = Definition(
        member=member, dialect="b", kind=kind, config=config, handler=function, line=line, inferred=[], parts=parts
    )
    step.bind = binding.by_name(function, kind, _keys(config.get("bodySchema" if kind == "api" else "input")))
    return step


def _api_parts(schema: Any) -> Dict[str, Any]:
    """`schema` is `{"body": …, "query": …, "params": …, "headers": …, "response": …}`, or the body's schema itself."""
    if not isinstance(schema, dict) or not schema or not _PARTS.issuperset(schema):
        return {} if schema is None else {"bodySchema": schema}
    made = {part: given for part, given in schema.items() if given is not None}
    if "body" in made:
        made["bodySchema"] = made.pop("body")
    if "response" in made:
        response = made.pop("response")
        by_status = isinstance(response, dict) and all(re.match(r"\d{3}\Z", str(key)) for key in response)
        made["responseSchema"] = response if by_status else {200: response}
    return made


def _keys(schema: Any) -> List[str]:
    """The names a schema declares for its object, as far as they can be read without making JSON Schema of a class."""
    if isinstance(schema, dict):
        made = schemas.convert(schema, [])
        return list(made.get("properties") or ()) if isinstance(made, dict) else []
    for name in ("model_fields", "__fields__", "__annotations__"):
        fields = getattr(schema, name, None)
        if isinstance(fields, dict):
            return list(fields)
    return []


def _line_of(module: ModuleType, name: str) -> Optional[int]:
    try:
        with open(module.__file__ or "", encoding="utf-8") as source:
            for number, text in enumerate(source, 1):
                if re.match(rf"{name}\s*[:=]", text):
                    return number
    except (OSError, UnicodeDecodeError):
        pass
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _snake(name: str) -> str:
    return re.sub(r"\W+|(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
