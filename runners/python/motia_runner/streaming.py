"""Sends a response body piece by piece: the core's answer to one chunk is the credit for the next.

A piece is text or bytes; anything else becomes a server-sent event, or a line of JSON. Empty ones are left out.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Dict, Optional, Union

from motia_runner import values
from motia_runner.faults import CLIENT_GONE, MotiaError
from motia_runner.hands import Hands
from motia_runner.invocation import Invocation, drive
from motia_runner.response import Reply

_LINE_ENDS = re.compile(r"\r\n|[\r\n]")


async def send(run: Invocation, hands: Hands, reply: Reply) -> None:
    """All chunks; stops without an error when the client has gone. The source is closed in any case."""
    body, out = reply.body, _Out(run, reply)
    if hasattr(body, "__aiter__"):
        if asyncio._get_running_loop() is None:
            await hands.call(run, lambda: _send_async(out, body))
        else:
            await _send_async(out, body)
    elif asyncio._get_running_loop() is None:
        await _send_iterated(out, body)
    else:
        # A plain generator may block, so it is iterated on a thread, and its chunks are sent from there.
        await hands.on_thread(lambda: drive(_send_iterated(out, body)))


async def _send_async(out: _Out, body: Any) -> None:
    source = body.__aiter__()
    try:
        async for piece in source:
            await out.send(piece)
        await out.end()
    except MotiaError as error:
        if error.code != CLIENT_GONE:
            raise
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


async def _send_iterated(out: _Out, body: Any) -> None:
    try:
        for piece in body:
            if out.run.cancelled:
                return
            await out.send(piece)
        await out.end()
    except MotiaError as error:
        if error.code != CLIENT_GONE:
            raise
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


class _Out:
    """The way out of one response: the first chunk carries status and headers."""

    def __init__(self, run: Invocation, reply: Reply) -> None:
        self.run = run
        self._headers = reply.headers
        self._head: Optional[Dict[str, Any]] = {"status": reply.status, "headers": reply.headers}
        kind = next((value for name, value in reply.headers.items() if name.lower() == "content-type"), "")
        self._typed = bool(kind)
        self._events = str(kind).startswith("text/event-stream")

    async def send(self, piece: Any) -> None:
        data = _data(piece, self._events)
        if not data:
            return
        if not self._typed:
            self._typed = True
            text = isinstance(data, str)
            self._headers["content-type"] = "text/plain; charset=utf-8" if text else "application/octet-stream"
        await self._chunk({"data": data})

    async def end(self) -> None:
        if self._head is not None:
            await self._chunk({})

    async def _chunk(self, params: Dict[str, Any]) -> None:
        if self._head is not None:
            params, self._head = {**self._head, **params}, None
        await self.run.ask("response.chunk", params, lambda result: None, "response.chunk")


def _data(piece: Any, events: bool) -> Union[str, bytes]:
    if isinstance(piece, (str, bytes)):
        return piece
    if isinstance(piece, (bytearray, memoryview)):
        return bytes(piece)
    if piece is None:
        return ""
    return server_sent_event(piece) if events else values.dump_plain(piece, "chunk") + "\n"


def server_sent_event(value: Any) -> str:
    """`{"event", "id", "retry", "data"}`, or anything as the data itself."""
    known = isinstance(value, Mapping) and "data" in value and {"event", "id", "retry", "data"}.issuperset(value)
    data = value["data"] if known else value
    text = data if isinstance(data, str) else values.dump_plain(data, "chunk.data")
    lines = [f"data: {line}\n" for line in _LINE_ENDS.split(text)]
    head = []
    for name in ("event", "id", "retry"):
        if known and value.get(name) is not None:
            head.append(f"{name}: {_LINE_ENDS.sub(' ', str(value[name]))}\n")
    return "".join([*head, *lines, "\n"])
