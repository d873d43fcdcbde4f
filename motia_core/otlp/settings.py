"""The `OTEL_*` variables: where each signal goes, how, and in whose name. Nothing is sent unless an endpoint is set.

What cannot be used is said in one line each and left at its default; values are not repeated, as they may be secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from motia_core.traces.sampling import KINDS

SIGNALS = ("traces", "metrics", "logs")
HTTP_PROTOBUF, HTTP_JSON, GRPC = PROTOCOLS = ("http/protobuf", "http/json", "grpc")
_PREFIX = "OTEL_EXPORTER_OTLP_"


class Destination(Struct, frozen=True):
    """Where one signal goes. `timeout` in seconds; the last three are files for TLS."""

    signal: str
    url: str
    protocol: str = HTTP_PROTOBUF
    headers: tuple[tuple[str, str], ...] = ()
    timeout: float = 10.0
    gzip: bool = False
    certificate: str = ""
    client_certificate: str = ""
    client_key: str = ""


class Settings(Struct, frozen=True, kw_only=True):
    """`resource` are the attributes of everything sent. Times in seconds; `queue` records of one signal may wait;
    `patience` is for the end."""

    destinations: tuple[Destination, ...] = ()
    resource: tuple[tuple[str, str], ...] = ()
    sampler: str = KINDS[3]
    ratio: float = 1.0
    queue: int = 20_000
    batch: int = 512
    delay: float = 1.0
    interval: float = 60.0
    patience: float = 5.0


class _Reader:
    """Reads variables; `problems` are what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, *names: str) -> str:
        """The first that is set."""
        return next((found for name in names if (found := self._environ.get(name, "").strip())), "")

    def number(self, *names: str, default: float, most: float, least: float = 1) -> float:
        name = next((one for one in names if self.text(one)), None)
        if name is None:
            return default
        try:
            found = float(self.text(name))
        except ValueError:
            found = least - 1
        if not least <= found <= most:
            self.problems.append(f"{name} is no number from {least:g} to {most:g}: {default:g} is used")
            return default
        return found

    def choice(self, *names: str, of: tuple[str, ...], default: str) -> str:
        name = next((one for one in names if self.text(one)), None)
        if name is None:
            return default
        found = self.text(name).lower()
        if found not in of:
            self.problems.append(f"{name} is none of {', '.join(of)}: {default} is used")
            return default
        return found

    def pairs(self, *names: str) -> tuple[tuple[str, str], ...]:
        """`a=1,b=two%20words`, of all of them; later names win."""
        found: dict[str, str] = {}
        for name in names:
            for part in self.text(name).split(","):
                key, sign, value = part.partition("=")
                key, value = key.strip(), unquote(value.strip())
                if sign and key and key.isprintable() and value.isprintable():
                    found[key] = value
                elif part.strip():
                    self.problems.append(f"{name} has a part that is no key=value: it is left out")
        return tuple(found.items())


def read(environ: Mapping[str, str], service: str) -> tuple[Settings | None, list[str]]:
    """The settings, None when nothing is to be sent, and what is wrong. `service` is the name where none is given."""
    reader = _Reader(environ)
    if reader.text("OTEL_SDK_DISABLED").lower() == "true":
        return None, []
    destinations = tuple(one for signal in SIGNALS if (one := _destination(reader, signal)) is not None)
    if not destinations:
        return None, reader.problems
    named = dict(reader.pairs("OTEL_RESOURCE_ATTRIBUTES"))
    named["service.name"] = reader.text("OTEL_SERVICE_NAME") or named.get("service.name") or service
    sampler = reader.choice("OTEL_TRACES_SAMPLER", of=KINDS, default=KINDS[3])
    ratio = 1.0
    if sampler.endswith("ratio"):
        ratio = reader.number("OTEL_TRACES_SAMPLER_ARG", default=1.0, least=0, most=1)
    settings = Settings(
        destinations=destinations,
        resource=tuple(named.items()),
        sampler=sampler,
        ratio=ratio,
        queue=int(reader.number("OTEL_BSP_MAX_QUEUE_SIZE", "OTEL_BLRP_MAX_QUEUE_SIZE", default=20_000, most=1e6)),
        batch=int(
            reader.number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", default=512, most=10_000)
        ),
        delay=reader.number("OTEL_BSP_SCHEDULE_DELAY", "OTEL_BLRP_SCHEDULE_DELAY", default=1000, most=6e5) / 1000,
        interval=reader.number("OTEL_METRIC_EXPORT_INTERVAL", default=60_000, least=100, most=864e5) / 1000,
        patience=reader.number("OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BLRP_EXPORT_TIMEOUT", default=5000, most=6e5) / 1000,
    )
    return settings, reader.problems


def _destination(reader: _Reader, signal: str) -> Destination | None:
    own = f"{_PREFIX}{signal.upper()}_"

    def names(name: str) -> tuple[str, str]:
        return f"{own}{name}", f"{_PREFIX}{name}"

    url = reader.text(*names("ENDPOINT"))
    if not url or reader.text(f"OTEL_{signal.upper()}_EXPORTER").lower() == "none":
        return None
    protocol = reader.choice(*names("PROTOCOL"), of=PROTOCOLS, default=HTTP_PROTOBUF)
    variable = names("ENDPOINT")[0 if reader.text(names("ENDPOINT")[0]) else 1]
    if protocol == GRPC and "://" not in url:
        plain = reader.text(*names("INSECURE")).lower() == "true"
        url = f"{'http' if plain else 'https'}://{url}"
    if not _is_address(url):
        reader.problems.append(f"{variable} is no address like http://localhost:4318: {signal} are not exported")
        return None
    if protocol != GRPC and variable != names("ENDPOINT")[0]:
        url = f"{url.rstrip('/')}/v1/{signal}"
    return Destination(
        signal=signal,
        url=url,
        protocol=protocol,
        headers=reader.pairs(*reversed(names("HEADERS"))),
        timeout=reader.number(*names("TIMEOUT"), default=10_000, most=6e5) / 1000,
        gzip=reader.choice(*names("COMPRESSION"), of=("none", "gzip"), default="none") == "gzip",
        certificate=reader.text(*names("CERTIFICATE")),
        client_certificate=reader.text(*names("CLIENT_CERTIFICATE")),
        client_key=reader.text(*names("CLIENT_KEY")),
    )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
