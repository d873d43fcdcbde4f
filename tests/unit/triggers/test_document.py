"""The error codes of `docs/errors.md` say what the code does."""

from __future__ import annotations

import pytest

from motia_core.config.document import DOCS, fill
from motia_core.triggers.document import CURES, codes, errors_tables, fate


def test_the_tables_are_up_to_date() -> None:
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    assert fill(text, "errors", errors_tables()) == text, "run python -m motia_core.triggers.document"


def test_every_code_has_a_cure_and_no_cure_is_left_over() -> None:
    assert set(CURES) == set(codes())


def test_every_code_is_in_a_table() -> None:
    table = errors_tables()
    for code, kinds in codes().items():
        assert f"| `{code}` | `{kinds[0].__name__}`" in table


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (1001, "yes"),
        (1002, "no: `invalid`"),
        (1003, "yes, uncounted"),
        (1004, "yes"),
        (1005, "yes; uncounted at first, then alone on a worker"),
        (1006, "yes, uncounted"),
        (1019, "yes, uncounted"),
        (-32800, "yes, uncounted"),
    ],
)
def test_what_the_queue_does(code: int, said: str) -> None:
    assert fate(code) == said
