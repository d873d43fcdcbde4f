"""Notes, inside a transaction, what it changed in a stream. `notifier.py` numbers and tells it with the commit."""

from __future__ import annotations

from motia_core.storage.items import Kind
from motia_core.storage.sqlite.transaction import Transaction


def space(stream: str | None) -> str:
    """The space of a stream in the table of `state.py`; None is state."""
    return "" if stream is None else f":{stream}"


def changed(tx: Transaction, where: str, group: str, key: str | None, kind: Kind, data: bytes, now: int) -> None:
    """Notes the change of a stream. What happens in the state is nobody's news."""
    if where:
        tx.news.append((now, where[1:], group, key, kind, data))
