"""Which arguments a handler gets: by position and arity, or by the names in its signature. Looked at once, at load."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, List, Tuple

Arguments = Tuple[Tuple[Any, ...], Dict[str, Any]]
Bind = Callable[[Any, Any], Arguments]
_CONTEXT = ("context", "ctx")
_REQUEST = ("req", "request")


def positional(function: Callable[..., Any], kind: str) -> Bind:
    """`(input, context)`, of a cron step `(context)`; fewer when the function takes fewer."""
    places, named, _ = _parameters(function)
    extra = [name for name in named if name in _CONTEXT]
    if kind == "cron":
        count = len(places)
        if count >= 2:
            return lambda input, context: ((None, context), {name: context for name in extra})
        return lambda input, context: ((context,)[:count], {name: context for name in extra})
    if len(places) >= 2:
        return lambda input, context: ((input, context), {name: context for name in extra})
    if len(places) == 1 and places[0] in _CONTEXT:
        return lambda input, context: ((context,), {})
    count = len(places)
    return lambda input, context: ((input,)[:count], {name: context for name in extra})


def by_name(function: Callable[..., Any], kind: str) -> Bind:
    """The payload's keys as keyword arguments when the signature names them, else as `positional`.

    The payload of an api step is the request (`body`, `query`, `headers` …) or, when the names are its, the body.
    """
    places, named, rest = _parameters(function)
    names = [name for name in [*places, *named] if name not in _CONTEXT]
    wants_context = [name for name in [*places, *named] if name in _CONTEXT]
    needed = set(_required(function)) - set(_CONTEXT)
    other = positional(function, kind)
    if kind == "cron" or not names or (kind == "api" and names[0] in _REQUEST):
        return other

    def bind(input: Any, context: Any) -> Arguments:
        for payload in _payloads(input, kind):
            given = _keys(payload)
            if given and needed.issubset(given) and not given.keys().isdisjoint(names):
                chosen = dict(given) if rest else {name: given[name] for name in names if name in given}
                return (), {**chosen, **{name: context for name in wants_context}}
        return other(input, context)

    return bind


def _payloads(input: Any, kind: str) -> List[Any]:
    return [input, input.get("body")] if kind == "api" else [input]


def _keys(payload: Any) -> Dict[str, Any]:
    if isinstance(payload, dict):
        return payload
    fields = getattr(type(payload), "model_fields", None) or getattr(type(payload), "__fields__", None)
    return {name: getattr(payload, name) for name in fields} if fields else {}


def _parameters(function: Callable[..., Any]) -> Tuple[List[str], List[str], bool]:
    """Positional names (`*args` counts as two), keyword-only names, and whether there is `**kwargs`."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ["input", "context"], [], False
    places = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        places += ["input", "context"][len(places) :]
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    return places, named, any(p.kind is p.VAR_KEYWORD for p in parameters)


def _required(function: Callable[..., Any]) -> List[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [p.name for p in parameters if p.kind in plain and p.default is p.empty]
