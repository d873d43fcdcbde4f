"""What waits to be written is bounded, and what finds no room is counted."""

from __future__ import annotations

from motia_core.traces.buffer import Buffer


def test_it_is_bounded_by_count_and_by_bytes() -> None:
    buffer: Buffer[str] = Buffer(3, 100)
    assert [buffer.add(one, 40) for one in "abc"] == [True, True, False]
    assert buffer.add("d", 20)
    assert not buffer.add("e", 0)
    assert buffer.dropped == 2
    assert buffer.take() == (["a", "b", "d"], [40, 40, 20])
    assert len(buffer) == 0
    assert buffer.add("f", 100)


def test_what_is_put_back_comes_first_and_the_rest_is_counted() -> None:
    buffer: Buffer[str] = Buffer(3, 100)
    for one in "ab":
        buffer.add(one, 1)
    taken = buffer.take()
    for one in "cd":
        buffer.add(one, 1)
    buffer.put_back(taken)
    assert buffer.dropped == 1
    assert buffer.take()[0] == ["a", "b", "c"]
