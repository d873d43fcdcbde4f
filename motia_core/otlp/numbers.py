"""What `/metrics` shows, as OTLP metrics: the same families under the same names, counts since the start. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Gauge,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import Histogram as ToldHistogram
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from motia_core.metrics.exposition import Family
from motia_core.metrics.histogram import BOUNDS, SHOWN, Histogram
from motia_core.otlp.attributes import SCOPE, pairs
from motia_core.otlp.spans import MS

_SHOWN = [bound for bound in BOUNDS if bound in SHOWN]
_ADDS_UP = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
_UNITS = {"seconds": "s", "bytes": "By"}


class Measured(Struct, frozen=True):
    """All families at one moment (ms); counts begin at `since`."""

    families: Sequence[Family]
    since: int
    now: int


def request_of(measured: Sequence[Measured], resource: Resource) -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    for one in measured:
        found = [_metric(family, one) for family in one.families if family.samples or family.histograms]
        request.resource_metrics.append(
            ResourceMetrics(resource=resource, scope_metrics=[ScopeMetrics(scope=SCOPE, metrics=found)])
        )
    return request


def _metric(family: Family, at: Measured) -> Metric:
    metric = Metric(name=family.name, description=family.help, unit=_UNITS.get(family.name.rpartition("_")[2], "1"))
    if family.kind == "histogram":
        points = [_spread(labels, histogram, at) for labels, histogram in family.histograms]
        metric.histogram.CopyFrom(ToldHistogram(data_points=points, aggregation_temporality=_ADDS_UP))
    elif family.kind == "counter":
        numbers = [_number(labels, value, at, since=at.since) for labels, value in family.samples]
        metric.sum.CopyFrom(Sum(data_points=numbers, aggregation_temporality=_ADDS_UP, is_monotonic=True))
    else:
        numbers = [_number(labels, value, at) for labels, value in family.samples]
        metric.gauge.CopyFrom(Gauge(data_points=numbers))
    return metric


def _number(labels: Mapping[str, str], value: float, at: Measured, *, since: int = 0) -> NumberDataPoint:
    point = NumberDataPoint(attributes=pairs(labels), start_time_unix_nano=since * MS, time_unix_nano=at.now * MS)
    if float(value).is_integer():
        point.as_int = int(value)
    else:
        point.as_double = value
    return point


def _spread(labels: Mapping[str, str], histogram: Histogram, at: Measured) -> HistogramDataPoint:
    """By the bounds that are shown. Counting goes on meanwhile: one look, and its own sum."""
    counts, total = list(histogram.counts), histogram.total
    buckets, here = [], 0
    for bound, count in zip(BOUNDS, counts, strict=False):
        here += count
        if bound in SHOWN:
            buckets.append(here)
            here = 0
    return HistogramDataPoint(
        attributes=pairs(labels),
        start_time_unix_nano=at.since * MS,
        time_unix_nano=at.now * MS,
        count=sum(counts),
        sum=total,
        bucket_counts=[*buckets, here + counts[-1]],
        explicit_bounds=_SHOWN,
    )
