"""Reads conversation vectors (`runners/vectors/*.txt`) into moves. Knows the text, never a process.

The format is explained in `runners/vectors/README.md`; `matching.py` compares, `play.py` performs.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from msgspec import Struct

VECTORS = Path(__file__).resolve().parents[2] / "runners" / "vectors"
_REPEAT = re.compile(r"\{repeat:(.+?):(\d+)\}")
_PLACE = re.compile(r"\{(file:(\w+)|run|project)\}")


class VectorError(Exception):
    """The text of a vector cannot be read."""


class Move(Struct, frozen=True):
    """One thing that happens; `line` is its number in the file."""

    line: int


class Send(Move, frozen=True):
    """The core sends this JSON text, captures replaced."""

    text: str


class SendBytes(Move, frozen=True):
    """The core sends these bytes as they stand."""

    data: bytes


class Expect(Move, frozen=True):
    """The runner sends a line that fits this pattern."""

    text: str


class AnyOrder(Move, frozen=True):
    """The runner sends lines that fit these patterns, in any order."""

    lines: tuple[Expect, ...]


class CloseInput(Move, frozen=True):
    """The core closes the runner's stdin."""


class Ends(Move, frozen=True):
    """The runner ends, with this exit code if one is given."""

    code: int | None


class WriteFile(Move, frozen=True):
    """The core puts a spill file into the run folder."""

    name: str
    content: str


class ReadFile(Move, frozen=True):
    """The captured path is a spill file with this content."""

    capture: str
    content: str


class Edit(Move, frozen=True):
    """A word of a fixture file is replaced."""

    name: str
    old: str
    new: str


class Vector(Struct, frozen=True):
    name: str
    moves: tuple[Move, ...]
    raw: bool = False
    languages: frozenset[str] = frozenset()
    limits: dict[str, int] = {}

    def suits(self, runner: str) -> bool:
        return not self.languages or runner in self.languages

    @property
    def ends(self) -> bool:
        """Whether the runner is gone afterwards."""
        return any(isinstance(move, Ends) for move in self.moves)


def expand(text: str, *, run: str, project: str, files: dict[str, str]) -> str:
    """The text with `{run}`, `{project}` and `{file:NAME}` replaced by real paths."""

    def place(found: re.Match[str]) -> str:
        if found[2]:
            if found[2] not in files:
                raise VectorError(f"no fixture file {found[2]}")
            return files[found[2]]
        return run if found[1] == "run" else project

    return _PLACE.sub(place, text)


def load() -> list[Vector]:
    """Every vector, sorted by name."""
    return [parse(path.stem, path.read_text("utf-8")) for path in sorted(VECTORS.glob("*.txt"))]


def parse(name: str, text: str) -> Vector:
    moves: list[Move] = []
    block: list[Expect] | None = None
    raw, languages, limits = False, frozenset[str](), dict[str, int]()
    for number, line in enumerate(text.split("\n"), 1):
        body = _REPEAT.sub(lambda found: found[1] * int(found[2]), line.strip())
        word, _, rest = body.partition(" ")
        match word:
            case "":
                continue
            case _ if word.startswith("#"):
                continue
            case "@raw":
                raw = True
            case "@languages":
                languages = frozenset(rest.split())
            case "@limits":
                limits = {key: int(value) for key, _, value in (pair.partition("=") for pair in rest.split())}
            case "<" if rest == "any order":
                block = []
            case "<" if rest == "end":
                if block is None:
                    raise VectorError(f"{name}:{number}: `< end` without `< any order`")
                moves.append(AnyOrder(number, tuple(block)))
                block = None
            case _:
                move = _move(name, number, word, rest)
                if block is None:
                    moves.append(move)
                elif isinstance(move, Expect):
                    block.append(move)
                else:
                    raise VectorError(f"{name}:{number}: only `<` lines may stand between `any order` and `end`")
    if block is not None:
        raise VectorError(f"{name}: `< any order` without `< end`")
    return Vector(name, tuple(moves), raw, languages, limits)


def _move(name: str, number: int, word: str, rest: str) -> Move:
    match word:
        case ">" | "<":
            _check_object(name, number, rest)
            return Send(number, rest) if word == ">" else Expect(number, rest)
        case ">bytes":
            return SendBytes(number, json.loads(rest).encode())
        case ">hex":
            return SendBytes(number, bytes.fromhex(rest))
        case ">eof":
            return CloseInput(number)
        case "<eof":
            return Ends(number, int(rest) if rest else None)
        case ">file":
            path, _, content = rest.partition(" ")
            return WriteFile(number, path, content)
        case ">edit":
            return Edit(number, *rest.split())
        case "<file":
            capture, _, content = rest.partition(" ")
            return ReadFile(number, capture.lstrip("$"), content)
        case _:
            raise VectorError(f"{name}:{number}: cannot read {word!r}")


def _check_object(name: str, number: int, text: str) -> None:
    try:
        if not isinstance(json.loads(text), dict):
            raise VectorError(f"{name}:{number}: not a JSON object")
    except ValueError as error:
        raise VectorError(f"{name}:{number}: not JSON: {error}") from None
