"""Numbers as scrapers read them: the Prometheus text format 0.0.4, or OpenMetrics 1.0 for those who ask. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct, field

from motia_core.metrics.histogram import Histogram

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
Labels = Mapping[str, str]


class Family(Struct):
    """One metric with all its labels. `name` is without `_total`."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    samples: list[tuple[Labels, float]] = field(default_factory=list)
    histograms: list[tuple[Labels, Histogram]] = field(default_factory=list)

    def add(self, value: float, **labels: str) -> None:
        self.samples.append((labels, value))

    def time(self, histogram: Histogram, **labels: str) -> None:
        self.histograms.append((labels, histogram))


def wants_openmetrics(accept: str) -> bool:
    return "application/openmetrics-text" in accept


def render(families: Iterable[Family], *, openmetrics: bool = False) -> bytes:
    """All of them; families without a value are left out."""
    lines: list[str] = []
    for one in families:
        if not one.samples and not one.histograms:
            continue
        total = "_total" if one.kind == "counter" else ""
        titled = one.name if openmetrics else one.name + total
        lines.append(f"# HELP {titled} {_escaped(one.help, quotes=openmetrics)}")
        lines.append(f"# TYPE {titled} {one.kind}")
        lines += [f"{one.name}{total}{_labels(labels)} {_number(value)}" for labels, value in one.samples]
        for labels, histogram in one.histograms:
            _histogram(lines, one.name, labels, histogram)
    if openmetrics:
        lines.append("# EOF")
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _histogram(lines: list[str], name: str, labels: Labels, histogram: Histogram) -> None:
    count = histogram.count
    for bound, below in histogram.shown():
        lines.append(f"{name}_bucket{_labels({**labels, 'le': _number(bound)})} {below}")
    lines.append(f"{name}_bucket{_labels({**labels, 'le': '+Inf'})} {count}")
    lines.append(f"{name}_sum{_labels(labels)} {_number(histogram.total)}")
    lines.append(f"{name}_count{_labels(labels)} {count}")


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value, quotes=True)}"' for name, value in labels.items()) + "}"


def _escaped(text: str, *, quotes: bool) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return text.replace('"', '\\"') if quotes else text


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
