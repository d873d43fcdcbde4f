"""Pages of lists: each entry once, never more than may be."""

from __future__ import annotations

import pytest

from motia_core.workbench.asked import MOST, BadBody, Page, cut, number, pack, unpack


def test_pages_give_each_entry_once_in_order() -> None:
    names = [f"n{number:03d}" for number in range(25)][::-1]
    pages, cursor = [], None
    while True:
        page = cut(names, Page(limit=10, cursor=cursor), key=str, text=str)
        pages.append(list(page.items))
        if page.next is None:
            break
        cursor = page.next
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [name for page in pages for name in page] == sorted(names)
    assert cut(names, Page(q="N01"), key=str, text=str).items == [f"n01{number}" for number in range(10)]


@pytest.mark.parametrize("limit", [10**9, -1, 0])
def test_no_page_is_longer_than_may_be(limit: int) -> None:
    names = [f"{number:05d}" for number in range(MOST * 2)]
    found = cut(names, Page(limit=limit), key=str, text=str)
    assert 0 < len(found.items) <= MOST
    assert found.next == found.items[-1]


def test_cursors_carry_any_names_and_nothing_else_passes() -> None:
    for names in (["", ""], ["a:b", "ü\n"], ["x" * 1024, "/"]):
        assert unpack(pack(*names), 2) == names
    assert unpack(None, 2) is None
    for wrong in ("", "x", "é", pack("one"), pack("1", "2", "3"), "W10"):
        with pytest.raises(BadBody):
            unpack(wrong, 2)
    assert (number(None), number("12")) == (0, 12)
    for wrong in ("-1", "1.5", "²", "9" * 30, ""):
        with pytest.raises(BadBody):
            number(wrong)
