"""Names in any case style, and what a file's name says. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_ENDINGS = (".step", "_step", ".stream", "_stream")


def plain(text: str) -> str:
    """The same for `createOrder`, `create-order`, `create_order` and `Create Order`."""
    return re.sub(r"[\W_]+", "", text).casefold()


def file_stem(file: str) -> str:
    """`src/orders/create.step.ts` → `create`."""
    stem = PurePosixPath(file).stem
    for ending in _ENDINGS:
        stem = stem.removesuffix(ending)
    return stem
