"""The knobs of recorded history: spans, logs, and the inputs kept for replay."""

from __future__ import annotations

from typing import Annotated

from motia_core.config.section import Section, knob


class Traces(Section, frozen=True, kw_only=True):
    """Spans and logs."""

    enabled: Annotated[bool, knob("Whether spans are recorded")] = True
    sample: Annotated[
        float, knob("Share of traces that is recorded, from 0 to 1; spans that failed always are", ge=0, le=1)
    ] = 1.0
    max_spans: Annotated[int, knob("Spans kept", ge=0)] = 300_000
    max_logs: Annotated[int, knob("Log lines kept", ge=0)] = 1_000_000
    max_size: Annotated[int, knob("All that is recorded, on the disk (bytes)", ge=16 * 1024 * 1024)] = 1 << 30
    retention: Annotated[float, knob("How long both are kept (s)", gt=0)] = 3 * 86_400.0
    flush: Annotated[float, knob("Longest time before a record is written (s)", gt=0)] = 0.25
    buffer: Annotated[int, knob("Records waiting to be written; more are dropped and counted", ge=100)] = 20_000
    payload: Annotated[
        int,
        knob("Largest value that a span keeps of what its step reads, writes and emits (bytes); 0 = only sizes", ge=0),
    ] = 0
    from_callers: Annotated[bool, knob("Whether a request with a `traceparent` belongs to the trace it names")] = True


class Replay(Section, frozen=True, kw_only=True):
    """What runs were given, for `motia replay`."""

    store: Annotated[bool | None, knob("Whether inputs are kept; default: in dev only")] = None
    largest: Annotated[int, knob("Largest input kept (bytes)", ge=0)] = 256 * 1024
    max_inputs: Annotated[int, knob("Inputs kept", ge=0)] = 10_000
    max_size: Annotated[int, knob("All inputs together (bytes)", ge=0)] = 64 * 1024 * 1024
