"""Slow clients

Two thousand clients that send their header a byte at a time, their body a byte at a time, or nothing at all, and come
back whenever they are cut. Those with manners are answered meanwhile, their p99 below three times what it is without
the others, and every slow one is cut by its deadline.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread

from tests.drills.kit.processes import descriptors, resident
from tests.drills.kit.verdict import must, share
from tests.kit.project import write
from tests.kit.server import ROOT, serving

CLIENTS, SECONDS = 2000, 30.0
DEADLINE = 5.0
LATE = 2.0
"""A cut comes no later than this after its deadline (s): connections are looked at once a second."""
WORSE = 3.0
SERVED = 4
PROJECT = {
    "steps/plain_step.py": """
        config = {"type": "api", "name": "Plain", "method": "POST", "path": "/plain", "emits": []}

        async def handler(req, context):
            return {"status": 200, "body": {"ok": True}}
    """,
}
GOOD = b'POST /plain HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{"a":1}'
HEADER = b"POST /plain HTTP/1.1\r\nhost: h\r\nx-slow: "
BODY = b"POST /plain HTTP/1.1\r\nhost: h\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\n"
STARTS = {"header": HEADER, "body": BODY, "silent": b""}


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    clients, seconds = max(60, int(CLIENTS * scale)), max(3.0, SECONDS * scale)
    deadline = DEADLINE if scale >= 1 else 1.0
    limits = f"[http]\nheaderTimeout = {deadline}\nbodyTimeout = {deadline}\n"
    with tempfile.TemporaryDirectory() as folder:
        project = write(Path(folder), {**PROJECT, "motia.toml": limits})
        with serving(project, "start") as server:
            port, pid = int(server.url.rpartition(":")[2]), server.process.pid
            await served(port, 1.0)
            report("measuring without slow clients")
            alone = await served(port, seconds / 2)
            memory, files = resident(pid), descriptors(pid)
            command = [sys.executable, "-m", "tests.drills.slow_clients", str(port), str(clients), str(seconds + 6)]
            report(f"measuring among {clients:,} slow clients")
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as crowd:
                await anyio.sleep(5.0)
                among = await served(port, seconds)
                held = resident(pid) - memory
                said, _ = await anyio.to_thread.run_sync(crowd.communicate)
            cut = json.loads(said)
            must(await _falls(pid, files + 2), f"{descriptors(pid) - files} files stayed open")
    before, after = share(alone, 0.99), share(among, 0.99)
    for kind, lives in cut.items():
        must(lives["cut"], f"no {kind} client was cut")
        longest = lives["longest_s"]
        must(longest <= deadline + LATE or scale < 1, f"a {kind} client held on for {longest:.1f} s")
    must(len(among) > 20, "nobody was served among the slow clients")
    must(scale < 1 or after < WORSE * before, f"p99 rose from {before * 1000:.1f} to {after * 1000:.1f} ms")
    return {
        "clients": clients,
        "cut": sum(lives["cut"] for lives in cut.values()),
        "longest_hold_s": max(lives["longest_s"] for lives in cut.values()),
        "deadline_s": deadline,
        "served": len(among),
        "p99_alone_ms": before * 1000,
        "p99_among_ms": after * 1000,
        "ratio": after / before if before else 0.0,
        "memory_mb": held,
    }


async def _falls(pid: int, most: int) -> bool:
    with anyio.move_on_after(10):
        while descriptors(pid) > most:
            await anyio.sleep(0.05)
        return True
    return False


async def served(port: int, seconds: float) -> list[float]:
    """How long clients with manners wait, each on a connection of its own, a hundred requests a second each at most."""
    times: list[float] = []
    end = time.monotonic() + seconds

    async def one() -> None:
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            while time.monotonic() < end:
                began = time.perf_counter()
                await stream.send(GOOD)
                answer = await stream.receive()
                times.append(time.perf_counter() - began)
                must(answer.startswith(b"HTTP/1.1 200"), f"a good client was answered {answer[:60]!r}")
                await anyio.sleep(0.01)

    async with anyio.create_task_group() as group:
        for _ in range(SERVED):
            group.start_soon(one)
    return times


class Slow(asyncio.Protocol):
    """One slow client; when it is cut it comes back. Plain callbacks, so that the crowd itself costs little."""

    def __init__(self, crowd: Crowd, kind: str) -> None:
        self.crowd, self.kind = crowd, kind
        self.transport: asyncio.WriteTransport | None = None
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport, self.began = transport, time.monotonic()
        transport.write(STARTS[self.kind])

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        life = self.crowd.lives[self.kind]
        life["cut"] += 1
        life["longest_s"] = max(life["longest_s"], time.monotonic() - self.began)
        self.crowd.waiting.append(self)

    def dawdle(self) -> None:
        if self.transport is not None and STARTS[self.kind] and not self.transport.is_closing():
            self.transport.write(b"x")


class Crowd:
    """`lives`: how many of each kind were cut, and how long one of them lasted at most."""

    def __init__(self, clients: int) -> None:
        kinds = list(STARTS)
        self.lives: dict[str, dict[str, float]] = {kind: {"cut": 0, "longest_s": 0.0} for kind in kinds}
        self.all = [Slow(self, kinds[number % len(kinds)]) for number in range(clients)]
        self.waiting = list(self.all)

    async def stay(self, port: int, seconds: float) -> dict[str, dict[str, float]]:
        """A byte a second from each. They come, and when they were cut come back, a few at a time."""
        loop, end, at = asyncio.get_running_loop(), time.monotonic() + seconds, 0
        some = len(self.all) // 50 + 1
        while time.monotonic() < end:
            for _ in range(min(12, len(self.waiting))):
                one = self.waiting.pop()
                try:
                    await loop.create_connection(partial(_itself, one), "127.0.0.1", port)
                except OSError:
                    self.waiting.append(one)
            for one in self.all[at : at + some]:
                one.dawdle()
            at = 0 if at + some >= len(self.all) else at + some
            await asyncio.sleep(0.02)
        return json.loads(json.dumps(self.lives))


def _itself(one: Slow) -> Slow:
    return one


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Crowd(int(sys.argv[2])).stay(int(sys.argv[1]), float(sys.argv[3])))))
