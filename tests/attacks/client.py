"""A client without manners: raw sockets, and what the server looks like from outside after they were used."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.attacks.target import TOKEN
from tests.e2e.front import Answer
from tests.kit.server import Server, until

PATIENCE = 15.0


class Line:
    """One connection. What cannot be sent because the server has hung up is not sent."""

    def __init__(self, server: Server, *, source: str = "127.0.0.1", receive_buffer: int | None = None) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port_of(server)))

    def send(self, data: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def take(self, size: int = 65536) -> bytes:
        """What comes next; empty at the end, whichever way it came."""
        try:
            return self.socket.recv(size)
        except ConnectionResetError:
            return b""

    def rest(self) -> bytes:
        """All that comes until the server hangs up."""
        parts = []
        while part := self.take():
            parts.append(part)
        return b"".join(parts)

    def answer(self, method: str = "GET") -> Answer:
        return Answer(self.rest(), method)

    def close(self) -> None:
        self.socket.close()


@contextmanager
def line(server: Server, **options: object) -> Iterator[Line]:
    made = Line(server, **options)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def say(server: Server, data: bytes, method: str = "GET") -> Answer:
    """Sends the bytes as they are and reads until the server hangs up."""
    with line(server) as one:
        one.send(data)
        return one.answer(method)


def ask(server: Server, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
    """A well-formed request with whatever in it."""
    given = {"host": "localhost", "connection": "close"} | {
        key.replace("_", "-"): value for key, value in headers.items()
    }
    if body:
        given.setdefault("content-length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return say(server, f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "surrogateescape") + body, method)


def ask_json(server: Server, target: str, value: object, **headers: str) -> Answer:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return ask(server, "POST", target, text, content_type="application/json", **headers)


def is_well(server: Server) -> bool:
    """Whether it answers somebody with manners."""
    with suppress(OSError):
        return ask(server, "GET", "/plain").status == 200
    return False


def replaced(server: Server) -> int:
    """Workers that ended otherwise than by a pool becoming smaller."""
    return sum(pool["restarts"] for pool in _pools(server))


def retired(server: Server) -> list[object]:
    """Why the last of them ended: for the message of a test."""
    return [one for pool in _pools(server) for one in pool["retired"]]


def _pools(server: Server) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(server, "GET", "/__motia/api/workers", authorization=f"Bearer {TOKEN}").json
    return found


def children(pid: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found |= {int(one) for one in (task / "children").read_text().split()}
    return found


def sockets(pid: int) -> int:
    """Open files of the process that are sockets."""
    count = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            count += str(entry.readlink()).startswith("socket:")
    return count


def files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def left_over(server: Server) -> list[str]:
    """Bodies in the run folder that nobody deleted."""
    return [
        path.name for path in (server.project / ".motia/run").rglob("*") if path.name.startswith(("upload-", "raw-"))
    ]


def memory(pid: int) -> int:
    """Resident bytes."""
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmRSS:"):
            return int(row.split()[1]) * 1024
    return 0


def settled(server: Server, most: int) -> None:
    """Waits until no more than `most` files are open and no body is left."""
    until(lambda: files(server.process.pid) <= most and not left_over(server), patience=PATIENCE)
