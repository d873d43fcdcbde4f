"""`docs/configuration.md` says what the code says."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from msgspec import Meta
from msgspec.structs import fields

from motia_core.config.document import DOCS, beyond, configuration_table, fill, limits_table, shown, words
from motia_core.config.environment import ELSEWHERE, PLAIN, variables
from motia_core.config.files import NAMES
from motia_core.config.knobs import Http, Wire
from motia_core.config.written import OLD_KEYS


def test_the_table_is_up_to_date() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert fill(text, "knobs", configuration_table()) == text, "run python -m motia_core.config.document"


def test_every_file_variable_and_old_key_is_named() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    for name in (*NAMES, *PLAIN, *OLD_KEYS):
        assert name.removeprefix("motia.config") in text
    # Variables between the core and its runners are no business of users.
    private = {
        "MOTIA_CACHE",
        "MOTIA_LIFELINE",
        "MOTIA_PACKAGES",
        "MOTIA_PACKAGES_FROM_TREE",
        "MOTIA_SDK",
        "MOTIA_WORKER",
    }
    for name in ELSEWHERE - private - {"MOTIA_URL"}:
        assert f"`{name}`" in text


def test_every_knob_is_in_the_table() -> None:
    table = configuration_table()
    for name, (key, _) in variables().items():
        if not key.startswith(("workers.node", "workers.ruby")):
            assert f"`{key}`" in table and f"`{name}`" in table


def test_the_table_of_limits_is_up_to_date() -> None:
    text = (DOCS / "limits.md").read_text(encoding="utf-8")
    assert fill(text, "limits", limits_table()) == text, "run python -m motia_core.config.document"


@pytest.mark.parametrize("section", [Http, Wire])
def test_every_limit_says_what_happens_beyond_it(section: type) -> None:
    """Sizes at which something is done differently, and nothing refused, are no limits."""
    switches = {"compress_above", "spill"}
    assert [one.name for one in fields(section) if not beyond(one.type) and one.name not in switches] == []
    assert all(f".{one.encode_name}`" in limits_table() for one in fields(section) if one.name not in switches)


def test_missing_markers() -> None:
    with pytest.raises(ValueError, match="markers of x"):
        fill("no markers", "x", "table")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Annotated[int, Meta(ge=1, le=9)], "whole number ≥ 1 and ≤ 9"),
        (Annotated[float, Meta(gt=0)] | None, "number > 0"),
        (Literal["a", "b"] | None, "`a`, `b`"),
        (list[str], "list of text"),
        (dict[str, str], "object of text"),
        (str | list[str], "text or list of text"),
    ],
)
def test_types_in_words(kind: object, said: str) -> None:
    assert words(kind) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (16 * 1024 * 1024, "`16777216` (16 MiB)"),
        (65536, "`65536` (64 KiB)"),
        (1000, "`1000`"),
        (0.25, "`0.25`"),
        (2592000.0, "`2592000`"),
        (True, "`true`"),
        (None, ""),
        ("", ""),
        (["*"], '`["*"]`'),
    ],
)
def test_defaults_as_people_read_them(value: object, said: str) -> None:
    assert shown(value) == said
