"""Values between the Python runner and the core."""

from __future__ import annotations

import pytest
from python_worker import Worker, run_api, run_event


def test_values_of_every_kind_become_json(worker: Worker) -> None:
    head = """
        import collections, dataclasses, datetime as dt, decimal, enum, fractions, pathlib, types, uuid

        @dataclasses.dataclass
        class Data:
            a: int
            when: dt.date

        class Colour(enum.Enum):
            RED = "red"

        class Level(enum.IntEnum):
            HIGH = 3

        class Own:
            def __init__(self):
                self.a, self._b = 1, 2

        class Told:
            def toJSON(self):
                return {"told": {1}}

        Point = collections.namedtuple("Point", "x y")
        PLUS = dt.timezone(dt.timedelta(hours=2))
    """
    body = """
        return {
            "data": Data(1, dt.date(2024, 1, 2)), "enum": [Colour.RED, Level.HIGH], "own": Own(), "told": Told(),
            "point": Point(1, 2), "set": {3, 1, 2}, "tuple": (1, (2,)), "deque": collections.deque([1]),
            "at": dt.datetime(2024, 1, 2, 3, 4, 5, 600, PLUS), "whole": dt.datetime(2024, 1, 2, tzinfo=dt.timezone.utc),
            "decimals": [decimal.Decimal("19.99"), decimal.Decimal("3"), decimal.Decimal("0.1000000000000000000001")],
            "id": uuid.UUID(int=1), "path": pathlib.Path("a/b"), "ns": types.SimpleNamespace(z=[1]),
            "keys": {1: "a", False: "b", None: "c", Colour.RED: "d", dt.date(2024, 1, 2): "e"},
            "bytes": b"\\x00\\xff", "view": {"a": 1}.keys(), "for": dt.timedelta(minutes=1), "error": ValueError("e"),
            "half": fractions.Fraction(1, 2), "ordered": collections.OrderedDict(b=1), "big": 2**70,
        }
    """
    told = run_event(worker, body, head=head)
    assert told.pop("error")["message"] == "e"
    assert told == {
        "data": {"a": 1, "when": "2024-01-02"},
        "enum": ["red", 3],
        "own": {"a": 1},
        "told": {"told": [1]},
        "point": {"x": 1, "y": 2},
        "set": [1, 2, 3],
        "tuple": [1, [2]],
        "deque": [1],
        "at": "2024-01-02T01:04:05.000600Z",
        "whole": "2024-01-02T00:00:00.000Z",
        "decimals": [19.99, 3, "0.1000000000000000000001"],
        "id": "00000000-0000-0000-0000-000000000001",
        "path": "a/b",
        "ns": {"z": [1]},
        "keys": {"1": "a", "false": "b", "null": "c", "red": "d", "2024-01-02": "e"},
        "bytes": {"$bytes": "AP8="},
        "view": ["a"],
        "for": 60,
        "half": 0.5,
        "ordered": {"b": 1},
        "big": 2**70,
    }


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("return {'run': lambda: 1}", "result.run: a function"),
        ("a = {}\na['me'] = [a]\nreturn a", "result.me[0]: contains itself"),
        ("return {'a': {(1, 2): 3}}", "result.a: a key must be text"),
        ("return {'s': context.state.get('a', 'b')}", "result.s: a call under way (await it)"),
        ("return {'c': complex(1, 2)}", "result.c"),
        ("a = []\nfor _ in range(200): a = [a]\nreturn a", "nested deeper than 100 levels"),
        ("return [10 ** 9999]", "result"),
    ],
)
def test_what_has_no_json_names_its_key_path(worker: Worker, body: str, path: str) -> None:
    error = run_api(worker, body)
    assert (error["code"], path in error["message"]) == (1012, True), error
    assert run_event(worker, body) is None  # nobody waits for what an event handler returns
    assert path in worker.messages[-1]


def test_surrogates_are_mended_and_pairs_joined(worker: Worker) -> None:
    told = run_event(worker, "return ['a\\ud800', '\\ud83d' + '\\ude00', {'\\udc00': '\\u2028'}]")
    assert told == ["a\ufffd", "😀", {"\ufffd": "\u2028"}]


def test_many_containers_are_not_taken_for_deep_ones(worker: Worker) -> None:
    rows = [{"a": [n]} for n in range(500)]
    assert run_event(worker, "return input", rows) == rows


def test_a_call_with_a_value_that_has_no_form_fails_in_the_handler(worker: Worker) -> None:
    body = (
        "try:\n    await context.state.set('g', 'k', {'a': [print]})\nexcept Exception as error:\n    return str(error)"
    )
    assert "state.set.value.a[0]: a function" in run_event(worker, body)
