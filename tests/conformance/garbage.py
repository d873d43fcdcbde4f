"""Broken lines for the fuzz drill: valid ones, bent. Seeded, so that a failure can be repeated. Pure."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    0,
    1.5,
    2**70,
    "",
    "x",
    "\u2028",
    [],
    [[]],
    {},
    {"$bytes": 1},
    {"$file": "/x", "size": 1},
)


def lines(seed: int, count: int, files: list[str]) -> Iterator[bytes]:
    """`count` lines, each ended by a newline; none of them is a `shutdown` or an `initialize`."""
    dice = random.Random(seed)
    for number in range(count):
        yield _bent(dice, _message(dice, 1000 + number, files)) + b"\n"


def _message(dice: random.Random, number: int, files: list[str]) -> dict[str, object]:
    params: dict[str, object] = {
        "invocation": f"i{number}",
        "snapshot": 1,
        "file": dice.choice(files),
        "member": "",
        "trigger": dice.choice(["api", "event", "cron"]),
        "traceId": "t",
        "deadlineMs": 1000,
        "input": dice.choice(ODD),
    }
    method = dice.choice(["step.run", "step.describe", "stream.canAccess", "config.load", "ping", "nobody"])
    message: dict[str, object] = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    for _ in range(dice.randrange(3)):
        target = dice.choice([message, params])
        key = dice.choice(list(target) or ["id"])
        if dice.random() < 0.3:
            target.pop(key, None)
        else:
            target[key] = dice.choice(ODD)
    if dice.random() < 0.1:
        message = {"id": dice.choice([number, 1, None, "x"]), dice.choice(["result", "error"]): dice.choice(ODD)}
    return message


def _bent(dice: random.Random, message: dict[str, object]) -> bytes:
    line = bytearray(json.dumps(message, ensure_ascii=False).encode())
    match dice.randrange(8):
        case 0:
            del line[dice.randrange(len(line)) :]
        case 1:
            for _ in range(dice.randrange(1, 5)):
                line[dice.randrange(len(line))] = dice.choice(b'\x00\xff\x80{}[]",:\\ 1a')
        case 2:
            at = dice.randrange(len(line))
            line[at:at] = dice.randbytes(dice.randrange(1, 30))
        case 3:
            line = bytearray(dice.randbytes(dice.randrange(200)))
        case 4:
            line = bytearray(b'{"id":7,"method":"ping","params":' + b"[" * dice.randrange(1, 20_000))
        case _:
            pass
    return bytes(line.replace(b"\n", b" "))
