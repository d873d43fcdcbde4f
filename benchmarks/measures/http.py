"""Throughput and latency of API steps against bare servers, in interleaved slots of one run."""

from __future__ import annotations

from contextlib import ExitStack

from figures import Results
from options import Options
from projects import make
from servers import bare, motia, running
from wrk import Target, interleave, middle, ratio

TRACING_OFF = "[traces]\nenabled = false"
PATHS = {"ts": "/ts", "js": "/js", "py": "/py", "plain": "/py-plain", "rb": "/rb", "state": "/state"}
WIDE = ("ts", "js", "py", "rb")


def measure(results: Results, options: Options) -> None:
    with ExitStack() as stack:
        on = stack.enter_context(running(motia(make("traced"))))
        off = stack.enter_context(running(motia(make("untraced", TRACING_OFF))))
        others = {name: stack.enter_context(running(bare(name))) for name in ("aiohttp", "node", "express")}
        for path in PATHS.values():
            on.wait(path)
        off.wait("/ts")
        targets: dict[str, Target] = {}
        for name, server in others.items():
            for connections in (16, 64) if name != "aiohttp" else (1, 16, 64):
                targets[f"{name}{connections}"] = Target(f"bare {name}", server.url + "/ts", connections)
        for name, path in PATHS.items():
            targets[f"{name}16"] = Target(name, on.url + path, 16)
        for name in WIDE:
            targets[f"{name}64"] = Target(name, on.url + PATHS[name], 64)
        targets["ts1"] = Target("ts", on.url + "/ts", 1)
        targets["off16"] = Target("ts, tracing off", off.url + "/ts", 16)
        slots = interleave(list(targets.values()), options.rounds)
    by_key = {key: slots[target] for key, target in targets.items()}
    for key, target in targets.items():
        found = middle(by_key[key])
        results.slots.append((f"{target.name}, {target.connections}", found.rate, found.p50, found.p99))
    for name in PATHS:
        results.values[f"{name}16"] = ratio(by_key[f"{name}16"], by_key["aiohttp16"])
    for name in WIDE:
        results.values[f"{name}64"] = ratio(by_key[f"{name}64"], by_key["aiohttp64"])
    results.values["off16"] = ratio(by_key["off16"], by_key["aiohttp16"])
    results.values["tracing"] = ratio(by_key["ts16"], by_key["off16"])
    results.values["express16"] = ratio(by_key["ts16"], by_key["express16"])
    results.values["added50"] = middle(by_key["ts1"]).p50 - middle(by_key["aiohttp1"]).p50
    results.values["added99"] = middle(by_key["ts1"]).p99 - middle(by_key["aiohttp1"]).p99
