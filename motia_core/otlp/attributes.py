"""Values as OTLP writes them, and what is said of everything that is sent: the resource. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from motia_core import __version__

SCOPE = InstrumentationScope(name="motia", version=__version__)
_INT = 1 << 63
_DEEPEST = 32


def value_of(value: object, depth: int = 0) -> AnyValue:
    """What JSON can hold."""
    if value is None or isinstance(value, bool):
        return AnyValue() if value is None else AnyValue(bool_value=value)
    if isinstance(value, int) and -_INT <= value < _INT:
        return AnyValue(int_value=value)
    if isinstance(value, int | float) and _fits(value):
        return AnyValue(double_value=value)
    if depth < _DEEPEST:
        if isinstance(value, list | tuple):
            return AnyValue(array_value=ArrayValue(values=[value_of(one, depth + 1) for one in value]))
        if isinstance(value, Mapping):
            return AnyValue(kvlist_value=KeyValueList(values=pairs(value, depth + 1)))
    return AnyValue(string_value=clean(str(value)))


def _fits(value: float) -> bool:
    """Whether a double holds it: JSON has whole numbers of any length, and one must not cost a batch its neighbours."""
    try:
        float(value)
    except OverflowError:
        return False
    return True


def pairs(values: Mapping[Any, object], depth: int = 0) -> list[KeyValue]:
    """Those that are not None."""
    return [
        KeyValue(key=clean(str(key)), value=value_of(value, depth))
        for key, value in values.items()
        if value is not None
    ]


def clean(text: str) -> str:
    """Protobuf's texts are UTF-8: half a pair of surrogates is none."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def resource_of(named: Iterable[tuple[str, str]], instance: str) -> Resource:
    """`instance` tells this server from others of the same name."""
    attributes: dict[str, object] = {
        "telemetry.sdk.name": "motia",
        "telemetry.sdk.version": __version__,
        "service.instance.id": instance,
        **dict(named),
    }
    return Resource(attributes=pairs(attributes))
