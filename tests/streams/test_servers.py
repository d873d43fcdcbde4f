"""Servers that end, begin again, or share a database: stamps go on, nobody is left behind."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
import time
from pathlib import Path

from tests.kit.project import write
from tests.kit.server import serving, until
from tests.streams.conftest import PROJECT, Site
from tests.streams.raw import talking

AUTH = {
    "motia_config.py": """
        def authenticate(request):
            tokens = [request["headers"].get(name, "") for name in ("sec-websocket-protocol", "cookie")]
            if any("bad" in token for token in (request["url"], *tokens)):
                raise ValueError("no such token")
            return None if "anonymous" in request["url"] else {"user": "ann"}

        config = {"streamAuth": {"authenticate": authenticate}, "cors": {"origins": ["https://app.example", "*"]}}
    """,
    "steps/mine_stream.py": """
        config = {"name": "mine", "schema": None, "canAccess": lambda subscription, auth: auth is not None}
    """,
    "steps/long_step.py": """
        import asyncio

        config = {"name": "long", "type": "api", "path": "/long", "method": "GET", "emits": []}

        async def handler(req, context):
            await asyncio.sleep(1)
            return {"status": 200, "body": "done"}
    """,
}


def test_a_server_ends_and_begins_again(tmp_path: Path) -> None:
    write(tmp_path, {**PROJECT, **AUTH})
    with serving(tmp_path, "start") as server:
        site = Site(server)
        refused(site)
        origins(site)
        with talking(site.url) as raw, talking(site.url) as other:
            raw.join("todo", "g")
            other.join("todo", "g", "gone")
            assert raw.hear()["event"]["data"] == [] and other.hear()["event"]["data"] is None
            site.act(["todo", "set", "g", "a", {"n": 1}], ["todo", "set", "g", "gone", {}])
            stamps = [raw.hear()["timestamp"] for _ in range(2)]
            answered: list[int] = []
            asking = threading.Thread(target=lambda: answered.append(server.get("/long").status))
            asking.start()
            until(lambda: b"motia_invocations_running 1" in metrics(site))
            server.process.send_signal(signal.SIGTERM)
            closed = raw.closed()
            assert (closed.code, server.process.poll()) == (1001, None), "at once, not when all work is done"
            assert "going away" in closed.reason
            asking.join()
            assert answered == [200]
        server.process.wait(15)
    # The clock of the machine is set back by an hour, as far as the database can tell.
    with sqlite3.connect(tmp_path / ".motia" / "motia.db") as db:
        ahead = int(time.time() * 1000) + 3_600_000
        db.execute("UPDATE counters SET stamp = ?", (ahead,))
        db.execute("DELETE FROM entries WHERE key = 'gone'")
    db.close()
    with serving(tmp_path, "start") as server:
        site = Site(server)
        with talking(site.url) as raw:
            raw.join("todo", "g")
            raw.join("todo", "g", "gone", sub="2")
            group, item = raw.hear(), raw.hear()
            assert group["event"]["data"] == [{"n": 1, "id": "a"}]
            assert item["event"] == {"type": "sync", "data": None}
            site.many(stream="todo", group="g", id="a", times=50)
            stamps += [group["timestamp"], *(raw.hear()["timestamp"] for _ in range(50))]
    assert stamps == sorted(set(stamps)) and stamps[2] == ahead


def refused(site: Site) -> None:
    """As the old server said it."""
    for how in ({"target": "/?authToken=bad"}, {"headers": {"Sec-WebSocket-Protocol": "Authorization,bad"}}):
        with talking(site.url, **how) as raw:
            assert raw.handshake.status == 401
            assert raw.handshake.headers["content-type"] == "text/html"
            assert raw.handshake.headers["connection"] == "close"
            body = raw.handshake.rest + b"".join(iter(lambda: raw.sock.recv(1000), b""))
            assert body == b"Authentication failed"
    with talking(site.url, "/?anonymous") as nobody, talking(site.url) as ann:
        for raw, kind in ((nobody, "event"), (ann, "sync")):
            raw.join("mine", "g")
            assert raw.hear()["event"]["type"] == kind


def origins(site: Site) -> None:
    """Named origins may; with `*` all others too, but not in the name of the user whose browser it is: `authenticate`
    sees the cookie of the first only."""
    for headers, status in (
        ({"Origin": "https://app.example", "Cookie": "session=good"}, 101),
        ({"Origin": "https://app.example", "Cookie": "session=bad"}, 401),
        ({"Origin": "https://elsewhere.example", "Cookie": "session=bad"}, 101),
        ({"Cookie": "session=bad"}, 401),
    ):
        with talking(site.url, headers=headers) as raw:
            assert raw.handshake.status == status, headers
    with talking(site.url) as raw:
        raw.join("__motia.mine", "g")
        assert raw.hear()["event"]["event"]["type"] == "error", "without a token nobody is an admin in production"


def metrics(site: Site) -> bytes:
    token = json.loads((site.server.project / ".motia" / "run" / "server.json").read_text())["token"]
    return site.server.get("/metrics", headers={"Authorization": f"Bearer {token}"}).body


def test_two_servers_on_one_database(site: Site, tmp_path: Path, group: str) -> None:
    """What is written through either reaches those who follow on either: all of it, once, in one order."""
    shared = f"sqlite:///{site.server.project / '.motia' / 'motia.db'}"
    with serving(write(tmp_path, PROJECT), MOTIA_DB_URL=shared) as second:
        sites = [site, Site(second)]
        with talking(site.url) as left, talking(second.url) as right:
            for raw in (left, right):
                raw.join("todo", group)
                raw.hear()
            writers = [
                threading.Thread(target=site.many, kwargs={"stream": "todo", "group": group, "id": id, "times": 150})
                for id, site in zip("ab", sites, strict=True)
            ]
            for writer in writers:
                writer.start()
            heard = [[raw.hear() for _ in range(300)] for raw in (left, right)]
            for writer in writers:
                writer.join()
            sites[0].act(["todo", "send", {"groupId": group}, {"type": "hello", "data": None}])
            assert [raw.hear()["event"]["type"] for raw in (left, right)] == ["event", "event"]
            assert left.hears_nothing() and right.hears_nothing()
    assert heard[0] == heard[1]
    stamps = [one["timestamp"] for one in heard[0]]
    assert stamps == sorted(set(stamps))
    for id in "ab":
        assert [one["event"]["data"]["n"] for one in heard[0] if one["id"] == id] == list(range(150))
