"""The routes an API step asks for: methods in upper case, paths with a leading slash. Pure.

Also says when two routes are the same one. How a path matches a request is `triggers/routes.py`'s.
"""

from __future__ import annotations

import re

from motia_core.model import Route, Step, Stream
from motia_core.steps.keys import ApiKeys
from motia_core.steps.reading import Issue, nearest

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
_ALL = frozenset({"*", "ALL", "ANY"})


def routes_of(keys: ApiKeys, issues: list[Issue]) -> tuple[Route, ...]:
    """In the order written: `path` with `method`, then `routes`."""
    found: list[Route] = []
    if keys.path is not None:
        if keys.method is None:
            issues.append(Issue("bad_config", "`method` is missing", "add `method: 'GET'`, or `'*'` for all methods"))
        found += _routes("path", keys.path, "method", keys.method or [], issues)
    elif not keys.routes:
        issues.append(Issue("bad_config", "`path` is missing", "add `path: '/…'` to the config"))
    for number, entry in enumerate(keys.routes or ()):
        where = f"routes[{number}]"
        if isinstance(entry, str):
            found += _routes(where, entry, where, keys.method or "*", issues)
        else:
            found += _routes(f"{where}.path", entry.path, f"{where}.method", entry.method, issues)
    return tuple(dict.fromkeys(found))


def _routes(path_key: str, path: str, method_key: str, methods: str | list[str], issues: list[Issue]) -> list[Route]:
    if not path.startswith("/"):
        issues.append(Issue("bad_config", f"`{path_key}`: '{path}' needs a leading slash", f"write '/{path}'"))
    found = []
    for written in [methods] if isinstance(methods, str) else methods:
        method = "*" if written.upper() in _ALL else written.upper()
        if method != "*" and method not in METHODS:
            hint = nearest(method, METHODS) or f"it is one of {', '.join(METHODS)} or *"
            issues.append(Issue("bad_config", f"`{method_key}`: there is no HTTP method '{written}'", hint))
        found.append(Route(method, path))
    return found


def sse_of(path: str | None, issues: list[Issue]) -> str | None:
    """The path where a stream's groups are served as events; None where it cannot be one."""
    if path is None:
        return None
    if not path.startswith("/"):
        issues.append(Issue("bad_config", f"`sse`: '{path}' needs a leading slash", f"write '/{path}'"))
    elif not re.search(r":groupId(?!\w)", path):
        hint = f"write '{path.rstrip('/')}/:groupId'"
        issues.append(Issue("bad_config", f"`sse`: '{path}' does not say where the group stands", hint))
    else:
        return path
    return None


def sse_route(stream: Stream) -> Step | None:
    """What stands in the route table for a stream with `sse`: a step that has no handler."""
    if stream.sse is None:
        return None
    return Step(
        id=f"{stream.file}#sse",
        name=stream.name,
        kind="stream",
        file=stream.file,
        member=stream.member,
        runner=stream.runner,
        language=stream.language,
        routes=(Route("GET", stream.sse),),
    )


def signature(route: Route) -> tuple[str, str]:
    """Equal for two routes that no request can tell apart: names of parameters, case and a last slash do not count."""
    path = re.sub(r":[A-Za-z_]\w*", ":", route.path)
    return route.method, path.casefold().rstrip("/") or "/"
