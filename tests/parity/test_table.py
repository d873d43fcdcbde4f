"""The table itself: nothing in it is missing for a language without a reason."""

from __future__ import annotations

import pytest

from tests.parity.areas import AREAS
from tests.parity.behaviour import LANGUAGES, Behaviour
from tests.parity.writing import source

ALL = [pytest.param(area, one, id=f"{area}/{one.name}") for area, some in AREAS.items() for one in some]


@pytest.mark.parametrize(("area", "behaviour"), ALL)
def test_every_language_has_a_program_or_a_reason(area: str, behaviour: Behaviour) -> None:
    for language in LANGUAGES:
        reason = behaviour.without.get(language, "")
        written = language in behaviour.whole or behaviour.program(language) is not None
        assert written or len(reason) > 20, f"{behaviour.name} has no program in {language} and no reason why"
        assert not (written and reason and language in behaviour.whole), f"{behaviour.name}: {language} has both"
        if not reason:
            assert "%ID%" not in source(area, behaviour, language)


def test_names_are_unique() -> None:
    for area, behaviours in AREAS.items():
        names = [one.name for one in behaviours]
        assert len(names) == len(set(names)), area
