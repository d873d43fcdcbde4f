"""Names in any case style, and what a file's name says. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_ENDINGS = (".step", "_step", ".stream", "_stream")


def words(text: str) -> tuple[str, ...]:
    """`createOrder`, `create-order`, `create_order` and `Create Order` are the same words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return tuple(re.findall(r"[^\W_]+", spaced.lower()))


def file_stem(file: str) -> str:
    """`src/orders/create.step.ts` → `create`."""
    stem = PurePosixPath(file).stem
    for ending in _ENDINGS:
        stem = stem.removesuffix(ending)
    return stem
