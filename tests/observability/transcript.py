"""Transcripts in documents, as something to run: commands, and what they print with everything that differs each time.

Ids, times and numbers of the transcript stand for those of the run: the first time one is met it is bound, from then on
it must be the same, and commands that name it get the real one. `…` stands for anything, on a line of its own for lines.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_NAMED = {
    "uuid": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "trace": r"[0-9A-Z]{5}-\d{7}-[0-9a-f]{5,6}",
    "span": r"\b[0-9a-f]{16}\b",
    "letter": r'(?<="deadLetter":)\d+|(?<=redrive )\d+|^\d+(?=\s+AnalyzeOrder)',
}
_LOOSE = {
    "clock": (r"(?:\d\d-\d\d )?\d\d:\d\d:\d\d", r"(?:\d\d-\d\d )?\d\d:\d\d:\d\d"),
    "took": (r"\+? *\d+ ms", r"\+? *\d+ ms"),
    "waited": (r", waited \d+ ms", r"(?:, waited \d+ ms)?"),
    "bytes": (r"\d+ bytes", r"\d+ bytes"),
    "worker": (r"\b(?:node|python|ruby)-\d", r"(?:node|python|ruby)-\d+"),
    "any": ("…", r".*?"),
    "space": (r"\s+", r"\s+"),
}
_ORDER = ("uuid", "trace", "span", "letter", "clock", "waited", "took", "bytes", "worker", "any", "space")
_TOKEN = re.compile("|".join(f"(?P<{name}>{_NAMED.get(name) or _LOOSE[name][0]})" for name in _ORDER), re.M)
_REAL = {**_NAMED, "letter": r"\d+"}


class Asked(NamedTuple):
    command: str
    printed: list[str]


def blocks(text: str, kind: str) -> list[str]:
    return [found[2] for found in _BLOCK.finditer(text) if found[1] == kind]


def transcript(text: str) -> list[Asked]:
    """Every command of a document's `console` blocks, in order."""
    found: list[Asked] = []
    for block in blocks(text, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(Asked(line[2:], []))
            else:
                found[-1].printed.append(line.rstrip())
    return found


class Bound:
    """What the ids of the transcript are in this run."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}

    def put(self, command: str) -> str:
        """The command with this run's ids."""
        return _TOKEN.sub(lambda token: self._real.get(token[0], token[0]), command)

    def match(self, expected: list[str], printed: str) -> bool:
        """Whether this was printed; binds the ids that are new."""
        names: dict[str, str] = {}
        lines = [self._line(line, names) for line in expected]
        pattern = "".join(r"(?:.*\n)*?" if line == r".*?" else f"{line}[ \\t]*\n" for line in lines)
        text = "".join(f"{line.rstrip()}\n" for line in printed.replace("\r", "").splitlines())
        found = re.fullmatch(pattern, text)
        if found is None:
            return False
        self._real |= {written: found[name] for written, name in names.items()}
        return True

    def _line(self, line: str, names: dict[str, str]) -> str:
        parts, at = [], 0
        for token in _TOKEN.finditer(line):
            parts += [re.escape(line[at : token.start()]), self._token(str(token.lastgroup), token[0], names)]
            at = token.end()
        return "".join([*parts, re.escape(line[at:])])

    def _token(self, kind: str, written: str, names: dict[str, str]) -> str:
        if kind not in _NAMED:
            return _LOOSE[kind][1]
        if written in self._real:
            return re.escape(self._real[written])
        if written in names:
            return f"(?P={names[written]})"
        names[written] = f"id{len(names)}"
        return f"(?P<{names[written]}>{_REAL[kind]})"


def patched(text: str, diff: str) -> str:
    """`text` with one hunk of a diff."""
    lines = diff.splitlines()
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    assert text.count(old) == 1, f"the diff does not fit:\n{old}"
    return text.replace(old, "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-"))
