"""The core is killed again while it recovers

As when the core is killed under load, but the core that comes next is killed as well, up to three times in a row, at
random points of its start: while it opens the database, starts workers, loads files or takes up what was left.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.drills.kit.lives import drill

LIVES = 60
LIMIT = 1800.0


async def run(scale: float, report: Callable[[str], None]) -> dict[str, object]:
    return await drill(max(1, int(LIVES * scale)), report, again=3, seed=12)
