"""Which arguments a handler gets: by position and arity, or by the names in its signature. Looked at once, at load."""

from __future__ import annotations

import inspect
from collections.abc import Collection
from typing import Any, Callable, Dict, List, Tuple

from motia_runner.faults import ValidationError

Arguments = Tuple[Tuple[Any, ...], Dict[str, Any]]
Bind = Callable[[Any, Any], Arguments]
_CONTEXT = ("context", "ctx")
# A first parameter so called is the whole input, not a key of it.
_WHOLE = frozenset("input input_data data payload event message req request".split())
_PARTS = (
    "body headers query params cookies files pathParams path_params queryParams query_params rawBody raw_body".split()
)


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


def by_name(function: Callable[..., Any], kind: str, declared: Collection[str] = ()) -> Bind:
    """The payload's keys as keyword arguments when the signature names them, else `(input, context)` by arity.

    `declared` are the keys of the step's schema: a parameter so called is always that key. Of an api step, parts of the
    request (`body`, `query` …), path parameters and keys of the body go by name.
    """
    if not _nameable(function):
        return positional(function, kind)
    places, named, rest = _parameters(function)
    names = [name for name in (*places, *named) if name not in _CONTEXT or name in declared]
    contexts = [name for name in (*places, *named) if name not in names]
    required = [name for name in _required(function) if name in names]
    if kind == "cron":
        return _by_arity([], [*contexts, *required[:1]])
    known = not set(names).isdisjoint(declared)
    conventional = names[:1] and names[0] in _WHOLE and len(required) < 3 and not known
    whole = _by_arity(required or names[:1], contexts)
    if not (names or rest) or (conventional and len(required) < 2):
        return whole
    keys_of = _request_keys(declared) if kind == "api" else _keys
    label = f"{getattr(function, '__name__', 'the handler')}({', '.join(required)})"

    def bind(input: Any, context: Any) -> Arguments:
        keys = keys_of(input)
        missing = [name for name in required if name not in keys]
        by_arity = len(missing) == len(required) > 0 or (conventional and missing)
        if by_arity and len(required) < 3 and not (known or rest):
            return whole(input, context)
        if missing:
            raise _missing(label, missing, keys)
        chosen = dict(keys) if rest else {name: keys[name] for name in names if name in keys}
        # A payload may have a key called context: a signature that takes keys by name means it.
        own = {name: keys[name] if name in keys and not declared else context for name in contexts}
        return (), {**chosen, **own}

    return bind


def _by_arity(names: List[str], contexts: List[str]) -> Bind:
    """The input under the first of `names`, the context under the second, whatever they are called."""
    contexts = [*contexts, *names[1:2]]

    def bind(input: Any, context: Any) -> Arguments:
        given = {name: context for name in contexts}
        if names:
            given[names[0]] = input
        return (), given

    return bind


def _request_keys(declared: Collection[str]) -> Callable[[Any], Dict[str, Any]]:
    """What the parameters of an api step may name. A key that the schema declares wins over a part of the request."""

    def keys(request: Any) -> Dict[str, Any]:
        body = _keys(request.get("body"))
        sent = body or request.get("query") or {}
        parts = {name: request[name] for name in _PARTS if name in request}
        wanted = {name: body[name] for name in declared if name in body}
        return {**sent, **(request.get("params") or {}), **parts, **wanted}

    return keys


def _keys(payload: Any) -> Dict[str, Any]:
    if isinstance(payload, dict):
        return payload
    fields = getattr(type(payload), "model_fields", None) or getattr(type(payload), "__fields__", None)
    return {name: getattr(payload, name) for name in fields} if fields else {}


def _missing(label: str, missing: List[str], keys: Dict[str, Any]) -> ValidationError:
    text = f"{label}: the payload has no {' and no '.join(missing)} (it has {', '.join(map(str, keys)) or 'no keys'})"
    issues = [{"path": name, "message": f"is missing: {label} needs it", "code": "required"} for name in missing]
    return ValidationError(issues, text)


def _nameable(function: Callable[..., Any]) -> bool:
    """Whether every parameter can be given by its name."""
    try:
        kinds = {parameter.kind for parameter in inspect.signature(function).parameters.values()}
    except (TypeError, ValueError):
        return False
    return not kinds & {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL}


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
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind in plain and p.default is p.empty]
