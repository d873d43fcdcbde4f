"""One running invocation: its calls to the core, its printed lines, whether it is cancelled. Runs no user code.

A call made on the loop's thread returns an awaitable that is already under way; made on any other thread it waits and
returns the value. So the same context serves `async def` handlers, plain functions and whatever threads they start.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any, Callable, Coroutine, Dict, Generator, List, Optional, Set, Union

from motia_runner import output, values
from motia_runner.faults import MotiaError
from motia_runner.wire import Wire

Pick = Callable[[Any], Any]
Params = Union[Dict[str, Any], str]
_running_loop = asyncio._get_running_loop
# How long a thread that the step started may take to make its call, once the handler has ended (seconds).
SETTLE = 0.02


class Pending(asyncio.Future):  # type: ignore[type-arg]
    """A call under way. Also a coroutine by its looks, because authors write `asyncio.create_task(context.emit(…))`."""

    _steps: Optional[Generator[Any, Any, Any]] = None

    def send(self, value: Any) -> Any:
        if self._steps is None:
            self._steps = self.__await__()
        return self._steps.send(value)

    def throw(self, *error: Any) -> Any:
        if self._steps is None:
            self._steps = self.__await__()
        return self._steps.throw(*error)

    def close(self) -> None:
        """Nothing to release."""


class Done:
    """A value that can be awaited without waiting: what `ask` gives off the loop."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.value
        yield


def drive(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never has to wait, because everything it awaits blocks instead."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise RuntimeError("this coroutine waits for the loop, but runs outside of it")


class Invocation:
    """What the context, the logger and `invoke.py` share about one run."""

    def __init__(self, wire: Wire, id: str, params: Dict[str, Any]) -> None:
        self.id = id
        self.wire = wire
        self.trace_id = params.get("traceId", "")
        self.topic = params.get("topic")
        self.attempt = params.get("attempt", 1)
        self.sampled = params.get("sampled", True)
        self.trace_state = params.get("traceState", "")
        self.expires = time.time() + params.get("deadlineMs", 0) / 1000
        self.step = ""
        self.flows: List[str] = []
        self.cancelled = False
        self.tasks: Set[Any] = set()
        self.threads: List[threading.Thread] = []
        self.lines: Dict[str, str] = {}
        self._prefix = '{"invocation":' + values.dump(id)
        self._open: Set[Any] = set()
        self._composed: Set[Any] = set()
        self._unseen: List[Pending] = []
        self._idle: Optional[Callable[[], None]] = None

    def start(self, method: str, params: Params, pick: Pick, root: str = "") -> Any:
        """A call: its value, or on the loop an awaitable for it. `pick` takes the value out of the result."""
        text = params if isinstance(params, str) else values.dump(params, root)
        text = self._prefix + ("," + text[1:] if params else "}")
        loop = _running_loop()
        if loop is None:
            return self._wait(method, text, pick)
        if loop is not self.wire.loop:
            return self._elsewhere(loop, method, text, pick)
        pending = Pending(loop=loop)

        def answered(result: Any, error: Optional[MotiaError]) -> None:
            if not pending.done():
                _settle(pending, result, error, pick)
                if error is not None:
                    self._unseen.append(pending)
            self._closed(pending)

        self._open.add(pending)
        self._send(method, text, answered, pending)
        return pending

    def ask(self, method: str, params: Params, pick: Pick, root: str = "") -> Any:
        """As `start`, but always to be awaited; for coroutines that run on the loop and, driven, off it."""
        value = self.start(method, params, pick, root)
        return value if _running_loop() is not None else Done(value)

    def compose(self, work: Coroutine[Any, Any, Any]) -> Any:
        """As `start`, for several calls in a row."""
        loop = _running_loop()
        if loop is None:
            return drive(work)
        if loop is not self.wire.loop:
            return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.wire.loop), loop=loop)
        pending = Pending(loop=loop)

        async def fulfil() -> None:
            try:
                value = await work
            except asyncio.CancelledError:
                pending.cancel()
            except BaseException as error:  # a SystemExit would end the loop
                if not pending.done():
                    pending.set_exception(error)
                    self._unseen.append(pending)
            else:
                if not pending.done():
                    pending.set_result(value)
            self._closed(pending)

        self._open.add(pending)
        task = loop.create_task(fulfil())
        self._composed.add(task)
        task.add_done_callback(self._composed.discard)
        pending.add_done_callback(lambda _: task.cancel() if pending.cancelled() else None)
        return pending

    def ready(self, value: Any) -> Any:
        """A value that is known already, in the form a call made here would have."""
        if _running_loop() is None:
            return value
        pending = Pending()
        pending.set_result(value)
        return pending

    def drain(self) -> Any:
        """To be awaited: everything started and not awaited is finished, its failures are logged."""
        started = [thread for thread in self.threads if thread.is_alive()]
        if not self._open and not self._unseen and not self._composed and not started:
            return Done(None)
        if _running_loop() is not None:
            return self._drain(started)
        self._drain_here(started)
        return Done(None)

    def cancel(self) -> None:
        self.cancelled = True
        for task in list(self.tasks):
            task.cancel()
        if self._idle is not None:
            self._idle()

    def log(self, level: str, message: str, fields: Optional[Dict[str, Any]] = None) -> None:
        output.log(self.wire, self.id, level, message, fields or {}, "logger")

    async def _drain(self, started: List[threading.Thread]) -> None:
        until = time.monotonic() + SETTLE
        while time.monotonic() < until and any(thread.is_alive() for thread in started):
            await asyncio.sleep(0.001)
        while self._open and not self.cancelled:
            idle = asyncio.Event()
            self._idle = idle.set
            await idle.wait()
        if self._composed:  # cancelled: no answer of the core is waited for, but code of the author's is
            await asyncio.wait(list(self._composed))
        self._report_unseen()

    def _drain_here(self, started: List[threading.Thread]) -> None:
        until = time.monotonic() + SETTLE
        for thread in started:
            thread.join(max(0, until - time.monotonic()))
        idle = threading.Event()
        self._idle = idle.set
        while self._open and not self.cancelled:
            idle.wait()
            idle.clear()
        self._report_unseen()

    def _report_unseen(self) -> None:
        for pending in self._unseen:
            if pending._log_traceback:  # the interpreter's own mark for "nobody has looked at this error"
                error = pending.exception()
                self.log("error", f"a call that was not awaited failed: {error}", {"error": error})
        self._unseen.clear()

    def _closed(self, token: Any) -> None:
        self._open.discard(token)
        if not self._open and self._idle is not None:
            self._idle()

    def _send(self, method: str, text: str, answered: Any, token: Any) -> None:
        try:
            self.wire.request(method, text, answered)
        except BaseException:
            self._open.discard(token)
            raise

    def _wait(self, method: str, text: str, pick: Pick) -> Any:
        answer: List[Any] = []
        signal = threading.Lock()
        signal.acquire()

        def answered(result: Any, error: Optional[MotiaError]) -> None:
            answer.extend((result, error))
            self._closed(signal)
            signal.release()

        self._open.add(signal)
        self._send(method, text, answered, signal)
        signal.acquire()
        result, error = answer
        if error is not None:
            raise error
        return pick(result)

    def _elsewhere(self, loop: asyncio.AbstractEventLoop, method: str, text: str, pick: Pick) -> Any:
        # The author runs a loop of their own, as with asyncio.run in a plain function.
        future = loop.create_future()

        def answered(result: Any, error: Optional[MotiaError]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, future, result, error, pick)
            self._closed(future)

        self._open.add(future)
        self._send(method, text, answered, future)
        return future


def _settle(future: Any, result: Any, error: Optional[BaseException], pick: Pick) -> None:
    if future.done():
        return
    if error is None:
        try:
            future.set_result(pick(result))
            return
        except Exception as unexpected:
            error = unexpected
    future.set_exception(error)
