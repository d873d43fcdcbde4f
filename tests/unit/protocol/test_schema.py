from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import msgspec
import pytest

from motia_core.protocol import schema
from motia_core.protocol.calls import Emit
from motia_core.protocol.messages import METHODS


def test_the_file_is_up_to_date() -> None:
    assert schema.main(["--check"]) == 0, "run `python -m motia_core.protocol.schema`"


def test_check_finds_drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "PATH", tmp_path / "protocol.schema.json")
    assert schema.main(["--check"]) == 1
    assert schema.main([]) == 0
    assert schema.main(["--check"]) == 0
    schema.PATH.write_text("{}")
    assert schema.main(["--check"]) == 1


def test_every_method_is_there_and_every_reference_holds() -> None:
    document = schema.document()
    methods, shapes = document["methods"], document["$defs"]
    assert isinstance(methods, dict)
    assert isinstance(shapes, dict)
    assert methods.keys() == METHODS.keys()
    for name, shape in shapes.items():
        jsonschema_rs.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": shapes})
        assert shape["type"] == "object"


def test_a_schema_agrees_with_its_struct() -> None:
    shapes = schema.document()["$defs"]
    validator = jsonschema_rs.Draft202012Validator({"$ref": "#/$defs/Emit", "$defs": shapes})
    assert validator.is_valid(msgspec.to_builtins(msgspec.json.decode(b'{"invocation":"i","topic":"t"}', type=Emit)))
    assert validator.is_valid({"invocation": "i", "topic": "t", "data": {"any": [1]}, "messageGroupId": None, "at": 5})
    assert not validator.is_valid({"invocation": "i"})
    assert not validator.is_valid({"invocation": "i", "topic": "t", "at": "soon"})
