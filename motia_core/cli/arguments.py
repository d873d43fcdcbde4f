"""Arguments that several commands share, and how their text becomes values."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from motia_core.cli.output import fail
from motia_core.clock import Clock

Folder = Annotated[str | None, typer.Option("--project", help="Project folder (default: the current one)")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else")]
Port = Annotated[int | None, typer.Option("-p", "--port", help="Port of the server", min=0, max=65535)]
Host = Annotated[str | None, typer.Option("-H", "--host", help="Address to listen on")]
Debug = Annotated[bool, typer.Option("-d", "--debug", help="Log level debug")]
LogFormat = Annotated[str | None, typer.Option("--log-format", help="text, or json: one object per line")]
Since = Annotated[str | None, typer.Option(help="Only since then: 90s, 10m, 2h, 3d or a time")]
MotiaDir = Annotated[str | None, typer.Option("--motia-dir", help="Folder for the database and run files")]


def flags(
    port: int | None, host: str | None, debug: bool, motia_dir: str | None, log_format: str | None = None
) -> dict[str, object]:
    """What the command line sets, by the key of the configuration. Ends the command when it cannot."""
    if log_format not in (None, "text", "json"):
        fail(f"'{log_format}' is no log format", hint="text or json", code=2)
    level = "debug" if debug else None
    given = {"port": port, "host": host, "logLevel": level, "motiaDir": motia_dir, "logFormat": log_format}
    return {key: value for key, value in given.items() if value is not None}


def folder(project: str | None) -> Path:
    """The project folder. Ends the command when there is none."""
    path = Path(project or ".").resolve()
    if not path.is_dir():
        fail(f"{path} is not a folder", code=2)
    return path


def moment(text: str | None) -> int | None:
    """A time in ms, from how long ago it was (`10m`) or as a date and time. Ends the command when it is neither."""
    if text is None:
        return None
    try:
        return moment_of(text)
    except ValueError:
        fail(f"'{text}' is no time", hint="write 90s, 10m, 2h, 3d, or 2026-01-31T12:00", code=2)


def moment_of(text: str) -> int:
    """As `moment`. Raises ValueError."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
    if text[-1:] in units and text[:-1].replace(".", "", 1).isdecimal():
        return Clock().now_ms() - int(float(text[:-1]) * units[text[-1]] * 1000)
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone().timestamp() * 1000)


def json_input(text: str) -> object:
    """JSON as typed, from a file (`@file`) or from standard input (`-`). Ends the command when it is not JSON."""
    source = "standard input" if text == "-" else text[1:] if text.startswith("@") else "the argument"
    try:
        if text == "-":
            text = sys.stdin.read()
        elif text.startswith("@"):
            text = Path(source).read_text("utf-8")
        return msgspec.json.decode(text)
    except OSError as error:
        fail(f"{source} cannot be read: {error}", code=2)
    except UnicodeError as error:
        fail(f"{source} is no UTF-8 text: {error}", code=2)
    except msgspec.MsgspecError as error:
        fail(f"{source} is not JSON: {error}", hint="""quote it for the shell: '{"id": 1}'""", code=2)
