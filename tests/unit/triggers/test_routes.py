"""Which step a request reaches: precedence, parameters, methods, and a cost that does not grow."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from motia_core.model import Problem, Route, Step
from motia_core.triggers.routes import BadPath, Match, Refused, RouteTable


def step(name: str, *routes: str) -> Step:
    found = tuple(Route(*route.split(" ", 1)) for route in routes)
    return Step(id=name, name=name, kind="api", file=name, member="", runner="node", language="js", routes=found)


def table(*steps: Step) -> RouteTable:
    return RouteTable(steps)


def hit(found: object) -> tuple[str, dict[str, str]]:
    assert isinstance(found, Match), found
    return found.target.step.name, found.params


USERS = (
    step("by-id", "GET /users/:id"),
    step("me", "GET /users/me"),
    step("update", "POST /users/:userId"),
    step("posts", "GET /users/:userId/posts/:postId"),
    step("number", "GET /n/:id(\\d+)"),
    step("word", "GET /n/:word"),
    step("files", "GET /files/*"),
    step("any", "* /any"),
    step("dash", "GET /flights/:from-:to"),
    step("root", "GET /"),
)


@pytest.mark.parametrize(
    ("method", "path", "name", "params"),
    [
        ("GET", "/users/7", "by-id", {"id": "7"}),
        ("GET", "/users/me", "me", {}),
        ("GET", "/USERS/Me/", "me", {}),
        ("POST", "/users/me", "update", {"userId": "me"}),
        ("GET", "/users/a%20b%2Fc", "by-id", {"id": "a b/c"}),
        ("GET", "/users/%C3%A9", "by-id", {"id": "é"}),
        ("GET", "/users/7/posts/8", "posts", {"userId": "7", "postId": "8"}),
        ("GET", "/users/me/posts/8", "posts", {"userId": "me", "postId": "8"}),
        ("GET", "/n/42", "number", {"id": "42"}),
        ("GET", "/n/4x", "word", {"word": "4x"}),
        ("GET", "/files/a/b.txt", "files", {"0": "a/b.txt"}),
        ("GET", "/files/", "files", {"0": ""}),
        ("DELETE", "/any", "any", {}),
        ("GET", "/flights/LAX-SFO", "dash", {"from": "LAX", "to": "SFO"}),
        ("GET", "/", "root", {}),
        ("HEAD", "/users/7", "by-id", {"id": "7"}),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_the_most_specific_route_wins_whatever_the_order(
    method: str, path: str, name: str, params: dict[str, str], order: int
) -> None:
    assert hit(table(*USERS[::order]).find(method, path)) == (name, params)


@pytest.mark.parametrize(
    "path", ["/nope", "/users", "/users//posts/1", "/users/7/posts", "//users/7", "/files", "/users/7//"]
)
def test_unknown_paths(path: str) -> None:
    assert table(*USERS).find("GET", path) is None


def test_a_known_path_names_its_methods() -> None:
    assert table(*USERS).find("PUT", "/users/me") == Refused(("GET", "HEAD", "OPTIONS", "POST"))
    assert table(*USERS).find("POST", "/n/4") == Refused(("GET", "HEAD", "OPTIONS"))
    assert table(*USERS).allowed("/users/me") == ("GET", "HEAD", "OPTIONS", "POST")
    assert "DELETE" in table(*USERS).allowed("/any")
    assert table(*USERS).allowed("/nope") == ()


def test_own_head_and_options_steps() -> None:
    found = table(step("get", "GET /a"), step("head", "HEAD /a"), step("options", "OPTIONS /a"))
    assert hit(found.find("HEAD", "/a"))[0] == "head"
    assert hit(found.find("OPTIONS", "/a"))[0] == "options"


def test_a_method_beats_all_methods_at_one_path() -> None:
    found = table(step("all", "* /a/:x"), step("get", "GET /a/:y"))
    assert hit(found.find("GET", "/a/1")) == ("get", {"y": "1"})
    assert hit(found.find("PUT", "/a/1")) == ("all", {"x": "1"})


def test_the_first_of_two_equal_routes_serves() -> None:
    assert hit(table(step("a", "GET /x/:i"), step("b", "GET /x/:j")).find("GET", "/x/1")) == ("a", {"i": "1"})


def test_optional_segments() -> None:
    found = table(step("a", "GET /:lang?/docs/:page?"))
    assert hit(found.find("GET", "/docs")) == ("a", {})
    assert hit(found.find("GET", "/de/docs")) == ("a", {"lang": "de"})
    assert hit(found.find("GET", "/de/docs/x")) == ("a", {"lang": "de", "page": "x"})


def test_the_last_route_of_a_broken_file_gives_way() -> None:
    why = Problem(code="syntax", message="m")
    found = RouteTable([step("a", "GET /a")], broken=[(step("b", "GET /a", "GET /b"), why)])
    assert hit(found.find("GET", "/a"))[0] == "a"
    match = found.find("GET", "/b")
    assert isinstance(match, Match) and match.target.why is why


def test_a_path_nobody_can_understand_is_a_problem_not_a_crash() -> None:
    found = table(step("bad", "GET /:id([a-z)"), step("fine", "GET /fine"), step("worse", "GET /:x((?<n>a)\\1)"))
    assert hit(found.find("GET", "/fine"))[0] == "fine"
    assert all(problem.code == "bad_config" for problem in found.problems)


@pytest.mark.parametrize("path", ["/users/%", "/users/%z1", "/users/%ff", "/users/a%2"])
def test_broken_escapes(path: str) -> None:
    with pytest.raises(BadPath):
        table(*USERS).find("GET", path)


def test_a_look_up_does_the_same_work_among_many_routes() -> None:
    def work(size: int) -> int:
        found = table(*(step(f"s{n}", f"GET /fixed{n}/list", f"GET /kind{n}/:id/part") for n in range(size // 2)))
        lines = 0

        def trace(frame: FrameType, event: str, arg: object) -> Any:
            nonlocal lines
            lines += 1
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            known = [
                found.find("GET", "/fixed7/list"),
                found.find("GET", "/kind9/12/part"),
                found.find("GET", "/nope/1/2"),
            ]
        finally:
            sys.settrace(before)
        assert [type(one) for one in known] == [Match, Match, type(None)]
        return lines

    assert work(5000) == work(50)
