"""`motia-workbench.json`: where people have put the nodes of each flow. Users commit this file.

Only the bytes of the flow that changes are written anew: order, spacing, line ends and everything else stay as they
are. A file that cannot be understood is never touched.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from json.decoder import WHITESPACE  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any

from motia_core.errors import MotiaError

NAME = "motia-workbench.json"
_DECODER = json.JSONDecoder()
Config = dict[str, Any]


class LayoutUnreadable(MotiaError):
    """motia-workbench.json cannot be read."""

    status = 409
    retryable = False


def read(project: Path) -> dict[str, Config]:
    """The config of each flow. Raises LayoutUnreadable."""
    text = _text(project / NAME)
    return {flow: config for flow, (config, _, _) in _entries(text).items()} if text.strip() else {}


def save(project: Path, flow: str, config: Config) -> bool:
    """Whether anything had to be written. Raises LayoutUnreadable."""
    path = project / NAME
    before = _text(path)
    after = changed(before, flow, config)
    if after == before:
        return False
    _replace(path, after.encode())
    return True


def changed(text: str, flow: str, config: Config) -> str:
    """`text` with another config for `flow`. Pure. Raises LayoutUnreadable."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if not text.strip():
        return _written([{"id": flow, "config": config}], "", newline) + newline
    known = _entries(text).get(flow)
    if known is not None:
        old, start, end = known
        if old == config:
            return text
        line = text[text.rfind("\n", 0, start) + 1 : start]
        return text[:start] + _written(config, line[: len(line) - len(line.lstrip())], newline) + text[end:]
    added = _written({"id": flow, "config": config}, "  ", newline)
    ends = _element_ends(text)
    if ends:
        return f"{text[: ends[-1]]},{newline}  {added}{text[ends[-1] :]}"
    start = text.index("[") + 1
    return f"{text[:start]}{newline}  {added}{newline}{text[text.rindex(']') :]}"


def _written(value: object, indent: str, newline: str) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text.replace("\n", f"{newline}{indent}")


def _entries(text: str) -> dict[str, tuple[Config, int, int]]:
    """By flow: its config and where it stands. Of several entries of a flow the first counts."""
    found: dict[str, tuple[Config, int, int]] = {}
    for start, end in _elements(text):
        if not text.startswith("{", start):
            continue
        entry = _DECODER.raw_decode(text, start)[0]
        flow, config = entry.get("id"), entry.get("config")
        if isinstance(flow, str) and isinstance(config, dict) and flow not in found:
            found[flow] = (config, *_member(text, start, end, "config"))
    return found


def _element_ends(text: str) -> list[int]:
    return [end for _, end in _elements(text)]


def _elements(text: str) -> list[tuple[int, int]]:
    """Where the elements of the array begin and end. Raises LayoutUnreadable."""
    found: list[tuple[int, int]] = []
    try:
        if not isinstance(json.loads(text), list):
            raise LayoutUnreadable(f"{NAME} is no list", hint="mend it by hand, or remove it")
    except ValueError as error:
        raise LayoutUnreadable(f"{NAME} is no JSON: {error}", hint="mend it by hand, or remove it") from None
    at = _skip(text, text.index("[") + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        found.append((at, end))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _member(text: str, start: int, end: int, wanted: str) -> tuple[int, int]:
    """Where the value of the key `wanted` stands in the object at `start`. As in JSON the last of that name counts."""
    found = (start, end)
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        value = _skip(text, _skip(text, at) + 1)
        _, at = _DECODER.raw_decode(text, value)
        if key == wanted:
            found = (value, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _skip(text: str, at: int) -> int:
    return int(WHITESPACE.match(text, at).end())


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutUnreadable(f"{NAME} cannot be read: {error}") from None


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all: somebody may read it, or the power may fail, at any moment."""
    target = path.resolve()
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
