"""The values of a group, as `get_group` gives them."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Tuple


class Values(List[Any]):
    """The values of a group: a list that also knows their keys. Iterating gives values."""

    def __init__(self, pairs: Iterable[Tuple[str, Any]]) -> None:
        self._pairs: Dict[str, Any] = dict(pairs)
        super().__init__(self._pairs.values())

    def values(self) -> Any:
        return self._pairs.values()

    def keys(self) -> Any:
        return self._pairs.keys()

    def items(self) -> Any:
        return self._pairs.items()

    def get(self, key: str, default: Any = None) -> Any:
        return self._pairs.get(key, default)

    def __getitem__(self, key: Any) -> Any:
        return self._pairs[key] if isinstance(key, str) else super().__getitem__(key)
