"""The values of `format` in a JSON Schema, as functions of a text. Pure; none takes more than linear time."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

_EMAIL = re.compile(r'(?:[^\s@]+|".+")@[^\s@]+\Z')
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d")
_UUID = re.compile(r"(?:urn:uuid:)?\{?[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}\}?\Z")


def _ip(version: int) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            return ipaddress.ip_address(value.split("/", 1)[0]).version == version
        except ValueError:
            return False

    return check


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: pattern.match(value) is not None


def _open(value: str) -> bool:
    return True


# Libraries disagree about formats: these refuse what is plainly wrong, and nothing that the author's own accepts.
FORMATS: dict[str, Callable[[str], bool]] = {
    "email": _matches(_EMAIL),
    "idn-email": _matches(_EMAIL),
    "uri": _matches(_URI),
    "iri": _matches(_URI),
    "date": _matches(_DATE),
    "date-time": _matches(_DATE),
    "time": _matches(_TIME),
    "uuid": _matches(_UUID),
    "ipv4": _ip(4),
    "ipv6": _ip(6),
} | dict.fromkeys(
    (
        "duration",
        "hostname",
        "idn-hostname",
        "iri-reference",
        "json-pointer",
        "regex",
        "relative-json-pointer",
        "uri-reference",
        "uri-template",
    ),
    _open,
)
