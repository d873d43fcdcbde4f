"""How the cost of a request grows with connections, payload, routes, topics and steps."""

from __future__ import annotations

import json
from contextlib import ExitStack

from figures import Results, Series
from options import Options
from projects import make
from servers import bare, motia, running
from wrk import Target, interleave, middle, ratio

CONNECTIONS = (1, 4, 16, 64, 256)
LENGTHS = (100, 1_000, 10_000, 100_000, 1_000_000)
COUNTS = (50, 500, 5_000)
STEPS = (0, 50, 250)
EMITS = json.dumps({"count": 20})


def measure(results: Results, options: Options) -> None:
    rounds = max(2, options.rounds // 2)
    with ExitStack() as stack:
        server = stack.enter_context(running(motia(make("growth"))))
        yardstick = stack.enter_context(running(bare("aiohttp")))
        server.wait("/ts")
        lines = {
            "Motia, TypeScript": [Target("ts", server.url + "/ts", count) for count in CONNECTIONS],
            "bare aiohttp": [Target("aiohttp", yardstick.url + "/ts", count) for count in CONNECTIONS],
        }
        sizes = [Target("ts", server.url + "/ts", 16, length=length) for length in LENGTHS]
        slots = interleave([*sizes, *(target for targets in lines.values() for target in targets)], rounds)
    series = [
        Series(name, [(target.connections, middle(slots[target]).rate) for target in targets])
        for name, targets in lines.items()
    ]
    results.plot("connections", "Requests per second by connections", "connections", "requests/s", *series)
    points = [(float(target.length), middle(slots[target]).rate) for target in sizes]
    results.plot(
        "payload", "Requests per second by size of the body", "bytes", "requests/s", Series("TypeScript", points)
    )
    routes_and_topics(results, rounds)
    many_steps(results, rounds)


def routes_and_topics(results: Results, rounds: int) -> None:
    with ExitStack() as stack:
        routes, emits = [], []
        for count in COUNTS:
            server = stack.enter_context(running(motia(make(f"wide-{count}", routes=count, topics=count))))
            server.wait(f"/extra/{count - 1}/7")
            routes.append(Target(f"{count} routes", f"{server.url}/extra/{count - 1}/7", 16))
            emits.append(Target(f"{count} topics", server.url + "/burst", 4, EMITS))
        slots = interleave(routes, rounds)
        slots |= interleave(emits, rounds)
    results.values["routes"] = 1 / ratio(slots[routes[-1]], slots[routes[0]])
    results.values["topics"] = 1 / ratio(slots[emits[-1]], slots[emits[0]])
    for key, targets, factor, unit in (("routes", routes, 1, "requests/s"), ("topics", emits, 20, "emits/s")):
        points = [
            (float(count), factor * middle(slots[target]).rate) for count, target in zip(COUNTS, targets, strict=True)
        ]
        results.plot(key, f"{unit} by number of {key}", key, unit, Series("TypeScript", points))


def many_steps(results: Results, rounds: int) -> None:
    rates, starts = [], []
    for count in STEPS:
        folder = make(f"steps-{count}", steps=count)
        with running(motia(folder)) as server:
            server.wait("/ts")
        with running(motia(folder)) as server:
            starts.append((float(count + 12), server.wait("/ts")))
            target = Target(f"{count} more steps", server.url + "/ts", 16)
            rates.append((float(count + 12), middle(interleave([target], rounds)[target]).rate))
    results.plot("steps", "Requests per second by number of steps", "steps", "requests/s", Series("TypeScript", rates))
    results.plot("starts", "Start to first 200 by number of steps", "steps", "s", Series("warm caches", starts))
