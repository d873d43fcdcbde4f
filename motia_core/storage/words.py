"""How a text is searched: by its words. Pure; what each backend finds with its own means must agree with `contains`."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """In the order they stand, without case and accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))


def contains(text: str, wanted: list[str]) -> bool:
    """Whether `wanted` stand in a row, the last perhaps as the beginning of a word. No words are in no text."""
    if not wanted:
        return False
    found, last = words(text), len(wanted) - 1
    goes_on = may_go_on(wanted)
    return any(
        found[at : at + last] == wanted[:last]
        and (found[at + last] == wanted[last] or (goes_on and found[at + last].startswith(wanted[last])))
        for at in range(len(found) - last)
    )


def may_go_on(wanted: list[str]) -> bool:
    """Whether the last word may be the beginning of one: not a single letter or digit, which too many begin with."""
    return len(wanted[-1]) > 1 or not wanted[-1].isascii()
