"""The least a program needs to speak the protocol by hand: reading, writing, the lifeline. No policy of its own."""

from __future__ import annotations

import itertools
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

_lock = threading.Lock()
wire = os.dup(1)
os.dup2(2, 1)
_ids = itertools.count(1)


def hold_lifeline() -> None:
    """Dies with the core, whatever the main thread does."""

    def wait() -> None:
        os.read(int(os.environ["MOTIA_LIFELINE"]), 1)
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def raw(data: bytes) -> None:
    with _lock:
        while data:
            data = data[os.write(wire, data) :]


def send(message: dict[str, Any]) -> None:
    raw(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


def reply(id: int, result: Any) -> None:
    send({"id": id, "result": result})


def fail(id: int, code: int, message: str, data: Any = None) -> None:
    send({"id": id, "error": {"code": code, "message": message, "data": data}})


def log(msg: str, **fields: Any) -> None:
    send({"method": "log", "params": {"msg": msg, "fields": fields}})


def read() -> dict[str, Any]:
    line = sys.stdin.buffer.readline()
    if not line:
        os._exit(0)
    return dict(json.loads(line))


def greet(message: dict[str, Any]) -> None:
    reply(message["id"], {"protocol": 1, "runnerVersion": "0", "runtime": "drill 1.0", "pid": os.getpid()})


def serve(**handlers: Callable[[dict[str, Any]], None]) -> None:
    """Greets, answers pings and `shutdown`, and gives the rest to the handler named like the method without its dot."""
    hold_lifeline()
    while True:
        message = read()
        method = message.get("method", "answer")
        handler = handlers.get(method.replace(".", "_"))
        if handler is not None:
            handler(message)
        elif method == "initialize":
            greet(message)
        elif method == "shutdown":
            reply(message["id"], {})
            os._exit(0)
        elif "id" in message and "method" in message:
            reply(message["id"], {})


def ask(method: str, **params: Any) -> dict[str, Any]:
    """A call to the core; waits for its answer, and may be used while nothing else is expected."""
    id = next(_ids)
    send({"id": id, "method": method, "params": params})
    while True:
        message = read()
        if message.get("id") == id and "method" not in message:
            return message
