"""What was promised and what happened, seen from outside the product, and whether the two agree.

Sees three borders: what passes the disk's door, what the triggers give to the dispatcher, and each run of user code.
The first disagreement is kept; nothing is ever raised into the product.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from motia_core.errors import WorkerDied
from motia_core.model import Delivery, Invocation, Outcome
from motia_core.protocol.requests import Run
from motia_core.storage.base import Emission, Emitted
from motia_core.triggers.attempts import NOT_GIVEN
from tests.simulation import rules
from tests.simulation.lives import Lane, Life, Passage, Violation
from tests.simulation.plan import Plan

if TYPE_CHECKING:
    from tests.simulation.core import Core
    from tests.simulation.program import Program

# Faults by which a lease may be lost without a word to its owner.
_LOSING = frozenset({"kill", "pause", "disk", "clock"})


class Ledger:
    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.violation: Violation | None = None
        self.notes: list[tuple[float, int | None, Lane | None, str, tuple[object, ...]]] = []
        self.lives: dict[int, Life] = {}
        self.lanes: dict[Lane, list[Life]] = {}
        self.passages: dict[str, Passage] = {}
        self.open: dict[str, Passage] = {}
        self.promised: dict[tuple[int, str], int] = {}
        self.promised_lanes: dict[Lane, list[tuple[int, int]]] = {}
        self.plans: dict[int, Plan] = {}
        self.begun: dict[tuple[int, str], int] = {}
        self.done: set[tuple[int, str]] = set()
        self.first_of_id: dict[tuple[str, str], int] = {}
        self.ticks: dict[tuple[str, int], int] = {}
        self.tick_runs: dict[int, list[Passage]] = {}
        self.ticks_done: set[int] = set()
        self.ticks_put: dict[int, float] = {}
        self.blocks: dict[str, str] = {}
        self.tries = 0
        self.max_retries: dict[str, int] = {}
        self.dues: dict[tuple[int, str], int] = {}
        self.duplicates = 0

    def note(self, text: str, *values: object, n: int | None = None, lane: Lane | None = None) -> None:
        self.notes.append((self.now(), n, lane, text, values))

    def fail(self, text: str, life: Life | None = None, n: int | None = None) -> None:
        if self.violation is None:
            lane = None if life is None else life.lane
            self.violation = Violation(text, self.now(), n if life is None else life.n, lane)

    # The disk's door.

    def asks(self, core: Core, name: str, args: tuple[Any, ...], more: dict[str, Any]) -> None:
        if name == "events.claim":
            core.asked_at = self.now()
        elif name == "events.bury":
            life = self.lives[args[0]]
            life.burying = True
            self.note("%s buries %s/%s: %s", core.name, life.n, life.step, more["reason"], n=life.n, lane=life.lane)
        elif name == "events.renew":
            core.renewals[id(args[0])] = [passage for passage in self.open.values() if passage.core is core]
            self.note(
                "%s renews %s",
                core.name,
                sorted(f"{self.lives[delivery].n}/{self.lives[delivery].step}" for delivery in args[0]),
            )
        elif name == "events.retry":  # until it is heard, either time may be the one that counts
            life = self.lives[args[0]]
            life.due = min(life.due, more["due"])
        elif name == "events.release":
            for delivery in args[0]:
                life = self.lives[delivery]
                last = life.passages[-1] if life.passages else None
                if last is not None and not last.freed:
                    last.freed = True
                    life.released += last.begun
                self.note("%s gives back %s/%s", core.name, life.n, life.step, n=life.n, lane=life.lane)
        elif name == "events.redrive":
            for delivery in args[0]:
                life = self.lives[delivery]
                life.asked_again = life.asked_again or life.burying

    def hears(self, core: Core, name: str, args: tuple[Any, ...], more: dict[str, Any], result: Any) -> None:
        if name == "events.put":
            self._promise(args[0], result)
        elif name == "transaction":
            pairs = zip(args[1], result, strict=True)
            emitted = [(write, said) for write, said in pairs if isinstance(write, Emission)]
            self._promise([write for write, _ in emitted], [said for _, said in emitted])
        elif name == "events.claim":
            for delivery in result:
                self._claimed(core, delivery, more["now"])
        elif name == "events.bury":
            self._heard(self.lives[args[0]])
        elif name == "events.retry":
            life = self.lives[args[0]]
            self._heard(life)
            if life.claimant is core and core.setup.faults.isdisjoint(_LOSING):
                life.due = more["due"]
        elif name == "events.renew":
            for passage in core.renewals.pop(id(args[0])):
                if passage.active and passage.life is not None and passage.life.id in result:
                    passage.lost_at = self.now()
        elif name == "events.tick" and result != "taken" and args[2] is not None:
            if result == "put":
                self.ticks_put[args[1]] = self.now()
            self.note("%s takes the tick %s: %s", core.name, args[1], result)
            key = (args[0], args[1])
            self.ticks[key] = self.ticks.get(key, 0) + 1
            if self.ticks[key] > 1:
                self.fail(f"the tick {args[1]} of {args[0]} was taken {self.ticks[key]} times")

    def _heard(self, life: Life) -> None:
        life.unheard = max(0, life.unheard - 1)  # an operator may have been faster than the answer

    def _failed(self, core: Core, life: Life) -> None:
        """A verdict counts when its owner has not lost the lease by the time it is written, which the next claim says."""
        if life.claimant is core:
            life.verdicts += 1
        else:
            life.void += 1

    def _promise(self, emissions: list[Emission], results: list[Emitted]) -> None:
        for emission, emitted in zip(emissions, results, strict=True):
            n = _number(emission.event.data)
            if n is None:
                continue
            if emitted.duplicate:
                self.duplicates += 1
                self.note("event %s is a duplicate", n, n=n)
                continue
            self.note("event %s is acknowledged as %s", n, emitted.id, n=n)
            for to in emission.to:
                self.promised[n, to.step] = self.promised.get((n, to.step), 0) + 1
                self.dues[emitted.id, to.step] = to.due
                group = emission.event.group
                if to.fifo and group is not None:
                    self.promised_lanes.setdefault((to.step, group), []).append((emitted.id, n))

    def _claimed(self, core: Core, delivery: Delivery, now: int) -> None:
        life = self.lives.get(delivery.id)
        if life is None:
            fifo = core.setup.snapshot.by_name[delivery.step].queue.fifo
            lane = (delivery.step, delivery.group) if fifo and delivery.group is not None else None
            n = _number(delivery.data)
            life = Life(id=delivery.id, event=delivery.event, step=delivery.step, n=n, lane=lane)
            life.due = self.dues.get((delivery.event, delivery.step), 0)
            self.lives[delivery.id] = life
        if life.asked_again:
            self._again(life)
        life.claims += 1
        life.void += life.verdicts if delivery.lost > life.lost else 0
        life.verdicts = 0
        life.claimant, life.lost, life.asked_at = core, delivery.lost, core.asked_at
        self.note(
            "%s claims %s/%s, attempt %s%s", core.name, life.n, life.step, delivery.attempt,
            f", lost {delivery.lost}" if delivery.lost else "", n=life.n, lane=life.lane,
        )  # fmt: skip
        if now < life.due:
            self.fail(f"{life.n}/{life.step} was claimed {life.due - now} ms before it was due", life)

    def _again(self, life: Life) -> None:
        life.epoch += 1
        life.redriven, life.asked_again, life.burying, life.done = True, False, False, False
        life.due = life.unheard = life.void = life.verdicts = life.runs = life.claims = life.released = (
            life.failures
        ) = 0
        life.lonely_deaths = life.shared_deaths = life.lost = 0
        self.note("%s/%s is driven again", life.n, life.step, n=life.n, lane=life.lane)

    # Between the triggers and the dispatcher.

    def given(self, core: Core, invocation: Invocation) -> None:
        caller = invocation.caller
        passage = Passage(core=core, id=invocation.id, step=invocation.step, at=self.now(), attempt=caller.attempt)
        self.passages[invocation.id] = passage
        if caller.delivery is not None:
            passage.life, passage.alone = self.lives[caller.delivery], invocation.alone
            passage.life.passages.append(passage)
            passage.at, passage.epoch = passage.life.asked_at, passage.life.epoch
        if caller.scheduled is not None:
            passage.scheduled = caller.scheduled
            rules.tick(self, passage)
            self.tick_runs.setdefault(caller.scheduled, []).append(passage)

    def returned(self, core: Core, invocation: Invocation, outcome: Outcome | None) -> None:
        if not core.alive:
            return
        passage = self.passages[invocation.id]
        passage.returned = True
        self.open.pop(passage.id, None)
        life = passage.life
        failure = None if outcome is None else outcome.failure
        if life is None or outcome is None:
            return
        if passage.scheduled is not None and (failure is None or failure.code not in (*NOT_GIVEN, WorkerDied.code)):
            self.ticks_done.add(passage.scheduled)  # a failure is told, and no more comes of it
        if failure is None:
            return
        if failure.code not in NOT_GIVEN:
            life.unheard += 1  # until the store has answered, nothing has come of it
        self.note("%s: %s/%s failed: %s", core.name, life.n, life.step, failure.message, n=life.n, lane=life.lane)
        if failure.code == WorkerDied.code:
            if passage.alone:
                life.lonely_deaths += 1
                self._failed(core, life)
            else:
                life.shared_deaths, passage.cut = life.shared_deaths + 1, True
            if passage.alone and passage.scheduled is not None:
                self.ticks_done.add(passage.scheduled)
        elif failure.code not in NOT_GIVEN:
            life.failures += 1
            self._failed(core, life)

    # User code.

    def delivery_of(self, run: Run) -> int:
        life = self.passages[run.invocation].life
        return 0 if life is None else life.id

    def begin(self, program: Program, run: Run, plan: Plan) -> int:
        """How many runs of this event in this step there were before."""
        passage = self.passages[run.invocation]
        passage.begun = True
        if passage.life is not None and passage.freed:
            passage.life.released += 1
        key = (plan.n, passage.step.name)
        before = self.begun.get(key, 0)
        self.begun[key] = before + 1
        self.plans[plan.n] = plan
        life = passage.life
        if life is None:
            return before
        life.runs += passage.epoch == life.epoch
        self.open[passage.id] = passage
        self.note(
            "%s runs %s/%s (%s), attempt %s%s", program.name, plan.n, life.step, plan.kind, run.attempt,
            " alone" if passage.alone else "", n=plan.n, lane=life.lane,
        )  # fmt: skip
        if passage.core.alive and not passage.returned:
            rules.judge(self, passage, life, plan)
            rules.company([self.passages[id] for id in program.runs], self.fail)
        return before

    def end(self, program: Program, run: Run, how: str) -> None:
        passage = self.passages[run.invocation]
        if passage.active and passage.lost_at is not None and self.now() > passage.lost_at + 0.01:
            self.fail(f"{program.name} went on with what another server had taken", passage.life)
        passage.over = how
        self.open.pop(passage.id, None)
        life = passage.life
        if life is None:
            return
        self.note("%s ended %s/%s: %s", program.name, life.n, life.step, how, n=life.n, lane=life.lane)
        if how == "ok":
            life.done = True
            if life.n is not None:
                self.done.add((life.n, life.step))

    def effect(self, run: Run, plan: Plan, asked_at: float) -> None:
        """`asked_at`: when it asked whether this was done before."""
        life = self.passages[run.invocation].life
        assert life is not None
        if life.remembered_at is not None and life.remembered_at < asked_at:
            self.fail(f"{plan.n}/{life.step}: what `once` had committed ran again", life)

    def remembered(self, run: Run) -> None:
        life = self.passages[run.invocation].life
        assert life is not None
        if life.remembered_at is None:
            life.remembered_at = self.now()

    def committing(self, run: Run, plan: Plan) -> None:
        self.tries += 1
        self.blocks.setdefault(f"{plan.n}/{self.delivery_of(run)}", "tried")

    def committed(self, run: Run, plan: Plan) -> None:
        key = f"{plan.n}/{self.delivery_of(run)}"
        if self.blocks.get(key) == "committed":
            self.fail(f"the transaction of {key} was committed twice", n=plan.n)
        self.blocks[key] = "committed"


def _number(data: object) -> int | None:
    found = msgspec.json.decode(bytes(data))  # type: ignore[call-overload]
    n = found.get("n") if isinstance(found, dict) else None
    return n if isinstance(n, int) else None
