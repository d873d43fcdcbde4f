"""Records that wait to be written: at most so many, of at most so many bytes; what finds no room is counted. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Buffer(Generic[T]):
    """`size_of` tells the bytes of a record; `dropped` counts since the start."""

    def __init__(self, most: int, most_bytes: int, size_of: Callable[[T], int]) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._size_of = size_of
        self._records: list[T] = []
        self._bytes = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: T) -> int:
        """How many wait now; 0 when there was no room."""
        records = self._records
        size = self._bytes + self._size_of(record)
        if len(records) >= self._most or size > self._most_bytes:
            self.dropped += 1
            return 0
        records.append(record)
        self._bytes = size
        return len(records)

    def take(self) -> tuple[list[T], int]:
        """All of them and their bytes; the buffer is empty afterwards."""
        taken = self._records, self._bytes
        self._records, self._bytes = [], 0
        return taken

    def put_back(self, taken: Sequence[T]) -> None:
        """Before what came meanwhile, as far as there is room for both."""
        later, _ = self.take()
        for record in (*taken, *later):
            self.add(record)
