"""Emitters: numbered events over HTTP, and which of them were acknowledged."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable, Sequence
from types import TracebackType

import aiohttp
import anyio

from tests.drills.kit.project import LANGUAGES

_PAUSE = 0.01
Way = tuple[str, str]
"""A path, and the topic where the path is `/emit`."""


def ways(languages: Sequence[str] = LANGUAGES, *, through_steps: bool = True) -> list[Way]:
    """Straight into the core, and through the step of each language that emits."""
    straight = [("/emit", f"drill.{one}") for one in languages]
    return straight + ([(f"/put/{one}", "") for one in languages] if through_steps else [])


KEPT = (("/keep", ""),)
"""To the step whose deliveries all stay."""


class Load:
    """Sends to wherever `url` says at the moment, by each of `by` in turn. An event
    without a 2xx answer is given up under its number: it may run, but nobody was promised so."""

    def __init__(
        self,
        url: Callable[[], str],
        *,
        by: Sequence[Way] = (),
        emitters: int = 8,
        rate: float = 0.0,
        longest: int = 20,
        padding: int = 0,
        seed: int = 1,
    ) -> None:
        self.accepted: set[int] = set()
        self.at: dict[int, float] = {}
        self.refusals: dict[str, int] = {}
        self.unanswered = 0
        self.latencies: list[float] = []
        self.told: Callable[[int], None] = lambda n: None
        self._url = url
        self._ways = by or ways()
        self._emitters = emitters
        self._every = emitters / rate if rate else 0.0
        self._longest = longest
        self._padding = "x" * padding
        self._random = random.Random(seed)
        self._numbers = itertools.count(1)
        self._most: int | None = None
        self._session: aiohttp.ClientSession | None = None
        self._over = anyio.Event()

    async def __aenter__(self) -> Load:
        timeout = aiohttp.ClientTimeout(total=20)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        await self._session.close()

    async def run(self, count: int | None = None) -> None:
        """Until `count` are accepted, or `stop`."""
        self._most = None if count is None else len(self.accepted) + count
        self._over = anyio.Event()
        async with anyio.create_task_group() as group:
            for _ in range(self._emitters):
                group.start_soon(self._emit_on)

    def stop(self) -> None:
        self._over.set()

    async def _emit_on(self) -> None:
        due = time.monotonic() + self._random.random() * self._every
        while not self._over.is_set() and (self._most is None or len(self.accepted) < self._most):
            if self._every:
                await anyio.sleep(max(0.0, due - time.monotonic()))
                due = max(due + self._every, time.monotonic() - 1.0)
            if not await self.one():
                await anyio.sleep(_PAUSE)

    async def one(self) -> bool:
        """One event; whether it was acknowledged."""
        assert self._session is not None
        n, url = next(self._numbers), self._url()
        path, topic = self._ways[n % len(self._ways)]
        data = {"n": n, "ms": self._random.randrange(self._longest + 1), "padding": self._padding}
        body = data if not topic else {"topic": topic, "data": data}
        began = time.monotonic()
        if not url:
            return False
        try:
            async with self._session.post(url + path, json=body) as answer:
                text = await answer.text()
                if answer.status < 300:
                    self.accepted.add(n)
                    self.at[n] = time.time()
                    self.told(n)
                    self.latencies.append(time.monotonic() - began)
                    return True
                said = json.loads(text)
                reason = ": ".join(str(said[key]) for key in ("error", "message") if said.get(key))
                self.refusals[reason] = self.refusals.get(reason, 0) + 1
        except (aiohttp.ClientError, TimeoutError, OSError):
            self.unanswered += 1
        return False
