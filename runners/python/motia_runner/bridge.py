"""Connects the SDK's `motia` and `logger` objects to the invocation that runs."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from motia_runner import context, output, running, sdk
from motia_runner.invocation import Invocation
from motia_runner.wire import Wire


class Bridge:
    """What the SDK forwards to."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def trigger(self, step: str, data: Any) -> Any:
        return context.trigger(_current("motia.trigger"), step, data)

    def stats(self) -> Any:
        return context.stats(_current("motia.stats"))

    def log(self, level: str, message: Any, args: Any, fields: Any) -> None:
        run = running.invocation.get()
        logger = output.Logger(run if run is not None else _Nobody(self._wire))
        logger._log(level, message, () if args is None else (args,), dict(fields))


def _current(what: str) -> Invocation:
    run = running.invocation.get()
    if run is None:
        raise sdk.package.OutsideRunner(f"{what} works only while a step runs")
    return run


class _Nobody:
    """A line that no invocation said."""

    id = None

    def __init__(self, wire: Wire) -> None:
        self.wire = wire


def connect(wire: Wire) -> None:
    """Also makes `motia` a name that step files need not import, as in JavaScript."""
    sys.modules["motia._objects"].connect(Bridge(wire))
    if not hasattr(builtins, "motia"):
        builtins.motia = sdk.package.motia  # type: ignore[attr-defined]
