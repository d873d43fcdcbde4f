"""Which traces are told to others: the samplers of OpenTelemetry, by their names. What is recorded here is not its
business (`traces.sample` is).

The same for every span of a trace, on every server, from its id alone; only what a caller decided otherwise is kept in
mind, for as many traces as there is room for.
"""

from __future__ import annotations

from collections import OrderedDict

from motia_core.recorded import Remote
from motia_core.traces.w3c import trace_id_of

ROOTS = ("always_on", "always_off", "traceidratio")
KINDS = (*ROOTS, *(f"parentbased_{one}" for one in ROOTS))
_REMEMBERED = 20_000


class Sampler:
    """`kind` is one of `KINDS`, `ratio` is for those that want one."""

    def __init__(self, kind: str = "parentbased_always_on", ratio: float = 1.0) -> None:
        self._asks_parent = kind.startswith("parentbased_")
        self._bound = {"always_on": 1.0, "always_off": 0.0}.get(kind.removeprefix("parentbased_"), ratio) * 2**64
        self._refused: OrderedDict[str, None] = OrderedDict()
        self._takes_all = self._bound >= 2**64

    def continues(self, remote: Remote) -> None:
        """A request of this trace has come."""
        if not self._asks_parent:
            return
        if remote.sampled:
            self._refused.pop(remote.trace_id, None)
            return
        self._refused[remote.trace_id] = None
        if len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)

    def takes(self, trace_id: str) -> bool:
        if self._refused and trace_id in self._refused:
            return False
        if self._takes_all:
            return True
        known = trace_id_of(trace_id)
        # Only a caller's id is its own counterpart; that it did not refuse is known above.
        if self._asks_parent and known == trace_id:
            return True
        return int(known[16:], 16) < self._bound
