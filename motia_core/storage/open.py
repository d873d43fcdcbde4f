"""From a database URL to an open Storage. Knows which URL means which backend folder, and nothing about any backend.

A backend is a folder beside this file that offers what `Backend` says; only the chosen one is imported. Adding a
backend needs a line in `locate`.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol, cast

from motia_core.clock import Clock
from motia_core.config import Durability
from motia_core.errors import ConfigError
from motia_core.storage.base import Storage
from motia_core.storage.care import Care

_HINT = "write `sqlite:FILE`, or leave it out to use .motia/motia.db"


class Backend(Protocol):
    """What a backend's package offers. `location` is a file for those that live in one."""

    async def open_backend(self, location: Path, *, durability: Durability, clock: Clock) -> Storage: ...

    def care_of(self, location: Path) -> Care: ...


def locate(url: str, project: Path, motia_dir: Path) -> tuple[str, Path]:
    """The backend and the file meant by `url`. Never repeats the URL in an error: it may hold a password."""
    scheme, colon, rest = url.strip().partition(":")
    scheme = scheme.lower()
    if scheme == "memory" and colon:
        return "memory", Path()
    if not scheme and not colon:
        return "sqlite", motia_dir / "motia.db"
    if not colon or len(scheme) < 2 or not scheme.replace("+", "").isalnum():
        raise ConfigError("database.url has no scheme", hint=_HINT)
    if scheme != "sqlite":
        raise ConfigError(f"database.url: `{scheme}:` is not supported, only `sqlite:` is", hint=_HINT)
    # Three slashes are an empty host and a relative path, four an absolute one.
    file = rest[3:] if rest.startswith("///") else rest[2:] if rest.startswith("//") else rest
    if file == ":memory:":
        return "memory", Path()
    if not file:
        return "sqlite", motia_dir / "motia.db"
    if "?" in file or "\0" in file:
        raise ConfigError("database.url: a file name without `?` is needed; options are not supported", hint=_HINT)
    return "sqlite", project / file


async def open_storage(url: str, project: Path, motia_dir: Path, *, durability: Durability, clock: Clock) -> Storage:
    """Opens what `url` means, making folders and tables as needed. Raises ConfigError or a StoreError."""
    name, location = locate(url, project, motia_dir)
    return await _backend(name).open_backend(location, durability=durability, clock=clock)


def care_of(url: str, project: Path, motia_dir: Path) -> Care:
    """For work on the database as a whole. Opens nothing yet."""
    name, location = locate(url, project, motia_dir)
    return _backend(name).care_of(location)


def _backend(name: str) -> Backend:
    return cast(Backend, importlib.import_module(f"motia_core.storage.{name}"))
