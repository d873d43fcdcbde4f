"""The exporter while the server runs: gives it the measures at their times, and says what it has to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from motia_core.app.parts import Parts
from motia_core.services.stats import Depths

if TYPE_CHECKING:
    from motia_core.otlp.exporter import Exporter

_LOOK_EVERY = 0.5
_POLL = 0.02
_HURRIED = 0.5


async def export(parts: Parts, exporter: Exporter) -> None:
    """Until cancelled."""
    depths, due = Depths(parts.services), parts.clock.monotonic()
    while True:
        if exporter.interval is not None and parts.clock.monotonic() >= due:
            due += exporter.interval
            await measure(parts, exporter, depths)
        _say(parts, exporter)
        left = _LOOK_EVERY if exporter.interval is None else due - parts.clock.monotonic()
        await anyio.sleep(max(0.0, min(_LOOK_EVERY, left)))


async def measure(parts: Parts, exporter: Exporter, depths: Depths) -> None:
    from motia_core.app.gauges import Gauges
    from motia_core.otlp.numbers import Measured

    try:
        families = await Gauges(parts, depths).families()
    except Exception as error:
        # The server is worth more than its measures.
        parts.recorder.note("warn", f"OpenTelemetry: metrics cannot be taken: {error!r}")
        return
    exporter.measure(Measured(families, parts.services.counts.since, parts.clock.now_ms()))


async def finish(parts: Parts, exporter: Exporter, *, hurried: bool) -> None:
    """What waits goes out, as far as there is time. The recorder has told all it knows."""
    patience = min(_HURRIED, exporter.patience) if hurried else exporter.patience
    if exporter.interval is not None:
        await measure(parts, exporter, Depths(parts.services))
    exporter.close(patience)
    # A little more than its own bound: an answer may be under way.
    with anyio.move_on_after(patience + 0.5):
        while not exporter.over:  # noqa: ASYNC110
            await anyio.sleep(_POLL)
    _say(parts, exporter)
    if not exporter.over:
        parts.recorder.note("warn", f"OpenTelemetry: {exporter.left} records are lost: the collector hangs")


def _say(parts: Parts, exporter: Exporter) -> None:
    for level, text in exporter.words():
        parts.recorder.note("info" if level == "info" else "warn", text)
