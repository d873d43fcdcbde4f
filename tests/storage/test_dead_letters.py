"""What becomes of deliveries that were given up, and of what `once` remembers for them, on each backend."""

from __future__ import annotations

import anyio
import pytest

from motia_core.errors import InvocationOver
from motia_core.services import queues
from motia_core.storage.base import Backlog, OnceWrite, Storage

from .deliveries import FAILURE, claim, emission, put, row

pytestmark = pytest.mark.anyio


async def test_a_burial_keeps_everything_and_can_be_listed(storage: Storage) -> None:
    await put(storage, emission("a", data=b'{"x":1}', group="g"), emission("b"))
    [one] = await claim(storage, "a")
    [two] = await claim(storage, "b")
    await storage.events.bury(one.id, owner="me", reason="failed", failure=FAILURE, now=1234)
    await storage.events.bury(two.id, owner="me", reason="poison", failure=None, now=1235)
    letter, other = await storage.events.dead()
    assert (letter.id, letter.step, letter.topic, bytes(letter.data), letter.trace_id) == (
        one.id,
        "a",
        "t",
        b'{"x":1}',
        "T-1",
    )
    assert (letter.group, letter.attempts, letter.reason, letter.failure) == ("g", 1, "failed", FAILURE)
    assert (letter.created, letter.buried) == (100, 1234)
    assert (other.reason, other.failure) == ("poison", None)
    assert [one.id for one in await storage.events.dead(step="b")] == [two.id]
    assert [one.id for one in await storage.events.dead(limit=1)] == [one.id]
    assert [one.id for one in await storage.events.dead(after=one.id)] == [two.id]
    assert (await row(storage, "a")).dead == 1
    assert await claim(storage, "a", "b", now=10**9) == []


async def test_a_burial_without_failure_keeps_the_last_one_told(storage: Storage) -> None:
    await put(storage, emission("a"))
    [one] = await claim(storage)
    await storage.events.retry(one.id, owner="me", due=0, failure=FAILURE)
    await claim(storage)
    await storage.events.bury(one.id, owner="me", reason="poison", failure=None, now=0)
    assert (await storage.events.dead())[0].failure == FAILURE


async def test_all_of_a_step_have_one_turn_though_they_fail_again_at_once(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "_ALL", 2)
    await put(storage, *(emission("a") for _ in range(5)))

    async def fail() -> None:
        for one in await claim(storage, limit=5):
            await storage.events.bury(one.id, owner="me", reason="failed", failure=FAILURE, now=0)

    async def fail_for_ever() -> None:
        while True:
            await fail()
            await anyio.lowlevel.checkpoint()

    await fail()
    with anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            group.start_soon(fail_for_ever)
            assert await queues.redrive(storage.events, [], "a", now=0) == 5
            group.cancel_scope.cancel()


async def test_a_redrive_starts_over(storage: Storage) -> None:
    await put(storage, emission("a", "b", data=b"7", group="g", hops=5))
    [one] = await claim(storage, "a")
    await storage.events.retry(one.id, owner="me", due=0, failure=FAILURE, died="alone")
    await claim(storage, "a")
    await storage.events.bury(one.id, owner="me", reason="failed", failure=FAILURE, now=0)
    assert await storage.events.redrive([one.id, one.id, 10**9], now=3000) == 1
    assert await storage.events.dead() == []
    assert await claim(storage, "a", now=2999) == []
    [again] = await claim(storage, "a", now=3000)
    assert (again.id, again.event, bytes(again.data), again.group) == (one.id, one.event, b"7", "g")
    assert (one.hops, again.hops) == (5, 0)
    assert (again.attempt, again.deaths, again.suspect) == (1, 0, False)
    assert len(await claim(storage, "b")) == 1
    await storage.events.ack([again.id], owner="me")
    assert (await row(storage, "a")) == Backlog(step="a")


async def test_a_redrive_works_after_its_event_was_done_elsewhere(storage: Storage) -> None:
    await put(storage, emission("a", "b", data=b"7"))
    [one] = await claim(storage, "a")
    [two] = await claim(storage, "b")
    await storage.events.bury(one.id, owner="me", reason="failed", failure=FAILURE, now=0)
    await storage.events.ack([two.id], owner="me")
    await storage.events.redrive([one.id], now=0)
    [again] = await claim(storage, "a")
    assert bytes(again.data) == b"7"


async def test_discarded_letters_are_gone(storage: Storage) -> None:
    await put(storage, emission("a"))
    [one] = await claim(storage)
    await storage.events.bury(one.id, owner="me", reason="failed", failure=None, now=0)
    assert await storage.events.discard([one.id, 10**9]) == 1
    assert await storage.events.discard([one.id]) == 0
    assert await storage.events.redrive([one.id], now=0) == 0
    assert await storage.events.backlog(now=0) == []


async def nobody_asks(storage: Storage, scope: str, key: str) -> None:
    """What was remembered is gone with its delivery: a run that asks now must not do the same again."""
    with pytest.raises(InvocationOver):
        await storage.events.once_get(scope, key)
    with pytest.raises(InvocationOver):
        await storage.events.once_put(scope, key, b"1", now=0)
    with pytest.raises(InvocationOver):
        await storage.transaction([], [OnceWrite(scope, key, b"1")], now=0, limit=10)


async def test_prune_forgets_old_letters_ids_and_once(storage: Storage) -> None:
    await put(storage, emission("a", dedup="x", created=100), emission("a"), emission("a", due=10**9))
    one, two = await claim(storage)
    await storage.events.once_put(f"delivery:{one.id}", "k", b"1", now=10)
    await storage.events.once_put(f"delivery:{two.id}", "k", b"1", now=10)
    await storage.events.once_put("invocation:1", "k", b"1", now=10)
    await storage.events.once_put("invocation:2", "k", b"1", now=100)
    await storage.events.bury(one.id, owner="me", reason="failed", failure=None, now=50)
    await storage.events.bury(two.id, owner="me", reason="failed", failure=None, now=60)
    assert await storage.events.prune(dead_before=60, dedup_before=101) == 3
    assert [letter.id for letter in await storage.events.dead()] == [two.id]
    assert (await storage.events.put([emission("a", dedup="x")], limit=10))[0].duplicate is False
    assert await storage.events.once_get(f"delivery:{two.id}", "k") == b"1"
    for id in (one.id, 999999999):
        await nobody_asks(storage, f"delivery:{id}", "k")
    assert await storage.events.once_get("invocation:1", "k") is None
    assert await storage.events.once_get("invocation:2", "k") == b"1"
    assert await storage.events.prune(dead_before=60, dedup_before=0) == 0


async def test_once_remembers_the_first_value_until_the_delivery_ends(storage: Storage) -> None:
    await put(storage, emission("a"), emission("a"))
    one, two = await claim(storage)
    scope, other = f"delivery:{one.id}", f"delivery:{two.id}"
    assert await storage.events.once_get(scope, "k") is None
    assert await storage.events.once_put(scope, "k", b"1", now=0) == b"1"
    assert await storage.events.once_put(scope, "k", b"2", now=0) == b"1"
    assert await storage.events.once_put(scope, "j", b"2", now=0) == b"2"
    assert await storage.events.once_put(other, "k", b"3", now=0) == b"3"
    await storage.events.retry(one.id, owner="me", due=0, failure=FAILURE)
    await claim(storage)
    assert await storage.events.once_get(scope, "k") == b"1"
    await storage.events.ack([two.id], owner="you")
    assert await storage.events.once_get(other, "k") == b"3"
    await storage.events.ack([one.id], owner="me")
    await nobody_asks(storage, scope, "k")
    await nobody_asks(storage, scope, "j")
    assert await storage.events.once_get(other, "k") == b"3"
    await storage.events.bury(two.id, owner="me", reason="failed", failure=None, now=0)
    assert await storage.events.once_get(other, "k") == b"3"
    await storage.events.discard([two.id])
    await nobody_asks(storage, other, "k")
