"""Who listens is asked about again: how often, about whom, and what becomes of those who may not any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from motia_core.clock import Clock
from motia_core.streams import rechecks
from motia_core.streams.access import Auth
from motia_core.streams.protocol import Key, Message
from motia_core.streams.rechecks import Rechecks
from motia_core.streams.rooms import Joining, Rooms
from tests.kit.project import write
from tests.streams.projects import Running, running

pytestmark = pytest.mark.anyio
STREAM = """
    import os, time

    def allowed(subscription, auth):
        with open("asked", "a") as out:
            out.write(f"{auth['user']} {subscription['groupId']}\\n")
        if subscription["groupId"] == "slow":
            time.sleep(0.5)
        return os.path.exists("allowed")

    config = {"name": "room", "schema": {}, "canAccess": allowed}
"""
ROOM = Key("room", "g")


class Guest:
    def __init__(self, user: str) -> None:
        self.auth = Auth(b'{"user":"%b"}' % user.encode())
        self.subscriptions: dict[str, Key] = {}
        self.joining: Joining | None = None

    def push(self, message: Message) -> None: ...


class Hall:
    """A running project, its rooms, and who was dropped."""

    def __init__(self, project: Path, site: Running, period: float) -> None:
        self.project = project
        self.site = site
        self.rooms: Rooms[Guest] = Rooms()
        self.dropped: list[Guest] = []
        self.rechecks = Rechecks(self.rooms, site.access, Clock(), period=period, drop=self._drop)

    def _drop(self, guest: Guest, key: Key) -> None:
        self.rooms.leave_all(guest, key)
        self.dropped.append(guest)

    def enter(self, user: str, key: Key = ROOM) -> Guest:
        guest = Guest(user)
        self.rooms.enter(guest, "1", key)
        return guest

    def asked(self) -> Counter[str]:
        path = self.project / "asked"
        return Counter(path.read_text("utf-8").splitlines() if path.exists() else [])


@asynccontextmanager
async def hall(project: Path, *, period: float = 0, watch: bool = False) -> AsyncIterator[Hall]:
    (project / "allowed").touch()
    async with running(write(project, {"steps/room_stream.py": STREAM}), watch=watch) as site:
        found = Hall(project, site, period)
        async with anyio.create_task_group() as group:
            group.start_soon(found.rechecks.run)
            await anyio.lowlevel.checkpoint()
            yield found
            group.cancel_scope.cancel()


async def test_guests_with_the_same_context_are_one_question(tmp_path: Path) -> None:
    async with hall(tmp_path, period=0.1) as here:
        anns = [here.enter("ann") for _ in range(50)]
        here.enter("bob")
        here.enter("ann", Key("room", "other"))
        await here.site.until(lambda: here.asked()["ann g"] >= 4)
        asked = here.asked()
        assert max(asked.values()) - min(asked.values()) <= 1 and len(asked) == 3
        assert not here.dropped
        here.rooms.leave_all(anns.pop())
        (tmp_path / "allowed").unlink()
        await here.site.until(lambda: len(here.dropped) == 51)
        assert not here.rooms.keys()
        count = here.asked().total()
        await anyio.sleep(0.3)
        assert here.asked().total() == count, "nobody listens, nobody is asked about"


async def test_without_a_period_only_a_change_of_code_asks(tmp_path: Path) -> None:
    async with hall(tmp_path, watch=True) as here:
        guest = here.enter("ann")
        (tmp_path / "allowed").unlink()
        await anyio.sleep(0.8)
        assert not here.asked() and not here.dropped
        write(tmp_path, {"steps/room_stream.py": STREAM + "    # saved\n"})
        await here.site.until(lambda: here.dropped)
        assert here.dropped == [guest]


async def test_a_no_is_meant_for_those_who_were_asked_about(tmp_path: Path) -> None:
    """Somebody who joins meanwhile was allowed to a moment ago, by a newer answer."""
    async with hall(tmp_path) as here:
        key = Key("room", "slow")
        first, gone = here.enter("ann", key), here.enter("ann", key)
        (tmp_path / "allowed").unlink()
        here.rechecks.hurry({"room"})
        await here.site.until(here.asked)
        second = here.enter("ann", key)
        here.rooms.leave_all(gone)
        await here.site.until(lambda: here.dropped)
        assert here.dropped == [first]
        assert here.rooms.members(key) == [second]


async def test_where_nobody_can_say_it_is_asked_again_and_then_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rechecks, "_AGAIN", 0.3)
    async with hall(tmp_path, watch=True) as here:
        guest = here.enter("ann")
        path = tmp_path / "steps" / "room_stream.py"
        text = path.read_text("utf-8")

        async def away() -> None:
            path.unlink()
            await here.site.until(lambda: "room" not in here.site.app.snapshot.streams)

        await anyio.sleep(0.5)  # the watcher is about to look for the first time
        await away()
        await anyio.sleep(0.1)
        assert not here.dropped
        path.write_text(text, "utf-8")
        await here.site.until(here.asked)
        await anyio.sleep(1)
        assert not here.dropped, "it was moved, or its workers were busy: no reason to drop anybody"
        await away()
        await here.site.until(lambda: here.dropped)
        assert here.dropped == [guest]
