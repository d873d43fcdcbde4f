"""OTLP over HTTP, as protobuf or as JSON: one message, one POST. Knows which answers mean "later" and which "never"."""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from typing import Any

from google.protobuf.json_format import MessageToDict, Parse, ParseError
from google.protobuf.message import DecodeError

from motia_core import __version__
from motia_core.clock import Clock
from motia_core.otlp.outlet import Answer
from motia_core.otlp.settings import HTTP_JSON, Destination

_LATER = frozenset({429, 502, 503, 504})
_MOST_READ = 64 * 1024
_LONGEST_WAIT = 60.0
_IDS = ("traceId", "spanId", "parentSpanId")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Headers with a token in them go where they were meant to go and nowhere else."""

    def redirect_request(self, *args: Any, **more: Any) -> None:
        return None


class Http:
    """`response` is the type of the collector's answer. Raises OSError when the files for TLS cannot be read."""

    def __init__(self, to: Destination, response: type[Any], clock: Clock) -> None:
        self._to = to
        self._response = response
        self._clock = clock
        self._json = to.protocol == HTTP_JSON
        handlers: list[urllib.request.BaseHandler] = [_NoRedirects()]
        if to.url.startswith("https:"):
            context = ssl.create_default_context(cafile=to.certificate or None)
            if to.client_certificate:
                context.load_cert_chain(to.client_certificate, to.client_key or None)
            handlers.append(urllib.request.HTTPSHandler(context=context))
        self._opener = urllib.request.build_opener(*handlers)

    def send(self, message: Any, timeout: float) -> Answer:
        body = as_json(message) if self._json else message.SerializeToString()
        headers = {
            "Content-Type": "application/json" if self._json else "application/x-protobuf",
            "User-Agent": f"motia/{__version__}",
            **dict(self._to.headers),
        }
        if self._to.gzip:
            body = gzip.compress(body, 6)
            headers["Content-Encoding"] = "gzip"
        request = urllib.request.Request(self._to.url, data=body, headers=headers, method="POST")  # noqa: S310
        try:
            with self._opener.open(request, timeout=timeout) as answer:
                return self._taken(answer.read(_MOST_READ))
        except urllib.error.HTTPError as error:
            with error:
                why = f"{_place(self._to.url)} answers {error.code}"
                if error.code in _LATER:
                    return Answer(again=True, after=self._wait(error.headers.get("Retry-After", "")), why=why)
                return Answer(failed=True, why=why)
        except ValueError as error:
            return Answer(failed=True, why=f"the request cannot be made: {error}")
        except Exception as error:
            reason = getattr(error, "reason", error)
            return Answer(again=True, why=f"{_place(self._to.url)} cannot be reached ({reason})")

    def close(self) -> None:
        self._opener.close()

    def _taken(self, body: bytes) -> Answer:
        """A collector may take a part only."""
        answer = self._response()
        try:
            if self._json:
                Parse(body or b"{}", answer, ignore_unknown_fields=True)
            else:
                answer.ParseFromString(body)
        except (DecodeError, ParseError, UnicodeDecodeError):
            return Answer()
        return partly(answer)

    def _wait(self, text: str) -> float:
        """Seconds, or a date."""
        try:
            seconds = float(text)
        except ValueError:
            try:
                seconds = parsedate_to_datetime(text).timestamp() - self._clock.now()
            except (ValueError, TypeError):
                seconds = 0.0
        return max(0.0, min(seconds, _LONGEST_WAIT))


def partly(answer: Any) -> Answer:
    """What an export response says."""
    said = answer.partial_success
    [refused] = [value for field, value in said.ListFields() if field.name.startswith("rejected_")] or [0]
    return Answer(refused=int(refused), why=f"the collector says: {said.error_message[:200]}")


def as_json(message: Any) -> bytes:
    """Protobuf's JSON, but ids in hex and enums as numbers, as OTLP wants them."""
    found = MessageToDict(message, use_integers_for_enums=True)
    _hex_ids(found)
    return json.dumps(found, separators=(",", ":")).encode()


def _hex_ids(value: Any) -> None:
    if isinstance(value, list):
        for one in value:
            _hex_ids(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str) and key in _IDS:
                value[key] = base64.b64decode(one).hex()
            else:
                _hex_ids(one)


def _place(url: str) -> str:
    """Without what may be a secret in it."""
    return url.split("?", 1)[0].rpartition("@")[2]
