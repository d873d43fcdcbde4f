"""OTLP over gRPC, where `grpcio` is installed. Knows which answers mean "later" and which "never"."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import grpc

from motia_core.otlp.http import partly
from motia_core.otlp.outlet import Answer
from motia_core.otlp.settings import Destination

_SERVICES = {
    "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
}
_LATER = frozenset(
    {
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)


class Grpc:
    """`response` is the type of the collector's answer. Raises OSError when the files for TLS cannot be read."""

    def __init__(self, to: Destination, response: type[Any]) -> None:
        self._to = to
        place = urlsplit(to.url)
        self._where = f"{place.hostname}:{place.port or 4317}"
        squeeze = grpc.Compression.Gzip if to.gzip else grpc.Compression.NoCompression
        if place.scheme == "https":
            certificates = grpc.ssl_channel_credentials(
                *(Path(file).read_bytes() if file else None for file in (to.certificate, to.client_key)),
                Path(to.client_certificate).read_bytes() if to.client_certificate else None,
            )
            self._channel = grpc.secure_channel(self._where, certificates, compression=squeeze)
        else:
            self._channel = grpc.insecure_channel(self._where, compression=squeeze)
        self._export = self._channel.unary_unary(
            _SERVICES[to.signal],
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=response.FromString,
        )
        self._headers = [(name.lower(), value) for name, value in to.headers]

    def send(self, message: Any, timeout: float) -> Answer:
        try:
            return partly(self._export(message, timeout=timeout, metadata=self._headers))
        except grpc.RpcError as error:
            code = error.code()
            why = f"{self._where} answers {code.name}"
            return Answer(again=True, why=why) if code in _LATER else Answer(failed=True, why=why)
        except Exception as error:
            return Answer(failed=True, why=f"the request cannot be made ({error!r})")

    def close(self) -> None:
        self._channel.close()
