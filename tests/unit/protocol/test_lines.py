from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from motia_core.protocol.lines import PREFIX, Lines, Oversize

TEXT = '{"a":"\u2028\u0085😀\u00e9"}\n\n{"b":2}\r\nnonsense\n'.encode()
WANTED = ['{"a":"\u2028\u0085😀\u00e9"}'.encode(), b"", b'{"b":2}\r', b"nonsense"]


def test_lines_end_at_byte_0x0a_only() -> None:
    assert Lines(1000).feed(TEXT) == WANTED


def test_every_cut_gives_the_same_lines() -> None:
    for cut in range(len(TEXT) + 1):
        lines = Lines(1000)
        assert lines.feed(TEXT[:cut]) + lines.feed(TEXT[cut:]) == WANTED, cut


def test_byte_by_byte() -> None:
    lines = Lines(1000)
    assert [line for byte in TEXT for line in lines.feed(bytes([byte]))] == WANTED


def test_an_unfinished_line_waits() -> None:
    lines = Lines(100)
    assert lines.feed(b"half") == []
    assert lines.feed(b"") == []
    assert lines.feed(b" and half\n") == [b"half and half"]


def test_the_limit_is_inclusive() -> None:
    assert Lines(4).feed(b"1234\n12345\n1234\n") == [b"1234", Oversize(b"12345", 5), b"1234"]


def test_an_oversize_line_is_the_same_however_it_arrives() -> None:
    line = bytes(range(32, 127)) * 20
    for step in (1, 7, 100, PREFIX - 1, PREFIX, PREFIX + 1, 5000):
        lines = Lines(600)
        pieces = [line[at : at + step] for at in range(0, len(line), step)]
        assert [one for piece in pieces for one in lines.feed(piece)] == []
        assert lines.feed(b"\nnext\n") == [Oversize(line[:PREFIX], len(line)), b"next"], step


def test_an_endless_line_keeps_only_its_beginning() -> None:
    lines = Lines(10_000)
    for _ in range(1000):
        lines.feed(b"x" * 10_000)
    assert sum(len(part) for part in lines._parts) <= 10_000 + PREFIX
    assert lines.feed(b"\n") == [Oversize(b"x" * PREFIX, 10_000_000)]


@given(st.lists(st.binary(max_size=40), max_size=20), st.lists(st.integers(0, 200), max_size=10))
def test_cutting_never_changes_anything(parts: list[bytes], cuts: list[int]) -> None:
    data = b"\n".join(parts)
    whole, cut = Lines(16), Lines(16)
    edges = [0, *sorted(min(at, len(data)) for at in cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    wanted = whole.feed(data) + whole.feed(b"\n")
    assert [line for piece in pieces for line in cut.feed(piece)] + cut.feed(b"\n") == wanted
