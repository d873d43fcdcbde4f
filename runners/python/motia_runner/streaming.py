"""Sends a response body piece by piece: the core's answer to one chunk is the credit for the next."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Optional

from motia_runner import values
from motia_runner.faults import CLIENT_GONE, MotiaError
from motia_runner.hands import Hands
from motia_runner.invocation import Invocation, drive
from motia_runner.response import Reply

_END = object()


async def send(run: Invocation, hands: Hands, reply: Reply) -> None:
    """All chunks; stops without an error when the client has gone. The source is closed in any case."""
    body = reply.body
    if asyncio._get_running_loop() is None:
        if hasattr(body, "__aiter__"):
            await hands.call(run, lambda: _send_async(run, reply, body))
        else:
            await _send_iterated(run, reply, body)
    elif hasattr(body, "__aiter__"):
        await _send_async(run, reply, body)
    else:
        # A plain generator may block, so it is iterated on a thread, and its chunks are sent from there.
        await hands.on_thread(lambda: drive(_send_iterated(run, reply, body)))


async def _send_async(run: Invocation, reply: Reply, body: Any) -> None:
    source = body.__aiter__()
    first: Optional[Dict[str, Any]] = _head(reply)
    try:
        async for chunk in source:
            await _chunk(run, first, chunk)
            first = None
        if first is not None:
            await _chunk(run, first, _END)
    except MotiaError as error:
        if error.code != CLIENT_GONE:
            raise
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


async def _send_iterated(run: Invocation, reply: Reply, body: Any) -> None:
    first: Optional[Dict[str, Any]] = _head(reply)
    try:
        for chunk in body:
            if run.cancelled:
                return
            await _chunk(run, first, chunk)
            first = None
        if first is not None:
            await _chunk(run, first, _END)
    except MotiaError as error:
        if error.code != CLIENT_GONE:
            raise
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


def _head(reply: Reply) -> Dict[str, Any]:
    return {"status": reply.status, "headers": reply.headers}


async def _chunk(run: Invocation, head: Optional[Dict[str, Any]], chunk: Any) -> None:
    params = dict(head) if head is not None else {}
    if chunk is not _END:
        if isinstance(chunk, (bytearray, memoryview)):
            chunk = bytes(chunk)
        params["data"] = chunk if isinstance(chunk, (str, bytes)) else values.dump_plain(chunk, "chunk")
    await run.ask("response.chunk", params, lambda result: None, "response.chunk")
