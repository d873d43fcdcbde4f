"""How guesses are counted: by address, different ones only, a minute long, in bounded memory."""

from __future__ import annotations

import pytest

from motia_core.web.guesses import Guesses, key_of


class Time:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("guesses", "wait"),
    [
        ([], 0),
        (["a"], 0),
        (["a", "b"], 0),
        (["a", "b", "c"], 60),
        (["a", "b", "c", "d", "e"], 60),
        (["a"] * 100, 0),
        (["a", "b", "a", "b", "b"], 0),
        (["a", "", "\ud800"], 60),
    ],
)
def test_how_many(guesses: list[str], wait: int) -> None:
    book = Guesses(Time(), most=3)
    for guess in guesses:
        book.wrong("1.1.1.1", guess)
    assert book.wait("1.1.1.1") == wait
    assert book.wait("1.1.1.2") == 0


@pytest.mark.parametrize(
    ("moments", "asked", "wait"),
    [
        ([0, 0, 0], 0, 60),
        ([0, 0, 0], 59.2, 1),
        ([0, 0, 0], 60, 0),
        ([0, 30, 50], 50, 10),
        ([0, 30, 59.5], 59.5, 1),
        ([0, 30, 60], 60, 0),
        ([0, 61, 62], 62, 0),
        ([0, 61, 62, 63], 63, 58),
    ],
)
def test_for_how_long(moments: list[float], asked: float, wait: int) -> None:
    time = Time()
    book, began = Guesses(time, most=3), time.now
    for number, moment in enumerate(moments):
        time.now = began + moment
        book.wrong("1.1.1.1", str(number))
    time.now = began + asked
    assert book.wait("1.1.1.1") == wait


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("1.1.1.1", "1.1.1.1", True),
        ("1.1.1.1", "1.1.1.2", False),
        ("1.1.1.1", "::ffff:1.1.1.1", True),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("nonsense", "nonsense", True),
        ("nonsense", "", False),
    ],
)
def test_who_counts_as_one(one: str, other: str, is_same: bool) -> None:
    assert (key_of(one) == key_of(other)) is is_same


def test_memory_is_bounded() -> None:
    time = Time()
    book = Guesses(time, most=3, addresses=100)
    for number in range(1000):
        for guess in range(50):
            book.wrong(f"10.0.{number // 250}.{number % 250}", str(guess))
    assert len(book) == 100
    assert book.wait("10.0.3.249") == 60
    time.now += 60
    book.wrong("1.1.1.1", "a")
    assert len(book) == 1, "what is over is forgotten"
