"""What the core may ask of this worker: the table of methods, and the loop that serves it."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import threading
from typing import Any, Callable, Dict, Optional

from motia_runner import VERSION, bridge, configs, faults, output, values
from motia_runner.faults import (
    INTERNAL,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    NOT_INITIALIZED,
    WRONG_VERSION,
    MotiaError,
    as_failure,
)
from motia_runner.guard import Lifeline
from motia_runner.hands import Hands
from motia_runner.invoke import Invoker
from motia_runner.loader import Loader
from motia_runner.wire import Wire

PROTOCOL = 1
CROWD = 2
_LAST_WORDS = 2.0


class Service:
    """One worker. `serve` returns when the core has asked for the end."""

    def __init__(self, incoming: int, outgoing: int, lifeline: Lifeline) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(_report)
        self._wire = Wire(self._loop, incoming, outgoing)
        self._wire.receive = self._receive
        self._lifeline = lifeline
        self._ended = False
        self._streams = output.capture(self._wire)
        self._hands: Hands
        self._loader: Loader
        self._invoker: Optional[Invoker] = None
        self._configs: configs.Configs
        self._methods: Dict[str, Callable[[int, Dict[str, Any]], None]] = {
            "initialize": self._initialize,
            "step.describe": self._describe,
            "step.run": lambda id, params: self._invoker.start(id, params),  # type: ignore[union-attr]
            "stream.canAccess": self._later(lambda params: self._configs.can_access(params)),
            "stream.authenticate": self._later(lambda params: self._configs.authenticate(params)),
            "config.load": self._later(lambda params: self._configs.load(params)),
            "ping": lambda id, params: self._wire.reply(id, "{}"),
            "shutdown": self._shutdown,
        }

    def serve(self) -> None:
        while not self._ended:
            try:
                self._loop.run_forever()
            except BaseException as error:  # exit() in a task that nobody awaits ends the loop, never the worker
                if not self._ended:
                    _report(self._loop, {"message": "a task ended the loop", "exception": error})
        self._wire.close()
        # The author's atexit functions still run, but neither they nor their threads may keep the worker.
        killer = threading.Timer(_LAST_WORDS, os._exit, [0])
        killer.daemon = True
        killer.start()
        atexit._run_exitfuncs()
        os._exit(0)

    def _receive(self, id: Optional[int], method: str, params: Dict[str, Any]) -> None:
        if id is None:
            if method == "cancel" and self._invoker is not None and isinstance(params, dict):
                self._invoker.cancel(str(params.get("invocation")))
            return
        try:
            if self._invoker is None and method != "initialize":
                raise MotiaError(f"{method} before initialize", NOT_INITIALIZED)
            answer = self._methods.get(method)
            if answer is None:
                raise MotiaError(f"there is no method {method}", METHOD_NOT_FOUND)
            if not isinstance(params, dict):
                raise MotiaError("params must be an object", INVALID_PARAMS)
            answer(id, params)
        except MotiaError as error:
            self._wire.fail(id, error)
        except Exception as error:
            self._wire.fail(id, MotiaError(f"{method}: {type(error).__name__}: {error}", INTERNAL))

    def _initialize(self, id: int, params: Dict[str, Any]) -> None:
        if params.get("protocol") != PROTOCOL:
            raise MotiaError(
                f"protocol {params.get('protocol')} is not spoken", WRONG_VERSION, {"supported": [PROTOCOL]}
            )
        if self._invoker is not None:
            raise MotiaError("initialize was sent twice", INVALID_PARAMS)
        limits = params.get("limits") or {}
        values.limits.depth = int(limits.get("depth", values.limits.depth))
        values.limits.spill = int(limits.get("spill", values.limits.spill))
        values.limits.run_dir = str(params.get("runDir") or "")
        self._wire.lines.limit = int(limits.get("frame", self._wire.lines.limit))
        # An invocation may need a thread within a thread: a plain block in an async handler behind plain middleware.
        self._hands = Hands(self._loop, 4 * int(limits.get("inFlight", 64)))
        threads = self._hands.threads
        self._wire.crowded = lambda: threads.load > CROWD
        patience = int(limits.get("loadMs", 30_000)) / 1000
        self._loader = Loader(str(params.get("project") or os.getcwd()), str(params.get("mode") or "dev"), patience)
        self._configs = configs.Configs(self._loader, self._hands)
        self._invoker = Invoker(self._wire, self._hands, self._loader, self._streams)
        bridge.connect(self._wire)
        if params.get("parentPid"):
            self._lifeline.expect_parent(int(params["parentPid"]))
        runtime = f"{sys.implementation.name} {'.'.join(map(str, sys.version_info[:3]))}"
        self._reply(id, {"protocol": PROTOCOL, "runnerVersion": VERSION, "runtime": runtime, "pid": os.getpid()})

    def _describe(self, id: int, params: Dict[str, Any]) -> None:
        snapshot, files, changed = params.get("snapshot"), params.get("files"), params.get("changed") or []
        held = params.get("held") or []
        if type(snapshot) is not int or not all(isinstance(one, list) for one in (files, changed, held)):
            raise MotiaError("step.describe needs snapshot and files", INVALID_PARAMS)
        self._reply(id, {"files": self._loader.describe(snapshot, files, changed, held)})

    def _shutdown(self, id: int, params: Dict[str, Any]) -> None:
        def answer(_: Any) -> None:
            self._wire.reply(id, "{}")
            self._ended = True
            self._loop.stop()

        self._invoker.drain(float(params.get("graceMs", 0)) / 1000).add_done_callback(answer)  # type: ignore[union-attr]

    def _later(self, work: Callable[[Dict[str, Any]], Any]) -> Callable[[int, Dict[str, Any]], None]:
        """A method that may have to wait."""

        async def answer(id: int, params: Dict[str, Any]) -> None:
            try:
                self._reply(id, await work(params))
            except MotiaError as error:
                self._wire.fail(id, error)
            except BaseException as error:
                self._wire.fail(id, as_failure(error))

        def start(id: int, params: Dict[str, Any]) -> None:
            self._loop.create_task(answer(id, params))

        return start

    def _reply(self, id: int, result: Any) -> None:
        self._wire.reply(id, values.dump(result, "result"))


def _report(loop: asyncio.AbstractEventLoop, about: Dict[str, Any]) -> None:
    """What went wrong where nobody waits: to stderr, which the core logs."""
    error = about.get("exception")
    told = faults.stack(error) if isinstance(error, BaseException) else ""
    print(f"{about.get('message', '')}\n{told}".strip(), file=sys.stderr)
