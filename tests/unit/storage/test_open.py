"""Which URL means which backend and file."""

from __future__ import annotations

from pathlib import Path

import pytest

from motia_core.errors import ConfigError
from motia_core.storage.open import locate

PROJECT, MOTIA = Path("/project"), Path("/project/.motia")


@pytest.mark.parametrize(
    ("url", "backend", "file"),
    [
        ("", "sqlite", "/project/.motia/motia.db"),
        ("sqlite:", "sqlite", "/project/.motia/motia.db"),
        ("sqlite:f.db", "sqlite", "/project/f.db"),
        ("sqlite:./f.db", "sqlite", "/project/f.db"),
        ("sqlite://./f.db", "sqlite", "/project/f.db"),
        ("sqlite://f.db", "sqlite", "/project/f.db"),
        ("sqlite:///f.db", "sqlite", "/project/f.db"),
        ("sqlite:///deep/f.db", "sqlite", "/project/deep/f.db"),
        ("sqlite:////var/f.db", "sqlite", "/var/f.db"),
        ("sqlite:/var/f.db", "sqlite", "/var/f.db"),
        ("SQLite:f.db", "sqlite", "/project/f.db"),
        (" sqlite:a b:ü.db ", "sqlite", "/project/a b:ü.db"),
        ("sqlite::memory:", "memory", "."),
        ("sqlite://:memory:", "memory", "."),
        ("sqlite:///:memory:", "memory", "."),
        ("memory:", "memory", "."),
    ],
)
def test_found(url: str, backend: str, file: str) -> None:
    assert locate(url, PROJECT, MOTIA) == (backend, Path(file))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgres://user:secret@host/db", "`postgres:` is not supported, only `sqlite:` is"),
        ("postgresql+psycopg://host", "`postgresql+psycopg:` is not supported"),
        ("redis://localhost", "`redis:` is not supported"),
        ("motia.db", "has no scheme"),
        ("./motia.db", "has no scheme"),
        ("C:\\motia.db", "has no scheme"),
        ("memory", "has no scheme"),
        ("sqlite:f.db?mode=ro", "options are not supported"),
        ("sqlite:\0", "file name"),
    ],
)
def test_refused_in_one_line_without_secrets(url: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        locate(url, PROJECT, MOTIA)
    assert why in caught.value.message
    assert "secret" not in caught.value.message + caught.value.hint
    assert "\n" not in caught.value.message
    assert "sqlite:FILE" in caught.value.hint
