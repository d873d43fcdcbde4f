"""Live data: what a connected socket costs, how fast very many followers hear of a change, and that none is missed."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import processes
from figures import Results, Series
from options import Options
from projects import make
from servers import HERE, ROOT, Server, motia, post, running

PROGRAMS = HERE / "streams"
PACKAGES = Path(os.environ.get("STREAM_CLIENTS", ROOT / ".venv" / "clients"))
GROUPS = 100
PUBLISHED = 20
LIGHT = 980
RATE = 25
RATES = (25, 50, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_250, 1_500)
ITEMS = 10
ALLOWED = 150.0
LOOP = 1_000
PATIENCE = 20
SETTLED = 1.0


class Clients:
    """A process full of followers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, verb: str, *args: object) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([verb, *args]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the clients ended with code {self._process.wait()}")
        return json.loads(line)


@contextmanager
def clients(program: str, *args: str) -> Iterator[Clients]:
    command = ["node", str(PROGRAMS / program), *args]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Clients(process)
        finally:
            process.kill()


@contextmanager
def board(name: str) -> Iterator[Server]:
    with running(motia(make(name, of="streams/project"))) as server:
        server.wait("/paint", paint("nobody", 1))
        yield server


def paint(group: str, count: int, **more: object) -> bytes:
    return json.dumps({"group": group, "count": count, **more}).encode()


def measure(results: Results, options: Options) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    idle(results, options.sockets)
    crowd(results, options.seconds)
    loop(results)


def idle(results: Results, count: int) -> None:
    """What sockets cost that follow and hear nothing."""
    with board("sockets") as server, clients("light.mjs", str(server.port)) as light:
        light.ask("connect", 50)
        light.ask("join", "board", GROUPS)
        time.sleep(SETTLED)
        before = processes.resident(server.process.pid)
        connecting = light.ask("connect", count)
        time.sleep(SETTLED)
        connected = processes.resident(server.process.pid)
        joining = light.ask("join", "board", GROUPS)
        time.sleep(SETTLED)
        joined = processes.resident(server.process.pid)
    results.values["socket"] = (joined - before) / count / 1024
    results.values["joins"] = count / joining
    results.notes.append(
        f"{count:,} sockets: {(connected - before) / count / 1024:.1f} KiB each when connected, "
        f"{results.values['socket']:.1f} KiB when each follows one of {GROUPS} groups; {count / connecting:,.0f} "
        f"connections and {count / joining:,.0f} joins a second."
    )


def crowd(results: Results, seconds: float) -> None:
    """One group with very many followers, a few of them the published client."""
    with (
        board("crowd") as server,
        clients("light.mjs", str(server.port)) as light,
        clients("published.mjs", str(packages()), f"ws://127.0.0.1:{server.port}") as published,
    ):
        light.ask("connect", LIGHT)
        light.ask("join", "board", 1)
        published.ask("follow", PUBLISHED, "board", "0", None)
        spread(server, light, published, RATE, 1.0)
        steady = spread(server, light, published, RATE, seconds * 2)
        results.values["heard"] = steady["share"]
        results.values["callback"] = steady["p99"]
        with closing(stalled(server)) as reader:
            beside = spread(server, light, published, RATE, seconds * 2, size=2_000)
            results.values["stalled"] = beside["p99"]
            results.values["heard"] = min(results.values["heard"], beside["share"])
            points = []
            results.values["rate"] = 0
            for rate in RATES:
                found = spread(server, light, published, rate, seconds)
                points.append((float(rate), found["p99"]))
                if found["share"] < 100 or found["p99"] > ALLOWED or found["rate"] < rate * 0.95:
                    break
                results.values["rate"] = rate
            end = "was cut meanwhile" if is_cut(reader) else "was still there in the end"
    results.notes.append(
        f"{LIGHT + PUBLISHED:,} followers of one group, {RATE} updates/s: `set` to callback of the published client "
        f"p50 {steady['p50']:.1f} ms, p99 {steady['p99']:.1f} ms, longest {steady['longest']:.1f} ms; beside a reader "
        f"that has stalled, with 2 kB an update, p99 {beside['p99']:.1f} ms; at {points[-1][0]:.0f} updates/s p99 "
        f"{points[-1][1]:.0f} ms, {found['share']:.2f} % heard. The stalled one {end}."
    )
    results.plot(
        "followers",
        f"p99 from `set` to callback, {LIGHT + PUBLISHED:,} followers",
        "updates/s",
        "ms",
        Series("published client", points),
        log=False,
    )


def spread(
    server: Server, light: Clients, published: Clients, rate: float, seconds: float, size: int = 0
) -> dict[str, float]:
    """Updates at this rate; `share` = percent of them that were heard, in order, by everybody; `rate` = how
    many were set in a second."""
    count = max(1, int(rate * seconds))
    took = json.loads(post(server.url + "/paint", paint("0", count, rate=rate, items=ITEMS, size=size)))["took"]
    found, crowd = published.ask("look", count, PATIENCE), light.ask("look", count, PATIENCE)
    if crowd["closed"]:
        raise RuntimeError(f"{crowd['closed']} of {LIGHT} followers were cut off at {rate:g} updates/s")
    if found["disorder"] or crowd["disorder"]:
        found["heard"] = min(found["heard"], 0.999)
    return {**found, "rate": count / max(took / 1000, count / rate), "share": 100 * min(found["heard"], crowd["heard"])}


def loop(results: Results) -> None:
    """One item, set again and again as fast as it goes."""
    with (
        board("loop") as server,
        clients("published.mjs", str(packages()), f"ws://127.0.0.1:{server.port}") as published,
    ):
        published.ask("follow", PUBLISHED, "board", "loop", "0")
        took = json.loads(post(server.url + "/paint", paint("loop", LOOP)))["took"]
        found = published.ask("look", LOOP, PATIENCE)
    whole = found["last"] == LOOP and not found["disorder"]
    results.values["loop"] = 100 * found["heard"] if whole else 0.0
    results.notes.append(
        f"{LOOP:,} `set` of one item in a loop: {LOOP / took * 1000:,.0f} a second; {PUBLISHED} followers with the "
        f"published client heard {100 * found['heard']:.2f} % of them, {found['disorder']} out of order."
    )


def stalled(server: Server) -> socket.socket:
    """A follower that joins and never reads again."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect(("127.0.0.1", server.port))
    join = json.dumps({"type": "join", "data": {"streamName": "board", "groupId": "0", "subscriptionId": "s"}}).encode()
    reader.sendall(
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    if not reader.recv(100).startswith(b"HTTP/1.1 101"):
        raise RuntimeError("the stalled reader was not let in")
    reader.sendall(bytes([0x81, 0x80 | len(join), 0, 0, 0, 0]) + join)
    return reader


def is_cut(reader: socket.socket) -> bool:
    reader.settimeout(1)
    try:
        while reader.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def packages() -> Path:
    if not (PACKAGES / "node_modules").is_dir():
        raise RuntimeError(f"the published clients are missing in {PACKAGES}: .ci/setup bench")
    return PACKAGES
