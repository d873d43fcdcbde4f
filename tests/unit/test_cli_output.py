"""What commands print: texts of users stay texts, also as JSON."""

from __future__ import annotations

import json

import pytest

from motia_core.cli.output import plain, print_json

CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))


@pytest.mark.parametrize("line", [False, True])
def test_no_text_in_json_commands_a_terminal(capsys: pytest.CaptureFixture[str], line: bool) -> None:
    value = {f"k{CONTROLS}": [f"ü🙂{CONTROLS}"]}
    print_json(value, line=line)
    said = capsys.readouterr().out
    assert not [letter for letter in said if letter in CONTROLS and letter != "\n"]
    assert json.loads(said) == value
    assert "ü🙂" in said


def test_no_text_for_people_commands_a_terminal() -> None:
    assert not [letter for letter in plain(CONTROLS) if letter in CONTROLS and letter not in "\t\n"]
