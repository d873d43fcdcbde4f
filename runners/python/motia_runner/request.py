"""The request an api handler gets: a dict that also answers by attribute and in snake_case.

Built from the `input` of an api invocation; `raw` is the exact text or bytes received and is never re-encoded.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional

from motia_runner import values

_SNAKE = {"path_params": "pathParams", "query_params": "queryParams", "raw_body": "rawBody", "group_id": "groupId"}
_MISSING = object()


class Fields(Dict[str, Any]):
    """A dict whose keys are attributes too."""

    def __getattr__(self, name: str) -> Any:
        value = self.get(name, _MISSING)
        if value is _MISSING:
            raise AttributeError(f"{type(self).__name__.lower()} has no {name!r}; it has {', '.join(self)}")
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        self[_SNAKE.get(name, name)] = value

    def __delattr__(self, name: str) -> None:
        del self[name]


class Request(Fields):
    """`request["body"]`, `request.get("body")` and `request.body` are one."""

    def __missing__(self, key: str) -> Any:
        if key in _SNAKE:
            return self[_SNAKE[key]]
        raise KeyError(key)

    def get(self, key: str, default: Any = None) -> Any:
        return dict.get(self, _SNAKE.get(key, key), default)

    def __contains__(self, key: object) -> bool:
        return dict.__contains__(self, _SNAKE.get(key, key))  # type: ignore[call-overload]


class Headers(Dict[str, Any]):
    """Lower-cased names, found in any case."""

    def __missing__(self, key: str) -> Any:
        lower = key.lower()
        if lower != key:
            return self[lower]
        raise KeyError(key)

    def get(self, key: str, default: Any = None) -> Any:
        return dict.get(self, key.lower(), default)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and dict.__contains__(self, key.lower())


class File(Fields):
    """An uploaded file. `bytes` and `text` read it when asked."""

    def read(self) -> bytes:
        return values.read_spilled(self["path"])

    @property
    def text(self) -> str:
        return self.read().decode("utf-8", "replace")

    @property
    def bytes(self) -> Any:
        return self.read()

    def __iter__(self) -> Iterator[str]:
        return dict.__iter__(self)


def replacement(given: Any) -> Any:
    """What middleware hands on in place of the request: a plain dict answers like any request."""
    return Request(given) if type(given) is dict else given


def build(given: Dict[str, Any]) -> Request:
    """Raises ValueError when the body is no JSON although it claims to be."""
    raw = given.get("raw", "")
    params, query = given.get("params") or {}, given.get("query") or {}
    headers = Headers(given.get("headers") or {})
    return Request(
        body=_body(given, raw),
        headers=headers,
        pathParams=params,
        queryParams=query,
        rawBody=raw,
        method=given.get("method", ""),
        path=given.get("path", ""),
        url=given.get("url", ""),
        query=query,
        params=params,
        cookies=_cookies(headers.get("cookie")),
        ip=given.get("ip", ""),
        files=_files(given.get("files")),
    )


def _body(given: Dict[str, Any], raw: Any) -> Any:
    if "body" in given:
        return given["body"]
    kind = given.get("bodyKind", "none")
    if kind == "json" and raw:
        return values.parse(raw if isinstance(raw, str) else raw.decode("utf-8"))
    return raw if kind in ("text", "bytes") else {}


def _files(given: Optional[List[Dict[str, Any]]]) -> List[File]:
    return [File(file) for file in given or ()]


def _cookies(header: Any) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for part in (header if isinstance(header, str) else "; ".join(header or ())).split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and name not in found:
            value = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
            found[name] = _unquoted(value) if "%" in value else value
    return found


def _unquoted(value: str) -> str:
    from urllib.parse import unquote  # dear to import, and most cookies do without

    return unquote(value)
