"""`context.state` and `context.streams`: values by group and key, items by group and id.

The calls of both are alike; inside a transaction they are collected instead of made. Parameters are found under every
name that documents have used for them.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, Optional, Tuple

from motia_runner import running, values
from motia_runner.invocation import Invocation
from motia_runner.pairs import Values


_WANTED = {"order_by": "orderBy", "order_direction": "orderDirection"}
_FILTER = ("where", "orderBy", "orderDirection", "offset", "limit")


def value_of(result: Any) -> Any:
    return result["value"]


def values_of(result: Any) -> Values:
    return Values((key, value) for key, value in result["items"])


def nothing(result: Any) -> None:
    return None


def as_it_is(result: Any) -> Any:
    return result


def _names(result: Any) -> Any:
    return result["names"]


class Store:
    """What state and one stream have in common: `stream` is None for the state."""

    _prefix = "state."
    _key = "key"

    def __init__(self, run: Invocation, stream: Optional[str] = None) -> None:
        self._run = run
        self._stream = stream
        self._base: Dict[str, Any] = {} if stream is None else {"stream": stream}

    def get(self, group: Any = None, key: Any = None, **names: Any) -> Any:
        """The value, or None."""
        group, key = _where(group, key, names)
        block = running.transaction.get()
        if block is not None:
            return self._composed(block, block.get(self._stream, group, key), group, key)
        return self._call("get", group, key, self._item(group, key))

    def set(self, group: Any = None, key: Any = None, value: Any = None, ttl: Any = None, **names: Any) -> Any:
        """Stores, for `ttl` seconds or for ever, and gives the stored value."""
        group, key = _where(group, key, names)
        value = names.get("data", value)
        extra = {"value": value, **_ttl(ttl)}
        block = running.transaction.get()
        if block is not None:
            return self._run.ready(self._told(block.set(self._stream, group, key, value, _ttl(ttl)), group, key))
        return self._call("set", group, key, self._item(group, key), extra)

    def delete(self, group: Any = None, key: Any = None, **names: Any) -> Any:
        """Removes, and gives what was there."""
        group, key = _where(group, key, names)
        block = running.transaction.get()
        if block is not None:
            return self._composed(block, block.delete(self._stream, group, key), group, key)
        return self._call("delete", group, key, self._item(group, key))

    def get_group(self, group: Any = None, **names: Any) -> Any:
        """All values of a group in the order first set; `.keys()` and `.items()` know their keys."""
        group = _group(group, names)
        block = running.transaction.get()
        if block is not None:
            return self._composed(block, block.get_group(self._stream, group), group, None)
        return self._run.start(self._prefix + "getGroup", {**self._base, "group": group}, self._items(group))

    def update(self, group: Any = None, key: Any = None, ops: Any = (), ttl: Any = None, **names: Any) -> Any:
        """Applies `[{"op", "path", "value"}, …]` atomically and gives the new value."""
        group, key = _where(group, key, names)
        told = [dict(op) for op in ([ops] if isinstance(ops, Mapping) else ops)]
        block = running.transaction.get()
        if block is not None:
            return self._composed(block, block.update(self._stream, group, key, told, _ttl(ttl)), group, key)
        return self._call("update", group, key, self._item(group, key), {"ops": told, **_ttl(ttl)})

    getGroup = get_group

    def _told(self, value: Any, group: str, key: Optional[str]) -> Any:
        """What the author gets for a value of the core; `key` is None for a whole group."""
        return value

    def _item(self, group: str, key: str) -> Callable[[Any], Any]:
        return value_of

    def _items(self, group: str) -> Callable[[Any], Any]:
        return values_of

    def _composed(self, block: Any, work: Any, group: str, key: Optional[str]) -> Any:
        return block.compose(work)

    def _call(
        self, verb: str, group: str, key: str, pick: Callable[[Any], Any], extra: Optional[Dict[str, Any]] = None
    ) -> Any:
        params = {**self._base, "group": group, self._key: key}
        if extra:
            params.update(extra)
        return self._run.start(self._prefix + verb, params, pick, self._prefix + verb)


class State(Store):
    """`context.state`."""

    def clear(self, group: Any = None, **names: Any) -> Any:
        """Removes all values of a group."""
        group = _group(group, names)
        block = running.transaction.get()
        if block is not None:
            return self._run.ready(block.clear(group))
        return self._run.start("state.clear", {"group": group}, nothing)

    def keys(self, group: Any = None, **names: Any) -> Any:
        group = _group(group, names)
        block = running.transaction.get()
        if block is not None:
            return block.compose(block.keys(group))
        return self._run.start("state.keys", {"group": group}, _names)

    def groups(self) -> Any:
        return self._run.start("state.groups", {}, _names)

    def set_if_absent(self, group: Any, key: Any, value: Any, ttl: Any = None) -> Any:
        """`{"stored", "value"}`: whether it was, because nothing was there, and what is there now."""
        return self._conditional("setIfAbsent", group, key, None, value, _ttl(ttl))

    def compare_and_set(self, group: Any, key: Any, expected: Any, value: Any, ttl: Any = None) -> Any:
        """`{"stored", "value"}`: whether it was, because `expected` was there (None = nothing), and what is there now."""
        return self._conditional("compareAndSet", group, key, expected, value, _ttl(ttl))

    setIfAbsent = set_if_absent
    compareAndSet = compare_and_set

    def _conditional(self, verb: str, group: Any, key: Any, expected: Any, value: Any, ttl: Dict[str, Any]) -> Any:
        group, key = _text(group, "group"), _text(key, "key")
        block = running.transaction.get()
        if block is not None:
            return block.compose(block.compare_and_set(group, key, expected, value, ttl))
        extra = {"value": value, **ttl} if verb == "setIfAbsent" else {"expected": expected, "value": value, **ttl}
        return self._call(verb, group, key, as_it_is, extra)


class Stream(Store):
    """`context.streams.<name>`. Items carry a mark that tells the workbench which item a response shows."""

    _prefix = "streams."
    _key = "id"

    def _told(self, value: Any, group: str, key: Optional[str]) -> Any:
        if key is None:
            for id, item in value.items():
                self._told(item, group, id)
        elif isinstance(value, dict):
            value[values.MARK] = {"type": "state-stream", "streamName": self._stream, "groupId": group, "id": key}
        return value

    def _item(self, group: str, key: str) -> Callable[[Any], Any]:
        return lambda result: self._told(result["value"], group, key)

    def _items(self, group: str) -> Callable[[Any], Any]:
        return lambda result: self._told(values_of(result), group, None)

    def _composed(self, block: Any, work: Any, group: str, key: Optional[str]) -> Any:
        async def told() -> Any:
            return self._told(await work, group, key)

        return block.compose(told())

    def get_group(self, group: Any = None, page: Any = None, **names: Any) -> Any:
        """All items in the order first set, or `limit` of them from `offset` on."""
        page = {name: value for name, value in {**(page or {}), **names}.items() if name in ("offset", "limit")}
        if page:
            return self.query(_group(group, names), page)
        return super().get_group(group, **names)

    def query(self, group: Any = None, wanted: Any = None, **names: Any) -> Any:
        """Items chosen by `where`, `order_by`, `order_direction`, `offset` and `limit`."""
        group = _group(group, names)
        given = {_WANTED.get(name, name): value for name, value in {**(wanted or {}), **names}.items()}
        params = {name: given[name] for name in _FILTER if given.get(name) is not None}
        block = running.transaction.get()
        if block is not None:
            return self._composed(block, block.query(self._stream, group, params), group, None)
        params = {**self._base, "group": group, **params}
        return self._run.start("streams.query", params, self._items(group), "streams.query")

    getGroup = get_group

    def send(self, channel: Any, event: Any) -> Any:
        """Pushes `{"type", "data"}` to those who joined the group, or the item; nothing is stored."""
        where = channel if isinstance(channel, Mapping) else {"groupId": channel}
        params = {**self._base, "group": _group(None, dict(where))}
        if where.get("id") is not None:
            params["id"] = str(where["id"])
        params["type"] = event["type"]
        params["data"] = event.get("data")
        block = running.transaction.get()
        if block is not None:
            block.write("streams.send", params)
            return self._run.ready(None)
        return self._run.start("streams.send", params, nothing, "streams.send")


class Streams:
    """`context.streams.todo` or `context.streams["todo"]`."""

    def __init__(self, run: Invocation) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Stream:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Stream:
        return Stream(self._run, name)

    def get(self, name: str, default: Any = None) -> Stream:
        return self[name]


def _where(group: Any, key: Any, names: Dict[str, Any]) -> Tuple[str, str]:
    return _group(group, names), _text(key if key is not None else names.get("id"), "key")


def _group(group: Any, names: Dict[str, Any]) -> str:
    if group is None:
        found = [names[name] for name in ("group_id", "groupId", "trace_id", "traceId", "group") if name in names]
        group = found[0] if found else None
    return group if type(group) is str else _text(group, "group")


def _text(value: Any, what: str) -> str:
    if value is None:
        raise TypeError(f"the {what} is missing")
    return value if type(value) is str else str(value)


def _ttl(given: Any) -> Dict[str, Any]:
    seconds: Any = given.get("ttl") if isinstance(given, Mapping) else given
    if hasattr(seconds, "total_seconds"):
        seconds = seconds.total_seconds()
    return {} if seconds is None else {"ttl": seconds}
