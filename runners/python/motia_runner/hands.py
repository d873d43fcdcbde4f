"""Calls an author's function where it belongs: `async def` on the loop, anything else on a thread.

One coroutine describes a whole invocation. On the loop it is a task; for a plain handler the same coroutine is driven
on a pool thread, where everything it awaits blocks instead. So the two styles mix freely: middleware, handler, blocks.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any, Callable, List, Optional

_running_loop = asyncio._get_running_loop


class Threads:
    """At most `limit` daemon threads, started when needed and kept."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._started = 0
        self.load = 0
        self._lock = threading.Lock()
        self._work: "SimpleQueue[Callable[[], Any]]" = SimpleQueue()

    def submit(self, work: Callable[[], Any]) -> None:
        """`work` must not raise. It runs in a copy of the caller's context."""
        with self._lock:
            self.load += 1
            if self.load > self._started and self._started < self._limit:
                self._started += 1
                threading.Thread(target=self._run, name=f"motia-{self._started}", daemon=True).start()
        self._work.put(functools.partial(copy_context().run, work))

    def _run(self) -> None:
        take = self._work.get
        while True:
            take()()
            with self._lock:
                self.load -= 1


class Hands:
    """The loop, the threads, and the rule which of them runs what."""

    def __init__(self, loop: asyncio.AbstractEventLoop, limit: int) -> None:
        self.loop = loop
        self.threads = Threads(limit)

    async def call(self, run: Optional[Any], function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """The result of `function`, awaited if it is to be awaited. `run` is told of tasks it may have to cancel."""
        if _running_loop() is None:
            result = function(*args, **named)
            return self._await_here(run, result) if inspect.isawaitable(result) else result
        if is_async(function):
            result = function(*args, **named)
        else:
            result = await self.on_thread(functools.partial(function, *args, **named))
        return await result if inspect.isawaitable(result) else result

    async def on_thread(self, function: Callable[[], Any]) -> Any:
        """What `function` gives on a thread. Cancelled, it still waits: a thread cannot be stopped."""
        future: "asyncio.Future[Any]" = self.loop.create_future()

        def work() -> None:
            try:
                result, error = function(), None
            except BaseException as raised:
                result, error = None, raised
            self.loop.call_soon_threadsafe(future.set_result, (result, error))

        self.threads.submit(work)
        cancelled: Optional[asyncio.CancelledError] = None
        while not future.done():
            try:
                await asyncio.shield(future)
            except asyncio.CancelledError as stop:
                cancelled = stop
        if cancelled is not None:
            raise cancelled
        result, error = future.result()
        if error is not None:
            raise error
        return result

    def _await_here(self, run: Optional[Any], awaitable: Any) -> Any:
        # On a thread, with something only the loop can do: a task there, and this thread waits until it has ended.
        ended = threading.Event()
        outcome: List[Any] = [None, None]

        async def contained() -> None:
            try:
                outcome[0] = await awaitable
            except BaseException as error:  # out of a task a SystemExit would end the loop
                outcome[1] = error

        def start() -> None:
            task = self.loop.create_task(contained())
            task.add_done_callback(lambda _: ended.set())
            if run is not None:
                run.tasks.add(task)
                task.add_done_callback(run.tasks.discard)

        self.loop.call_soon_threadsafe(start)
        ended.wait()
        if outcome[1] is not None:
            raise outcome[1]
        return outcome[0]


def is_async(function: Any) -> bool:
    """Whether calling it gives something to await, or to iterate on the loop."""
    while isinstance(function, functools.partial):
        function = function.func
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return True
    call = getattr(type(function), "__call__", None)
    return inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call)
