"""The objects `motia` and `logger`. They forward to whatever runner has connected itself; they do no work."""

from __future__ import annotations

from typing import Any, Optional

from motia._errors import OutsideRunner


class Bridge:
    """What a runner offers. It replaces `connected` by its own."""

    def trigger(self, step: str, data: Any) -> Any:
        raise OutsideRunner("motia.trigger works only in a step that Motia runs; in a test, replace it")

    def stats(self) -> Any:
        raise OutsideRunner("motia.stats works only in a step that Motia runs; in a test, replace it")

    def log(self, level: str, message: Any, args: Any, fields: Any) -> None:
        print(f"[{level}] {message}", *([args] if args else []), *([fields] if fields else []))


connected: Bridge = Bridge()


def connect(bridge: Bridge) -> None:
    """Called once by the runner."""
    global connected
    connected = bridge


class Motia:
    """`await motia.trigger("step-id", data)`, or without `await` in a plain `def`: `{"id": …, "traceId": …}`."""

    def trigger(self, step: str, data: Any = None) -> Any:
        """Enqueue `data` for one step by its name. A cron step runs now; an api step is an error."""
        return connected.trigger(step, data)

    def stats(self) -> Any:
        """Counts by step: `{"since": …, "steps": {name: {"runs": …, "failures": …, "p50": …, "p95": …, "waiting": …,
        "running": …, "dead": …}}}`; durations in milliseconds."""
        return connected.stats()


class Logger:
    """Structured log lines of the running step: `logger.info("message", {"key": value})`."""

    def debug(self, message: Any, args: Optional[Any] = None, **fields: Any) -> None:
        connected.log("debug", message, args, fields)

    def info(self, message: Any, args: Optional[Any] = None, **fields: Any) -> None:
        connected.log("info", message, args, fields)

    def warn(self, message: Any, args: Optional[Any] = None, **fields: Any) -> None:
        connected.log("warn", message, args, fields)

    def error(self, message: Any, args: Optional[Any] = None, **fields: Any) -> None:
        connected.log("error", message, args, fields)

    warning = warn
    critical = error


motia = Motia()
logger = Logger()
