"""Which works of one batch are done together. Pure: no connection, no thread.

Beside a busy loop each statement of the writing thread is dear (docs/decisions/0004-store-threads.md), and sixty-four
small works of a kind are nearly as cheap as one when SQLite is given them in one statement.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from motia_core.storage.sqlite.transaction import Transaction, Work

T = TypeVar("T")
A = TypeVar("A")
PAGE = 4096
"""Bytes of one page of the file."""
Result = tuple[bool, Any]
"""Whether it worked, and what came of it: a value or an error."""


class Kind(Generic[A, T]):
    """Work that takes any number of arguments at once and gives one result for each. One that `moves` may be done
    before works of other kinds that came earlier in the batch: nobody has been answered yet who could tell. `pages`
    says how many pages of the file an argument may change, None when that is unknown."""

    def __init__(
        self,
        apply: Callable[[Transaction, Sequence[A]], Sequence[T]],
        *,
        moves: bool,
        pages: Callable[[A], int | None] = lambda argument: None,
    ) -> None:
        self.apply = apply
        self.moves = moves
        self.pages = pages


class Item(Generic[T]):
    """One caller's work: `work` alone, or `argument` for a `kind`. With `fixed`, all of its batch keeps its order."""

    __slots__ = ("answer", "argument", "fixed", "full", "kind", "work")

    def __init__(
        self,
        answer: asyncio.Future[T],
        *,
        full: bool,
        fixed: bool = False,
        work: Work[T] | None = None,
        kind: Kind[Any, T] | None = None,
        argument: object = None,
    ) -> None:
        self.answer, self.full, self.fixed = answer, full, fixed
        self.work, self.kind, self.argument = work, kind, argument

    def run(self, transaction: Transaction) -> T:
        """The work of this item alone."""
        if self.work is not None:
            return self.work(transaction)
        assert self.kind is not None
        return self.kind.apply(transaction, [self.argument])[0]

    def resolve(self, result: Result) -> None:
        """A caller that was cancelled does not wait any more."""
        if self.answer.done():
            return
        worked, value = result
        if worked:
            self.answer.set_result(value)
        else:
            self.answer.set_exception(value)


def arranged(batch: Sequence[Item[Any]]) -> list[list[Item[Any]]]:
    """The items in the order to run, those to be run together side by side."""
    keep = any(item.fixed for item in batch)
    moved: dict[Kind[Any, Any], list[Item[Any]]] = {}
    rest: list[list[Item[Any]]] = []
    for item in batch:
        kind = item.kind
        if kind is not None and kind.moves and not keep:
            moved.setdefault(kind, []).append(item)
        elif kind is not None and rest and rest[-1][0].kind is kind:
            rest[-1].append(item)
        else:
            rest.append([item])
    return [*moved.values(), *rest]


def pages_of(batch: Sequence[Item[Any]]) -> int | None:
    """How many pages of the file these works may change; None when one of them cannot tell."""
    total = 0
    for item in batch:
        pages = None if item.kind is None else item.kind.pages(item.argument)
        if pages is None:
            return None
        total += pages
    return total


def chunks(rows: Sequence[A], largest: int) -> list[Sequence[A]]:
    """`rows` in pieces of few different sizes, since each size is a statement of its own to prepare and keep."""
    found: list[Sequence[A]] = []
    at = 0
    while at < len(rows):
        size = min(largest, 1 << ((len(rows) - at).bit_length() - 1))
        found.append(rows[at : at + size])
        at += size
    return found
