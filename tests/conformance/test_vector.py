"""The reader and the comparer of vectors do what `runners/vectors/README.md` says."""

from __future__ import annotations

import pytest

from .matching import difference, fill
from .vector import AnyOrder, CloseInput, Edit, Ends, Expect, ReadFile, Send, SendBytes, VectorError, WriteFile, parse

EVERYTHING = """
# why
@raw
@languages python ruby
@limits frame=70000 spill=1024
> {"id":2,"method":"ping","params":{}}
>bytes "a\\nb"
>hex 0a ff
>file blob {repeat:ab:2}
>edit value old new
< any order
< {"id":2,"result":{}}
< {"id":"$x","…":"…"}
< end
<file $path abab
>eof
<eof 0
"""


def test_every_line_is_read() -> None:
    vector = parse("v", EVERYTHING)
    assert vector.raw and vector.ends
    assert vector.suits("ruby") and not vector.suits("node")
    assert vector.limits == {"frame": 70000, "spill": 1024}
    assert vector.moves == (
        Send(6, '{"id":2,"method":"ping","params":{}}'),
        SendBytes(7, b"a\nb"),
        SendBytes(8, b"\n\xff"),
        WriteFile(9, "blob", "abab"),
        Edit(10, "value", "old", "new"),
        AnyOrder(14, (Expect(12, '{"id":2,"result":{}}'), Expect(13, '{"id":"$x","…":"…"}'))),
        ReadFile(15, "path", "abab"),
        CloseInput(16),
        Ends(17, 0),
    )


@pytest.mark.parametrize(
    "text",
    ["> not json", "> [1]", "? {}", "< any order", "< end", '< any order\n> {"id":1}\n< end', ">hex 0g", '<eofs "x"'],
)
def test_a_typing_error_is_found(text: str) -> None:
    with pytest.raises((VectorError, ValueError)):
        parse("v", text)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (1, 1.0),
        ({"a": None}, {}),
        ({}, {"a": None}),
        ({"a": 1, "…": "…"}, {"a": 1, "b": 2}),
        ("$_", [1]),
        ("$_int", 0),
        ("$_text", ""),
        ("$~oo", "boom"),
        (["$x", "$x"], [{"a": 1}, {"a": 1}]),
        ("$5", "$5"),
    ],
)
def test_what_fits(pattern: object, value: object) -> None:
    assert difference(pattern, value, {}) is None


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (1, True),
        (False, 0),
        ("1", 1),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "…": "…"}, {"b": 2}),
        ({}, []),
        ([1], [1, 2]),
        ([1], {"0": 1}),
        ("$_int", True),
        ("$_int", 1.5),
        ("$_text", None),
        ("$~oo", "bom"),
        ("$x", None),
        (["$x", "$x"], [1, 2]),
    ],
)
def test_what_does_not_fit(pattern: object, value: object) -> None:
    assert difference(pattern, value, {}) is not None


def test_a_difference_names_its_place() -> None:
    assert difference({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, {}) == "a[0].b: wanted 1, got 2"


def test_captures_are_filled_in_as_json_and_keys_are_left_alone() -> None:
    filled = fill('{"id":"$n","$n":"$s","x":"$$n","y":"cost $n"}', {"n": 7, "s": {"a": '"'}})
    assert filled == '{"id":7,"$n":{"a": "\\""},"x":"$$n","y":"cost $n"}'
    with pytest.raises(KeyError):
        fill('{"id":"$missing"}', {})
