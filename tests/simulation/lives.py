"""What the ledger keeps: one delivery's life, one invocation's passage, and what went wrong."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from motia_core.model import Step

Lane = tuple[str, str]


class Passage(Struct, eq=False, kw_only=True):
    """One invocation on its way. `begun` and `over`: its user code; `returned`: its caller was answered; `cut`: that its
    worker died, and not of this one alone."""

    core: Any
    id: str
    step: Step
    at: float
    life: Life | None = None
    attempt: int = 1
    scheduled: int | None = None
    alone: bool = False
    epoch: int = 0
    begun: bool = False
    over: str | None = None
    returned: bool = False
    freed: bool = False
    cut: bool = False
    lost_at: float | None = None

    @property
    def active(self) -> bool:
        return self.begun and self.over is None and not self.returned and self.core.alive

    @property
    def name(self) -> str:
        return "" if self.life is None else f"{self.life.n}/{self.life.step}"


class Life(Struct, eq=False, kw_only=True):
    """One delivery. `redrive` begins a new epoch, in which everything from `runs` to `lost` counts anew."""

    id: int
    event: int
    step: str
    n: int | None
    lane: Lane | None
    passages: list[Passage] = field(default_factory=list)
    done: bool = False
    burying: bool = False
    redriven: bool = False
    asked_again: bool = False
    epoch: int = 0
    due: int = 0
    runs: int = 0
    claims: int = 0
    released: int = 0
    failures: int = 0
    lonely_deaths: int = 0
    shared_deaths: int = 0
    lost: int = 0
    claimant: Any = None
    asked_at: float = 0.0
    unheard: int = 0
    void: int = 0
    verdicts: int = 0
    remembered_at: float | None = None


class Violation(Struct, frozen=True):
    text: str
    at: float
    n: int | None
    lane: Lane | None
