"""A real server on a free port with a scripted dispatcher behind it, and a client that shows raw answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import msgspec
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config.knobs import Config
from motia_core.model import Invocation, Outcome, Response, Route, Step
from motia_core.services.running import ResponseSink
from motia_core.steps.registry import Registry, Snapshot
from motia_core.triggers.api import Api
from motia_core.validation import Validators
from motia_core.web.guards import Guard
from motia_core.web.server import Server

Run = Callable[[Invocation, ResponseSink], Awaitable[Outcome]]


def step(name: str, *routes: str, **more: Any) -> Step:
    found = tuple(Route(*route.split(" ", 1)) for route in routes)
    return Step(
        id=name, name=name, kind="api", file=f"steps/{name}.step.ts", member="", runner="node", language="typescript",
        routes=found, **more,
    )  # fmt: skip


def answer(value: object, status: int = 200, **headers: str) -> Outcome:
    body = Raw(msgspec.json.encode(value))
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Outcome(response=Response(status=status, headers=named, kind="json", body=body))


async def echo(invocation: Invocation, sink: ResponseSink) -> Outcome:
    """Answers with the input the worker would have got."""
    return Outcome(response=Response(kind="json", body=invocation.input))


class Notes:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, level: str, msg: str, invocation: Invocation | None = None, **fields: object) -> None:
        self.lines.append(f"{level} {msg}")


class Front:
    """What a test holds: `runs` answers invocations, `seen` are those that came."""

    def __init__(self, run_dir: Path) -> None:
        self.runs: Run = echo
        self.seen: list[Invocation] = []
        self.cancelled: list[str] = []
        self.notes = Notes()
        self.run_dir = run_dir
        self.registry = Registry()
        self.server: Server
        self.api: Api

    async def run(self, invocation: Invocation, *, sink: ResponseSink | None = None) -> Outcome:
        assert sink is not None
        self.seen.append(invocation)
        try:
            return await self.runs(invocation, sink)
        except anyio.get_cancelled_exc_class():
            self.cancelled.append(invocation.id)
            raise

    def serve(self, *steps: Step, **more: Any) -> None:
        number = self.registry.current.number + 1
        self.registry.swap(Snapshot(number=number, steps=steps, **more))

    @property
    def port(self) -> int:
        return self.server.port

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request on a connection of its own."""
        lines = {"host": f"127.0.0.1:{self.port}", "connection": "close"}
        if body:
            lines["content-length"] = str(len(body))
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        return await self.send(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body, method)

    async def send(self, data: bytes, method: str = "GET") -> Answer:
        async with await anyio.connect_tcp("127.0.0.1", self.port) as stream:
            await stream.send(data)
            return Answer(await drain(stream), method)

    async def json(self, path: str, value: object, method: str = "POST", **headers: str) -> Answer:
        return await self.ask(method, path, msgspec.json.encode(value), content_type="application/json", **headers)

    def left_files(self) -> list[Path]:
        return sorted(self.run_dir.iterdir())


async def drain(stream: anyio.abc.ByteReceiveStream) -> bytes:
    parts = []
    try:
        with anyio.fail_after(10):
            while True:
                parts.append(await stream.receive())
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        return b"".join(parts)


class Answer:
    """A raw HTTP answer, taken apart. `whole` is false when it was cut."""

    def __init__(self, raw: bytes, method: str = "GET") -> None:
        self.raw = raw
        while raw.startswith(b"HTTP/1.1 100"):
            raw = raw.partition(b"\r\n\r\n")[2]
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split(" ")[1]) if first else 0
        self.pairs = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in lines)]
        self.headers = dict(self.pairs)
        self.whole = True
        if self.headers.get("transfer-encoding") == "chunked":
            body, self.whole = _unchunk(body)
        elif "content-length" in self.headers and method != "HEAD":
            self.whole = len(body) == int(self.headers["content-length"])
        self.body = body

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


def _unchunk(data: bytes) -> tuple[bytes, bool]:
    found, at = [], 0
    while at < len(data):
        end = data.index(b"\r\n", at)
        length = int(data[at:end], 16)
        if length == 0:
            return b"".join(found), True
        found.append(data[end + 2 : end + 2 + length])
        at = end + length + 4
    return b"".join(found), False


@asynccontextmanager
async def front(
    tmp_path: Path,
    *,
    mode: str = "dev",
    config: Config | None = None,
    admin_token: str | None = None,
    admin: dict[str, Any] | None = None,
    sockets: Any = None,
) -> AsyncIterator[Front]:
    run_dir = tmp_path / "run"
    run_dir.mkdir(exist_ok=True)
    made = Front(run_dir)
    config = config or Config(port=0, host="127.0.0.1")
    clock = Clock()
    validators = Validators(regex_limit=config.validation.regex_limit)
    made.api = Api(config, mode, made.registry, made, validators, clock, run_dir, made.notes)

    async def healthy() -> tuple[int, object]:
        return 200, {"status": "ok"}

    guard = Guard(
        mode, hosts=config.allowed_hosts, origins=config.cors.origins, local_token="local", admin_token=admin_token
    )
    made.server = Server(
        config, mode, made.api, guard, clock, health=healthy, ready=healthy, admin=admin or {}, sockets=sockets
    )
    await made.server.start()
    try:
        yield made
    finally:
        await made.server.stop(1)
