"""Code, specification and errors name the same methods and numbers."""

from __future__ import annotations

import re
from pathlib import Path

from motia_core.errors import tree
from motia_core.protocol import peer
from motia_core.protocol.messages import METHODS, TRANSACTION_WRITES, Direction, encode
from motia_core.protocol.requests import Run

SPECIFICATION = (Path(__file__).resolve().parents[3] / "runners" / "PROTOCOL.md").read_text("utf-8")
HEADINGS = re.findall(r"^### (.+)$", SPECIFICATION, re.MULTILINE)
DOWN = SPECIFICATION.index("## 5. Core → runner")
UP = SPECIFICATION.index("## 6. Runner → core")


def test_every_method_has_a_heading_and_every_heading_a_method() -> None:
    assert sorted(name for name in HEADINGS if not re.fullmatch(r"-?\d+", name)) == sorted(METHODS)


def test_every_method_stands_in_the_section_of_its_direction() -> None:
    for name, method in METHODS.items():
        at = SPECIFICATION.index(f"\n### {name}\n")
        assert (DOWN < at < UP) == (method.direction is Direction.TO_RUNNER), name
        assert at > DOWN


def test_every_error_code_has_a_heading_and_every_heading_a_class() -> None:
    said = {int(name) for name in HEADINGS if re.fullmatch(r"-?\d+", name)}
    assert {error.code for error in tree() if error.code > 0} == {number for number in said if number > 0}
    known = {error.code for error in tree()} | {peer.NOT_INITIALIZED, peer.PARSE_ERROR, -32601}
    assert {number for number in said if number < 0} == {number for number in known if number < 0}


def test_positive_codes_belong_to_one_class_and_its_children() -> None:
    for error in tree():
        others = [one for one in tree() if one.code == error.code > 0]
        assert all(issubclass(one, others[0]) for one in others), error


def test_every_field_is_named_in_the_specification() -> None:
    for name, method in METHODS.items():
        section = SPECIFICATION.split(f"\n### {name}\n")[1].split("\n### ")[0]
        if "As `" in section:
            continue
        for field in method.params.__struct_encode_fields__:
            common = field == "invocation" and method.direction is Direction.TO_CORE
            assert common or re.search(rf"\b{field}\b", section), f"{name}: params.{field}"
        for field in method.result.__struct_encode_fields__ if method.result else ():
            assert re.search(rf"\b{field}\b", section), f"{name}: result.{field}"


def test_transaction_writes_are_calls_and_are_listed() -> None:
    section = SPECIFICATION.split("\n### transaction.commit\n")[1].split("\n### ")[0]
    for name in TRANSACTION_WRITES:
        assert METHODS[name].direction is Direction.TO_CORE
        assert f"`{name}`" in section


def test_keys_are_camel_case_and_defaults_left_out() -> None:
    run = Run(
        invocation="i",
        snapshot=1,
        file="f",
        member="",
        trigger="event",
        trace_id="t",
        deadline_ms=1,
        input=peer.Raw(b"1"),
    )
    assert encode(run) == (
        b'{"invocation":"i","snapshot":1,"file":"f","member":"","trigger":"event","traceId":"t","deadlineMs":1,"input":1}'
    )
