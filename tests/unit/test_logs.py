from __future__ import annotations

import io
import json
import re
import threading

import pytest
from msgspec import Raw
from rich.console import Console as RichConsole

from motia_core import logs
from motia_core.logs import Console, render, safe, to_json
from motia_core.model import LogRecord

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def record(msg: str = "hello", **changes: object) -> LogRecord:
    given = {
        "id": "1",
        "time": 1_700_000_000_000,
        "level": "info",
        "msg": msg,
        "trace_id": "ABCDE-1-2",
        "step": "greet",
    }
    return LogRecord(**(given | changes))  # type: ignore[arg-type]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def printed(*records: LogRecord, file: io.StringIO | None = None, **settings: object) -> str:
    file = file or io.StringIO()
    console = Console(file=file, **settings)  # type: ignore[arg-type]
    for one in records:
        console.print(one)
    console.close()
    return file.getvalue()


def test_one_line_says_when_where_and_what() -> None:
    line = printed(record(fields=Raw(b'{"a":1,"b":[true]}')))
    assert re.fullmatch(r'\[\d\d:\d\d:\d\d\] ABCDE-1-2 INFO  greet hello \{"a":1,"b":\[true\]\}\n', line)


def test_fields_may_be_left_out() -> None:
    assert printed(record(fields=Raw(b'{"a":1}')), fields=False).endswith(" greet hello\n")


def test_a_line_of_the_core_names_its_source() -> None:
    line = printed(record(trace_id=None, step=None, source="core", level="warn"))
    assert re.fullmatch(r"\[[\d:]+\] WARN  core hello\n", line)


def test_render_is_the_same_line_for_commands() -> None:
    one = record(fields=Raw(b'{"a":"[bold]x[/bold]"}'))
    file = io.StringIO()
    RichConsole(file=file, soft_wrap=True, highlight=False).print(render(one))
    assert file.getvalue() == printed(one)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain ü 値 😀", "plain ü 値 😀"),
        ("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb", "a\\x0db"),
        ("a\u202eb\u2066", "a\\u202eb\\u2066"),
        ("a\u2028b", "a\\u2028b"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("a\tb", "a\tb"),
        ("one\ntwo\r\nthree\n", "one\n    two\n    three"),
    ],
)
def test_nothing_commands_the_terminal(text: str, wanted: str) -> None:
    assert safe(text) == wanted


def test_user_text_cannot_inject_anything_anywhere() -> None:
    evil = "\x1b[2Jx\n[00:00:00] FORGED\x07[bold red]"
    one = record(
        evil, trace_id=evil, step=evil, fields=Raw(json.dumps({evil: "\x7f\u202e"}, ensure_ascii=False).encode())
    )
    text = COLOUR.sub("", printed(one, file=Terminal()))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert "[bold red]" in text
    assert not any(line.startswith("[") for line in text.splitlines()[1:])


def test_colours_only_where_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = printed(record(level="error"))
    assert "\x1b" not in plain
    coloured = printed(record(level="error"), file=Terminal())
    assert "\x1b[1;31mERROR" in coloured
    assert COLOUR.sub("", coloured) == plain
    assert printed(record(level="warn"), file=Terminal()).count("\x1b[33m") == 1
    monkeypatch.setenv("NO_COLOR", "1")
    assert printed(record(level="error"), file=Terminal()) == plain


def test_levels_below_are_not_printed() -> None:
    levels = [record(level, level=level) for level in ("debug", "info", "warn", "error")]
    assert [line.split()[-1] for line in printed(*levels, level="warn").splitlines()] == ["warn", "error"]
    assert len(printed(*levels).splitlines()) == 4


def test_the_stack_of_an_error_stands_on_lines_of_its_own() -> None:
    error = {"error": {"name": "E", "message": "m", "stack": "E: m\n  at steps/a.ts:3\x1b"}, "n": 1}
    lines = printed(record(fields=Raw(json.dumps(error).encode()))).splitlines()
    assert lines[0].endswith('hello {"error":{"name":"E","message":"m"},"n":1}')
    assert lines[1:] == ["    E: m", "      at steps/a.ts:3\\x1b"]
    nowhere = printed(record(fields=Raw(b'{"error":{"name":"E","stack":null},"stack":1}')))
    assert nowhere.endswith('hello {"error":{"name":"E"},"stack":1}\n')


@pytest.mark.parametrize(
    "fields", [b"", b"null", b"{}", b'{"stack":', b'["stack"]', b'"\xff"', b'{"error":1,"stack":2}']
)
def test_odd_fields_do_no_harm(fields: bytes) -> None:
    assert "hello" in printed(record(fields=Raw(fields)))
    assert json.loads(to_json(record(fields=Raw(fields))))["msg"] == "hello"


def test_long_text_is_cut() -> None:
    line = printed(record("x" * 100_000, fields=Raw(b'{"a":"%s"}' % (b"y" * 100_000))))
    assert len(line) < 3 * logs.LONGEST
    assert "(100000 characters)" in line


@pytest.mark.rows(275)
def test_json_lines_put_the_fields_at_the_top_and_ours_win() -> None:
    one = record("a\nb\x1b\x9b\u202e😀", flows=("f",), fields=Raw(b'{"a":1,"msg":"forged","source":"x"}'))
    wanted = {
        "time": one.time,
        "level": "info",
        "msg": "a\nb\x1b\x9b\u202e😀",
        "traceId": "ABCDE-1-2",
        "step": "greet",
        "flows": ["f"],
        "source": "logger",
        "a": 1,
    }
    text = printed(one, as_json=True)
    assert text.removesuffix("\n").isprintable()
    assert json.loads(text) == wanted
    assert json.loads(printed(one, file=Terminal(), as_json=True)) == wanted


def test_lines_keep_their_order_and_none_is_lost() -> None:
    text = printed(*(record(str(number)) for number in range(5_000)))
    assert [int(line.split()[-1]) for line in text.splitlines()] == list(range(5_000))


class Stuck(io.StringIO):
    """A terminal that takes nothing until `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.reached.set()
        self.go.wait(20)
        return super().write(text)


def test_a_stuck_terminal_blocks_nobody_and_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BUFFER", 10)
    file = Stuck()
    console = Console(file=file)
    console.print(record("first"))
    assert file.reached.wait(20)
    for number in range(100):
        console.print(record(str(number)))
    file.go.set()
    console.flush()
    console.close()
    lines = file.getvalue().splitlines()
    assert [line.split()[-1] for line in lines[:10]] == ["first", *map(str, range(9))]
    assert "91 log lines left out" in lines[-1]


class Closed(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_went_away_is_no_error() -> None:
    console = Console(file=Closed())
    for _ in range(10):
        console.print(record())
    console.flush()
    console.close()
    console.print(record())


def test_an_ascii_terminal_gets_escapes() -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii") as file:
        console = Console(file=file)
        console.print(record("ü"))
        console.close()
        assert raw.getvalue().rstrip().endswith(b"\\xfc")
