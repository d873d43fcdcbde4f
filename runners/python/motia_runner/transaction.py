"""`context.transaction(block)`: what the block does is collected here and sent in one commit.

Reads come from the core once and are remembered with their versions; the block's own writes are read back from here.
On a conflict the block runs again. No user code runs while the core holds anything.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import threading
from typing import Any, Callable, Coroutine, Dict, List, Optional, Set, Tuple

from motia_runner import operations, running, values
from motia_runner.faults import CONFLICT, INVALID_PARAMS, MotiaError
from motia_runner.hands import Hands
from motia_runner.invocation import Invocation, Pending
from motia_runner.pairs import Values

AGAIN = 3
_GONE = object()
Place = Tuple[Optional[str], str]


class Block:
    """One run of a block: what it read and what it wants written."""

    def __init__(self, run: Invocation) -> None:
        self._run = run
        self._reads: List[Dict[str, Any]] = []
        self._writes: List[str] = []
        self._read: Dict[Tuple[Optional[str], str, str], Any] = {}
        self._groups: Dict[Place, Dict[str, Any]] = {}
        self._cleared: Dict[Place, bool] = {}
        self._written: Dict[Place, Dict[str, Any]] = {}
        self._moved: Set[Tuple[Optional[str], str, str]] = set()
        self._under_way: List[Pending] = []

    async def get(self, stream: Optional[str], group: str, key: str) -> Any:
        own = self._own(stream, group, key)
        return _copy(await self._stored(stream, group, key)) if own is None else own[0]

    async def get_group(self, stream: Optional[str], group: str) -> Any:
        place = (stream, group)
        items = {} if place in self._cleared else dict(await self._stored_group(stream, group))
        for key, value in self._written.get(place, {}).items():
            if value is _GONE or (stream, group, key) in self._moved:
                items.pop(key, None)
            if value is not _GONE:
                items[key] = value
        return Values((key, _copy(value)) for key, value in items.items())

    async def query(self, stream: str, group: str, wanted: Dict[str, Any]) -> Any:
        """The core chooses from what the block sees."""
        items = list((await self.get_group(stream, group)).items())
        params = {"stream": stream, "group": group, **wanted, "items": items}
        return await self._run.ask("streams.query", params, lambda result: Values(map(tuple, result["items"])))

    async def keys(self, group: str) -> List[str]:
        return list((await self.get_group(None, group)).keys())

    def set(self, stream: Optional[str], group: str, key: str, value: Any, ttl: Dict[str, Any]) -> Any:
        if stream is not None and value is None:
            return None  # to set an item to nothing does nothing
        params = {**_names(stream, group, key), "value": value, **ttl}
        text = self.write(_verb(stream) + "set", params)
        kept = values.load(text.encode())["value"]
        if stream is not None:
            if not isinstance(kept, dict):
                self._writes.pop()
                raise MotiaError(f"streams.{stream}: an item is an object", INVALID_PARAMS)
            kept["id"] = key
        written = self._written.setdefault((stream, group), {})
        if written.get(key) is _GONE:  # it begins anew, at the end of its group
            del written[key]
            self._moved.add((stream, group, key))
        written[key] = kept
        return _copy(kept)

    async def delete(self, stream: Optional[str], group: str, key: str) -> Any:
        own = self._own(stream, group, key)
        self.write(_verb(stream) + "delete", _names(stream, group, key))
        self._written.setdefault((stream, group), {})[key] = _GONE
        return _copy(await self._stored(stream, group, key)) if own is None else own[0]

    def clear(self, group: str) -> None:
        self.write("state.clear", {"group": group})
        self._written.pop((None, group), None)
        self._cleared[(None, group)] = True

    async def update(self, stream: Optional[str], group: str, key: str, ops: Any, ttl: Dict[str, Any]) -> Any:
        value = operations.updated(await self.get(stream, group, key), ops)
        return self.set(stream, group, key, value, {**ttl, "keep": True})

    async def compare_and_set(self, group: str, key: str, expected: Any, value: Any, ttl: Dict[str, Any]) -> Any:
        present = await self.get(None, group, key)
        if not operations.same(present, as_received(expected, "expected")):
            return {"stored": False, "value": present}
        return {"stored": True, "value": self.set(None, group, key, value, ttl)}

    def write(self, method: str, params: Dict[str, Any]) -> str:
        """Note one write; gives its params as JSON text."""
        text = values.dump(params, method)
        self._writes.append('{"method":"%s","params":%s}' % (method, text))
        return text

    def compose(self, work: Coroutine[Any, Any, Any]) -> Any:
        """A call of several steps; not awaited, it is finished before the commit."""
        value = self._run.compose(work)
        if isinstance(value, Pending):
            self._under_way.append(value)
        return value

    async def settled(self) -> None:
        """To be awaited before the commit: what the block started and did not await."""
        here = asyncio._get_running_loop() is not None
        for pending in self._under_way:
            if here and not pending.done():
                ended = asyncio.Event()
                pending.add_done_callback(lambda _, ended=ended: ended.set())  # type: ignore[misc]
                await ended.wait()
            elif not here:  # the block was `async def`, the handler is not: this is its thread
                over = threading.Event()
                loop = pending.get_loop()
                loop.call_soon_threadsafe(pending.add_done_callback, lambda _, over=over: over.set())
                over.wait()

    async def commit(self) -> None:
        if not self._writes and len(self._reads) < 2:
            return
        reads = values.dump(self._reads)
        text = '{"reads":%s,"writes":[%s]}' % (reads, ",".join(self._writes))
        await self._run.ask("transaction.commit", text, lambda result: result)

    def _own(self, stream: Optional[str], group: str, key: str) -> Optional[Tuple[Any]]:
        """What this block itself has made of the key, in a tuple; None when it has not touched it."""
        written = self._written.get((stream, group), {})
        if key in written:
            return (None if written[key] is _GONE else _copy(written[key]),)
        return (None,) if (stream, group) in self._cleared else None

    async def _stored(self, stream: Optional[str], group: str, key: str) -> Any:
        if (stream, group) in self._groups:
            return self._groups[(stream, group)].get(key)
        if (stream, group, key) not in self._read:
            place = {"group": group, "key": key, **_stream(stream)}
            found = await self._run.ask("transaction.read", place, lambda result: result)
            self._read[(stream, group, key)] = found["value"]
            self._reads.append({**place, "version": found["version"]})
        return self._read[(stream, group, key)]

    async def _stored_group(self, stream: Optional[str], group: str) -> Dict[str, Any]:
        if (stream, group) not in self._groups:
            place = {"group": group, **_stream(stream)}
            found = await self._run.ask("transaction.readGroup", place, lambda result: result)
            self._groups[(stream, group)] = dict(found["items"])
            self._reads.append({**place, "version": found["version"]})
        return self._groups[(stream, group)]


async def perform(run: Invocation, hands: Hands, function: Callable[..., Any], context: Any) -> Any:
    """Run `function` as a transaction, again on a conflict. Inside another block it simply joins that one."""
    arguments = (context,) if _takes_one(function) else ()
    if running.transaction.get() is not None:
        return await hands.call(run, function, *arguments)
    left = AGAIN
    while True:
        block = Block(run)
        token = running.transaction.set(block)
        try:
            result = await hands.call(run, function, *arguments)
            await block.settled()
        finally:
            running.transaction.reset(token)
        try:
            await block.commit()
            return result
        except MotiaError as error:
            if error.code != CONFLICT or not left:
                raise
            left -= 1


def as_received(value: Any, root: str) -> Any:
    """The value as it comes back from the core."""
    return values.load(('{"value":%s}' % values.dump(value, root)).encode())["value"]


def _names(stream: Optional[str], group: str, key: str) -> Dict[str, Any]:
    if stream is None:
        return {"group": group, "key": key}
    return {"stream": stream, "group": group, "id": key}


def _stream(stream: Optional[str]) -> Dict[str, Any]:
    return {} if stream is None else {"stream": stream}


def _verb(stream: Optional[str]) -> str:
    return "state." if stream is None else "streams."


def _copy(value: Any) -> Any:
    return copy.deepcopy(value) if isinstance(value, (dict, list)) else value


def _takes_one(function: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(parameter.kind in (0, 1, 2) for parameter in parameters)
