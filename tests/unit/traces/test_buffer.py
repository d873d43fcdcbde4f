"""What waits to be written is bounded, and what finds no room is counted."""

from __future__ import annotations

from motia_core.traces.buffer import Buffer


def test_it_is_bounded_by_count_and_by_bytes() -> None:
    buffer: Buffer[str] = Buffer(3, 10, len)
    assert [buffer.add(one * 4) for one in "abc"] == [1, 2, 0]
    assert buffer.add("dd") == 3
    assert not buffer.add("")
    assert buffer.dropped == 2
    assert buffer.take() == (["aaaa", "bbbb", "dd"], 10)
    assert len(buffer) == 0
    assert buffer.add("f" * 10)


def test_what_is_put_back_comes_first_and_the_rest_is_counted() -> None:
    buffer: Buffer[str] = Buffer(3, 100, len)
    for one in "ab":
        buffer.add(one)
    taken = buffer.take()
    for one in "cd":
        buffer.add(one)
    buffer.put_back(taken[0])
    assert buffer.dropped == 1
    assert buffer.take() == (["a", "b", "c"], 3)
