"""What an admin route is asked, and lists answered page by page. Pure."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec
from msgspec import Struct

from motia_core.errors import MotiaError

_JSON = "application/json; charset=utf-8"
MOST = 1000
"""Entries of a page."""

T = TypeVar("T")
S = TypeVar("S", bound=Struct)


class Request(Protocol):
    """An admin request, as far as it is needed here: its decoded JSON body, None without one."""

    @property
    def body(self) -> object: ...

    @property
    def params(self) -> Mapping[str, str]: ...

    @property
    def query(self) -> Mapping[str, object]: ...

    @property
    def trace_id(self) -> str: ...


Handler = Callable[[Request], Awaitable[object]]


class Answer(Struct, frozen=True):
    """An answer that is more than JSON with 200."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = msgspec.field(default_factory=lambda: {"content-type": _JSON})


class BadBody(MotiaError):
    """The request has the wrong shape."""

    status = 400
    retryable = False


class NotThere(MotiaError):
    """There is nothing of this name."""

    status = 404
    retryable = False


class Page(Struct, frozen=True, kw_only=True):
    """What every list may be asked: `q` is looked for, `cursor` is the `next` of the page before."""

    limit: int = 100
    cursor: str | None = None
    q: str = ""

    @property
    def most(self) -> int:
        return max(1, min(self.limit, MOST))


class Nothing(Struct, frozen=True):
    """The answer is 204."""


class Listing(Struct, Generic[T], frozen=True):
    """One page; `next` None = the last."""

    items: Sequence[T]
    next: str | None = None


def body_of(request: Request, shape: type[S]) -> S:
    """Raises BadBody."""
    return _converted(request.body, shape, "the body is")


def query_of(request: Request, shape: type[S]) -> S:
    """Raises BadBody."""
    return _converted(dict(request.query), shape, "the query is")


def _converted(given: object, shape: type[S], what: str) -> S:
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        raise BadBody(f"{what} not as expected: {error}") from None


def cut(found: Iterable[T], page: Page, *, key: Callable[[T], str], text: Callable[[T], str]) -> Listing[T]:
    """A page of what is all there, by `key`, which names each. `text` is what is searched."""
    wanted = page.q.casefold()
    chosen = sorted(
        ((key(one), one) for one in found if not wanted or wanted in text(one).casefold()), key=lambda pair: pair[0]
    )
    if page.cursor is not None:
        chosen = [pair for pair in chosen if pair[0] > page.cursor]
    rest = chosen[: page.most]
    return Listing([one for _, one in rest], rest[-1][0] if len(chosen) > len(rest) else None)


def pack(*parts: str) -> str:
    """Several names as one cursor."""
    return urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def unpack(cursor: str | None, count: int) -> list[str] | None:
    """Raises BadBody when this is no cursor of so many names."""
    if cursor is None:
        return None
    try:
        parts = msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[str])
    except (ValueError, msgspec.MsgspecError):
        parts = []
    if len(parts) != count:
        raise BadBody(f"there is no cursor '{cursor[:40]}'")
    return parts


def number(cursor: str | None) -> int:
    """Raises BadBody when this is no cursor of numbered things."""
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise BadBody(f"there is no cursor '{cursor[:40]}'")
    return int(cursor)
