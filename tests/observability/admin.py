"""What tests of the screens' backend share: a stream socket of an admin, and the routes there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.kit.server import Server
from tests.streams.raw import Raw, dial


def routes(server: Server, **headers: str) -> list[str]:
    """Every admin route of a server, as it says itself, and the one outside its table."""
    answer = server.get("/__motia/api", headers=headers)
    assert answer.status == 200, answer.body
    return [*answer.json, "POST /__motia/session"]


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
