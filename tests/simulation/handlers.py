"""User code: what a handler does with the event it is given. It knows the plan of the event and the wire, nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from motia_core.errors import TransactionConflict
from motia_core.protocol.requests import Run
from tests.simulation.ledger import Ledger
from tests.simulation.plan import Events, Plan
from tests.simulation.program import Failed, Program, Refused

TRIES = 6
FOR_EVER = 10_000.0


class Handlers:
    def __init__(self, events: Events, ledger: Ledger) -> None:
        self._events = events
        self._ledger = ledger

    async def run(self, program: Program, run: Run) -> None:
        given: Any = msgspec.json.decode(run.input)
        if run.member == "" and run.file in ("steps/tick", "steps/handle-step-error"):
            await program.rest(0.01)
            return
        plan = self._events.plans[given["n"]]
        before = self._ledger.begin(program, run, plan)
        again = before >= plan.times
        await program.rest(plan.seconds)
        match plan.kind:
            case "door":
                await self._emit_all(program, run, plan)
            case "emit":
                await self._emit_all(program, run, plan)
                if not again:
                    raise Failed("failed after it had emitted")
            case "flaky" if not again:
                raise Failed(f"failed in run {before + 1}")
            case "failing":
                raise Failed("always fails")
            case "poison":
                program.leave(1)
            case "crash" if before < min(plan.times, 2):
                program.leave(1)
            case "stuck" if before == 0:
                await program.rest(FOR_EVER)
            case "deaf" if before == 0:
                await self._deaf(program)
            case "once":
                await self._once(program, run, plan)
                if not again:
                    raise Failed("failed after its `once`")
            case "block":
                await self._transaction(program, run, plan)
                if not again:
                    raise Failed("failed after its transaction")

    async def _deaf(self, program: Program) -> None:
        """Goes on though it is told to stop."""
        while True:
            try:
                await program.rest(FOR_EVER)
            except asyncio.CancelledError:
                if not program.alive:
                    raise

    async def _emit_all(self, program: Program, run: Run, plan: Plan) -> None:
        for n in plan.children:
            await program.call("events.emit", {"invocation": run.invocation, **emit_params(self._events.plans[n])})

    async def _once(self, program: Program, run: Run, plan: Plan) -> None:
        key = {"invocation": run.invocation, "key": "paid"}
        asked_at = self._ledger.now()
        found = await program.call("once.get", key)
        if not found["found"]:
            self._ledger.effect(run, plan, asked_at)
            await program.rest(0.01)
            await program.call("once.put", {**key, "value": plan.n})
            self._ledger.remembered(run)

    async def _transaction(self, program: Program, run: Run, plan: Plan) -> None:
        """Adds to a counter, marks the event as done, emits its children: all of it once."""
        mine, delivery = {"invocation": run.invocation}, self._ledger.delivery_of(run)
        for _ in range(TRIES):
            found = await program.call("once.get", {**mine, "key": "block"})
            if found["found"]:
                return
            read = await program.call("transaction.read", {**mine, "group": "shared", "key": "count"})
            writes = [
                ("state.set", {"group": "shared", "key": "count", "value": (read.get("value") or 0) + 1}),
                ("state.set", {"group": "done", "key": f"{plan.n}/{delivery}", "value": run.attempt}),
                ("once.put", {"key": "block", "value": True}),
                *(("events.emit", emit_params(self._events.plans[n])) for n in plan.children),
            ]
            self._ledger.committing(run, plan)
            try:
                await program.call(
                    "transaction.commit",
                    {
                        **mine,
                        "reads": [{"group": "shared", "key": "count", "version": read["version"]}],
                        "writes": [{"method": method, "params": params} for method, params in writes],
                    },
                )
            except Refused as refused:
                if refused.code != TransactionConflict.code:
                    raise
                await program.rest(0.01)
                continue
            self._ledger.committed(run, plan)
            return
        raise Failed("the block met too many conflicts")


def emit_params(plan: Plan) -> dict[str, object]:
    params: dict[str, object] = {"topic": plan.topic, "data": {"n": plan.n}}
    if plan.group is not None:
        params["messageGroupId"] = plan.group
    if plan.delay is not None:
        params["delay"] = plan.delay
    if plan.dedup is not None:
        params["id"] = plan.dedup
    return params
