"""The core is killed under load

`kill -9` of the core at random moments, 200 times, while events are emitted in four languages. After each kill nothing
is left of its workers within 2 s and a copy of the database is sound in every page and in what its tables say of one
another. In the end every event that was answered 2xx has run, and twice only where a kill cut the first run short.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.drills.kit.lives import drill

LIVES = 200
LIMIT = 1800.0


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    return await drill(max(1, int(LIVES * scale)), report, seed=11)
