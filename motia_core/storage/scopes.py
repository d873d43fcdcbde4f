"""The scopes of what `once` remembers: `delivery:7` lives as long as delivery 7. Pure; both backends use it."""

from __future__ import annotations

from motia_core.errors import InvocationOver, TransactionConflict

_PREFIX = "delivery:"


def delivery_of(scope: str) -> int | None:
    """The delivery a scope belongs to, or None."""
    id = scope.removeprefix(_PREFIX)
    return int(id) if id != scope and id.isdecimal() else None


def finished(id: int) -> InvocationOver:
    """A run that had lost its lease asks too late."""
    return InvocationOver(f"delivery {id} was finished by another run of it")


def remembered(key: str) -> TransactionConflict:
    """Two runs of one delivery did the same at the same time, and the other was first."""
    return TransactionConflict(f"`once` has remembered `{key}` since the block began", hint="run the block again")
