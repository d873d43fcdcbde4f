"""The run folder, `.motia/run/`: `server.json`, by which commands find the server, and the folder of spilled files.

`server.json` holds pid, address and a token and is readable by its owner only. Folders of servers that died are removed
by the next start.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

from motia_core.clock import Clock
from motia_core.errors import StoreUnavailable


def prepare_run_dir(motia_dir: Path) -> Path:
    """The run folder, made if need be. Raises StoreUnavailable when it cannot be written."""
    run_dir = motia_dir / "run"
    try:
        run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _remove_leftovers(run_dir)
    except OSError as error:
        raise StoreUnavailable(
            f"{run_dir} cannot be used: {error.strerror}", hint="make it writable, or choose another with --motia-dir"
        ) from None
    return run_dir


def make_spill_dir(run_dir: Path) -> Path:
    """The folder where this server and its workers leave files for one another."""
    folder = run_dir / f"files-{os.getpid()}-{os.urandom(4).hex()}"
    folder.mkdir(mode=0o700)
    return folder


def remove_spill_dir(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def write_server_file(run_dir: Path, *, host: str, port: int, token: str, mode: str, clock: Clock) -> Path:
    """Written whole or not at all."""
    path = run_dir / "server.json"
    body = {"pid": os.getpid(), "host": host, "port": port, "token": token, "mode": mode, "started": clock.now_ms()}
    draft = run_dir / f"server.{os.getpid()}.tmp"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.encode(body))
    draft.replace(path)
    return path


def remove_server_file(path: Path) -> None:
    """Only our own: a second server on the folder may have replaced it."""
    with suppress(OSError, msgspec.MsgspecError, AttributeError):
        if msgspec.json.decode(path.read_bytes()).get("pid") == os.getpid():
            path.unlink()


def _remove_leftovers(run_dir: Path) -> None:
    for folder in run_dir.glob("files-*-*"):
        pid = folder.name.split("-")[1]
        if pid.isdigit() and not _alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
