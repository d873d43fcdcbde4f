"""What must hold when all is quiet: nothing acknowledged is lost, what is given up was given up rightly, blocks and ticks
happened as a whole or not at all."""

from __future__ import annotations

from collections.abc import Coroutine
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from motia_core.model import DeadLetter
from motia_core.storage.memory.storage import MemoryStorage
from tests.simulation.disk import Memory, Sqlite
from tests.simulation.ledger import Ledger
from tests.simulation.lives import Life
from tests.simulation.timeline import START

if TYPE_CHECKING:
    from tests.simulation.world import World

_LOSING = frozenset({"kill", "pause", "disk", "clock", "delay"})
_UNSETTLING = frozenset({"kill", "pause", "disk", "clock", "drain", "rename"})


def rest(world: World) -> str:
    """What is left to do, or nothing."""
    if isinstance(world.disk, Memory):
        queue = world.disk.whole().events._queue  # type: ignore[attr-defined]
        left = [f"{record.event.data!r}/{record.step}" for record in queue if record.step != "tick"]
    else:
        rows = world.disk.rows("SELECT id, step FROM deliveries WHERE step <> 'tick'")
        left = [f"{row[0]}/{row[1]}" for row in rows]
    # Ticks never cease; those of the time of faults must come to their end as well. A clock that is set may make any
    # of them late.
    before = 0.0 if "clock" in world.setup.faults else world.chaos.ended - START
    ledger = world.ledger
    left += [
        f"the tick {tick}" for tick, at in ledger.ticks_put.items() if at < before and tick not in ledger.ticks_done
    ]
    return ", ".join(left[:5])


def judge(world: World) -> None:
    ledger = world.ledger
    letters = _dead(world)
    dead = {(n, letter.step) for letter in letters if (n := _n(letter)) is not None}
    for (n, step), event in ledger.promised.items():
        if (n, step) not in ledger.done and (n, step) not in dead:
            ledger.fail(f"{n}/{step} was acknowledged, never ran to its end and is no dead letter ({event})", n=n)
    for letter in letters:
        life = ledger.lives.get(letter.id)
        if life is not None:
            _buried(world, life, letter)
    _blocks(world, ledger, dead)
    _ticks(world, ledger)


def seen(world: World) -> dict[str, int]:
    """How often what the judge looks at has happened: a world in which nothing happens proves nothing."""
    ledger = world.ledger
    lives = list(ledger.lives.values())
    return {
        "deliveries": len(lives),
        "retries": sum(life.runs > 1 for life in lives),
        "lonely deaths": sum(life.lonely_deaths for life in lives),
        "shared deaths": sum(life.shared_deaths for life in lives),
        "given back": sum(life.released for life in lives),
        "buried": sum(life.burying for life in lives),
        "driven again": sum(life.redriven for life in lives),
        "in a group": sum(life.lane is not None for life in lives),
        "duplicate ids": ledger.duplicates,
        "blocks": sum(how == "committed" for how in ledger.blocks.values()),
        "once": sum(life.remembered_at is not None for life in lives),
        "ticks": len(ledger.ticks),
        "ticks run again": sum(len(runs) > 1 for runs in ledger.tick_runs.values()),
        "lost runs": sum(life.lost for life in lives),
        "given up as lost": sum("buries" in text and values[-1] == "lost" for _, _, _, text, values in ledger.notes),
        "leases lost": sum("was lost to another" in str(values) for *_, values in ledger.notes),
    }


def _buried(world: World, life: Life, letter: DeadLetter) -> None:
    ledger, name = world.ledger, f"{life.n}/{life.step}"
    if letter.reason == "poison" and life.lonely_deaths < 2:
        ledger.fail(f"{name} was buried as poison after {life.lonely_deaths} lonely deaths", life)
    elif letter.reason == "failed":
        allowed = ledger.max_retries[life.step] + 1
        if letter.attempts < allowed:
            ledger.fail(f"{name} was given up after {letter.attempts} attempts of {allowed}", life)
        if life.failures + life.lonely_deaths < allowed:
            text = f"{name} was given up after {life.failures} failures and {life.lonely_deaths} lonely deaths"
            ledger.fail(f"{text}, {allowed} attempts are allowed", life)
        unsettled = world.setup.faults & _UNSETTLING
        if not unsettled and life.failures + life.lonely_deaths != allowed:
            ledger.fail(f"{name} was given up after {life.failures} failures, {allowed} attempts are allowed", life)
    elif letter.reason == "lost":
        limit = world.setup.config.queue.lost_runs
        if letter.attempts <= limit or world.setup.faults.isdisjoint(_LOSING):
            ledger.fail(f"{name} was given up as lost after {letter.attempts} attempts, {limit} may be lost", life)
    elif letter.reason not in ("poison", "failed"):
        ledger.fail(f"{name} was buried for the reason {letter.reason}", life)


def _blocks(world: World, ledger: Ledger, dead: set[tuple[int, str]]) -> None:
    done, count = _state(world)
    for key, how in ledger.blocks.items():
        n = int(key.partition("/")[0])
        if how == "committed" and key not in done:
            ledger.fail(f"the transaction of {key} was acknowledged and has left nothing", n=n)
    if count != len(done):
        ledger.fail(f"{len(done)} transactions have left their mark, {count} have counted")
    committed = {int(key.partition("/")[0]) for key in done}
    for plan in ledger.plans.values():
        if plan.kind != "block":
            continue
        for child in plan.children:
            there = any((child, step.name) in ledger.begun for step in world.setup.snapshot.steps)
            lost = not there and not any((child, step.name) in dead for step in world.setup.snapshot.steps)
            if there and plan.n not in committed:
                ledger.fail(f"event {child} was emitted, its transaction of {plan.n} left nothing else", n=plan.n)
            one = world.events.plans[child]
            if plan.n in committed and lost and one.dedup is None and "rename" not in world.setup.faults:
                ledger.fail(f"event {child} is missing, its transaction of {plan.n} was applied", n=plan.n)


def _ticks(world: World, ledger: Ledger) -> None:
    if "tick" not in world.setup.snapshot.by_name or world.setup.faults & _UNSETTLING:
        return
    taken = sorted(tick for _, tick in ledger.ticks)
    for before, after in pairwise(taken):
        if after - before != 2000:
            ledger.fail(f"between the ticks {before} and {after} one is missing")
    if len(taken) < (world.timeline.now - 1000.0) / 2 - 2:
        ledger.fail(f"only {len(taken)} ticks were taken in {world.timeline.now - 1000:.0f} s")


def _dead(world: World) -> list[DeadLetter]:
    if isinstance(world.disk, Memory):
        return _now(world.disk.whole().events.dead(limit=100_000))
    rows = world.disk.rows("SELECT id, step, data, attempts, reason FROM dead_letters")
    return [
        DeadLetter(
            id=row[0], step=row[1], topic="", data=msgspec.Raw(row[2]), trace_id="", flows=(), group=None,
            attempts=row[3], reason=row[4], failure=None, created=0, buried=0,
        )
        for row in rows
    ]  # fmt: skip


def _state(world: World) -> tuple[set[str], int]:
    """The marks transactions have left, and how many have counted."""
    if isinstance(world.disk, Memory):
        whole: MemoryStorage = world.disk.whole()
        done = set(_now(whole.state.keys("done", now=0)))
        value = _now(whole.state.get("shared", "count", now=0))
    else:
        disk: Sqlite = world.disk
        done = {row[0] for row in disk.rows("SELECT key FROM entries WHERE space = '' AND group_name = 'done'")}
        found = disk.rows("SELECT value FROM entries WHERE space = '' AND group_name = 'shared' AND key = 'count'")
        value = found[0][0] if found else None
    return done, int(msgspec.json.decode(value)) if value is not None else 0


def _now(answer: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine that never waits returns."""
    try:
        answer.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("it waits")


def _n(letter: DeadLetter) -> int | None:
    found = msgspec.json.decode(letter.data)
    return found.get("n") if isinstance(found, dict) else None
