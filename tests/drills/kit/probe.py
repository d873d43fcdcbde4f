"""Asks one path over and over and keeps how long each answer took."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import aiohttp
import anyio


class Probe:
    """`times` in seconds; `refused` counts answers that were not 200."""

    def __init__(self, session: aiohttp.ClientSession, url: str, every: float = 0.005) -> None:
        self.times: list[float] = []
        self.refused = 0
        self._session = session
        self._url = url
        self._every = every

    async def run(self) -> None:
        while True:
            began = time.monotonic()
            status, _ = await get(self._session, self._url)
            self.times.append(time.monotonic() - began)
            self.refused += status != 200
            await anyio.sleep(self._every)


async def get(session: aiohttp.ClientSession, url: str) -> tuple[int, Any]:
    """Status and JSON body."""
    async with session.get(url) as answer:
        return answer.status, await answer.json(content_type=None)


async def answered(session: aiohttp.ClientSession, url: str, *, each: float = 0.3, patience: float = 30.0) -> float:
    """Seconds until it is answered 200 by asking again and again; a question not answered within `each` is given up."""
    began = time.monotonic()
    while True:
        with suppress(TimeoutError, aiohttp.ClientError):
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=each)) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
        assert time.monotonic() - began < patience, f"{url} is not answered 200 within {patience:g} s"
        await anyio.sleep(0.01)


async def pools(session: aiohttp.ClientSession, url: str) -> dict[str, list[dict[str, Any]]]:
    """The workers of each pool."""
    _, found = await get(session, url + "/__motia/api/workers")
    return {pool["name"]: pool["workers"] for pool in found}


def pids(workers: list[dict[str, Any]], state: str = "") -> set[int]:
    return {one["pid"] for one in workers if one["pid"] and state in ("", one["state"])}
