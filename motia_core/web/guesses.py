"""How often somebody may guess the admin token: ten wrong ones within a minute, then none until that minute is over.
Pure but for the clock it is given.

Counted by address, and different guesses only: a page or script that repeats one old token locks nobody out. What was
guessed is not kept, only a mark of it. Memory is bounded: beyond `addresses` the oldest entry goes.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import os
from collections.abc import Callable

MOST = 10
WINDOW = 60.0
ADDRESSES = 10_000


class Guesses:
    """`now` gives seconds that never run backwards."""

    def __init__(
        self, now: Callable[[], float], *, most: int = MOST, window: float = WINDOW, addresses: int = ADDRESSES
    ) -> None:
        self._now = now
        self._most = most
        self._window = window
        self._addresses = addresses
        self._salt = os.urandom(16)
        # By the moment of their first guess, as they were added.
        self._wrong: dict[str, tuple[float, set[bytes]]] = {}

    def wait(self, address: str) -> int:
        """Whole seconds until this address may try again; 0 = now."""
        found = self._wrong.get(key_of(address))
        if found is None or len(found[1]) < self._most:
            return 0
        return max(0, math.ceil(found[0] + self._window - self._now()))

    def wrong(self, address: str, guess: str) -> None:
        """That was not it."""
        now, key = self._now(), key_of(address)
        self._forget(now)
        found = self._wrong.get(key)
        if found is None:
            if len(self._wrong) >= self._addresses:
                del self._wrong[next(iter(self._wrong))]
            found = self._wrong[key] = (now, set())
        if len(found[1]) < self._most:
            found[1].add(hashlib.blake2b(guess.encode("utf-8", "replace"), key=self._salt, digest_size=8).digest())

    def __len__(self) -> int:
        """Addresses that are remembered."""
        return len(self._wrong)

    def _forget(self, now: float) -> None:
        while self._wrong:
            oldest = next(iter(self._wrong))
            if now < self._wrong[oldest][0] + self._window:
                return
            del self._wrong[oldest]


def key_of(address: str) -> str:
    """Who counts as one: an address, of the long kind the network that one customer is given."""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)
