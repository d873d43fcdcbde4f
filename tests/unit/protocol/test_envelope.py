from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Raw

from motia_core.errors import PayloadRefused, RemoteProtocolError
from motia_core.protocol import envelope
from motia_core.protocol.envelope import ErrorObject
from motia_core.protocol.nesting import deeper_than

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=30,
)


def test_what_is_written_is_read() -> None:
    asked = envelope.decode(envelope.request(7, "ping", b'{"a":1}'))
    assert (asked.id, asked.method, bytes(asked.params or b"")) == (7, "ping", b'{"a":1}')
    told = envelope.decode(envelope.notification("log", b"{}"))
    assert (told.id, told.method, told.result) == (UNSET, "log", UNSET)
    answer = envelope.decode(envelope.reply(3, b"[1]"))
    assert (answer.id, bytes(answer.result or b""), answer.error) == (3, b"[1]", UNSET)


@pytest.mark.parametrize("data", [None, Raw(b'{"name":"E"}'), Raw(b"[1]"), Raw(b"null")])
def test_an_error_keeps_its_data(data: Raw | None) -> None:
    read = envelope.decode(envelope.failure(3, ErrorObject(1001, "boom", data)))
    assert read.error is not UNSET
    found = read.error.object()
    assert (found.code, found.message) == (1001, "boom")
    assert (found.data and bytes(found.data)) == (data and bytes(data))


def test_a_failure_without_an_id_says_null() -> None:
    assert json.loads(envelope.failure(None, ErrorObject(-32700, "x")))["id"] is None


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b'{"id":"text"}',
        b'{"id":1.5,"method":"m"}',
        b'{"method":1}',
        b'{"error":{"code":"x","message":"m"}}',
        b'{"error":{}}',
        b'{"id":1,"result":{}} trailing',
        b'{"method":"\xff"}',
        b'{"id":1,"method":"m","params":{"a":"\xff"}}',
        b'{"id":1,"result":{"\xc3":1}}',
        b'{"id":1,"result":"\\ud800"}',
        b'{"id":1,"result":"\x01"}',
        b'{"params":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"x":NaN}',
    ],
)
def test_anything_else_is_the_other_sides_fault(line: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        envelope.decode(line)


@pytest.mark.parametrize(
    ("prefix", "wanted"),
    [
        (b'{"jsonrpc":"2.0","id":12,"method":"state.set","params":{"x', (12, True)),
        (b'{"jsonrpc":"2.0","id" : 12 ,"result":{"x', (12, False)),
        (b'{"method":"x","params":{"y', (None, True)),
        (b'{"result":"xxx', (None, False)),
        (b'{"id":"12","method":"m"', (None, True)),
        (b'{"id":12', (None, False)),
        (b"nonsense", (None, False)),
    ],
)
def test_guess(prefix: bytes, wanted: tuple[int | None, bool]) -> None:
    assert envelope.guess(prefix) == wanted


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"1", 0),
        (b"[]", 1),
        (b'{"a":[{}]}', 3),
        (b'"[[[["', 0),
        (b'{"[\\"[":["{{{"]}', 2),
        (b'["\\\\",[]]', 2),
        (b"[[],[],[[]]]", 3),
    ],
)
def test_depth(data: bytes, wanted: int) -> None:
    assert not deeper_than(data, wanted)
    assert wanted == 0 or deeper_than(data, wanted - 1)


@given(JSON)
def test_depth_is_that_of_the_value(value: object) -> None:
    def deep(one: object) -> int:
        if isinstance(one, dict | list):
            return 1 + max(map(deep, one.values() if isinstance(one, dict) else one), default=0)
        return 0

    data = json.dumps(value).encode()
    assert not deeper_than(data, deep(value))
    assert deep(value) == 0 or deeper_than(data, deep(value) - 1)


def test_check_depth() -> None:
    envelope.check_depth(b"[[[]]]", 3)
    envelope.check_depth(b'["[[[[[[[[["]', 3)
    envelope.check_depth(b"[[],[],[],[],[]]", 3)
    with pytest.raises(PayloadRefused):
        envelope.check_depth(b"[[[[]]]]", 3)


@given(JSON, st.sampled_from([None, 1, 4]))
def test_one_line_keeps_the_value_and_no_newline(value: object, indent: int | None) -> None:
    line = envelope.one_line(json.dumps(value, indent=indent, ensure_ascii=False).encode())
    assert b"\n" not in line
    assert json.loads(line) == value


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"NaN", b"[Infinity]", b'{"a":1} {"b":2}', b'"\xff"', b'"\\ud800"', b"[" * 100_000, b'"a\nb"'],
)
def test_one_line_refuses_what_is_not_json(text: bytes) -> None:
    with pytest.raises(ValueError):
        envelope.one_line(text)
