"""The file of the flows' layouts: whatever its author's editor has made of it, only one flow's bytes change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from motia_core.workbench import layout
from motia_core.workbench.layout import LayoutUnreadable, changed

NEW = {"steps/a.py": {"x": 1, "y": 2}}
FILES = [
    '[{"id":"a","config":{}},{"id":"b","config":{"f":{"x":1,"y":2}}}]',
    '[\n  {\n    "id": "a",\n    "config": {\n      "f": {\n        "x": 1\n      }\n    }\n  },\n  {"id": "b", "config": {}}\n]\n',
    '\ufeff[]'[1:] + ' ',
    '[\r\n\t{ "config" : { "x]}": {"y": 1.50} } , "id" : "a" , "more": [1, {"config": 2}] }\r\n]\r\n',
    '[ 7, null, {"id": "b", "config": {}, "config": {"last": {"x": 0}}}, {"id": "a", "config": {"ü": {"x": 1}}} ]',
]  # fmt: skip


@pytest.mark.parametrize("text", FILES)
@pytest.mark.parametrize("flow", ["a", "b", "new"])
def test_one_flow_changes_and_every_other_byte_stays(text: str, flow: str) -> None:
    after = changed(text, flow, NEW)
    found = json.loads(after)
    assert next(one["config"] for one in found if isinstance(one, dict) and one["id"] == flow) == NEW
    others = [one for one in json.loads(text) if not isinstance(one, dict) or one["id"] != flow]
    assert [one for one in found if not isinstance(one, dict) or one["id"] != flow] == others
    begin = next((at for at, (old, new) in enumerate(zip(text, after, strict=False)) if old != new), len(text))
    end = next((at for at, (old, new) in enumerate(zip(text[::-1], after[::-1], strict=False)) if old != new), 0)
    known = [one for one in json.loads(text) if isinstance(one, dict) and one["id"] == flow]
    shown = json.dumps(known[0]["config"]) if known else ""
    assert len(text) - begin - end <= len(shown) * 2 + 40, "more was written anew than one config"
    assert ("\r\n" in after) == ("\r\n" in text)
    assert changed(after, flow, NEW) == after


@pytest.mark.parametrize("text", ["{}", "[", '"x"', "[1,]", "\x00"])
def test_what_is_no_list_is_not_touched(tmp_path: Path, text: str) -> None:
    (tmp_path / layout.NAME).write_text(text)
    with pytest.raises(LayoutUnreadable):
        layout.save(tmp_path, "a", NEW)
    assert (tmp_path / layout.NAME).read_text() == text


def test_a_file_is_made_and_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    assert layout.read(tmp_path) == {}
    assert layout.save(tmp_path, "a", NEW)
    path = tmp_path / layout.NAME
    assert (
        path.read_text()
        == '[\n  {\n    "id": "a",\n    "config": {\n      "steps/a.py": {\n        "x": 1,\n        "y": 2\n      }\n    }\n  }\n]\n'
    )
    path.chmod(0o640)
    elsewhere = tmp_path / "elsewhere.json"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert layout.save(tmp_path, "b", {})
    assert not layout.save(tmp_path, "b", {})
    assert path.is_symlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o640
    assert set(layout.read(tmp_path)) == {"a", "b"}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["elsewhere.json", layout.NAME]
