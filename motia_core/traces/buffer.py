"""Records that wait to be written: at most so many, of at most so many bytes; what finds no room is counted. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Buffer(Generic[T]):
    """`dropped` counts since the start."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._records: list[T] = []
        self._sizes: list[int] = []
        self._bytes = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: T, size: int) -> bool:
        """False when there was no room."""
        if len(self._records) >= self._most or self._bytes + size > self._most_bytes:
            self.dropped += 1
            return False
        self._records.append(record)
        self._sizes.append(size)
        self._bytes += size
        return True

    def take(self) -> tuple[list[T], list[int]]:
        """All of them with their sizes; the buffer is empty afterwards."""
        taken = self._records, self._sizes
        self._records, self._sizes, self._bytes = [], [], 0
        return taken

    def put_back(self, taken: tuple[Sequence[T], Sequence[int]]) -> None:
        """Before what came meanwhile, as far as there is room for both."""
        later, sizes = self.take()
        for record, size in zip([*taken[0], *later], [*taken[1], *sizes], strict=True):
            self.add(record, size)
