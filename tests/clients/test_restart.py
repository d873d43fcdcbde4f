"""A server that goes away and comes back, and two servers on one database, as those who follow see them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.project import FILES, act, socket
from tests.clients.published import KINDS, Driver
from tests.kit.project import write
from tests.kit.server import Server, serving, until

pytestmark = pytest.mark.node

ONE_LANGUAGE = {name: text for name, text in FILES.items() if name.endswith((".js", ".ts"))}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """Two servers on one database."""
    folder = tmp_path_factory.mktemp("pair")
    files = {**ONE_LANGUAGE, "motia.toml": f'[database]\nurl = "sqlite:///{folder}/shared.db"\n'}
    one, other = write(folder / "one", files), write(folder / "other", files)
    with serving(one) as first, serving(other) as second:
        yield first, second


@pytest.mark.parametrize("kind", KINDS)
def test_what_one_server_writes_is_followed_on_the_other(
    driver: Driver, pair: tuple[Server, Server], group: str, kind: str
) -> None:
    one, other = pair
    client = driver.connect(kind, socket(other))
    all, item = client.group("todo", group, "typing"), client.item("todo", group, "a")
    until(lambda: all.look().changes and item.look().changes)
    act(
        one,
        ("todo", "set", group, "a", {"text": "milk"}),
        ("todo", "send", {"groupId": group}, {"type": "typing", "data": {"who": "ada"}}),
        ("todo", "set", group, "a", {"text": "eggs"}),
    )
    eggs = {"text": "eggs", "id": "a"}
    seen = all.holds([eggs])
    assert seen.changes == [[], [{"text": "milk", "id": "a"}], [eggs]]
    assert seen.events == [{"type": "typing", "data": {"who": "ada"}}]
    item.holds(eggs)


def test_writes_through_both_servers_leave_all_windows_alike(
    driver: Driver, pair: tuple[Server, Server], group: str
) -> None:
    following = [driver.connect(kind, socket(server)).item("todo", group, "a") for server in pair for kind in KINDS]
    for one in following:
        until(lambda one=one: one.look().changes)
    for n in range(20):
        act(pair[n % 2], ("todo", "set", group, "a", {"n": n}))
    for one in following:
        assert [change["n"] for change in one.holds({"n": 19, "id": "a"}).changes[1:]] == list(range(20))


@pytest.mark.rows(270)
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_clients_come_back_to_what_is_stored(
    driver: Driver, pair: tuple[Server, Server], group: str, tmp_path: Path, end: int
) -> None:
    """All kinds at once: the wait until they come back is theirs, two seconds. The one for Node dies of a closed port, so
    its way leads over one that stays open. What changes meanwhile is written by another server."""
    other = pair[0]
    project = write(tmp_path, {**ONE_LANGUAGE, "motia.toml": (other.project / "motia.toml").read_text()})
    with serving(project) as server:
        port = int(server.url.rpartition(":")[2])
        addresses = {kind: f"ws://127.0.0.1:{driver.relay(port) if kind == 'node' else port}" for kind in KINDS}
        act(server, *(("todo", "set", group, id, {"text": id}) for id in ("kept", "changed", "deleted")))
        clients = [driver.connect(kind, address) for kind, address in addresses.items()]
        groups = [client.group("todo", group, sort="text") for client in clients]
        changed = [client.item("todo", group, "changed") for client in clients]
        deleted = [client.item("todo", group, "deleted") for client in clients]
        for following in (*groups, *changed, *deleted):
            until(lambda following=following: following.look().state)
        if end == signal.SIGKILL:
            server.kill()
        else:
            assert server.stop() == 0
    act(other, ("todo", "set", group, "changed", {"text": "new"}), ("todo", "delete", group, "deleted"))
    with serving(project, port=port) as server:
        wanted = [{"text": "kept", "id": "kept"}, {"text": "new", "id": "changed"}]
        for following in groups:
            following.holds(wanted)
        for following in changed:
            following.holds(wanted[1])
        for following in deleted:
            following.holds(None)
        act(server, ("todo", "set", group, "kept", {"text": "live again"}))
        for following in groups:
            following.holds([{"text": "live again", "id": "kept"}, wanted[1]])
