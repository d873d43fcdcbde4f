"""The per-user cache folder and the lock that keeps two starters apart. Knows nothing of what is kept there."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

_LOOK_AGAIN = 0.1


def user_cache(environ: Mapping[str, str] = os.environ) -> Path:
    """`MOTIA_CACHE_DIR`, else the platform's cache folder. Not created here."""
    if chosen := environ.get("MOTIA_CACHE_DIR"):
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "motia"
    if base := environ.get("XDG_CACHE_HOME"):
        return Path(base) / "motia"
    return Path.home() / ".cache" / "motia"


def write_whole(path: Path, data: bytes) -> None:
    """Nobody ever reads half a file. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)


@asynccontextmanager
async def locked(path: Path) -> AsyncIterator[None]:
    """Holds a lock file; another process waits. The system frees it when its holder dies. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await anyio.sleep(_LOOK_AGAIN)
        yield
    finally:
        os.close(descriptor)
