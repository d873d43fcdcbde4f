"""How log lines look on a terminal, in a file and as JSON. Decides nothing about what is logged or kept.

`render` makes one record a rich text for commands; `Console` prints records as they come. User text never reaches the
terminal as control codes or markup: what is not printable is written as an escape, and further lines are indented, so
that no text can pass for a line of ours. Printing only fills a buffer: a thread writes it, so that a slow terminal
never holds up the event loop; what a full buffer cannot take is dropped and counted.
"""

from __future__ import annotations

import atexit
import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO

import msgspec
from msgspec import Raw
from rich.color import ColorSystem
from rich.console import Console as RichConsole
from rich.style import Style
from rich.text import Text

from motia_core.model import Level, LogRecord

LEVELS: dict[str, int] = {"debug": 0, "info": 1, "warn": 2, "error": 3}
STYLES = {"debug": "dim", "info": "green", "warn": "yellow", "error": "bold red"}

LONGEST = 8_000
"""Characters of one message, or of its fields, that a line shows; all of it is kept in the store."""

BUFFER = 20_000
"""Lines that may wait for a slow terminal."""

_INDENT = "\n    "
_JOINERS = "\u200c\u200d"  # emoji and Persian text need them; they cannot reorder or hide anything
_NO_FIELDS = (b"{}", b"null", b"")
_FLUSH_WAIT = 2.0


def safe(text: str) -> str:
    """`text` without anything that commands a terminal; further lines are indented."""
    if text.isprintable():
        return text
    lines = text.removesuffix("\n").replace("\r\n", "\n").split("\n")
    return _INDENT.join("".join(map(_escape, line)) for line in lines)


def _escape(character: str) -> str:
    if character.isprintable() or character in _JOINERS or character == "\t":
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _escape_json(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def render(record: LogRecord, *, fields: bool = True) -> Text:
    """`[time] traceId LEVEL step message {fields}` as styled text; a stack follows on lines of its own."""
    return Text.assemble(*_parts(record, fields))


def to_json(record: LogRecord) -> bytes:
    """One line of JSON: the record's fields at the top, ours winning."""
    ours = {
        "time": record.time,
        "level": record.level,
        "msg": record.msg,
        "traceId": record.trace_id,
        "spanId": record.invocation,
        "step": record.step,
        "flows": record.flows or None,
        "source": record.source,
    }
    said = {key: value for key, value in ours.items() if value is not None}
    line = msgspec.json.encode(said | {key: one for key, one in _fields(record).items() if key not in said})
    text = line.decode("utf-8", "replace")
    return line if text.isprintable() else "".join(map(_escape_json, text)).encode()


def _fields(record: LogRecord) -> dict[str, Raw]:
    if bytes(record.fields) in _NO_FIELDS:
        return {}
    try:
        return msgspec.json.decode(record.fields, type=dict[str, Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {"fields": Raw(msgspec.json.encode(bytes(record.fields).decode("utf-8", "replace")))}


def _parts(record: LogRecord, fields: bool) -> Iterator[tuple[str, str]]:
    yield f"[{_clock(record.time // 1000)}] ", "dim"
    if record.trace_id:
        yield f"{safe(record.trace_id)} ", "dim"
    yield f"{record.level.upper():<5} ", STYLES.get(record.level, "")
    where = record.step or ("" if record.source == "logger" else record.source)
    if where:
        yield f"{safe(where)} ", "cyan"
    yield safe(_cut(record.msg)), ""
    if fields and bytes(record.fields) not in _NO_FIELDS:
        yield from _shown(record)


def _shown(record: LogRecord) -> Iterator[tuple[str, str]]:
    """The fields as compact JSON; the stack of an `error` leaves it, as only its lines can be read."""
    text = bytes(record.fields).decode("utf-8", "replace")
    stack = None
    if '"stack"' in text:
        found = _fields(record)
        try:
            error = msgspec.json.decode(found.get("error", Raw(b"{}")), type=dict[str, object])
        except msgspec.MsgspecError:
            error = {}
        if isinstance(error.get("stack", 0), str | None):
            stack = error.pop("stack")
            text = msgspec.json.encode({**found, "error": error}).decode("utf-8", "replace")
    yield f" {safe(_cut(text))}", "dim"
    if isinstance(stack, str) and stack:
        yield f"{_INDENT}{safe(_cut(stack))}", "dim"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


@lru_cache(maxsize=4)
def _clock(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).astimezone().strftime("%H:%M:%S")


class Console:
    """Prints records of `level` and above to `file` (standard output). `as_json`: JSON lines instead of text.
    Colours follow the terminal, `NO_COLOR` and `FORCE_COLOR`."""

    def __init__(
        self, *, fields: bool = True, level: Level = "debug", as_json: bool = False, file: TextIO | None = None
    ) -> None:
        self._file = file if file is not None else sys.stdout
        self._fields = fields
        self._level = LEVELS[level]
        self._json = as_json
        self._codes = _codes(self._file)
        self._lines: list[str] = []
        self._dropped = 0
        self._changed = threading.Condition()
        self._writer: threading.Thread | None = None
        self._closed = False

    def print(self, record: LogRecord) -> None:
        """Never blocks and never raises."""
        if LEVELS.get(record.level, 1) < self._level:
            return
        line = to_json(record).decode() if self._json else self._line(record)
        with self._changed:
            if self._closed:
                return
            if len(self._lines) >= BUFFER:
                self._dropped += 1
                return
            self._lines.append(line)
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="console", daemon=True)
                self._writer.start()
                atexit.register(self.close)
            if len(self._lines) == 1:
                self._changed.notify_all()

    def flush(self, timeout: float = _FLUSH_WAIT) -> None:
        """Waits until what was printed is written, or `timeout` has passed."""
        with self._changed:
            self._changed.wait_for(lambda: not self._lines or self._writer is None, timeout)

    def close(self, timeout: float = _FLUSH_WAIT) -> None:
        """Writes the rest; what is printed afterwards is dropped."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join(timeout)
            atexit.unregister(self.close)

    def _line(self, record: LogRecord) -> str:
        codes = self._codes
        if not codes:
            return "".join([text for text, _ in _parts(record, self._fields)])
        return "".join(
            [f"{codes[style]}{text}\x1b[0m" if style else text for text, style in _parts(record, self._fields)]
        )

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines or self._closed)
                lines, dropped = list(self._lines), self._dropped
                self._dropped = 0
            if not lines:
                return
            if dropped:
                lines.append(f"({dropped} log lines left out: the terminal was too slow)")
            written = _put(self._file, "\n".join([*lines, ""]))
            with self._changed:
                del self._lines[: len(lines) - bool(dropped)]
                self._closed = self._closed or not written
                if not written:
                    self._lines.clear()
                self._changed.notify_all()


def _put(file: TextIO, text: str) -> bool:
    """False when nobody reads any more."""
    try:
        try:
            file.write(text)
        except UnicodeEncodeError:
            file.write(text.encode(file.encoding, "backslashreplace").decode(file.encoding))
        file.flush()
    except (OSError, ValueError):
        return False
    return True


def _codes(file: TextIO) -> dict[str, str]:
    """The escape code of every style we use; empty when `file` takes no colours."""
    terminal = RichConsole(file=file)
    if terminal.no_color or terminal.color_system is None:
        return {}
    system = ColorSystem.STANDARD
    return {
        name: Style.parse(name).render("x", color_system=system).partition("x")[0]
        for name in ("dim", "cyan", *STYLES.values())
    }
