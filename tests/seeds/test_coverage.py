"""The coverage table is whole and current, and its reader reads what it should."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.seeds.coverage import PAGE, current, faults, judge, page, read
from tests.seeds.marks import UnreadableMark, collect

TABLE = """
    [later]
    streams = "streams do not reach browsers yet"
    [not_ours]
    user = "the user's own"
    [[part]]
    title = "One"
    rows = [
      { row = 1, at = "A:1", feature = "first" },
      { row = 2, at = "A:2", feature = "second", later = "streams" },
      { row = 3, at = "A:3", feature = "a | b", not_ours = "user", note = "instead, this" },
    ]
"""


def marked(folder: Path, text: str, name: str = "test_it.py") -> dict[str, set[int]]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("import pytest\n" + textwrap.dedent(text))
    return {mark.test: set(mark.rows) for mark in collect(folder)}


def test_every_row_has_a_test_or_a_reason() -> None:
    lines, marks = current()
    assert [line.row.number for line in lines] == list(range(1, 316))
    assert faults(lines, marks) == []


def test_the_page_is_current() -> None:
    lines, _ = current()
    assert PAGE.read_text("utf-8") == page(lines), "run: make docs"


def test_functions_classes_modules_and_cases(tmp_path: Path) -> None:
    found = marked(
        tmp_path,
        """
        pytestmark = [pytest.mark.rows(1), pytest.mark.node]
        LATER: list[object] = [pytest.param(3, marks=[pytest.mark.rows(5)])]

        @pytest.mark.rows(2, 3)
        async def test_function(): ...

        @pytest.mark.rows(4)
        class TestGroup:
            @pytest.mark.parametrize("n", LATER)
            def test_method(self): ...

        @pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.rows(6), id="two")])
        def test_cases(n): ...
        """,
    )
    assert found == {"test_function": {1, 2, 3}, "TestGroup.test_method": {1, 4, 5}, "test_cases": {1, 6}}


def test_tables_beside_the_test(tmp_path: Path) -> None:
    marked(tmp_path, "", "p/areas/__init__.py")
    marked(
        tmp_path,
        'ALL = [Case(name="plain", rows=(7, 8)), Case(name="none"), Case(rows=(), name="empty")]',
        "p/areas/kinds.py",
    )
    found = marked(
        tmp_path,
        """
        CASES = [pytest.param(case, marks=pytest.mark.rows(*case.rows)) for case in ALL]
        @pytest.mark.parametrize("case", CASES)
        def test_table(case): ...
        """,
        "p/test_all.py",
    )
    assert found == {"test_table[kinds/plain]": {7, 8}}


def test_dictionaries_of_the_test(tmp_path: Path) -> None:
    found = marked(
        tmp_path,
        """
        ROWS = {"a.js": 7, "b.js": 9}
        @pytest.mark.parametrize("file", [pytest.param(f, marks=pytest.mark.rows(ROWS[f]) if f in ROWS else ()) for f in ALL])
        def test_file(file): ...
        """,
    )
    assert found == {"test_file[a.js]": {7}, "test_file[b.js]": {9}}


def test_what_never_runs_shows_nothing(tmp_path: Path) -> None:
    text = '@pytest.mark.rows(1)\n@pytest.mark.{}(reason="no")\ndef test_never(): ...\n'
    assert marked(tmp_path, text.format("skip")) == {}
    assert marked(tmp_path, text.format("xfail")) == {}


@pytest.mark.parametrize(
    "text",
    [
        "@pytest.mark.rows(1)\ndef helper(): ...\n",
        "@pytest.mark.rows(N)\ndef test_it(): ...\n",
        "@pytest.mark.rows()\ndef test_it(): ...\n",
        "ROW = pytest.mark.rows(1)\n",
    ],
)
def test_markers_nobody_can_read_are_errors(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableMark, match="test_it.py:"):
        marked(tmp_path, text)


def test_verdicts(tmp_path: Path) -> None:
    marked(tmp_path, "@pytest.mark.rows(1, 3)\ndef test_it(): ...\n")
    marks = collect(tmp_path)
    lines = judge(read(TABLE), marks)
    assert [line.status for line in lines] == ["met", "later", "not ours"]
    assert faults(lines, marks) == []
    text = page(lines)
    assert "| 1 | first | A:1 | met | `test_it.py`: test_it |" in text
    assert "| 3 | a \\| b | A:3 | not ours | the user's own: instead, this; `test_it.py`: test_it |" in text


def test_a_row_without_test_or_reason_is_a_fault() -> None:
    assert "row 1 has neither" in " ".join(faults(judge(read(TABLE), []), []))


def test_a_later_row_with_a_test_is_a_fault(tmp_path: Path) -> None:
    marked(tmp_path, "@pytest.mark.rows(1, 2)\ndef test_it(): ...\n")
    marks = collect(tmp_path)
    assert "row 2 is 'later'" in " ".join(faults(judge(read(TABLE), marks), marks))


def test_an_unknown_row_is_a_fault(tmp_path: Path) -> None:
    marked(tmp_path, "@pytest.mark.rows(1, 316)\ndef test_it(): ...\n")
    marks = collect(tmp_path)
    assert "names row 316" in " ".join(faults(judge(read(TABLE), marks), marks))


@pytest.mark.parametrize("wrong", ['later = "nothing"', 'reason = "x"', 'later = "streams", not_ours = "user"'])
def test_a_table_with_mistakes_is_refused(wrong: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        read(TABLE.replace('feature = "first"', f'feature = "first", {wrong}'))
