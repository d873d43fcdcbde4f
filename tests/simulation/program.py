"""A runner as the core meets it: a process on pipes that speaks the wire. Stands in for `workers/process.py`; the core's
side of the conversation is the real one.

It can be killed, stopped and continued like any process. What it has written before it ends is still read.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import anyio
import msgspec
from msgspec import Raw

from motia_core.errors import HandlerFailed, InvocationCancelled
from motia_core.protocol.requests import Initialized, Run
from tests.simulation.timeline import Loop

_read = msgspec.json.Decoder().decode
_read_run = msgspec.json.Decoder(Run)
_write = msgspec.json.encode
_APART = 1e-7


class Listener(Protocol):
    def received(self, data: bytes) -> None: ...
    def ended(self, code: int) -> None: ...


class Refused(Exception):
    """The core has refused a call."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Failed(Exception):
    """The handler raises."""


class Ended(BaseException):
    """The process has ended under the handler."""


class Program:
    """One process. `began` and `ended` tell of each run of user code, `handle` is the user code."""

    def __init__(
        self,
        name: str,
        pid: int,
        *,
        inside: Loop,
        outside: Loop,
        listener: Listener,
        lots: random.Random,
        slow: bool,
        handle: Callable[[Program, Run], Coroutine[Any, Any, None]],
        over: Callable[[Program, Run, str], None],
    ) -> None:
        self.name = name
        self.pid = pid
        self.closed = anyio.Event()
        self.alive = True
        self.killed = False
        self.idle_until = 0.0
        self.new_waiter = inside.create_future
        self._inside, self._outside = inside, outside
        self._listener = listener
        self._lots = lots
        self._slow = slow
        self._handle = handle
        self._over = over
        self._heard_at = self._said_at = 0.0
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self.runs: dict[str, asyncio.Task[None]] = {}

    # What the core does with a process.

    def write(self, data: bytes) -> None:
        if self.alive:
            self._heard_at = max(self._heard_at + _APART, self._outside.time() + self._latency())
            self._outside.call_at(self._heard_at, self._hear, data)

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def terminate(self) -> None:
        self._outside.call_later(0.001, self.die, -15)

    def kill(self) -> None:
        self._outside.call_later(0.0005, self.die, -9)

    # What the world does with it.

    def die(self, code: int = -9) -> None:
        if not self.alive:
            return
        self.alive = False
        for task in self.runs.values():
            task.cancel()
        self._said_at = max(self._said_at, self._inside.time()) + 0.001
        self._inside.call_at(self._said_at, self._ended, code)

    def stop_for(self, seconds: float) -> None:
        """It does nothing meanwhile, and hears nothing."""
        self.idle_until = max(self.idle_until, self._outside.time() + seconds)

    # What user code does.

    async def rest(self, seconds: float) -> None:
        if seconds > 0:
            await asyncio.sleep(seconds)
        while self.idle_until > self._outside.time():
            await asyncio.sleep(self.idle_until - self._outside.time())

    async def call(self, method: str, params: dict[str, object]) -> Any:
        """Raises Refused."""
        await self.rest(0)
        self._next += 1
        waiter = self._calls[self._next] = self._outside.create_future()
        self._say({"jsonrpc": "2.0", "id": self._next, "method": method, "params": params})
        try:
            found = await waiter
        finally:
            self._calls.pop(self._next, None)
        await self.rest(0)
        return found

    def leave(self, code: int) -> None:
        """User code ends the process."""
        self.die(code)
        raise Ended

    def _latency(self) -> float:
        if self._slow and self._lots.random() < 0.1:
            return self._lots.uniform(0.05, 0.8)
        return self._lots.uniform(0.0, 0.002)

    def _say(self, message: object) -> None:
        if not self.alive:
            return
        self._said_at = max(self._said_at + _APART, self._inside.time() + self._latency())
        self._inside.call_at(self._said_at, self._listener.received, _write(message) + b"\n")

    def _ended(self, code: int) -> None:
        self._listener.ended(code)
        self.closed.set()

    def _hear(self, data: bytes) -> None:
        if not self.alive:
            return
        now = self._outside.time()
        if self.idle_until > now:
            self._heard_at = max(self._heard_at + _APART, self.idle_until)
            self._outside.call_at(self._heard_at, self._hear, data)
            return
        for line in data.splitlines():
            message = _read(line)
            if "method" in message:
                self._asked(message)
            else:
                self._answered(message)

    def _asked(self, message: dict[str, Any]) -> None:
        id, method, params = message.get("id"), message["method"], message.get("params")
        if method == "initialize":
            result = Initialized(protocol=params["protocol"], runner_version="0", runtime="x", pid=self.pid)
            self._say({"jsonrpc": "2.0", "id": id, "result": Raw(_write(result))})
        elif method == "step.run":
            run = _read_run.decode(_write(params))
            self.runs[run.invocation] = self._outside.start(self._run(id, run))
        elif method == "cancel":
            task = self.runs.get(params["invocation"])
            if task is not None:
                task.cancel()
        elif method == "shutdown":
            self._say({"jsonrpc": "2.0", "id": id, "result": {}})
            self._outside.call_later(0.002, self.die, 0)
        else:
            self._say({"jsonrpc": "2.0", "id": id, "result": {}})

    def _answered(self, message: dict[str, Any]) -> None:
        waiter = self._calls.pop(message["id"], None)
        if waiter is None or waiter.done():
            return
        error = message.get("error")
        if error is None:
            waiter.set_result(message["result"])
        else:
            waiter.set_exception(Refused(error["code"], error["message"]))

    async def _run(self, id: int, run: Run) -> None:
        how, answer = "ok", {"result": {"value": None}}
        if run.trigger == "api":
            answer = {"result": {"response": {"status": 200, "kind": "none"}}}
        try:
            await self._handle(self, run)
        except (Failed, Refused) as error:
            data = {"name": "Error", "stack": ""}
            how, answer = "failed", {"error": {"code": HandlerFailed.code, "message": str(error), "data": data}}
        except asyncio.CancelledError:
            how, answer = "cancelled", {"error": {"code": InvocationCancelled.code, "message": "cancelled"}}
        except Ended:
            how = "died"
        finally:
            self.runs.pop(run.invocation, None)
        if not self.alive:
            how = "died"
        self._over(self, run, how)
        self._say({"jsonrpc": "2.0", "id": id, **answer})
