"""The text of a TypeScript or JavaScript file as tokens with their brackets matched. Knows words, not meanings.

Good enough to look for names in the right places: comments, texts, templates and patterns cannot be taken for code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Literal, NamedTuple

Kind = Literal["name", "text", "number", "pattern", "mark"]
OPENERS = {"(": ")", "[": "]", "{": "}", "${": "}"}
_MARKS = re.compile(
    r">>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--"
    r"|\+=|-=|\*=|/=|%=|&=|\|=|\^=|\*\*|."
)
_NAME = re.compile(r"[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*|#[A-Za-z_$][\w$]*")
_NUMBER = re.compile(r"(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d+)n?")
_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?(?:\*/|\Z))+", re.DOTALL)
_TEXT = {quote: re.compile(rf"{quote}((?:[^{quote}\\\n]|\\.)*){quote}?", re.DOTALL) for quote in "'\""}
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_PIECE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)
# After these a slash begins a pattern.
_BEFORE_PATTERN = frozenset({"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do"})


class Token(NamedTuple):
    """`value` of a text or a template without places to fill is its content; of anything else what is written."""

    kind: Kind
    value: str
    at: int


class Script:
    """One file. Token indexes are the places that the other functions speak of."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.partner = _partners(self.tokens)

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line(self, index: int) -> int:
        return bisect_right(self._lines, self.tokens[index].at)

    def value(self, index: int) -> str:
        """The token's value; "" beyond the ends."""
        return self.tokens[index].value if 0 <= index < len(self.tokens) else ""

    def is_mark(self, index: int, *values: str) -> bool:
        return (
            0 <= index < len(self.tokens) and self.tokens[index].kind == "mark" and self.tokens[index].value in values
        )

    def is_name(self, index: int, *values: str) -> bool:
        found = 0 <= index < len(self.tokens) and self.tokens[index].kind == "name"
        return found and (not values or self.tokens[index].value in values)

    def literal(self, index: int) -> str | None:
        """The content of a text; None for anything else."""
        return self.tokens[index].value if 0 <= index < len(self.tokens) and self.tokens[index].kind == "text" else None

    def entries(self, opener: int) -> dict[str, int]:
        """The keys of the object or list that opens here → where their values begin; a list's keys are numbers. What is
        spread in counts as the key "..."."""
        found: dict[str, int] = {}
        is_list = self.is_mark(opener, "[")
        index, end, count = opener + 1, self.partner.get(opener, opener), 0
        while index < end:
            if self.is_mark(index, "..."):
                found["..."] = index + 1
            elif is_list:
                found[str(count)] = index
            elif self.is_mark(index, "["):
                found["..."] = index
            else:
                while self.is_name(index, "async", "get", "set") and not self.is_mark(index + 1, ",", ":", "(", "}"):
                    index += 1
                found[self.value(index)] = index + 2 if self.is_mark(index + 1, ":") else index
            index, count = self.skip(index, end) + 1, count + 1
        return found

    def skip(self, index: int, end: int) -> int:
        """The next comma of this level, or `end`."""
        while index < end and not self.is_mark(index, ","):
            index = self.partner.get(index, index) + 1 if self.is_mark(index, *OPENERS) else index + 1
        return min(index, end)


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    # For each template that is open, how many braces its place to fill holds.
    depths: list[int] = []
    at, size = 0, len(text)
    while at < size:
        if (space := _SPACE.match(text, at)) is not None:
            at = space.end()
            continue
        letter = text[at]
        if letter == "`" or (letter == "}" and depths and depths[-1] == 0):
            if letter == "}":
                depths.pop()
                found.append(Token("mark", "}", at))
            at = _template(text, at, found, depths)
            continue
        token = _token(text, at, letter, found)
        if depths and token.value == "{" and token.kind == "mark":
            depths[-1] += 1
        elif depths and token.value == "}" and token.kind == "mark":
            depths[-1] -= 1
        found.append(token)
        at = _ends(text, at, token)
    return found


def _token(text: str, at: int, letter: str, before: list[Token]) -> Token:
    if letter in _TEXT:
        match = _TEXT[letter].match(text, at)
        assert match is not None
        return Token("text", match[1], at)
    if (name := _NAME.match(text, at)) is not None:
        return Token("name", name[0], at)
    if (number := _NUMBER.match(text, at)) is not None:
        return Token("number", number[0], at)
    if letter == "/" and _begins_pattern(before) and (pattern := _PATTERN.match(text, at)) is not None:
        return Token("pattern", pattern[0], at)
    mark = _MARKS.match(text, at)
    assert mark is not None
    return Token("mark", mark[0], at)


def _ends(text: str, at: int, token: Token) -> int:
    if token.kind == "text":
        match = _TEXT[text[at]].match(text, at)
        assert match is not None
        return match.end()
    return at + len(token.value)


def _begins_pattern(before: list[Token]) -> bool:
    if not before:
        return True
    last = before[-1]
    if last.kind == "name":
        return last.value in _BEFORE_PATTERN
    return last.kind == "mark" and last.value not in (")", "]", "}", "++", "--")


def _template(text: str, at: int, found: list[Token], depths: list[int]) -> int:
    """One piece of a template, from its backtick or from the brace that ends a filled place. Returns where it ends."""
    piece = _PIECE.match(text, at + 1)
    assert piece is not None
    end = piece.end()
    if text.startswith("${", end):
        depths.append(0)
        found.append(Token("mark", "${", end))
        return end + 2
    if text[at] == "`":
        found.append(Token("text", piece[0], at))
    return end + 1


def _partners(tokens: list[Token]) -> dict[int, int]:
    """Where each bracket that opens is closed, and the other way round."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.value in OPENERS:
            opened.append(index)
        elif token.value in OPENERS.values():
            while opened:
                opener = opened.pop()
                if OPENERS[tokens[opener].value] == token.value:
                    found[opener], found[index] = index, opener
                    break
    return found
