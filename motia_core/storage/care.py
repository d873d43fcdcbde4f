"""What a backend offers for its database as a whole, beside the Storage a server opens. `motia db` uses it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from msgspec import Struct


class Condition(Struct, frozen=True):
    """What a look at a whole database found. `size` in bytes; whole means no `faults`."""

    where: str
    schema: int = 0
    faults: tuple[str, ...] = ()
    counts: Mapping[str, int] = {}
    size: int = 0


class Compacted(Struct, frozen=True):
    """Bytes on the disk."""

    before: int
    after: int


class Care(Protocol):
    """Work on a database as a whole, also beside a running server. Methods block."""

    def check(self) -> Condition: ...

    def backup(self, target: Path) -> None:
        """A copy of one moment: everything acknowledged before the call is in it."""

    def restore(self, source: Path) -> Path | None:
        """Puts a copy in place; returns where what was there is kept. Refused while a server runs."""

    def compact(self) -> Compacted: ...
