"""Reading TOML and YAML: the values, and the errors with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from motia_core.config.files import is_data, present, read
from motia_core.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: off\nb: no\nc: yes\nd: on\n", {"a": "off", "b": "no", "c": "yes", "d": "on"}),
        ("a: true\nb: False\n", {"a": True, "b": False}),
        ("a: 12:30\nb: 2024-01-01\nc: 0777\nd: 0x1f\n", {"a": "12:30", "b": "2024-01-01", "c": "0777", "d": "0x1f"}),
        ("a: 1\nb: -2\nc: 1.5\nd: 1e3\ne: ~\nf:\n", {"a": 1, "b": -2, "c": 1.5, "d": "1e3", "e": None, "f": None}),
        ("", {}),
        ("# only a comment\n", {}),
        ("x: &a {p: 1}\ny:\n  <<: *a\n  q: 2\n", {"x": {"p": 1}, "y": {"p": 1, "q": 2}}),
    ],
)
def test_yaml(tmp_path: Path, text: str, wanted: dict[str, object]) -> None:
    (tmp_path / "motia.yml").write_text(text)
    assert read(tmp_path, "motia.yml") == wanted


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("motia.yml", "a: {\n", "motia.yml:2"),
        ("motia.yml", "a: !!python/object/apply:os.getcwd []\n", "motia.yml:1"),
        ("motia.yml", "- 1\n", "a map of keys, not a list"),
        ("motia.toml", "a = \n", "motia.toml:1: Invalid value"),
        ("motia.toml", "a = 1\n\n[a\n", "motia.toml:3: "),
    ],
)
def test_damaged(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, name)
    assert says in str(caught.value)


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "motia.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(ConfigError, match="cannot be read"):
        read(tmp_path, "motia.toml")


def test_which_files_there_are(tmp_path: Path) -> None:
    for name in ("config.yml", "motia.toml", "motia_config.py", "motia.config.cjs", "other.yml"):
        (tmp_path / name).write_text("")
    (tmp_path / "motia.config.ts").mkdir()
    assert present(tmp_path) == ["motia.config.cjs", "motia_config.py", "motia.toml", "config.yml"]
    assert [is_data(name) for name in present(tmp_path)] == [False, False, True, True]
