"""`step.run`: params → context and input → chain → outcome → answer. Nothing an author raises gets past here."""

from __future__ import annotations

import asyncio
import functools
from typing import Any, Callable, Dict, List, Optional

from motia_runner import request, response, running, streaming, values
from motia_runner.chain import Chain
from motia_runner.context import Context
from motia_runner.definition import Definition
from motia_runner.faults import (
    CANCELLED,
    DRAINING,
    INVALID_PARAMS,
    PAYLOAD_REFUSED,
    STEP_UNAVAILABLE,
    MotiaError,
    as_failure,
)
from motia_runner.hands import Hands
from motia_runner.invocation import Invocation, drive
from motia_runner.loader import Loader
from motia_runner.output import Captured
from motia_runner.wire import Wire


class _NotCarried(Exception):
    """An input or a result cannot cross the wire: no fault of the handler, so its own code, not 1001."""


class Invoker:
    """The invocations of one worker."""

    def __init__(self, wire: Wire, hands: Hands, loader: Loader, streams: List[Captured]) -> None:
        self._wire = wire
        self._hands = hands
        self._loader = loader
        self._streams = streams
        self._runs: Dict[str, Invocation] = {}
        self._drained: Optional["asyncio.Future[None]"] = None

    def start(self, id: int, params: Dict[str, Any]) -> None:
        """Begin one; the answer comes later. Raises MotiaError when it cannot begin."""
        if self._drained is not None:
            raise MotiaError("the worker shuts down", DRAINING)
        try:
            name, file, member, snapshot = params["invocation"], params["file"], params["member"], params["snapshot"]
        except KeyError as missing:
            raise MotiaError(f"step.run needs {missing}", INVALID_PARAMS) from None
        step = self._loader.step(file, member, snapshot)
        if step.handler is None:
            raise MotiaError(f"{step.name} has no handler", STEP_UNAVAILABLE)
        run = Invocation(self._wire, name, params)
        run.step, run.flows = step.name, step.flows
        self._runs[name] = run
        work = self._guarded(id, run, step, params)
        if step.on_loop:
            self._hands.loop.create_task(work)
        else:
            self._hands.threads.submit(functools.partial(drive, work))

    def cancel(self, name: str) -> None:
        run = self._runs.get(name)
        if run is not None:
            run.cancel()

    def drain(self, seconds: float) -> "asyncio.Future[Any]":
        """Take no more from now on; to be awaited until nothing runs or the time is up."""
        self._drained = self._hands.loop.create_future()
        if not self._runs:
            self._drained.set_result(None)
        return asyncio.ensure_future(asyncio.wait([self._drained], timeout=seconds))

    async def _guarded(self, id: int, run: Invocation, step: Definition, params: Dict[str, Any]) -> None:
        running.invocation.set(run)
        text, failure = "", None
        try:
            if not run.cancelled:
                task = asyncio.current_task() if asyncio._get_running_loop() is not None else None
                if task is not None:
                    run.tasks.add(task)
                text = await self._perform(run, step, params)
                run.tasks.discard(task)
        except _NotCarried as error:
            failure = error.args[0]
        except BaseException as error:  # SystemExit too: out of a task it would end the loop
            failure = as_failure(error)
        for stream in self._streams:
            stream.finish(run)
        if run.cancelled:
            failure = MotiaError("the invocation was cancelled", CANCELLED)
        if failure is None:
            self._wire.reply(id, text)
        else:
            self._wire.fail(id, failure)
        self._hands.loop.call_soon_threadsafe(self._ended, run) if not step.on_loop else self._ended(run)

    async def _perform(self, run: Invocation, step: Definition, params: Dict[str, Any]) -> str:
        trigger = params.get("trigger")
        input = params.get("input")
        if trigger == "api":
            try:
                input = request.build(input or {})
            except (ValueError, TypeError) as error:
                raise _NotCarried(MotiaError(f"the body cannot be read: {error}", PAYLOAD_REFUSED)) from None
        chain = Chain(self._hands, run, step, Context(run, self._hands), params)
        try:
            result = await chain.go(input)
            if trigger == "api":
                return '{"response":%s}' % await self._respond(run, step, result)
            return '{"value":%s}' % _value(run, result)
        finally:
            await run.drain()

    async def _respond(self, run: Invocation, step: Definition, result: Any) -> str:
        reply = _carried(lambda: response.read(result, step.dialect == "b"))
        if result is None:
            run.log("warn", f"{step.name} returned nothing: 204")
        if reply.ignored and "ignored" not in step.warned:
            step.warned.add("ignored")
            run.log(
                "warn", f"{step.name}: a response has status, headers and body; ignored: {', '.join(reply.ignored)}"
            )
        if response.is_stream(reply.body):
            await streaming.send(run, self._hands, reply)
            return response.streamed(reply)
        return _carried(lambda: response.text(reply))  # type: ignore[no-any-return]

    def _ended(self, run: Invocation) -> None:
        self._runs.pop(run.id, None)
        if self._drained is not None and not self._runs and not self._drained.done():
            self._drained.set_result(None)


def _value(run: Invocation, result: Any) -> str:
    """Nobody waits for what an event or cron handler returns: what cannot be sent is left out."""
    try:
        return values.dump(result, "result")
    except MotiaError as error:
        run.log("debug", f"the handler's result is left out: {error}")
        return "null"


def _carried(tell: Callable[[], Any]) -> Any:
    try:
        return tell()
    except MotiaError as error:
        raise _NotCarried(error) from None
