"""The decorators that make a function a step. They note what was said and give the function back unchanged."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Dict, List, Optional, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
MARK = "__motia_step__"
MADE = "__motia_steps__"


def event(id: str, schema: Any = None, **options: Any) -> Callable[[Function], Function]:
    """An event step: runs for `motia.trigger(id, data)` and for the topics in `subscribes`.

    The function gets the payload's keys as keyword arguments when its signature names them, else `(input, context)`.
    Options: concurrency, subscribes, emits, flows, description, on_failure, infrastructure.
    """
    return _mark("event", id, {"schema": schema, **options})


def api(id: str, method: str = "POST", path: Optional[str] = None, schema: Any = None, **options: Any) -> Callable[[Function], Function]:  # fmt: skip
    """An api step at `path`. `schema` describes the body, or is a dict of `body`, `query`, `params`, `headers`, `response`.

    The function gets `(request, context)`, or the parts of the request or of its body that its signature names.
    Options: middleware, emits, flows, description, response_schema, query_params.
    """
    return _mark("api", id, {"method": method, "path": path, "schema": schema, **options})


def cron(id: str, schedule: str, **options: Any) -> Callable[[Function], Function]:
    """A cron step. Options: timezone, overlap, catch_up, emits, flows, description."""
    return _mark("cron", id, {"schedule": schedule, **options})


def _mark(kind: str, id: str, options: Dict[str, Any]) -> Callable[[Function], Function]:
    if not isinstance(id, str):
        raise TypeError(f'@{kind} needs an id: write @{kind}(id="...")')

    def note(function: Function) -> Function:
        known: List[Any] = getattr(function, MARK, [])
        given = {key: value for key, value in options.items() if value is not None}
        setattr(function, MARK, [*known, {"kind": kind, "id": id, **given}])
        # A second function of the same name takes the first one's place in its module, but not in this list.
        getattr(inspect.unwrap(function), "__globals__", {}).setdefault(MADE, []).append(function)
        return function

    return note
