"""What a runner asks the core, and the one answer each call gets. Owns no state but the count of open calls; who
answers is injected (`CallHandler`), so this package knows no service.

A worker that asks faster than it is answered is not read from until it has been: its own pipe then holds it back.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import msgspec
from anyio.abc import TaskGroup
from msgspec import Raw

from motia_core.errors import MotiaError
from motia_core.protocol.calls import Log
from motia_core.protocol.envelope import ErrorObject
from motia_core.protocol.messages import METHODS, Direction
from motia_core.protocol.peer import Peer, Request
from motia_core.workers.process import Process, Waiter

CallHandler = Callable[[str, str, Raw], Awaitable[bytes]]
LogSink = Callable[[str, Log], None]

UNKNOWN_METHOD = -32601
INTERNAL_ERROR = -32603
OPEN_CALLS = 4096
IDLE = 64
_SERVED = frozenset(m.name for m in METHODS.values() if m.direction is Direction.TO_CORE and m.result is not None)
_log = logging.getLogger(__name__)


class RunnerError(Exception):
    """A runner answered with an error. Whoever called turns `error` into what it means to him."""

    def __init__(self, error: ErrorObject) -> None:
        super().__init__(f"{error.message} (code {error.code})")
        self.error = error


def error_object(error: MotiaError) -> ErrorObject:
    """One of our errors as a runner sees it."""
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    if error.detail is None:
        return ErrorObject(error.code, message)
    return ErrorObject(error.code, message, Raw(msgspec.json.encode(error.detail)))


class Answers:
    """The calls of one worker, answered in any order. Each has a task of its own while it runs; a task that is done
    waits for the next call, because making one costs more than all else that is done here."""

    def __init__(self, worker: str, peer: Peer, process: Process, handler: CallHandler, tasks: TaskGroup) -> None:
        self._worker = worker
        self._peer = peer
        self._process = process
        self._handler = handler
        self._tasks = tasks
        self._open = 0
        self._paused = False
        self._closed = False
        self._idle: list[Waiter[Request | None]] = []

    def take(self, request: Request) -> None:
        if request.method not in _SERVED:
            unknown = ErrorObject(UNKNOWN_METHOD, f"the core has no method {request.method}")
            self._process.write(self._peer.fail(request.id, unknown))
            return
        self._open += 1
        if self._open >= OPEN_CALLS and not self._paused:
            self._paused = True
            self._process.pause_reading()
        waiter = self._idle.pop() if self._idle else None
        if waiter is not None and not waiter.done():
            waiter.set_result(request)
        else:
            self._tasks.start_soon(self._serve, request, name=f"answers to {self._worker}")

    def close(self) -> None:
        """No more calls come; those being answered go on, unheard."""
        self._closed = True
        for waiter in self._idle:
            if not waiter.done():
                waiter.set_result(None)
        self._idle.clear()

    async def _serve(self, first: Request) -> None:
        request: Request | None = first
        while request is not None:
            try:
                self._process.write(await self._said(request))
            finally:
                self._open -= 1
                if self._paused and self._open <= OPEN_CALLS // 2:
                    self._paused = False
                    self._process.resume_reading()
            if self._closed or len(self._idle) >= IDLE:
                return
            waiter: Waiter[Request | None] = self._process.new_waiter()
            self._idle.append(waiter)
            request = await waiter

    async def _said(self, request: Request) -> bytes:
        try:
            result = await self._handler(self._worker, request.method, request.params)
        except MotiaError as error:
            return self._peer.fail(request.id, error_object(error))
        except Exception as error:
            _log.exception("%s of %s failed inside the core", request.method, self._worker)
            text = f"internal error: {type(error).__name__}: {error}"
            return self._peer.fail(request.id, ErrorObject(INTERNAL_ERROR, text))
        return self._peer.reply(request.id, result)
