"""What user code says: `print` and the logger become `log` notifications of the invocation that is running.

Which one is running is a context variable, so threads started with `asyncio.to_thread` are attributed too. Output of
nobody's goes out as the worker's own line.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from typing import Any, Dict, List, Optional

from motia_runner import running, values
from motia_runner.wire import Wire

LONGEST_LINE = 16 * 1024
LONGEST_MESSAGE = 16 * 1024
_quote = values.quote


def log(wire: Wire, id: Optional[str], level: str, message: str, fields: Dict[str, Any], source: str) -> None:
    """Send one line. Never raises: what cannot be told is told as `repr` does."""
    message = values.clean(message if len(message) < LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "…")
    text = '{"level":"%s","msg":%s,"source":"%s","time":%d' % (level, _quote(message), source, time.time() * 1000)
    if id is not None:
        text += ',"invocation":' + _quote(id)
    if fields:
        told = values.dump_lenient(fields)
        text += ',"fields":' + (told if len(told) < wire.lines.limit // 2 else '{"omitted":"too large"}')
    wire.notify("log", text + "}")


class Logger:
    """`context.logger`: `(message, args)` or `(message, **fields)`; `%` arguments work as in `logging`."""

    def __init__(self, run: Any) -> None:
        self._run = run
        self._listeners: List[Any] = []

    def debug(self, message: Any = "", *args: Any, **fields: Any) -> None:
        self._log("debug", message, args, fields)

    def info(self, message: Any = "", *args: Any, **fields: Any) -> None:
        self._log("info", message, args, fields)

    def warn(self, message: Any = "", *args: Any, **fields: Any) -> None:
        self._log("warn", message, args, fields)

    def error(self, message: Any = "", *args: Any, **fields: Any) -> None:
        self._log("error", message, args, fields)

    def exception(self, message: Any = "", *args: Any, **fields: Any) -> None:
        """An error line with the exception that is being handled."""
        self._log("error", message, args, {"error": sys.exc_info()[1], **fields})

    warning = warn
    critical = error

    def add_listener(self, listener: Any) -> None:
        """`listener(level, message, args)` is called for every line, here only."""
        self._listeners.append(listener)

    addListener = add_listener

    def _log(self, level: str, message: Any, args: Any, fields: Dict[str, Any]) -> None:
        fields.pop("exc_info", None)
        text = message if type(message) is str else str(message)
        if isinstance(message, BaseException):
            fields.setdefault("error", message)
        if args and not (len(args) == 1 and isinstance(args[0], Mapping)) and "%" in text:
            try:
                text, args = text % args, ()
            except (TypeError, ValueError):
                pass
        if args:
            fields = {**_fields(args[0] if len(args) == 1 else list(args)), **fields}
        for listener in self._listeners:
            listener(level, text, fields)
        log(self._run.wire, self._run.id, level, text, fields, "logger")


def _fields(args: Any) -> Dict[str, Any]:
    if isinstance(args, Mapping):
        return {str(key): value for key, value in args.items()}
    if isinstance(args, BaseException):
        return {"error": args}
    own = getattr(args, "__dict__", None)
    return dict(own) if own and not callable(args) else {"data": args}


class Captured(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr."""

    encoding, errors, newlines, mode = "utf-8", "backslashreplace", None, "w"
    line_buffering = write_through = True

    def __init__(self, wire: Wire, source: str, descriptor: int, fallback: Any) -> None:
        self.name = f"<{source}>"
        self.buffer = _Bytes(self)
        self._wire, self._source, self._descriptor, self._fallback = wire, source, descriptor, fallback
        self._rest = ""
        self._lock = threading.RLock()

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        run = running.invocation.get()
        if self._wire.forked:
            os.write(self._descriptor, text.encode("utf-8", "backslashreplace"))
        elif run is not None:
            with self._lock:
                run.lines[self._source] = self._told(run.lines.get(self._source, "") + text, run.id)
        elif self._fallback is not None:
            self._fallback.write(text)
        else:
            with self._lock:
                self._rest = self._told(self._rest + text, None)
        return len(text)

    def finish(self, run: Any) -> None:
        """The run is over: its last line need not have ended."""
        rest = run.lines.pop(self._source, "")
        if rest:
            self._told(rest + "\n", run.id)

    def flush(self) -> None:
        if self._fallback is not None:
            self._fallback.flush()

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Stays open: the next step prints too."""

    def reconfigure(self, **options: Any) -> None:
        """There is nothing to choose."""

    def _told(self, text: str, id: Optional[str]) -> str:
        if "\n" not in text and len(text) < LONGEST_LINE:
            return text
        *lines, rest = text.split("\n")
        if len(rest) >= LONGEST_LINE:
            lines, rest = [*lines, rest], ""
        for line in lines:
            log(self._wire, id, "info" if self._source == "stdout" else "error", line.rstrip("\r"), {}, self._source)
        return rest


class _Bytes(io.RawIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, text: Captured) -> None:
        self._text = text

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._text.fileno()

    def write(self, data: Any) -> int:
        self._text.write(bytes(data).decode("utf-8", "replace"))
        return len(data)

    def close(self) -> None:
        """As the text above it."""


class _Records(logging.Handler):
    """Records of the `logging` module that no handler of the author's wants, with their level and logger."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(logging.WARNING)
        self._wire = wire

    def emit(self, record: logging.LogRecord) -> None:
        run = running.invocation.get()
        fields: Dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = record.exc_info[1]
        level = "error" if record.levelno >= logging.ERROR else "warn"
        log(self._wire, run.id if run is not None else None, level, record.getMessage(), fields, "logger")


def capture(wire: Wire) -> List[Captured]:
    """Put both in place. Unattributed stderr goes to the real one, which the core reads as it is."""
    streams = [Captured(wire, "stdout", 1, None), Captured(wire, "stderr", 2, sys.stderr)]
    sys.stdout, sys.stderr = streams
    logging.lastResort = _Records(wire)
    running.inherit_in_threads()
    usual = warnings.showwarning

    def show(
        message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Optional[str] = None
    ) -> None:
        if file is not None:
            return usual(message, category, filename, lineno, file, line)
        run = running.invocation.get()
        fields = {"file": filename, "line": lineno}
        log(wire, run.id if run is not None else None, "warn", f"{category.__name__}: {message}", fields, "stderr")

    warnings.showwarning = show
    return streams
