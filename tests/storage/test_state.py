"""Values by group and key: each promise of `base.Keyed`, for state and for streams, on each backend."""

from __future__ import annotations

import pytest
from msgspec import Raw

from motia_core.errors import CallRefused
from motia_core.storage.base import Item, Keyed, Op, Storage

pytestmark = pytest.mark.anyio

AWKWARD = [
    "",
    "a:b",
    "a*",
    "a%",
    "_",
    "ä",
    "日本",
    "a\nb",
    "a\u2028b",
    "a\0b",
    "a\0c",
    "🙂",
    "'",
    '"',
    "A",
    "a",
    " a",
    "x" * 5000,
]


@pytest.fixture(params=["state", "stream"])
def keyed(request: pytest.FixtureRequest, storage: Storage) -> Keyed:
    return storage.state if request.param == "state" else storage.stream("chat")


def item(found: list[Item]) -> list[tuple[str, bytes]]:
    return [(one.key, one.value) for one in found]


async def test_set_says_whether_new_and_get_gives_the_bytes_back(keyed: Keyed) -> None:
    value = b'{"a":[1,2.50,"\xc3\xa4"],"b":"line\\nbreak"}'
    assert await keyed.get("g", "k", now=0) is None
    assert await keyed.set("g", "k", value, now=0) is True
    assert await keyed.set("g", "k", b"\n2\n", now=0) is False
    assert await keyed.get("g", "k", now=0) == b"\n2\n"
    assert await keyed.set("g", "k", value, now=0) is False
    assert await keyed.get("g", "k", now=0) == value


async def test_groups_and_keys_are_separate_and_any_unicode(keyed: Keyed) -> None:
    for place, name in enumerate(AWKWARD):
        await keyed.set(name, "k", b"%d" % place, now=0)
        await keyed.set("keys", name, b"%d" % place, now=0)
    assert [await keyed.get(name, "k", now=0) for name in AWKWARD] == [b"%d" % n for n in range(len(AWKWARD))]
    assert await keyed.keys("keys", now=0) == AWKWARD
    assert await keyed.groups(now=0) == sorted([*AWKWARD, "keys"])
    assert await keyed.clear("a", now=0) == 1
    assert await keyed.groups(now=0) == sorted([name for name in AWKWARD if name != "a"] + ["keys"])


async def test_state_and_streams_do_not_mix(storage: Storage) -> None:
    spaces = [storage.state, storage.stream(""), storage.stream("a"), storage.stream("a:b"), storage.stream(":")]
    for place, space in enumerate(spaces):
        await space.set("g", "k", b"%d" % place, now=0)
    assert [await space.get("g", "k", now=0) for space in spaces] == [b"0", b"1", b"2", b"3", b"4"]
    assert await storage.stream_names() == ["", ":", "a", "a:b"]
    await spaces[2].clear("g", now=0)
    assert await storage.stream_names() == ["", ":", "a:b"]
    assert await storage.state.get("g", "k", now=0) == b"0"


async def test_delete_returns_what_was_there(keyed: Keyed) -> None:
    await keyed.set("g", "k", b"1", now=0)
    assert await keyed.delete("g", "k", now=0) == b"1"
    assert await keyed.delete("g", "k", now=0) is None
    assert await keyed.get("g", "k", now=0) is None


async def test_clear_counts_and_leaves_other_groups(keyed: Keyed) -> None:
    for key in ("a", "b"):
        await keyed.set("g", key, b"1", now=0)
    await keyed.set("g", "expired", b"1", now=0, expires=5)
    await keyed.set("other", "a", b"1", now=0)
    assert await keyed.clear("g", now=10) == 2
    assert await keyed.clear("g", now=10) == 0
    assert await keyed.groups(now=10) == ["other"]


async def test_group_is_in_the_order_first_set(keyed: Keyed) -> None:
    for key in ("c", "a", "b"):
        await keyed.set("g", key, key.encode(), now=0)
    await keyed.set("g", "c", b"again", now=0)
    assert item(await keyed.group("g", now=0)) == [("c", b"again"), ("a", b"a"), ("b", b"b")]
    await keyed.delete("g", "c", now=0)
    await keyed.set("g", "c", b"new", now=0)
    assert await keyed.keys("g", now=0) == ["a", "b", "c"]
    assert await keyed.group("nothing", now=0) == []


async def test_an_expired_value_is_gone_for_every_reader_at_once(keyed: Keyed) -> None:
    await keyed.set("g", "k", b"1", now=0, expires=100)
    await keyed.set("g", "stays", b"2", now=0)
    assert await keyed.get("g", "k", now=99) == b"1"
    assert await keyed.get("g", "k", now=100) is None
    assert await keyed.read("g", "k", now=100) == (None, "0")
    assert await keyed.keys("g", now=100) == ["stays"]
    assert item(await keyed.group("g", now=100)) == [("stays", b"2")]
    assert await keyed.delete("g", "k", now=100) is None
    await keyed.set("short", "k", b"1", now=0, expires=50)
    assert await keyed.groups(now=49) == ["g", "short"]
    assert await keyed.groups(now=50) == ["g"]


async def test_setting_an_expired_key_makes_a_new_one_last_in_its_group(keyed: Keyed) -> None:
    await keyed.set("g", "a", b"1", now=0, expires=10)
    await keyed.set("g", "b", b"2", now=0)
    assert await keyed.set("g", "a", b"3", now=10) is True
    assert item(await keyed.group("g", now=10)) == [("b", b"2"), ("a", b"3")]
    assert await keyed.get("g", "a", now=10**12) == b"3"


async def test_a_set_without_expiry_stays_for_ever(keyed: Keyed) -> None:
    await keyed.set("g", "k", b"1", now=0, expires=10)
    await keyed.set("g", "k", b"2", now=5)
    assert await keyed.get("g", "k", now=10**12) == b"2"


async def test_sweep_removes_expired_values(keyed: Keyed, storage: Storage) -> None:
    for n in range(5):
        await keyed.set("g", f"k{n}", b"1", now=0, expires=10)
    await keyed.set("g", "stays", b"1", now=0, expires=11)
    assert await storage.sweep(now=9) == 0
    assert await storage.sweep(now=10, limit=3) == 3
    assert await storage.sweep(now=10, limit=3) == 2
    assert await storage.sweep(now=10) == 0
    # Asked as of then: what is gone now was removed, not only hidden.
    assert await keyed.keys("g", now=0) == ["stays"]
    assert await storage.sweep(now=11) == 1


async def test_sweep_reaches_the_state_and_every_stream(storage: Storage) -> None:
    spaces: list[Keyed] = [storage.state, storage.stream("a"), storage.stream("b")]
    for space in spaces:
        await space.set("g", "k", b"1", now=0, expires=1)
    assert await storage.sweep(now=9, limit=2) == 2
    assert await storage.sweep(now=9, limit=2) == 1
    assert [await space.keys("g", now=0) for space in spaces] == [[], [], []]


async def test_a_version_changes_with_every_write(keyed: Keyed) -> None:
    seen = {"0"}

    async def expect_new(value: bytes | None) -> None:
        found, version = await keyed.read("g", "k", now=0)
        assert found == value
        assert version not in seen
        seen.add(version)

    assert await keyed.read("g", "k", now=0) == (None, "0")
    await keyed.set("g", "k", b"1", now=0)
    await expect_new(b"1")
    await keyed.set("g", "k", b"1", now=0)
    await expect_new(b"1")
    await keyed.delete("g", "k", now=0)
    assert await keyed.read("g", "k", now=0) == (None, "0")
    await keyed.set("g", "k", b"1", now=0)
    await expect_new(b"1")
    await keyed.update("g", "k", [Op("set", "", Raw(b"1"))], now=0)
    await expect_new(b"1")
    await keyed.compare_and_set("g", "k", b"1", b"1", now=0)
    await expect_new(b"1")
    assert (await keyed.group("g", now=0))[0].version in seen


async def test_a_group_version_changes_when_anything_in_the_group_does(keyed: Keyed) -> None:
    seen = ["0"]

    async def expect_new(now: int = 0) -> None:
        _, version = await keyed.read_group("g", now=now)
        assert version != seen[-1]
        seen.append(version)

    assert await keyed.read_group("g", now=0) == ([], "0")
    await keyed.set("g", "a", b"1", now=0)
    await expect_new()
    await keyed.set("g", "b", b"1", now=0, expires=50)
    await expect_new()
    await keyed.set("g", "a", b"1", now=0)
    await expect_new()
    await keyed.set("g", "c", b"1", now=0)
    await expect_new()
    await keyed.delete("g", "c", now=0)
    await expect_new()
    await expect_new(now=50)  # b has expired
    await keyed.set("other", "a", b"1", now=50)
    assert (await keyed.read_group("g", now=50))[1] == seen[-1]
    items, _ = await keyed.read_group("g", now=50)
    assert items == await keyed.group("g", now=50)


async def test_update_returns_the_new_value_and_whether_it_is_new(keyed: Keyed) -> None:
    assert await keyed.update("g", "k", [Op("increment", "n", Raw(b"2"))], now=0) == (b'{"n":2}', True)
    ops = [Op("increment", "n", Raw(b"null")), Op("append", "list", Raw(b'"x"'))]
    assert await keyed.update("g", "k", ops, now=0) == (b'{"n":3,"list":["x"]}', False)
    assert await keyed.get("g", "k", now=0) == b'{"n":3,"list":["x"]}'


async def test_an_update_that_does_not_fit_changes_nothing(keyed: Keyed) -> None:
    await keyed.set("g", "k", b'{"n":1}', now=0)
    before = await keyed.read("g", "k", now=0)
    with pytest.raises(CallRefused, match="append of `n` works on a list, not a number"):
        await keyed.update("g", "k", [Op("set", "m", Raw(b"1")), Op("append", "n", Raw(b"1"))], now=0)
    assert await keyed.read("g", "k", now=0) == before


async def test_an_update_without_expiry_keeps_the_one_there(keyed: Keyed) -> None:
    count = [Op("increment", "", Raw(b"1"))]
    await keyed.update("g", "k", count, now=0, expires=10)
    assert await keyed.update("g", "k", count, now=5) == (b"2", False)
    assert await keyed.get("g", "k", now=10) is None
    assert await keyed.update("g", "k", count, now=10) == (b"1", True)
    assert await keyed.get("g", "k", now=10**12) == b"1"
    await keyed.update("g", "k", count, now=10, expires=20)
    assert await keyed.get("g", "k", now=20) is None


async def test_set_if_absent_stores_once(keyed: Keyed) -> None:
    assert await keyed.set_if_absent("g", "k", b"1", now=0, expires=10) == (True, b"1")
    assert await keyed.set_if_absent("g", "k", b"2", now=9) == (False, b"1")
    assert await keyed.set_if_absent("g", "k", b"3", now=10) == (True, b"3")


async def test_compare_and_set_compares_values_not_texts(keyed: Keyed) -> None:
    assert await keyed.compare_and_set("g", "k", b"1", b"2", now=0) == (False, None)
    assert await keyed.compare_and_set("g", "k", b"null", b'{"a":1,"b":[true]}', now=0) == (True, b'{"a":1,"b":[true]}')
    assert await keyed.compare_and_set("g", "k", b"null", b"2", now=0) == (False, b'{"a":1,"b":[true]}')
    assert await keyed.compare_and_set("g", "k", b'{"a":1,"b":[1]}', b"2", now=0) == (False, b'{"a":1,"b":[true]}')
    assert await keyed.compare_and_set("g", "k", b'{ "b": [true], "a": 1.0 }', b"2", now=0, expires=10) == (True, b"2")
    assert await keyed.compare_and_set("g", "k", b"2", b"3", now=10) == (False, None)
    await keyed.set("g", "k", b"null", now=10)
    assert await keyed.compare_and_set("g", "k", b"null", b"4", now=10) == (True, b"4")


async def test_a_large_value_and_a_large_group_come_back_whole(keyed: Keyed) -> None:
    large = b'"' + b"x" * 3_000_000 + b'"'
    await keyed.set("g", "large", large, now=0)
    assert await keyed.get("g", "large", now=0) == large
    for n in range(300):
        await keyed.set("many", f"{n}", b"%d" % n, now=0)
    assert item(await keyed.group("many", now=0)) == [(f"{n}", b"%d" % n) for n in range(300)]
