"""What must hold at the moment user code begins: counted, alone where it must be, in order, not too many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tests.simulation.lives import Life, Passage
from tests.simulation.plan import Plan

if TYPE_CHECKING:
    from tests.simulation.ledger import Ledger


# Faults by which a run is cut short, and those by which its end is not written down.
_CUTTING = frozenset({"worker", "hang", "kill", "pause", "disk", "clock", "drain"})
_FORGETTING = frozenset({"kill", "pause", "disk", "clock"})


def judge(ledger: Ledger, passage: Passage, life: Life, plan: Plan) -> None:
    core, name = passage.core, passage.name
    if life.claimant is core and passage.epoch == life.epoch and core.last_disturbed < passage.at:
        _attempt(ledger, passage, life)
    for other in life.passages:
        if other is not passage and other.active and not _excused(other, passage):
            ledger.fail(f"{name} runs on {core.name} and still on {other.core.name}", life)
    everywhere = passage.step.queue.concurrency
    if everywhere is not None:
        same = [one for one in ledger.open.values() if one.active and one.step.name == life.step]
        count = sum(one is passage or not _excused(one, passage) for one in same)
        if count > everywhere:
            ledger.fail(f"{count} runs of {life.step} at once on all servers, {everywhere} are allowed", life)
    limit = everywhere or core.setup.config.queue.concurrency
    active = sum(one.active and one.core is core and one.step.name == life.step for one in ledger.open.values())
    if active > limit:
        ledger.fail(f"{active} runs of {life.step} at once on {core.name}, {limit} are allowed", life)
    if plan.dedup is not None:
        first = ledger.first_of_id.setdefault((plan.topic, plan.dedup), plan.n)
        if first != plan.n:
            ledger.fail(f"the emit id {plan.dedup} of {plan.topic} was delivered as {first} and as {plan.n}", life)
    if life.lane is not None:
        _order(ledger, passage, life)


def tick(ledger: Ledger, passage: Passage) -> None:
    """Runs once, and again only where the run before may have been cut short; never beside another of its step."""
    name = f"the tick {passage.scheduled} of {passage.step.name}"
    faults = passage.core.setup.faults
    for other in ledger.tick_runs.get(passage.scheduled or 0, ()):
        if other.cut or (other.freed and not other.begun):
            continue
        if faults.isdisjoint(_CUTTING):
            ledger.fail(f"{name} ran twice")
        elif other.core is passage.core and passage.scheduled in ledger.ticks_done and faults.isdisjoint(_FORGETTING):
            ledger.fail(f"{name} ran again after its end on {other.core.name}")
    if passage.step.overlap == "skip":
        for runs in ledger.tick_runs.values():
            for other in runs:
                # What gave no answer yet still runs, as far as its server knows.
                running = other.core.alive and not other.returned and other.step.name == passage.step.name
                if running and not _excused(other, passage):
                    ledger.fail(f"{name} runs while that of {other.scheduled} still does")


def company(runs: Sequence[Passage], fail: Callable[[str, Life | None], None]) -> None:
    """A suspect has its worker to itself."""
    active = [one for one in runs if one.active]
    lonely = next((one for one in active if one.alone), None)
    if lonely is not None and len(active) > 1:
        fail(f"{lonely.name} is a suspect and shares its worker", lonely.life)


def _attempt(ledger: Ledger, passage: Passage, life: Life) -> None:
    name = passage.name
    if passage.attempt < max(1, life.runs - life.released):
        ledger.fail(f"{name}: run {life.runs} is counted as attempt {passage.attempt}", life)
    # A verdict the store has not taken costs no retry.
    spare = life.unheard + life.void
    if life.runs > 1 and life.failures + life.lonely_deaths > ledger.max_retries[life.step] + spare:
        ledger.fail(f"{name}: runs again after {life.failures} failures and {life.lonely_deaths} lonely deaths", life)


def _order(ledger: Ledger, passage: Passage, life: Life) -> None:
    """Strict within a group; what an operator drives again may come out of its turn, but never beside another."""
    assert life.lane is not None
    name, lane = passage.name, ledger.lanes.setdefault(life.lane, [])
    for other in lane:
        if other is life:
            continue
        if any(one.active and not _excused(one, passage) for one in other.passages):
            ledger.fail(f"{name} runs while {other.n}/{other.step} of its group still does", life)
        if other.event < life.event and not other.redriven and not (other.done or other.burying):
            ledger.fail(f"{name} overtakes {other.n}/{other.step}, which is not done", life)
        if other.event > life.event and not life.redriven and not (life.done or life.burying):
            ledger.fail(f"{name} runs first after {other.n}/{other.step}, which came later", life)
    if life not in lane:
        lane.append(life)
    if life.redriven:
        return
    for event, n in ledger.promised_lanes.get(life.lane, ()):
        if event < life.event and (n, life.step) not in ledger.begun and not _given_up(ledger, event, life.step):
            ledger.fail(f"{name} runs before {n}/{life.step}, which was acknowledged as {event}", life)


def _given_up(ledger: Ledger, event: int, step: str) -> bool:
    """Without having begun: it was lost with one server after another."""
    return any(one.burying for one in ledger.lives.values() if one.event == event and one.step == step)


def _excused(old: Passage, new: Passage) -> bool:
    """Whether one of the two may have lost its lease without a fault of the product."""
    if old.core is new.core:
        return False
    return any(one.core.last_disturbed >= one.at for one in (old, new))
