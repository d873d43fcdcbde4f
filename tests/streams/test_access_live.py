"""A served project with guarded streams, and what guests try on its socket."""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving
from tests.streams.projects import ANN, BOB, GUARDED, SECRET, WRONG, guarded
from tests.streams.raw import Raw, talking

DENIED = "STREAM_ACCESS_DENIED"
SET = {
    "steps/set_step.py": """
        config = {"type": "api", "name": "Set", "method": "POST", "path": "/set", "emits": []}

        async def handler(req, context):
            stream, group, id = (req["body"][key] for key in ("stream", "group", "id"))
            getattr(context.streams, stream).set(group, id, {"id": id})
            return {"status": 200, "body": {}}
    """
}
AS_ANN, AS_BOB, AS_NOBODY = f"/?authToken={ANN}", f"/?authToken={BOB}", "/"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(guarded(tmp_path_factory.mktemp("live"), recheck=0.4), SET)) as running:
        yield running


def offer(*tokens: str) -> dict[str, str]:
    return {"Sec-WebSocket-Protocol": ", ".join(("Authorization", *tokens))}


def opened(server: Server, target: str, *, headers: Mapping[str, str | None] | None = None) -> int:
    """The status of the handshake."""
    with talking(server.url, target, headers=headers) as guest:
        return guest.handshake.status


def said(envelope: Mapping[str, Any]) -> str:
    """What kind of message it is; of an error its code."""
    event = envelope["event"]
    return str(event["event"]["data"]["code"] if event["type"] == "event" else event["type"])


def join(guest: Raw, stream: str, group: str, id: str | None = None, *, sub: str = "1") -> str:
    """`sync`, or the code of the refusal."""
    guest.join(stream, group, id, sub=sub)
    return said(guest.hear())


def put(server: Server, stream: str, group: str, id: str) -> None:
    assert server.post("/set", {"stream": stream, "group": group, "id": id}).status == 200


def test_the_handshake_says_who_may_connect(server: Server) -> None:
    assert opened(server, AS_ANN) == 101
    assert opened(server, f"/any/where?authToken={ANN}&x=y") == 101
    with talking(server.url, "/", headers=offer(BOB)) as bob:
        assert bob.handshake.headers["sec-websocket-protocol"] == "Authorization"
        assert join(bob, "node", "g", "bob") == "sync"
    for token in (WRONG, "hang", "kill", "huge", "exit"):
        assert opened(server, f"/?authToken={token}") == 401, token
    assert opened(server, "/", headers=offer(WRONG)) == 401
    with talking(server.url, f"/?authToken={WRONG}") as guest:
        answer = guest.handshake
        assert (answer.status, answer.headers["content-type"], answer.headers["connection"]) == (
            401,
            "text/html",
            "close",
        )
        assert answer.rest == b"Authentication failed"
    assert opened(server, AS_NOBODY) == 101


@pytest.mark.parametrize("stream", GUARDED)
def test_a_denied_join_says_so_once_and_hears_nothing(server: Server, stream: str) -> None:
    with (
        talking(server.url, AS_ANN) as ann,
        talking(server.url, AS_BOB) as bob,
        talking(server.url, AS_NOBODY) as nobody,
    ):
        assert join(ann, stream, "g") == "sync"
        assert join(bob, stream, "g") == DENIED
        assert join(bob, stream, "g", "bob", sub="2") == "sync"
        for group in ("throw", "kill", "hang", "exit"):
            assert join(nobody, stream, group) == DENIED, group
        put(server, stream, "g", "one")
        put(server, stream, "g", "bob")
        assert [said(ann.hear()), said(ann.hear())] == ["create", "create"]
        assert bob.hear()["id"] == "bob"
        assert bob.hears_nothing() and nobody.hears_nothing()


def test_nobody_reaches_into_the_subscriptions_of_others(server: Server) -> None:
    """Subscription ids are a socket's own; an item of one group opens no other group's."""
    with talking(server.url, AS_ANN) as ann, talking(server.url, AS_BOB) as bob:
        assert join(ann, "node", "g", sub="guessed") == "sync"
        assert join(bob, "node", "elsewhere", "bob", sub="mine") == "sync"
        for id in (None, "bob", "two"):
            bob.leave("node", "g", id, sub="guessed")
        assert join(bob, "node", "g", sub="guessed") == DENIED
        assert join(bob, "node", "g", sub="mine") == DENIED
        put(server, "node", "g", "two")
        put(server, "node", "g", "bob")
        assert {ann.hear()["id"], ann.hear()["id"]} == {"two", "bob"}
        assert bob.hears_nothing()


def test_the_streams_of_motia_itself_are_for_admins(server: Server) -> None:
    hidden = ("__motia.logs", "__motia.flows", "motia-trace", "motia-trace-group", "__motia.no", "__motia.logs\0")
    page = {"origin": "http://localhost:5173"}
    with talking(server.url, AS_ANN, headers={"Host": "elsewhere.test"}) as far:
        for stream in hidden:
            assert join(far, stream, "default") == DENIED, stream
        assert join(far, "node", "g") == "sync"
        for stream in (" __motia.logs", "__MOTIA.logs", "__motia․logs"):
            assert join(far, stream, "default") == DENIED
            assert said(far.hear()) == DENIED
    with talking(server.url, AS_NOBODY, headers=page) as near:
        assert join(near, "node", "g") == DENIED, "an admin of Motia is none of the project"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "file://"}, 403),
        ({"origin": "http://localhost.evil.test"}, 403),
        ({"origin": "http://127.0.0.1.evil.test"}, 403),
        ({"origin": "http://evil.test", "Host": "evil.test"}, 403),
        ({"origin": "http://evil.test:3000", "Host": "evil.test:3000"}, 403),
        ({"origin": "http://localhost@evil.test"}, 403),
        ({"origin": "http://localhost:5173"}, 101),
        ({"origin": "http://127.0.0.1:1"}, 101),
    ],
)
def test_pages_of_others_open_no_socket_in_dev(server: Server, headers: dict[str, str], status: int) -> None:
    assert opened(server, AS_ANN, headers=headers) == status


@pytest.mark.parametrize(
    "offered",
    [
        f"Authorization,{ANN},{ANN}",
        f"Authorization,{ANN} {BOB}",
        f"Authorization,{ANN}\x00",
        f"Authorization,{ANN}\x0bX-User: ann",
        f"Authorization,a/b={ANN}",
        "Authorization,",
        f"Authorization\r\nSec-WebSocket-Protocol: Authorization,{ANN}",
        f"Authorization,\n {ANN}",
        f"Authorization\r\nSec-WebSocket-Protocol : {ANN}",
    ],
)
def test_a_malformed_offer_is_refused_before_anybody_is_asked(server: Server, offered: str) -> None:
    before = server.output.count("was refused")
    assert opened(server, "/", headers={"Sec-WebSocket-Protocol": offered}) == 400
    assert server.output.count("was refused") == before


def test_two_offers_in_two_lines_are_one_list(server: Server) -> None:
    with talking(
        server.url, headers={"Sec-WebSocket-Protocol": f"Authorization\r\nsec-websocket-protocol: {ANN}"}
    ) as ann:
        assert ann.handshake.status == 101
        assert ann.handshake.headers["sec-websocket-protocol"] == "Authorization"
        assert join(ann, "node", "g") == "sync"


@pytest.mark.parametrize("stream", GUARDED)
def test_a_right_that_is_lost_is_lost_soon(server: Server, stream: str) -> None:
    flag = server.project / "allowed"
    flag.touch()
    with talking(server.url, AS_ANN) as ann, talking(server.url, AS_BOB) as bob:
        assert join(ann, stream, "file") == "sync"
        assert join(ann, stream, "g", sub="2") == "sync"
        assert join(bob, stream, "file", "x") == "sync"
        flag.unlink()
        for each in (ann, bob):
            lost = each.hear()
            assert (said(lost), lost["groupId"]) == (DENIED, "file")
        put(server, stream, "file", "x")
        assert ann.hears_nothing() and bob.hears_nothing()
        put(server, stream, "g", f"after-{stream}")
        assert ann.hear()["id"] == f"after-{stream}", "what may still be heard still is"


def test_readers_of_events_are_asked_the_same(server: Server) -> None:
    flag = server.project / "allowed"
    flag.touch()
    for target, status in {"/live/g": 403, f"/live/g{AS_BOB[1:]}": 403, f"/live/g?authToken={WRONG}": 401}.items():
        assert server.get(target).status == status, target
    with urllib.request.urlopen(f"{server.url}/live/file{AS_ANN[1:]}", timeout=10) as reader:
        assert reader.readline().startswith(b"id: ")
        flag.unlink()
        assert reader.read().endswith(b"\n\n"), "the right is lost: the answer ends"
    assert server.get(f"/live/file{AS_ANN[1:]}").status == 403


def test_a_worker_that_dies_costs_nobody_a_subscription(server: Server) -> None:
    with talking(server.url, AS_ANN) as ann:
        assert join(ann, "node", "g") == "sync"
        with talking(server.url, AS_ANN) as other:
            assert join(other, "node", "kill") == DENIED
        time.sleep(1)
        assert ann.hears_nothing()


def tokens(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_no_token_is_written_anywhere(server: Server) -> None:
    with talking(server.url, "/", headers=offer(ANN)) as ann:
        assert join(ann, "python", "throw") == DENIED
    assert opened(server, f"/?authToken={WRONG}") == 401
    server.stop()
    assert "failed: " in server.output
    assert tokens(server.project) == []
    assert not re.search(r"authToken=[^&\s]", server.output)


def test_a_save_drops_at_once_who_may_not_listen_any_more(tmp_path: Path) -> None:
    streams = ["ruby", "open"]
    project = write(guarded(tmp_path, "motia_config.py", streams=streams, recheck=0), SET)
    with serving(project) as server:
        with talking(server.url, AS_ANN) as ann, talking(server.url, AS_BOB) as bob:
            path = project / "steps" / "ruby_stream.rb"
            assert join(ann, "ruby", "g") == "sync"
            assert join(bob, "ruby", "g", "bob") == "sync"
            assert join(ann, "open", "g", sub="open") == "sync"
            path.write_text(path.read_text("utf-8").replace('== "ann"', '== "eve"'), "utf-8")
            assert (said(lost := ann.hear()), lost["streamName"]) == (DENIED, "ruby")
            write(
                project,
                {"steps/open_stream.py": "config = {'name': 'open', 'schema': {}, 'canAccess': lambda s, a: False}"},
            )
            assert (said(lost := ann.hear()), lost["streamName"]) == (DENIED, "open")
            assert bob.hears_nothing()
            # Another authenticate: contexts given by the old one are worth nothing.
            path = project / "motia_config.py"
            path.write_text(path.read_text("utf-8").replace("(ann|bob)", "(bob)"), "utf-8")
            assert ann.closed().code == 1001
            assert bob.closed().code == 1001
        assert opened(server, AS_ANN) == 401
        assert opened(server, AS_BOB) == 101
