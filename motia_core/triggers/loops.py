"""When steps that hear everything keep each other busy. Counts; touches no store.

Such a step hears what others like it emit, so two of them can answer each other for ever, and three multiply. An event
carries its hops: the deliveries to such steps that it descends from. Too many hops end a chain. Where chains branch,
none may ever be long: a trace also ends when too many of its deliveries have gone round, that is, have more hops than
there are such steps. Work that fans out without going round is never stopped, however much it is.
"""

from __future__ import annotations

from collections import OrderedDict

from motia_core.model import Delivery, Step

ROUNDS = 100
_TRACES = 1000


class Loops:
    """`max_hops` is the configuration's; a trace may go round `ROUNDS` times as often."""

    def __init__(self, max_hops: int) -> None:
        self._max_hops = max_hops
        self._max_rounds = max_hops * ROUNDS
        self._rounds: OrderedDict[str, int] = OrderedDict()

    def refusal(self, step: Step, delivery: Delivery, listeners: int) -> str | None:
        """Why `delivery` is one too many; None when it may run. `listeners`: how many steps hear everything."""
        if not step.all_topics:
            return None
        if delivery.hops >= self._max_hops:
            return f"more than {self._max_hops} deliveries to steps that hear every topic followed one another"
        if delivery.hops < listeners:
            return None
        rounds = self._rounds.pop(delivery.trace_id, 0) + 1
        self._rounds[delivery.trace_id] = rounds
        if len(self._rounds) > _TRACES:
            self._rounds.popitem(last=False)
        if rounds <= self._max_rounds:
            return None
        return f"more than {self._max_rounds} deliveries to steps that hear every topic went round in one trace"
