"""Path templates by the rules of Express 4."""

from __future__ import annotations

import pytest

from motia_core.triggers.templates import Segment, TemplateError, expand, parse


def shape(path: str) -> list[tuple[str, str]]:
    return [(segment.kind, segment.text or ",".join(segment.names)) for segment in parse(path)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", []),
        ("/Users", [("static", "users")]),
        ("users/", [("static", "users")]),
        ("/caf%C3%A9", [("static", "café")]),
        ("/a/:id", [("static", "a"), ("param", "id")]),
        ("/:id(\\d+)", [("pattern", "(\\d+)")]),
        ("/:id([0-9a-f]{2})", [("pattern", "([0-9a-f]{2})")]),
        ("/:a.:b", [("pattern", "([^/]+?)\\.([^/]+?)")]),
        ("/v(1|2)", [("pattern", "v(1|2)")]),
        ("/:x((?:a|b)c)", [("pattern", "((?:a|b)c)")]),
        ("/:x((a|b)c)", [("pattern", "((?:a|b)c)")]),
        ("/*", [("rest", "(.*)")]),
        ("/a/*/b/:c", [("static", "a"), ("rest", "(.*)/b/([^/]+?)")]),
        ("/:path(.*)", [("rest", "(.*)")]),
        ("/:path([^x]+)", [("rest", "([^x]+)")]),
        ("/:path(a/b)", [("rest", "(a/b)")]),
        ("/:name(a\\.b)", [("pattern", "(a\\.b)")]),
        ("/:path+", [("rest", "((?:[^/]+?)(?:/(?:[^/]+?))*)")]),
    ],
)
def test_segments(path: str, expected: list[tuple[str, str]]) -> None:
    assert shape(path) == expected


def test_wildcards_are_numbered() -> None:
    assert parse("/*/x/(.*)")[0].names == ("0", "1")
    assert parse("/:a/*")[1] == Segment("rest", "(.*)", ("0",))


def test_optional_segments_expand() -> None:
    assert expand("/:a?/b/:c?") == ["/:a/b/:c", "/:a/b", "/b/:c", "/b"]
    assert expand("/:a?") == ["/:a", "/"]
    assert expand("/a") == ["/a"]


@pytest.mark.parametrize("path", ["/:a(*)", "/a/(+)", "/:a([z-a])"])
def test_patterns_that_cannot_be_used(path: str) -> None:
    with pytest.raises(TemplateError, match=r"holds a pattern that cannot be used"):
        parse(path)
