"""Streams as authors use them, on one real server: files of every spelling, calls in every language, what is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving, until

from .listening import Ear, listening
from .project import LANGUAGES, NAMES, files, stream


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("calls"), files())) as running:
        yield running


@pytest.fixture(scope="module")
def ear(server: Server) -> Iterator[Ear]:
    with listening(server.project) as heard:
        yield heard


def call(server: Server, language: str, stream: str, method: str, *args: Any) -> Any:
    answer = server.post(f"/{language}", {"stream": stream, "call": method, "args": args})
    assert answer.status == 200, answer.body
    return answer.json


def known(server: Server) -> str:
    """The streams that a step may use."""
    found = re.search(r"known: ([^)]*)", call(server, "py", "nowhere", "get", "g", "1")["message"])
    assert found is not None
    return found[1].replace(", ", "")


@pytest.mark.rows(226)
def test_every_spelling_is_served(server: Server) -> None:
    assert known(server) == NAMES
    for name in NAMES:
        assert call(server, "js", name, "set", "here", "1", {"n": 1})["value"]["id"] == "1"
        assert call(server, "rb", name, "get", "here", "1")["value"]["n"] == 1


def test_odd_names_and_duplicates_are_told(server: Server) -> None:
    assert "rename it to j_stream.py" in server.output
    assert "the stream 'a' is defined in steps/a.stream.ts and in steps/zz_again.stream.js" in server.output


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_breaks_an_enforced_schema_raises_in_the_handler(server: Server, language: str) -> None:
    for method, last in ("set", {"n": "no"}), ("update", [{"op": "set", "path": "n", "value": "no"}]):
        failed = call(server, language, "b", method, "strict", language, last)
        assert (failed["code"], [one["path"] for one in failed["data"]["issues"]]) == (-32602, ["n"])
        assert f"item '{language}' of group 'strict' in stream 'b' breaks the stream's schema: `n`" in failed["message"]
    assert call(server, language, "b", "get", "strict", language) == {"value": None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tight_loop_is_told_whole_and_in_order(server: Server, ear: Ear, language: str) -> None:
    times, group = 300 if language in ("py", "rb") else 1000, f"loop-{language}"
    assert server.post(f"/{language}", {"stream": "c", "times": times}).json is None
    heard = ear.wait("c", group, times)
    assert [bytes(one.data) for one in heard] == [b'{"n":%d,"id":"one"}' % n for n in range(times)]
    assert [one.event for one in heard] == ["create"] + ["update"] * (times - 1)
    stamps = [one.timestamp for one in heard]
    assert stamps == sorted(set(stamps))
    assert call(server, language, "c", "get", group, "one")["value"]["n"] == times - 1


@pytest.mark.rows(225)
def test_what_expires_is_told(server: Server, ear: Ear) -> None:
    write(server.project, {"steps/n_stream.py": stream("n.py", "n").replace('"default"}', '"default", "ttl": 0.3}')})
    until(lambda: known(server) == NAMES + "n")
    call(server, "ts", "n", "set", "short", "1", {"n": 1})
    call(server, "ts", "n", "set", "short", "stays", {"n": 2}, {"ttl": 3600})
    heard = ear.wait("n", "short", 3)
    assert [(one.event, one.id, bytes(one.data)) for one in heard] == [
        ("create", "1", b'{"n":1,"id":"1"}'),
        ("create", "stays", b'{"n":2,"id":"stays"}'),
        ("delete", "1", b'{"n":1,"id":"1"}'),
    ]
    (server.project / "steps/n_stream.py").unlink()
    until(lambda: known(server) == NAMES)


def test_a_stream_may_move_to_another_language_and_keeps_its_items(server: Server) -> None:
    call(server, "py", "m", "set", "g", "1", {"n": 1})
    (server.project / "m.stream.ts").unlink()
    until(lambda: known(server) == NAMES.replace("m", ""))
    assert call(server, "js", "m", "get", "g", "1")["code"] == 1015
    write(server.project, {"src/m_stream.rb": stream("m.rb", "m")})
    until(lambda: known(server) == NAMES)
    assert call(server, "js", "m", "get", "g", "1")["value"]["n"] == 1
    write(server.project, {"src/m_stream.rb": stream("m.rb", "m").replace('"number"', '"string"')})
    until(lambda: call(server, "js", "m", "set", "g", "1", {"n": "text"}).get("value"))


def all_there(ear: Ear, group: str, who: bytes) -> bool:
    return sum(who in bytes(one.data) for one in ear.of("progress", group)) == 3


@pytest.mark.rows(159, 160)
@pytest.mark.parametrize("name", ["typed", "plain"])
def test_progress_of_a_bare_step(server: Server, ear: Ear, name: str) -> None:
    answer = server.post(f"/bare/{name}", {"who": name}, headers={"accept": "text/event-stream"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    progress = [f'event: progress\ndata: {{"n":{n},"who":"{name}"}}\n\n' for n in (1, 2, 3)]
    assert answer.body.decode() == "".join([*progress, f'event: result\ndata: {{"done":"{name}"}}\n\n'])
    trace = answer.headers["x-trace-id"]
    assert server.post(f"/bare/{name}", {"who": "else"}).json == {"done": "else"}
    for group in (trace, "default"):
        until(partial(all_there, ear, group, name.encode()))
    one = ear.of("progress", trace)[0]
    assert (one.event, one.id, bytes(one.data)) == (
        "event", None, b'{"type":"progress","data":{"n":1,"who":"%s"}}' % name.encode(),
    )  # fmt: skip


def test_a_stream_that_no_file_declares_is_an_error_elsewhere(server: Server) -> None:
    for language in LANGUAGES:
        failed = call(server, language, "progress", "send", {"groupId": "g"}, {"type": "t"})
        assert failed["code"] == 1015 and "known: a, b" in failed["message"]
