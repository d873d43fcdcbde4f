"""Takes secrets out of what is recorded: values under certain keys become `[redacted]`.

Looks at keys, never at texts: what an author writes into a message stays there. Pure; a value without such keys is
given back as it is, not even encoded anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw

REDACTED = "[redacted]"
EXACTLY = ("authorization", "proxy-authorization", "cookie", "set-cookie")
CONTAINING = ("password", "secret", "token", "api key")
_OTHER = re.compile(r"[\W_]+")
_EMPTY = (b"{}", b"null", b"", b"[]")
_REMEMBERED = 10_000


def plain(key: str) -> str:
    """A key without case and separators: `X-Api_Key` is `xapikey`."""
    return _OTHER.sub("", key).casefold()


class Redactor:
    """`names` come beside the defaults: a name is a key wherever it stands; `customer.email` is the key `email`
    directly in a `customer`, `card.*` every key in a `card`; lists are passed through. Case and separators do not
    count."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        paths = [tuple("*" if part == "*" else plain(part) for part in name.split(".")) for name in names]
        self._names = {plain(name) for name in EXACTLY} | {path[0] for path in paths if len(path) == 1}
        self._parts = tuple(plain(name) for name in CONTAINING)
        self._paths = [path for path in paths if len(path) > 1]
        self._known: dict[str, bool] = {}
        self._plains: dict[str, str] = {}

    def json(self, data: Raw | bytes) -> Raw:
        """The same JSON without secrets."""
        text = bytes(data)
        if text in _EMPTY:
            return Raw(text)
        try:
            value = msgspec.json.decode(text)
            found = self.value(value)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return Raw(b'"%s"' % REDACTED.encode())
        return Raw(text) if found is value else Raw(msgspec.json.encode(found))

    def value(self, value: Any) -> Any:
        """`value` itself when nothing in it is secret, else a copy."""
        return self._walk(value, ())

    def _walk(self, value: Any, above: tuple[str, ...]) -> Any:
        if type(value) is dict:
            return self._walk_keys(value, above)
        if type(value) is list:
            found = [self._walk(one, above) for one in value]
            return value if all(a is b for a, b in zip(found, value, strict=True)) else found
        return value

    def _walk_keys(self, value: dict[str, Any], above: tuple[str, ...]) -> dict[str, Any]:
        changed: dict[str, Any] = {}
        for key, inner in value.items():
            if inner is None or inner is True or inner is False:
                continue
            path = (*above, self._plain(key)) if self._paths else above
            if self._is_secret(key) or (self._paths and self._is_listed(path)):
                changed[key] = REDACTED
            elif type(inner) is dict or type(inner) is list:
                kept = self._walk(inner, path)
                if kept is not inner:
                    changed[key] = kept
        return {**value, **changed} if changed else value

    def _plain(self, key: str) -> str:
        known = self._plains.get(key)
        if known is None:
            known = plain(key)
            if len(self._plains) < _REMEMBERED:
                self._plains[key] = known
        return known

    def _is_secret(self, key: str) -> bool:
        known = self._known.get(key)
        if known is None:
            name = plain(key)
            known = name in self._names or any(part in name for part in self._parts)
            if len(self._known) < _REMEMBERED:
                self._known[key] = known
        return known

    def _is_listed(self, path: tuple[str, ...]) -> bool:
        return any(
            len(path) >= len(wanted)
            and all(want in ("*", have) for want, have in zip(wanted, path[-len(wanted) :], strict=True))
            for wanted in self._paths
        )
