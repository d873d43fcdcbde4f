"""The context a handler gets: `context.state` and `context["state"]` are the same, names in snake_case and camelCase.

It holds no logic: calls are `state.py`, `transaction.py` and `invocation.py`. Attributes set by middleware stay.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import Any, Callable, Dict, Iterator, Mapping

from motia_runner import running, transaction, w3c
from motia_runner.hands import Hands
from motia_runner.invocation import Invocation
from motia_runner.output import Logger
from motia_runner.state import State, Streams, as_it_is

_OPTIONS = {
    "messageGroupId": "messageGroupId", "message_group_id": "messageGroupId",
    "delay": "delay", "at": "at", "id": "id",
}  # fmt: skip

_ISO = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|z|[+-]\d\d:\d\d|)\Z")


class Dates:
    """`context.utils.dates`."""

    @staticmethod
    def now() -> datetime.datetime:
        return datetime.datetime.now(datetime.timezone.utc)


class Utils:
    """`context.utils`."""

    dates = Dates()


class Context:
    """What a handler may ask for while it runs."""

    def __init__(self, run: Invocation, hands: Hands) -> None:
        self._run = run
        self._hands = hands
        self.trace_id = run.trace_id
        self.flows = run.flows
        self.topic = run.topic
        self.attempt = run.attempt
        self.step = run.step

    def emit(self, event: Any = None, data: Any = None, **options: Any) -> Any:
        """`emit({"topic": …, "data": …})`; `{"id", "deliveries"}` when these are stored."""
        params = _emission(event, data, options)
        block = running.transaction.get()
        if block is not None:
            block.write("events.emit", params)
            return self._run.ready({"id": None, "deliveries": None})
        return self._run.start("events.emit", params, as_it_is, "emit")

    def once(self, key: str, function: Callable[[], Any]) -> Any:
        """The result of `function`, remembered for this delivery: a retry does not run it again."""
        return self._run.compose(self._once(str(key), function))

    def transaction(self, function: Callable[..., Any]) -> Any:
        """Runs `function`; its state, stream and emit calls are applied together, or it runs again."""
        return self._run.compose(transaction.perform(self._run, self._hands, function, self))

    def trigger(self, step: str, data: Any = None) -> Any:
        """As `motia.trigger`."""
        return trigger(self._run, step, data)

    def stats(self) -> Any:
        """As `motia.stats`."""
        return stats(self._run)

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for this invocation any more; blocking code looks at it now and then."""
        return self._run.cancelled

    @property
    def traceparent(self) -> str:
        """For the header of that name in requests to others: they become part of this trace."""
        return w3c.traceparent(self.trace_id, self._run.id, self._run.sampled)

    @property
    def tracestate(self) -> str:
        """What the caller's tracing wants passed on beside it; empty without."""
        return str(self._run.trace_state)

    @property
    def deadline(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self._run.expires, datetime.timezone.utc)

    @property
    def traceId(self) -> str:
        return str(self.trace_id)

    async def _once(self, key: str, function: Callable[[], Any]) -> Any:
        known = await self._run.ask("once.get", {"key": key}, as_it_is)
        if known["found"]:
            return known["value"]
        value = await self._hands.call(self._run, function)
        params = {"key": key, "value": value}
        block = running.transaction.get()
        if block is not None:
            block.write("once.put", params)
            return transaction.as_received(value, "once")
        return await self._run.ask("once.put", params, lambda result: result["value"], "once")

    def __getattr__(self, name: str) -> Any:
        make = _PARTS.get(name)
        if make is None:
            raise AttributeError(f"context has no {name!r}")
        part = self.__dict__[name] = make(self._run)
        return part

    def __getitem__(self, name: str) -> Any:
        try:
            return getattr(self, name)
        except AttributeError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and hasattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, name, default)

    def keys(self) -> Any:
        return ["emit", "flows", "logger", "state", "streams", "trace_id"]


_PARTS: Dict[str, Callable[[Invocation], Any]] = {
    "state": State,
    "streams": Streams,
    "logger": Logger,
    "utils": lambda run: Utils(),
}


def trigger(run: Invocation, step: str, data: Any) -> Any:
    if running.transaction.get() is not None:
        raise RuntimeError("motia.trigger cannot be part of a transaction: emit an event, or trigger after it")
    return run.start("events.trigger", {"step": str(step), "data": data}, as_it_is, "trigger")


def stats(run: Invocation) -> Any:
    return run.start("stats.get", {}, as_it_is, "stats")


def _emission(event: Any, data: Any, options: Dict[str, Any]) -> Dict[str, Any]:
    if isinstance(event, Mapping):
        given: Dict[str, Any] = {**event, **options}
    else:
        given = {"data": data, **({} if event is None else {"topic": event}), **options}
    if not isinstance(given.get("topic"), str):
        raise TypeError('emit needs a topic: context.emit({"topic": "order.created", "data": {…}})')
    params: Dict[str, Any] = {"topic": given["topic"], "data": given.get("data")}
    for name, wire in _OPTIONS.items():
        value = given.get(name)
        if value is not None:
            params[wire] = _option(wire, value)
    return params


def _option(name: str, value: Any) -> Any:
    if name == "delay":
        return _seconds(value)
    return _moment(value) if name == "at" else str(value)


def _seconds(delay: Any) -> float:
    if isinstance(delay, datetime.timedelta):
        return delay.total_seconds()
    try:
        seconds = float(delay)
    except (TypeError, ValueError):
        seconds = -1
    if not 0 <= seconds < math.inf:
        raise TypeError(f"emit: delay must be seconds from now, not {delay!r}")
    return int(seconds) if seconds.is_integer() else seconds


def _moment(at: Any) -> int:
    """Epoch milliseconds."""
    try:
        if isinstance(at, str):
            at = _parsed(at)
        return int(at.timestamp() * 1000) if isinstance(at, datetime.datetime) else int(at)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"emit: at must be a datetime, ISO 8601 text or epoch milliseconds, not {at!r}") from None


def _parsed(text: str) -> datetime.datetime:
    """ISO 8601 with any number of decimals, which older versions of `fromisoformat` do not take."""
    found = _ISO.match(text.strip())
    if found is None:
        return datetime.datetime.fromisoformat(text)
    start, decimals, zone = found.groups()
    zone = "+00:00" if zone in ("Z", "z") else zone
    return datetime.datetime.fromisoformat(f"{start}.{(decimals or '0')[:6]:0<6}{zone}")
