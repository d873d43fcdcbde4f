"""Connections with a thread of their own, and how a function gets through there beside a busy loop.

Owns everything private of aiosqlite that is used. Knows nothing of transactions.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

import aiosqlite

from motia_core.errors import StoreUnavailable
from motia_core.storage.sqlite.faults import unavailable

T = TypeVar("T")

LOCK_WAIT = 5.0
"""How long to wait for another process to let go of the file (s)."""

_LOAN = 0.000_5
_LOANS = 10
_PAUSE = 0.001
_LONG_PAUSE = 0.005
_GLANCE = 0.000_1


async def connect(path: str, where: str) -> aiosqlite.Connection:
    """A connection in autocommit mode: transactions are ours to begin."""
    connection = aiosqlite.connect(
        path, timeout=LOCK_WAIT, isolation_level=None, cached_statements=256, check_same_thread=False
    )
    # A program that fails before it has closed its store must still be able to end.
    connection._thread.daemon = True
    try:
        return await connection
    except sqlite3.Error as error:
        connection._thread.join()  # it still has a word for the loop, which may be gone by then
        raise unavailable(error, where) from None


def bare(connection: aiosqlite.Connection) -> sqlite3.Connection:
    """The connection itself, for whoever knows that its thread is idle."""
    assert connection._conn is not None
    return connection._conn


async def submit(connection: aiosqlite.Connection, function: Callable[[sqlite3.Connection], T]) -> T:
    """Runs `function` on the connection's thread. aiosqlite has no public way to do so: this is the one place."""
    execute = cast(Callable[..., Awaitable[T]], connection._execute)
    try:
        return await execute(function, connection._conn)
    except UnicodeError:
        raise  # a ValueError too, but of what was asked
    except ValueError as error:
        raise StoreUnavailable(f"the database is closed: {error}") from None


async def run_through(
    connection: aiosqlite.Connection,
    function: Callable[[sqlite3.Connection, Callable[[], None]], T],
    *,
    patient: bool = False,
) -> T:
    """The same with help. Every statement lets go of the interpreter lock, and beside a loop that always has something
    to do the thread may wait a hundred milliseconds to get it back. So the loop stands still for moments in which the
    thread has it for sure: until `function` says, by its second argument, that it only waits for the disk, and after
    that a glance in each millisecond. A function that takes longer gets no more than glances: it waits for something
    else, or does its work in few large statements, which `patient` says beforehand."""
    waiting, done = threading.Event(), threading.Event()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run(db: sqlite3.Connection) -> None:
        try:
            outcome.append(function(db, waiting.set))
        except BaseException as error:
            failure.append(error)
        finally:
            done.set()
            waiting.set()

    answer = asyncio.ensure_future(submit(connection, run))
    await asyncio.sleep(0)
    for _ in range(0 if patient else _LOANS):
        if answer.done() or waiting.wait(_LOAN):
            break
        await asyncio.sleep(0)
    while not done.is_set():
        await asyncio.wait((answer,), timeout=_LONG_PAUSE if patient else _PAUSE)
        if answer.done():
            break
        done.wait(_GLANCE)
    if failure:
        raise failure[0]
    return outcome[0] if outcome else await cast(Awaitable[T], answer)
