"""One line of the report."""

from __future__ import annotations

from msgspec import Struct

from motia_core.cli.migrate.catalogue import CATALOGUE, Verdict


class Finding(Struct, frozen=True, order=True):
    """`message` says what is there, in the words of this project; the catalogue says what the code means."""

    file: str
    line: int
    code: str
    message: str
    action: str

    @property
    def verdict(self) -> Verdict:
        return CATALOGUE[self.code].verdict


def finding(code: str, file: str, line: int, message: str = "", action: str = "") -> Finding:
    entry = CATALOGUE[code]
    return Finding(file, line, code, message or entry.meaning, action or entry.action)


def line_of(text: str, pattern: str) -> int:
    """The line of the first place where `pattern` stands literally; 1 when nowhere."""
    at = text.find(pattern)
    return 1 if at < 0 else text.count("\n", 0, at) + 1
