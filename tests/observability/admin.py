"""What tests of the screens' backend share: a stream socket of an admin, and the routes there are."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.kit.server import ROOT
from tests.streams.raw import Raw, dial

_ROUTE = re.compile(r"^(GET|POST|PUT|DELETE) (/\S+)$")
_NAMES = {"PREFIX": "/__motia", "base": "/__motia/bullmq", "VIEWER": "/__motia/openapi/", "name": "viewer.js"}
_OTHER = "POST /__motia/session"


def routes() -> list[str]:
    """Every admin route that the sources name: as keys of `routes`, literal or with a prefix."""
    found: set[str] = set()
    for path in (*(ROOT / "motia_core" / "workbench").glob("*.py"), *(ROOT / "motia_core" / "app").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Dict):
                found |= {text for key in node.keys if (text := _text(key)) and _ROUTE.match(text)}
    return sorted(found)


def _text(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values)
    return _NAMES.get(node.id, "?") if isinstance(node, ast.Name) else ""


@contextmanager
def socket(url: str, headers: Mapping[str, str | None] | None = None) -> Iterator[Raw]:
    raw = dial(url, headers=headers)
    try:
        assert raw.handshake.status == 101
        yield raw
    finally:
        raw.close()


def heard(raw: Raw, wanted: Callable[[Any], object]) -> Any:
    """The first message that is wanted; others are passed over."""
    while True:
        message = raw.hear()
        if wanted(message):
            return message


def joined(raw: Raw, stream: str, group: str = "default", id: str | None = None) -> Any:
    """What the newcomer is told."""
    raw.join(stream, group, id, sub=f"{stream}/{group}/{id}")
    message = heard(raw, lambda one: one["streamName"] == stream and one["event"]["type"] in ("sync", "event"))
    assert message["event"]["type"] == "sync", message
    return message["event"]["data"]


def read(path: Path) -> bytes:
    return path.read_bytes()
