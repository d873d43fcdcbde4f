"""How ids look to others, and which traces they are told of."""

from __future__ import annotations

import hashlib

import pytest

from motia_core.clock import Clock
from motia_core.model import Remote
from motia_core.traces.sampling import KINDS, Sampler
from motia_core.traces.w3c import read, span_id_of, trace_id_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
WELL = f"00-{TRACE}-{SPAN}-01"


def test_an_id_in_the_right_form_is_itself_and_any_other_is_hashed() -> None:
    assert (trace_id_of(TRACE), span_id_of(SPAN)) == (TRACE, SPAN)
    clock = Clock()
    own = clock.new_id()
    assert span_id_of(own) == own
    for id in ("Z6M2D-6818979-1f", "", "0" * 32, TRACE.upper(), f"{TRACE}\n", "ключ\ud800"):
        digest = hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()
        assert (trace_id_of(id), span_id_of(id)) == (digest[:32], digest[:16])


def test_a_header_is_read_as_the_standard_says() -> None:
    assert read(WELL, "a=1") == Remote(trace_id=TRACE, span_id=SPAN, sampled=True, state="a=1")
    assert read(WELL[:-2] + "02") == Remote(trace_id=TRACE, span_id=SPAN, sampled=False)
    assert read(f"cc{WELL[2:]}-what-may-come") == Remote(trace_id=TRACE, span_id=SPAN)
    assert read(WELL, ["a=1", "b=2"]) == Remote(trace_id=TRACE, span_id=SPAN, state="a=1,b=2")
    assert read(WELL, "a" * 513) == read(WELL, "a\nb") == read(WELL)


@pytest.mark.parametrize(
    "text",
    [None, [WELL, WELL], "", WELL.upper(), f"{WELL}-more", f"ff{WELL[2:]}", WELL.replace(TRACE, "0" * 32),
     WELL.replace(SPAN, "0" * 16), WELL[:-1], f"{WELL}0"],
)  # fmt: skip
def test_what_breaks_the_rules_is_nothing(text: object) -> None:
    assert read(text) is None


@pytest.mark.parametrize("kind", KINDS)
def test_samplers_do_as_they_are_called(kind: str) -> None:
    sampler = Sampler(kind, 0.25)
    own = [f"Z6M2D-{number}" for number in range(2000)]
    taken = sum(sampler.takes(id) for id in own)
    if kind.endswith("on"):
        assert taken == 2000
    elif kind.endswith("off"):
        assert taken == 0
    else:
        assert 400 < taken < 600
        assert [sampler.takes(id) for id in own] == [Sampler(kind, 0.25).takes(id) for id in own]
    high, low = "f" * 32, "0" * 31 + "1"
    alone = {id: Sampler(kind.removeprefix("parentbased_"), 0.25).takes(id) for id in (high, low)}
    for id in (high, low):
        for sampled in (False, True):
            sampler.continues(Remote(trace_id=id, span_id=SPAN, sampled=sampled))
            assert sampler.takes(id) == (sampled if kind.startswith("parentbased") else alone[id])
