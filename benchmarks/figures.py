"""What is measured, how good it must be, and how good we want it. The only place with floors and goals."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Figure(NamedTuple):
    """One row of the table. Below (or above) the floor is a fault; the goal is where we are going."""

    key: str
    what: str
    unit: str
    floor: float
    goal: float
    better: Literal["more", "less"] = "more"

    def verdict(self, value: float) -> str:
        def reaches(mark: float) -> bool:
            return value >= mark if self.better == "more" else value <= mark

        return "goal" if reaches(self.goal) else "floor" if reaches(self.floor) else "**no**"


FIGURES = (
    Figure("ts16", "TypeScript API step, 16 connections, against bare aiohttp", "×", 0.30, 0.50),
    Figure("js16", "JavaScript API step, 16 connections", "×", 0.30, 0.50),
    Figure("ts64", "TypeScript API step, 64 connections", "×", 0.40, 0.65),
    Figure("js64", "JavaScript API step, 64 connections", "×", 0.40, 0.65),
    Figure("off16", "TypeScript API step, 16 connections, tracing off", "×", 0.40, 0.55),
    Figure("tracing", "the same, tracing on against off", "×", 0.75, 0.90),
    Figure("express16", "TypeScript API step, 16 connections, against bare Express", "×", 1.0, 1.5),
    Figure("py16", "Python `async def` API step, 16 connections", "×", 0.25, 0.40),
    Figure("plain16", "Python plain `def` API step, 16 connections", "×", 0.18, 0.30),
    Figure("rb16", "Ruby API step, 16 connections", "×", 0.18, 0.30),
    Figure("state16", "`state.set` + `state.get` in a TypeScript handler, 16 connections", "×", 0.15, 0.25),
    Figure("added50", "latency added to bare aiohttp, 1 connection, p50", "ms", 1.0, 0.4, "less"),
    Figure("added99", "latency added to bare aiohttp, 1 connection, p99", "ms", 4.0, 2.0, "less"),
    Figure("durable", "emit → handler → ack, durability full", "events/s", 2_500, 6_000),
    Figure("chain", "TypeScript → Python → JavaScript event chain, one at a time, p50", "ms", 15, 6, "less"),
    Figure("start", "start to first 200, 12 mixed steps, warm caches", "s", 1.5, 0.8, "less"),
    Figure("reload", "save to new code serving, p50 (slowest language)", "ms", 300, 150, "less"),
    Figure("cold", "1,000 step files in four languages read, nothing kept from before", "s", 6.0, 2.0, "less"),
    Figure("warm", "1,000 step files read again", "s", 2.0, 1.5, "less"),
    Figure("linear", "a file's share of that with 5,000 files against 1,000", "×", 1.0, 0.8, "less"),
    Figure("weight", "memory a step adds to the idle tree (1,000 steps)", "kB", 200, 100, "less"),
    Figure("reload_many", "save to new code among 212 steps, p50 (slowest language)", "ms", 300, 150, "less"),
    Figure(
        "reload_shared",
        "save of a helper that 50 steps use to new code, p50 (slowest language)",
        "ms",
        300,
        150,
        "less",
    ),
    Figure(
        "reload_growth", "memory growth of the process tree over 1,000 reloads (worst language)", "MB", 40, 25, "less"
    ),
    Figure("reload_descriptors", "descriptors left by 1,000 reloads (worst language)", "", 4, 0, "less"),
    Figure("memory", "the whole process tree idle, three languages, one worker each", "MB", 260, 180, "less"),
    Figure("growth", "memory growth of the core over the soak", "MB", 10, 3, "less"),
    Figure("routes", "cost of a request with 5,000 routes against 50", "×", 1.15, 1.05, "less"),
    Figure("topics", "cost of an emit with 5,000 topics against 50", "×", 1.15, 1.05, "less"),
    Figure("backlog", "cost of a claim with the full backlog against an empty one", "×", 1.3, 1.1, "less"),
    Figure("search", "the slowest search in 1,000,000 log lines and 100,000 traces", "ms", 300, 100, "less"),
    Figure("socket", "core memory of a connected socket that follows a group (5,000 of them)", "KiB", 40, 20, "less"),
    Figure("joins", "joins of streams, one after another on each socket", "joins/s", 1_000, 5_000),
    Figure(
        "callback",
        "`set` → callback of the published client, 1,000 followers, 25 updates/s, p99",
        "ms",
        150,
        75,
        "less",
    ),
    Figure("stalled", "the same beside a reader that has stalled", "ms", 150, 75, "less"),
    Figure("heard", "updates that all 1,000 followers heard, in order", "%", 100, 100),
    Figure("rate", "highest rate at which both still hold", "updates/s", 25, 50),
    Figure("loop", "1,000 `set` of one item in a loop, heard in order up to the last", "%", 100, 100),
)


class Series(NamedTuple):
    """A line of a plot."""

    name: str
    points: list[tuple[float, float]]


class Plot(NamedTuple):
    """How a cost grows. Both axes start at zero unless `log` spreads the x axis."""

    key: str
    title: str
    x: str
    y: str
    series: list[Series]
    log: bool = True


class Results:
    """Everything a run has found. `slots`: what, requests per second, p50 and p99 in ms."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.plots: list[Plot] = []
        self.notes: list[str] = []
        self.slots: list[tuple[str, float, float, float]] = []
        self.failed: dict[str, str] = {}

    def plot(self, key: str, title: str, x: str, y: str, *series: Series, log: bool = True) -> None:
        self.plots.append(Plot(key, title, x, y, list(series), log))
