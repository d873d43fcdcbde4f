"""How texts are searched; the backends' suite holds them to it."""

from __future__ import annotations

import pytest

from motia_core.storage.words import contains, words


def test_words_are_without_case_accents_and_punctuation() -> None:
    assert words('Card "12-34" was RÉFUSED: user_id=7') == ["card", "12", "34", "was", "refused", "user", "id", "7"]
    assert words("?! -") == []


@pytest.mark.parametrize("wanted", ["order 12", "ORDER", "12 st", "stor", "order 12 stored"])
def test_words_in_a_row_are_found(wanted: str) -> None:
    assert contains("the order-12 stored", words(wanted))


@pytest.mark.parametrize("wanted", ["12 order", "rder", "order stored", "s", "", "order 12 stored now"])
def test_others_are_not(wanted: str) -> None:
    assert not contains("the order-12 stored", words(wanted))
