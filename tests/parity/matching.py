"""Expected values with holes: `Like("^x")`, `Kind(int)`, `Having(key=…)`, in place of a part."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any


class Hole(ABC):
    @abstractmethod
    def fits(self, value: Any) -> bool: ...


@dataclass(frozen=True)
class Like(Hole):
    """A text in which the pattern is found."""

    pattern: str

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and re.search(self.pattern, value) is not None


@dataclass(frozen=True)
class Kind(Hole):
    type: type

    def fits(self, value: Any) -> bool:
        return type(value) is self.type


class Having(Hole):
    """An object with at least these members."""

    def __init__(self, **members: Any) -> None:
        self.members = members

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict) and all(fits(part, value.get(key)) for key, part in self.members.items())

    def __repr__(self) -> str:
        return f"Having({self.members})"


ISO = Like(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$")


def fits(expected: Any, value: Any) -> bool:
    """Whether `value` is what was expected. 1 is not true and 1.0 is 1, as in JSON."""
    if isinstance(expected, Hole):
        return expected.fits(value)
    if isinstance(expected, dict):
        return (
            isinstance(value, dict)
            and expected.keys() == value.keys()
            and all(fits(part, value[key]) for key, part in expected.items())
        )
    if isinstance(expected, list):
        return isinstance(value, list) and len(expected) == len(value) and all(map(fits, expected, value))
    return isinstance(expected, bool) == isinstance(value, bool) and bool(expected == value)


def named(expected: Any, id: str) -> Any:
    """`expected` with the step's id for `%ID%`, wherever it stands."""
    if isinstance(expected, str):
        return expected.replace("%ID%", id)
    if isinstance(expected, dict):
        return {named(key, id): named(part, id) for key, part in expected.items()}
    if isinstance(expected, list | tuple):
        return type(expected)(named(part, id) for part in expected)
    if isinstance(expected, Having):
        return Having(**named(expected.members, id))
    if is_dataclass(expected) and not isinstance(expected, type):
        return replace(expected, **{one.name: named(getattr(expected, one.name), id) for one in fields(expected)})
    return expected
