"""The accounts: what was accepted, what ran and how often, and whether a second run is explained by a kill."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.drills.kit.verdict import must

ON_ITS_WAY = 1000
"""How long before a kill (ms) a handler may have ended without its end being on record yet."""


class Run(NamedTuple):
    """One execution; times in milliseconds since the epoch, `ended` None when it did not come to its end."""

    pid: int
    attempt: int
    began: int
    ended: int | None


class Accounts(NamedTuple):
    """`executed` counts events that ran to their end, `duplicated` those that began more than once, `unexplained`
    those of them that no kill explains, `uncounted` those of which two runs had the same attempt."""

    accepted: int
    executed: int
    duplicated: int
    lost: list[int]
    unexplained: list[int]
    uncounted: list[int]

    def balance(self, whereabouts: str = "") -> None:
        """Broken unless everything accepted ran, and again only because of a kill."""
        must(not self.lost, f"{len(self.lost)} accepted events never ran: {whereabouts or self.lost[:5]}")
        must(not self.unexplained, f"no kill explains why these ran twice: {self.unexplained[:5]}")
        must(not self.uncounted, f"attempts of these were not counted: {self.uncounted[:5]}")

    def figures(self) -> dict[str, object]:
        return {
            "accepted": self.accepted,
            "executed": self.executed,
            "duplicated": self.duplicated,
            "unexplained": len(self.unexplained),
            "lost": len(self.lost),
        }


def runs(path: Path) -> dict[int, list[Run]]:
    """By event, in the order begun."""
    found: dict[int, list[Run]] = {}
    if not path.exists():
        return found
    for line in path.read_text().splitlines():
        what, *numbers = line.split()
        n, pid, attempt, time = map(int, numbers)
        of_event = found.setdefault(n, [])
        if what == "b":
            of_event.append(Run(pid, attempt, time, None))
            continue
        for place in range(len(of_event) - 1, -1, -1):
            if of_event[place].pid == pid and of_event[place].attempt == attempt:
                of_event[place] = of_event[place]._replace(ended=time)
                break
    return found


def settle(path: Path, accepted: Collection[int], kills: Mapping[int, int]) -> Accounts:
    """`kills`: when each process was killed. A run may be followed by another only when its process was killed before
    its end could be on record."""
    found = runs(path)
    done = {n for n, all_ in found.items() if any(run.ended is not None for run in all_)}
    repeated = {n: all_ for n, all_ in found.items() if len(all_) > 1}
    unexplained = [n for n, all_ in repeated.items() if not all(_cut_short(run, kills) for run in all_[:-1])]
    uncounted = [n for n, all_ in repeated.items() if len({run.attempt for run in all_}) < len(all_)]
    lost = sorted(set(accepted) - done)
    return Accounts(len(accepted), len(done), len(repeated), lost, sorted(unexplained), sorted(uncounted))


def _cut_short(run: Run, kills: Mapping[int, int]) -> bool:
    killed = kills.get(run.pid)
    return killed is not None and (run.ended is None or run.ended > killed - ON_ITS_WAY)
