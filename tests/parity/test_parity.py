"""Every behaviour of the table, in every language: the same request, the same observation."""

from __future__ import annotations

import pytest

from tests.parity.areas import AREAS
from tests.parity.behaviour import LANGUAGES, Behaviour
from tests.parity.drive import Site
from tests.parity.writing import identity

CASES = [
    pytest.param(
        area, behaviour, language, id=f"{area}/{behaviour.name}[{language}]", marks=pytest.mark.rows(*behaviour.rows)
    )
    for area, behaviours in AREAS.items()
    for behaviour in behaviours
    for language in LANGUAGES
    if language not in behaviour.without
]


@pytest.mark.parametrize(("area", "behaviour", "language"), CASES)
def test_behaviour(site: Site, area: str, behaviour: Behaviour, language: str) -> None:
    site.check(identity(area, behaviour, language), behaviour.ask, behaviour.expect)
