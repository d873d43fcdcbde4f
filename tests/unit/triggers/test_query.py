"""Query strings by the rules of `qs`."""

from __future__ import annotations

import pytest

from motia_core.triggers.query import TooMany, parse_query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        ("f&g=", {"f": "", "g": ""}),
        ("&&a=b=c&", {"a": "b=c"}),
        ("=x", {}),
        ("a.b=1", {"a.b": "1"}),
        ("x=a%20b+c&%C3%A9=%zz&z=%ff", {"x": "a b c", "é": "%zz", "z": "%ff"}),
        ("n[a]=1&n[b]=2", {"n": {"a": "1", "b": "2"}}),
        ("a%5Bb%5D=1", {"a": {"b": "1"}}),
        ("a[b]=c=d", {"a": {"b": "c=d"}}),
        ("arr[]=3", {"arr": ["3"]}),
        ("arr[]=3&arr[]=4", {"arr": ["3", "4"]}),
        ("a[]", {"a": [""]}),
        ("a[1]=x&a[0]=y", {"a": ["y", "x"]}),
        ("a[5]=x&a[9]=y", {"a": ["x", "y"]}),
        ("a[99]=x", {"a": {"99": "x"}}),
        ("a[01]=x", {"a": {"01": "x"}}),
        ("a[][b]=c&a[][b]=d", {"a": [{"b": "c"}, {"b": "d"}]}),
        ("a[b][]=1&a[b][]=2", {"a": {"b": ["1", "2"]}}),
        ("a[b]=1&a[b]=2", {"a": {"b": ["1", "2"]}}),
        ("a=1&a[]=2", {"a": ["1", "2"]}),
        ("a=1&a[b]=2", {"a": {"0": "1", "b": "2"}}),
        ("a[b=1&c]=2", {"a[b": "1", "c]": "2"}),
        ("[x]=1&[]=2", {"x": "1", "": "2"}),
        ("a[b][c][d][e][f][g][h]=1", {"a": {"b": {"c": {"d": {"e": {"f": {"[g][h]": "1"}}}}}}}),
        ("__proto__=1&a[__proto__]=2&b=3", {"a": {}, "b": "3"}),
    ],
)
def test_rules(text: str, expected: object) -> None:
    assert parse_query(text, 1000) == expected


def test_more_parameters_than_allowed_are_refused() -> None:
    assert len(parse_query("&".join(f"a{n}=1" for n in range(10)), 10)) == 10
    with pytest.raises(TooMany):
        parse_query("&".join(f"a{n}=1" for n in range(11)), 10)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["a=1", "a[]=1", "a[0]=1", "a[b]=1", "a[][b]=1", "%5B%5D[[["])
def test_no_shape_takes_more_than_linear_time(piece: str) -> None:
    """Quadratic work would not end within the timeout."""
    parse_query("&".join([piece] * 60_000), 100_000)
    parse_query("a" + "[x]" * 100_000 + "=1", 10)
