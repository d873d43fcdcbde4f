"""`update` and `compareAndSet` as a table: what is there, what is done, what is there afterwards."""

from __future__ import annotations

from typing import Literal

import pytest
from msgspec import Raw

from motia_core.errors import CallRefused
from motia_core.storage.base import Op
from motia_core.storage.operations import same, updated

Name = Literal["set", "increment", "append", "merge", "remove"]

DONE: list[tuple[str | None, Name, str, str, str]] = [
    # set
    (None, "set", "", "1", "1"),
    ('{"a":1}', "set", "", "null", "null"),
    (None, "set", "a.b", "1", '{"a":{"b":1}}'),
    ("null", "set", "a", "1", '{"a":1}'),
    ('{"a":null}', "set", "a.b", "1", '{"a":{"b":1}}'),
    ('{"a":1}', "set", "b", "[2]", '{"a":1,"b":[2]}'),
    ('{"a":[1,2]}', "set", "a.1", "9", '{"a":[1,9]}'),
    ('{"a":[1,2]}', "set", "a.2", "9", '{"a":[1,2,9]}'),
    ('{"a":[{"b":1}]}', "set", "a.0.b", "2", '{"a":[{"b":2}]}'),
    ('{"a":[1]}', "set", "a.1.b", "2", '{"a":[1,{"b":2}]}'),
    ("{}", "set", "users.42.name", '"x"', '{"users":{"42":{"name":"x"}}}'),
    ("{}", "set", "a..b", "1", '{"a":{"":{"b":1}}}'),
    ("{}", "set", "ä\nb", "1", '{"ä\\nb":1}'),
    ('{"0":1}', "set", "0", "2", '{"0":2}'),
    # increment
    (None, "increment", "", "null", "1"),
    (None, "increment", "n", "5", '{"n":5}'),
    ('{"n":1}', "increment", "n", "null", '{"n":2}'),
    ('{"n":1}', "increment", "n", "-3", '{"n":-2}'),
    ('{"n":1}', "increment", "n", "0.5", '{"n":1.5}'),
    ('{"n":null}', "increment", "n", "1", '{"n":1}'),
    ("[1,2]", "increment", "1", "1", "[1,3]"),
    ("9007199254740993", "increment", "", "1", "9007199254740994"),
    ("123456789012345678901234567890", "increment", "", "1", "123456789012345678901234567891"),
    # append
    (None, "append", "", "1", "[1]"),
    ("[1]", "append", "", "[2]", "[1,[2]]"),
    ('{"a":[1]}', "append", "a", "null", '{"a":[1,null]}'),
    ("{}", "append", "a.b", '"x"', '{"a":{"b":["x"]}}'),
    # merge
    (None, "merge", "", '{"a":1}', '{"a":1}'),
    ('{"a":{"x":1},"b":1}', "merge", "", '{"a":{"y":2}}', '{"a":{"y":2},"b":1}'),
    ('{"a":{"x":1}}', "merge", "a", '{"y":2}', '{"a":{"x":1,"y":2}}'),
    # remove
    ('{"a":1}', "remove", "", "null", "null"),
    ('{"a":1,"b":2}', "remove", "a", "null", '{"b":2}'),
    ('{"a":{"b":1}}', "remove", "a.b", "null", '{"a":{}}'),
    ('{"a":[1,2,3]}', "remove", "a.1", "null", '{"a":[1,3]}'),
    ('{"a":[null]}', "remove", "a.0", "null", '{"a":[]}'),
    ('{"a":[1]}', "remove", "a.1", "null", '{"a":[1]}'),
    ("{}", "remove", "a.b.c", "null", "{}"),
    ("{}", "remove", "a", "null", "{}"),
    (None, "remove", "a", "null", "null"),
]

REFUSED: list[tuple[str | None, Name, str, str, str]] = [
    ('"x"', "increment", "", "1", "increment of the value works on a number, not a string"),
    ('{"n":true}', "increment", "n", "1", "increment of `n` works on a number, not a boolean"),
    ('{"n":1}', "increment", "n", '"1"', "increment of `n` works by a number, not a string"),
    ('{"n":1}', "increment", "n", "true", "works by a number, not a boolean"),
    ("1e308", "increment", "", "1e308", "leaves the range of numbers"),
    ('{"a":{}}', "append", "a", "1", "append of `a` works on a list, not an object"),
    ('{"a":[]}', "merge", "a", "{}", "merge of `a` works into an object, not a list"),
    ("{}", "merge", "a", "[]", "merge of `a` works of an object, not a list"),
    ('{"a":1}', "set", "a.b", "1", "set cannot enter `a.b`: its parent is a number"),
    ('"text"', "set", "a", "1", "set cannot enter `a`: its parent is a string"),
    ("[1]", "set", "2", "1", "set of `2`: the list has 1 items"),
    ("[1]", "set", "-1", "1", "`-1` is no place in a list"),
    ("[1]", "set", "a", "1", "`a` is no place in a list"),
    ("[1]", "set", "²", "1", "is no place in a list"),
    ('{"a":1}', "remove", "a.b", "null", "remove cannot enter `a.b`"),
    ("[1]", "remove", "x", "null", "is no place in a list"),
    ("{}", "set", ".".join("a" * 101), "1", "the path has 101 parts; 100 are allowed"),
    ("{}", "set", "a", "1 2", "no JSON"),
    ("{}", "set", "a", '"\xff', "no JSON"),
    ("{not json", "set", "a", "1", "no JSON"),
    (None, "set", "", "[" * 100_000 + "]" * 100_000, "no JSON"),
]


@pytest.mark.parametrize(("before", "op", "path", "value", "after"), DONE)
def test_done(before: str | None, op: Name, path: str, value: str, after: str) -> None:
    result = updated(None if before is None else before.encode(), [Op(op, path, Raw(value.encode()))])
    assert result.decode() == after


@pytest.mark.parametrize(("before", "op", "path", "value", "why"), REFUSED)
def test_refused(before: str | None, op: Name, path: str, value: str, why: str) -> None:
    with pytest.raises(CallRefused) as caught:
        updated(None if before is None else before.encode(), [Op(op, path, Raw(value.encode("latin-1")))])
    assert why in caught.value.message


def test_each_op_sees_what_the_one_before_left() -> None:
    ops = [
        Op("set", "a.b", Raw(b"[1]")),
        Op("append", "a.b", Raw(b"2")),
        Op("increment", "a.b.1", Raw(b"null")),
        Op("remove", "a.b.0", Raw(b"null")),
    ]
    assert updated(None, ops) == b'{"a":{"b":[3]}}'
    assert updated(b"1", []) == b"1"


SAME: list[tuple[str | None, str | None, bool]] = [
    (None, "null", True),
    (None, None, True),
    ("null", " null ", True),
    (None, "0", False),
    ("1", "1.0", True),
    ("1", "true", False),
    ("0", "false", False),
    ("false", "null", False),
    ('"1"', "1", False),
    ('{"a":1,"b":2}', '{ "b": 2, "a": 1 }', True),
    ('{"a":1}', '{"a":1,"b":null}', False),
    ("[1,2]", "[2,1]", False),
    ("[1]", "[1,1]", False),
    ('[{"a":[true]}]', '[{"a":[1]}]', False),
    ('"\\u00e4"', '"ä"', True),
    ("123456789012345678901", "123456789012345678902", False),
]


@pytest.mark.parametrize(("left", "right", "expected"), SAME)
def test_same(left: str | None, right: str | None, expected: bool) -> None:
    one, other = (None if value is None else value.encode() for value in (left, right))
    assert same(one, other) is expected
    assert same(other, one) is expected
