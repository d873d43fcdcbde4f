"""What a worker out of its mind may write to the core: seeded, so that a failure can be repeated. Pure, for programs too."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

FRAME = 70_000
"""The longest line the core allows in this drill, so that too long ones are short."""

ODD: tuple[object, ...] = (
    None, True, -1, 0, 1, 1.5, 2**70, -(2**63), 1e308, "", "x", "\u2028\u0085", "\0", [], [[]], {}, {"$bytes": 1}, {"$bytes": "!"},
    {"$file": "/etc/passwd", "size": 1}, {"__proto__": 1}, "x" * 3000,
)  # fmt: skip
METHODS = (
    "state.get",
    "state.set",
    "emit",
    "log",
    "response.chunk",
    "transaction",
    "once",
    "nobody",
    "",
    "initialize",
    "step.run",
)


def lines(seed: int, count: int, *, fatal: float = 0.3) -> Iterator[bytes]:
    """`count` lines, each ended by a newline. About `fatal` of them end the conversation; the others it must survive."""
    dice = random.Random(seed)
    for number in range(count):
        yield (_fatal(dice, number) if dice.random() < fatal else _odd(dice, number)) + b"\n"


def _odd(dice: random.Random, number: int) -> bytes:
    match dice.randrange(11):
        case 0:
            return b"x" + dice.randbytes(dice.randrange(100)).replace(b"\n", b" ").replace(b"{", b"(")
        case 1:
            return b""
        case 2:
            return _text({"method": "log", "params": dice.choice(ODD)})
        case 3:
            return _text({"method": dice.choice(METHODS), "params": _params(dice)})
        case 4 | 5:
            return _text({"id": 10**6 + number, "method": dice.choice(METHODS), "params": _params(dice)})
        case 6:
            return _text(
                {"id": dice.choice((10**9, 10**15, -1, 10**6 + number)), dice.choice(("result", "error")): _error(dice)}
            )
        case 7:
            return b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]'
        case 8:
            return b'{"id":%d,"method":"emit","params":' % (10**6 + number) + b"[" * 200 + b"]" * 200 + b"}"
        case 9:
            return (
                b'{"id":%d,"method":"emit","params":"' % (10**6 + number) + b"y" * (FRAME + dice.randrange(3)) + b'"}'
            )
        case _:
            return b'{"id":%d,"method":"state.get","params":{"key":"%b"}}' % (
                10**6 + number,
                "\u2028é\U0001f600".encode(),
            )


def _fatal(dice: random.Random, number: int) -> bytes:
    whole = _text({"id": 10**6 + number, "method": "state.get", "params": _params(dice)})
    match dice.randrange(9):
        case 0:
            return whole[: dice.randrange(1, len(whole) - 1)]
        case 1:
            bent = bytearray(whole)
            for _ in range(dice.randrange(1, 5)):
                bent[dice.randrange(1, len(bent))] = dice.choice(b'\x00\xff\x80{}[]",:\\ 1a')
            return bytes(bent)
        case 2:
            return b"{" + dice.randbytes(dice.randrange(200)).replace(b"\n", b" ")
        case 3:
            return _text({"id": dice.choice((None, "x", 1.5, [], {})), "method": "emit", "params": {}})
        case 4:
            return _text({"id": 10**9, "result": 1, "error": {"code": 1, "message": "both"}})
        case 5:
            return _text({"id": None, "error": {"code": -32700, "message": "I could not read you"}})
        case 6:
            return b'{"id":7,"method":"ping","params":' + b"[" * dice.randrange(1, 60_000)
        case 7:
            return b'{"id":1,"result":{"a":NaN}}'
        case _:
            return b'{"id":1,"result":"\xed\xa0\x80"}'


def _params(dice: random.Random) -> object:
    if dice.random() < 0.3:
        return dice.choice(ODD)
    return {
        key: dice.choice(ODD) for key in ("invocation", "group", "key", "value", "topic", "data") if dice.random() < 0.7
    }


def _error(dice: random.Random) -> object:
    return {"code": dice.choice((1, -32700, 10**12)), "message": dice.choice(("", "x", "\0"))}


def _text(message: dict[str, object]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
