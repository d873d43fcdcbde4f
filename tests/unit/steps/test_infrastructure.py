"""The `infrastructure` key: bounds of each value, and values that must go together."""

from __future__ import annotations

import pytest

from .reports import EVENT, one_step, problems


@pytest.mark.parametrize(
    ("handler", "queue", "says"),
    [
        ({"ram": 127}, {}, "`infrastructure.handler.ram`: expected a whole number >= 128"),
        ({"pool": "../heavy"}, {}, "`infrastructure.handler.pool`: a name has up to 64"),
        ({"ram": 10241}, {}, "handler.ram`: expected a whole number <= 10240"),
        ({"timeout": 0}, {}, "handler.timeout`: expected a number >= 1"),
        ({"timeout": 901}, {}, "handler.timeout`: expected a number <= 900"),
        ({"ram": 128, "cpu": 0.2}, {}, "handler.cpu`: 0.2 does not go with 128 MB"),
        ({"ram": 3008, "cpu": 1.61}, {}, "1.61 does not go"),
        ({}, {"type": "lifo"}, "queue.type`: invalid enum value 'lifo'"),
        ({}, {"maxRetries": -1}, "queue.maxRetries`: expected a whole number >= 0"),
        ({}, {"maxRetries": 1.5}, "queue.maxRetries`: expected a whole number, got a number"),
        ({}, {"delaySeconds": 901}, "queue.delaySeconds`: expected a number <= 900"),
        ({}, {"delaySeconds": -1}, "queue.delaySeconds`"),
        ({"timeout": 30}, {"visibilityTimeout": 30}, "must be greater than"),
        ({}, {"concurrency": 0}, "queue.concurrency`"),
        ({}, {"backoff": {"factor": 0.5}}, "queue.backoff.factor`"),
        ({"fresh": "yes"}, {}, "handler.fresh`: expected true or false, got text"),
    ],
)
def test_infrastructure_refused(handler: object, queue: object, says: str) -> None:
    found = problems({**EVENT, "infrastructure": {"handler": handler, "queue": queue}})
    assert [code for code, _, _ in found] == ["bad_config"]
    assert says in found[0][1]


@pytest.mark.parametrize(
    ("ram", "cpu"),
    [
        *((128, 0.0625), (128, 0.16), (512, 0.25), (1024, 0.5), (1280, 0.625), (1536, 0.75), (2048, 1), (2528, 1.25)),
        *((3008, 1.5), (4096, 2), (5120, 2.5), (7168, 3.5), (9216, 4.5), (10240, 5), (10240, 5.1)),
    ],
)
def test_cpu_goes_with_ram(ram: int, cpu: float) -> None:
    assert one_step({**EVENT, "infrastructure": {"handler": {"ram": ram, "cpu": cpu}}}).handler.cpu == cpu


def test_cpu_or_visibility_alone_is_not_compared() -> None:
    assert one_step({**EVENT, "infrastructure": {"handler": {"cpu": 3}}}).handler.cpu == 3
    assert one_step({**EVENT, "infrastructure": {"queue": {"visibilityTimeout": 1}}}).queue.visibility_timeout == 1
