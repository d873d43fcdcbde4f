"""Durable events per second from the first emit to the last ack, and the latency of a chain over three languages."""

from __future__ import annotations

import json
import socket
import sqlite3
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from figures import Results, Series
from options import Options
from projects import make
from servers import Server, motia, post, running

BURST = 100
CALLERS = 4
SUBSCRIBERS = (1, 4, 16)


def measure(results: Results, options: Options) -> None:
    with running(motia(make("events"))) as server:
        server.wait("/burst")
        drain(server, BURST * 10)
        rates = [drain(server, options.events) for _ in range(3)]
        results.values["durable"] = statistics.median(rates)
        results.values["chain"] = chain(server, options.chains)
    points = []
    for count in SUBSCRIBERS:
        with running(motia(make(f"sinks-{count}", sinks=count - 1))) as server:
            server.wait("/burst")
            drain(server, BURST * 5)
            points.append((float(count), count * drain(server, options.events // (2 * count))))
    results.plot(
        "subscribers",
        "Deliveries per second by subscribers of one topic",
        "subscribers",
        "deliveries/s",
        Series("durability full", points),
    )


def drain(server: Server, events: int) -> float:
    """Emits `events` in bursts and waits until the last delivery is acknowledged; events per second."""
    body = json.dumps({"count": BURST}).encode()
    began = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        for _ in pool.map(lambda _: post(server.url + "/burst", body), range(max(1, events // BURST))):
            pass
    wait_until_empty(server)
    return max(1, events // BURST) * BURST / (time.perf_counter() - began)


def wait_until_empty(server: Server, patience: float = 300) -> None:
    database = server.folder / ".motia" / "motia.db"
    deadline = time.monotonic() + patience
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)
    try:
        while connection.execute("SELECT 1 FROM deliveries LIMIT 1").fetchone():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{server.name}: deliveries are left after {patience:g} s")
            time.sleep(0.01)
    finally:
        connection.close()


def chain(server: Server, count: int) -> float:
    """The median time in ms from the request to the last step of the chain, which says so by datagram."""
    server.wait("/ts")
    times = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.bind(("127.0.0.1", 0))
        end.settimeout(20)
        for number in range(count + 20):
            body = json.dumps({"n": number, "port": end.getsockname()[1]}).encode()
            began = time.perf_counter()
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                head = f"POST /chain HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\ncontent-type: application/json\r\n"
                connection.sendall(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
                while int(end.recv(100)) != number:
                    pass
                times.append((time.perf_counter() - began) * 1000)
                while connection.recv(65536):
                    pass
    return statistics.median(times[20:])
