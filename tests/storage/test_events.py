"""Events, deliveries and dead letters: each promise of `base.EventStore` on each backend."""

from __future__ import annotations

import pytest
from msgspec import Raw

from motia_core.errors import BacklogFull
from motia_core.model import Addressed, Event
from motia_core.storage.base import Backlog, Emission, Emitted, Storage

from .deliveries import FAILURE, claim, emission, put, row

pytestmark = pytest.mark.anyio


async def test_a_delivery_carries_its_event(storage: Storage) -> None:
    event = Event(
        topic="order\n🙂",
        data=Raw(b'{"n":"a\\nb"}'),
        trace_id="T-1",
        flows=("one", "zwei"),
        parent="span",
        group="g",
        hops=3,
        created=77,
    )
    [emitted] = await storage.events.put([Emission(event=event, to=(Addressed("a", 5),))], limit=10)
    [delivery] = await claim(storage)
    assert emitted == Emitted(delivery.event, 1)
    assert (delivery.topic, bytes(delivery.data), delivery.trace_id) == ("order\n🙂", b'{"n":"a\\nb"}', "T-1")
    assert (delivery.flows, delivery.parent, delivery.group) == (("one", "zwei"), "span", "g")
    assert (delivery.hops, delivery.created, delivery.step) == (3, 77, "a")
    assert (delivery.attempt, delivery.deaths, delivery.suspect) == (1, 0, False)


async def test_each_step_gets_its_own_delivery(storage: Storage) -> None:
    assert (await storage.events.put([emission("a", "b", "c")], limit=10))[0].deliveries == 3
    found = await claim(storage, "a", "b", "c")
    assert sorted(delivery.step for delivery in found) == ["a", "b", "c"]
    assert len({delivery.id for delivery in found}) == 3
    assert len({delivery.event for delivery in found}) == 1
    for delivery in found:
        await storage.events.ack([delivery.id], owner="me")
    assert await storage.events.backlog(now=0) == []


async def test_an_event_without_subscribers_stores_nothing_but_has_an_id(storage: Storage) -> None:
    first, second = await storage.events.put([emission(), emission()], limit=10)
    assert (first.deliveries, second.deliveries) == (0, 0)
    assert first.id != second.id
    assert await storage.events.backlog(now=0) == []


async def test_claims_take_the_oldest_due_first_and_respect_room_and_limit(storage: Storage) -> None:
    for due in (50, 10, 40, 20, 30):
        await put(storage, emission("a", due=due, data=b"%d" % due), emission("b", due=due + 1, data=b"%d" % (due + 1)))
    first = await storage.events.claim({"a": 2, "b": 1, "c": 5, "d": 0}, owner="me", now=100, lease=200, limit=100)
    assert [bytes(one.data) for one in first] == [b"10", b"11", b"20"]
    second = await claim(storage, "a", "b", now=45, limit=3)
    assert [bytes(one.data) for one in second] == [b"21", b"30", b"31"]
    assert [bytes(one.data) for one in await claim(storage, "a", "b", now=45)] == [b"40", b"41"]
    assert await claim(storage, "a", "b", now=45) == []
    assert await claim(storage, "b", now=45, room=0) == []


async def test_equal_times_are_claimed_in_the_order_they_were_put(storage: Storage) -> None:
    await put(storage, *(emission("a", data=b"%d" % n) for n in range(20)))
    await put(storage, *(emission("a", data=b"%d" % n) for n in range(20, 40)))
    assert [bytes(one.data) for one in await claim(storage)] == [b"%d" % n for n in range(40)]


async def test_many_steps_are_claimed_alike(storage: Storage) -> None:
    names = [f"s{n:03}" for n in range(100)]
    await put(storage, emission("s007", "s099", "other"))
    assert sorted(one.step for one in await claim(storage, *names)) == ["s007", "s099"]
    assert await claim(storage, *names) == []


async def test_nothing_is_claimed_before_it_is_due(storage: Storage) -> None:
    await put(storage, emission("a", due=500))
    assert await claim(storage, now=499) == []
    assert await storage.events.due(["a"]) == 500
    assert len(await claim(storage, now=500)) == 1
    assert await storage.events.due(["a"]) is None


async def test_due_is_the_earliest_of_the_steps_asked_for(storage: Storage) -> None:
    await put(storage, emission("a", due=500), emission("b", due=300), emission("c", due=100))
    assert await storage.events.due(["a", "b", "nothing"]) == 300
    assert await storage.events.due(["nothing"]) is None
    assert await storage.events.due([]) is None


async def test_a_claimed_delivery_is_nobody_elses(storage: Storage) -> None:
    await put(storage, emission("a"))
    assert len(await claim(storage, owner="me")) == 1
    assert await claim(storage, owner="you") == []
    assert await claim(storage, owner="me") == []


async def test_an_expired_lease_makes_a_suspect_and_counts_as_lost_each_time(storage: Storage) -> None:
    await put(storage, emission("a"))
    [first] = await claim(storage, owner="me", now=1000, lease=2000)
    assert await claim(storage, owner="you", now=2000, lease=3000) == []
    [second] = await claim(storage, owner="you", now=2001, lease=3000)
    assert (second.id, second.attempt, second.lost, second.suspect) == (first.id, 2, 1, True)
    await claim(storage, owner="me", now=3001, room=0)
    [third] = await claim(storage, owner="me", now=7000, lease=8000)
    assert (third.attempt, third.lost, third.deaths, third.suspect) == (3, 2, 0, True)
    await storage.events.retry(third.id, owner="me", due=0, failure=FAILURE, died="alone")
    await claim(storage, owner="me", now=9000, lease=10_000)
    await claim(storage, owner="me", now=10_001, room=0)
    [last] = await claim(storage, owner="you", now=14_000, lease=15_000)
    assert (last.attempt, last.lost, last.deaths) == (5, 3, 1)
    assert (await row(storage)).running == 1


async def test_who_lost_the_lease_changes_nothing(storage: Storage) -> None:
    await put(storage, emission("a"))
    [one] = await claim(storage, owner="me", now=1000, lease=1001)
    await claim(storage, owner="you", now=2000, lease=9000)
    await storage.events.ack([one.id], owner="me")
    await storage.events.retry(one.id, owner="me", due=0, failure=FAILURE, died="alone")
    await storage.events.release([one.id], owner="me")
    await storage.events.bury(one.id, owner="me", reason="failed", failure=FAILURE, now=2000)
    assert await storage.events.renew([one.id], owner="me", lease=99_000) == [one.id]
    assert await storage.events.backlog(now=2000) == [Backlog(step="a", running=1)]
    assert await storage.events.dead() == []
    await claim(storage, room=0, now=9001)
    [again] = await claim(storage, owner="third", now=13_000)
    assert (again.attempt, again.lost, again.deaths) == (3, 2, 0)


async def test_renew_extends_and_names_the_lost(storage: Storage) -> None:
    await put(storage, emission("a"), emission("a"))
    first, second = await claim(storage, owner="me", now=1000, lease=1500)
    await storage.events.ack([second.id], owner="me")
    assert await storage.events.renew([first.id, second.id, 10**9], owner="me", lease=5000) == [second.id, 10**9]
    assert await claim(storage, owner="you", now=4000) == []
    assert await storage.events.renew([first.id], owner="me", lease=6000) == []
    assert await storage.events.renew([], owner="me", lease=6000) == []
    assert len(await claim(storage, owner="you", now=6001)) == 1


async def test_ack_takes_the_delivery_away_for_good(storage: Storage) -> None:
    await put(storage, emission("a"), emission("a"))
    found = await claim(storage, now=1000, lease=2000)
    await storage.events.ack([one.id for one in found] + [10**9], owner="me")
    assert await storage.events.backlog(now=0) == []
    assert await claim(storage, now=10_000) == []


async def test_a_retry_waits_and_counts(storage: Storage) -> None:
    await put(storage, emission("a"))
    [one] = await claim(storage)
    await storage.events.retry(one.id, owner="me", due=5000, failure=FAILURE)
    assert (await row(storage, now=4999)).delayed == 1
    assert await claim(storage, now=4999) == []
    [again] = await claim(storage, now=5000)
    assert (again.id, again.attempt, again.deaths, again.suspect) == (one.id, 2, 0, False)
    await storage.events.retry(one.id, owner="me", due=6000, failure=FAILURE, died="among others")
    [again] = await claim(storage, now=6000)
    assert (again.attempt, again.lost, again.deaths, again.suspect) == (3, 1, 0, True)
    await storage.events.retry(one.id, owner="me", due=7000, failure=FAILURE, died="alone")
    [again] = await claim(storage, now=7000)
    assert (again.attempt, again.lost, again.deaths, again.suspect) == (4, 1, 1, True)
    await storage.events.retry(one.id, owner="me", due=8000, failure=FAILURE)
    [again] = await claim(storage, now=8000)
    assert (again.attempt, again.lost, again.deaths, again.suspect) == (5, 1, 1, True)


async def test_a_release_is_due_at_once_in_its_old_place_and_uncounted(storage: Storage) -> None:
    await put(storage, emission("a", data=b"1"), emission("a", data=b"2"))
    first, _ = await claim(storage)
    await storage.events.release([first.id], owner="me")
    [again] = await claim(storage)
    assert (bytes(again.data), again.attempt, again.suspect) == (b"1", 1, False)
    await storage.events.release([again.id], owner="me", uncount=False)
    [again] = await claim(storage)
    assert again.attempt == 2


async def test_hurry_brings_failures_forward_but_not_delays(storage: Storage) -> None:
    await put(storage, emission("a"), emission("b"))
    for one in await claim(storage, "a", "b"):
        await storage.events.retry(one.id, owner="me", due=9000, failure=FAILURE)
    await put(storage, emission("a", due=9000))
    assert await storage.events.hurry("a", now=2000) == 1
    assert await storage.events.hurry("a", now=2000) == 0
    assert [one.attempt for one in await claim(storage, "a", "b", now=2000)] == [2]


async def test_backlog_counts_each_kind(storage: Storage) -> None:
    await put(storage, emission("a", due=5000, created=10), emission("a", created=20), emission("a", created=30))
    await put(storage, *(emission("f", group="g", fifo=True, created=n) for n in (50, 60, 70)))
    assert await storage.events.backlog(now=1000) == [
        Backlog(step="a", ready=2, delayed=1, oldest=10),
        Backlog(step="f", ready=1, blocked=2, oldest=50),
    ]
    [one] = await claim(storage, room=1)
    [head] = await claim(storage, "f")
    assert await storage.events.backlog(now=1000) == [
        Backlog(step="a", ready=1, delayed=1, running=1, oldest=10),
        Backlog(step="f", running=1, blocked=2, oldest=60),
    ]
    await storage.events.bury(one.id, owner="me", reason="failed", failure=None, now=0)
    await storage.events.ack([head.id], owner="me")
    assert await storage.events.backlog(now=5000) == [
        Backlog(step="a", ready=2, dead=1, oldest=10),
        Backlog(step="f", ready=1, blocked=1, oldest=60),
    ]


async def test_a_full_backlog_stores_nothing(storage: Storage) -> None:
    await put(storage, emission("a"), emission("a"), limit=3)
    with pytest.raises(BacklogFull):
        await put(storage, emission("a"), emission("a", dedup="x"), limit=3)
    assert (await row(storage)).ready == 2
    await put(storage, emission("a"), limit=3)
    with pytest.raises(BacklogFull):
        await put(storage, emission("a"), limit=3)
    await put(storage, emission(), limit=3)
    [one] = await claim(storage, room=1)
    await put(storage, emission("a", dedup="x"), limit=3)
    await put(storage, emission("a", dedup="x"), limit=3)
    await storage.events.release([one.id], owner="me")
    assert (await row(storage)).ready == 4
    with pytest.raises(BacklogFull):
        await put(storage, emission("a"), limit=4)


async def test_pending_is_counted_through_every_change(storage: Storage) -> None:
    """The limit is the only place where the count shows: one more must be refused, and one fewer must not."""

    async def expect(pending: int) -> None:
        with pytest.raises(BacklogFull):
            await put(storage, emission("probe"), limit=pending)

    await put(storage, *(emission("f", group="g", fifo=True) for _ in range(3)), *(emission("a") for _ in range(3)))
    await expect(6)
    [head] = await claim(storage, "f", now=1000, lease=2000)
    one, two, three = await claim(storage, "a", now=1000, lease=2000)
    await expect(2)
    await storage.events.ack([head.id, one.id], owner="me")
    await expect(2)
    await storage.events.retry(two.id, owner="me", due=0, failure=FAILURE)
    await expect(3)
    await storage.events.bury(three.id, owner="me", reason="failed", failure=None, now=0)
    await expect(3)
    await storage.events.redrive([three.id], now=0)
    await expect(4)
    await claim(storage, "a", "f", now=1000, lease=2000)
    await expect(1)
    await claim(storage, "nothing", now=2001)
    await expect(4)


async def test_the_same_topic_and_id_is_delivered_once(storage: Storage) -> None:
    [first] = await storage.events.put([emission("a", "b", dedup="x", created=100)], limit=10)
    again = await storage.events.put([emission("a", dedup="x", created=200), emission("a", dedup="y")], limit=10)
    assert again[0] == Emitted(first.id, 2, duplicate=True)
    assert again[1].duplicate is False
    [other] = await storage.events.put([emission("a", topic="u", dedup="x")], limit=10)
    assert other.duplicate is False
    for one in await claim(storage, "a", "b"):
        await storage.events.ack([one.id], owner="me")
    assert (await storage.events.put([emission("a", dedup="x", since=100)], limit=10))[0].duplicate is True
    [later] = await storage.events.put([emission("a", dedup="x", since=101, created=300)], limit=10)
    assert later.duplicate is False
    [latest] = await storage.events.put([emission("a", dedup="x", since=300)], limit=10)
    assert (latest.id, latest.duplicate) == (later.id, True)


async def test_an_id_twice_in_one_put_is_delivered_once(storage: Storage) -> None:
    first, second = await storage.events.put([emission("a", dedup="x"), emission("a", dedup="x")], limit=1)
    assert second == Emitted(first.id, 1, duplicate=True)
