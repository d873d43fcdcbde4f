"""SQLite's errors in our words. Knows codes and messages; never retries and never touches a connection."""

from __future__ import annotations

import sqlite3

from motia_core.errors import CallRefused, MotiaError, StoreUnavailable

_CAUSES: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk is full, or the file may not grow", "free some space; work resumes by itself"),
    sqlite3.SQLITE_READONLY: ("it is read-only", "make the file and its folder writable; work resumes by itself"),
    sqlite3.SQLITE_BUSY: ("another process keeps it locked", "end that process, or wait"),
    sqlite3.SQLITE_LOCKED: ("another connection keeps it locked", "wait"),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", "stop Motia and restore the file from a copy"),
    sqlite3.SQLITE_NOTADB: ("it is no SQLite database", "name another file in database.url, or move this one away"),
    sqlite3.SQLITE_IOERR: ("the disk answered with an error", "check the disk; work resumes by itself"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "check that its folder exists and may be written"),
    sqlite3.SQLITE_PERM: ("access is denied", "check the permissions of the file and its folder"),
    sqlite3.SQLITE_AUTH: ("access is denied", "check the permissions of the file and its folder"),
    sqlite3.SQLITE_NOMEM: ("memory has run out", "free some memory; work resumes by itself"),
    sqlite3.SQLITE_PROTOCOL: ("its locks are in disorder", "end other programs that use the file"),
    sqlite3.SQLITE_INTERRUPT: ("the work was interrupted", "try again"),
}


def code(error: sqlite3.Error) -> int:
    """The primary result code; 0 for errors that Python's module raises itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def ends_batch(error: BaseException) -> bool:
    """Whether the store itself failed, so that no other work of the same transaction can be trusted to succeed."""
    return isinstance(error, sqlite3.Error) and code(error) in _CAUSES


def is_damaged(error: BaseException) -> bool:
    """Whether the file itself can never be read again."""
    cause = error if isinstance(error, sqlite3.Error) else error.__cause__
    return isinstance(cause, sqlite3.Error) and code(cause) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def unavailable(error: sqlite3.Error, where: str) -> StoreUnavailable:
    """What and where, in one line, with what to do."""
    cause, hint = _CAUSES.get(code(error), (str(error), ""))
    return StoreUnavailable(f"the database {where} cannot be used: {cause}", hint=hint)


def sought(error: UnicodeError | OverflowError) -> CallRefused:
    """A value to look for that no row can hold: a number of more than 64 bits, half a pair of surrogates."""
    return CallRefused(f"the database cannot hold what is looked for: {error}")


def translated(error: BaseException, where: str) -> BaseException:
    """The error a caller sees."""
    if isinstance(error, MotiaError) or not isinstance(error, sqlite3.Error | UnicodeError | OverflowError):
        return error
    if isinstance(error, UnicodeError | OverflowError | sqlite3.DataError):
        return CallRefused(f"the database cannot keep this value: {error}")
    return unavailable(error, where)
