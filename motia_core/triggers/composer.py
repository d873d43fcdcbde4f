"""Turns what happened into a `Reply`: a handler's response, a refusal, a preflight. Pure but for the shared `Stage`.

Every answer carries the trace id and, on users' routes, the CORS lines; under `start` also the security headers and,
where worth it, gzip. Nearly every answer of a handler has no headers of its own: those lines are made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from motia_core.config.knobs import Config
from motia_core.metrics.counts import NOBODY
from motia_core.model import Remote, Response
from motia_core.protocol.values import to_bytes
from motia_core.triggers.cors import Cors
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.reply import FileReply, Reply, Stage
from motia_core.triggers.response import (
    BODILESS,
    JSON,
    JSON_LINE,
    SECURITY,
    BadResponse,
    Head,
    body_of,
    check_status,
    compress,
    default_type,
    etag,
    is_known,
    may_compress,
    with_charset,
)

_HEAVY = 64 * 1024
_HANG_UP = frozenset({408, 417})
Lookup = Mapping[str, str | list[str]]


class Asked(Struct):
    """What of the request shapes the answer. `headers` by lower-case name; `step` serves it, once that is known."""

    method: str
    headers: Lookup
    trace_id: str
    step: str = NOBODY
    remote: Remote | None = None


class _FileBody(Struct):
    path: str = msgspec.field(name="$file", default="")
    size: int = -1


class Composer:
    def __init__(self, config: Config, mode: str, stage: Stage, run_dir: Path) -> None:
        self._stage = stage
        self._run_dir = run_dir
        self._cors = Cors(config.cors)
        self._fixed = SECURITY if mode == "start" else {}
        self._squeeze = config.http.compress_above if mode == "start" else 0
        same = {**self._fixed, **self._cors.lines(None)} if self._cors.same_for_all else None
        self._same = None if same is None else "".join(f"{k}: {v}\r\n" for k, v in same.items()).encode()

    def common(self, asked: Asked) -> dict[str, str]:
        """The lines every answer on a user's route carries, where its author said nothing."""
        origin = asked.headers.get("origin")
        return {**self._fixed, **self._cors.lines(origin if isinstance(origin, str) else None)}

    def is_heavy(self, response: Response) -> bool:
        """Whether `answer` may take so long that it belongs in a thread."""
        return self._squeeze > 0 and len(response.body) > _HEAVY

    def answer(self, asked: Asked, response: Response) -> Reply:
        """Raises BadResponse."""
        status, head_only = response.status, asked.method == "HEAD"
        if not 200 <= status <= 599:
            check_status(status)
        if response.kind == "bytes":
            return self._bytes(asked, response)
        body = body_of(response)
        plain = response.kind == "json" and status == 200 and not response.headers
        if not plain or self._same is None or len(body) > self._squeeze > 0:
            return self._dressed(asked, response, body)
        if asked.method == "GET" and (tag := etag(body)) is not None:
            if "if-none-match" in asked.headers:
                return self._dressed(asked, response, body)
            head = b"%bContent-Length: %d\r\nETag: %b\r\n%b" % (JSON_LINE, len(body), tag, self._same)
        else:
            head = b"%bContent-Length: %d\r\n%b" % (JSON_LINE, len(body), self._same)
        return Reply(self._stage, 200, head, b"" if head_only else body, asked.trace_id)

    def _dressed(self, asked: Asked, response: Response, body: bytes) -> Reply:
        """The long way: the author's headers, compression, any status."""
        status = response.status
        head = Head().author(response.headers)
        if status in BODILESS:
            body, head.type = b"", None
        elif head.type is not None and response.kind == "text":
            head.type = with_charset(head.type)
        elif head.type is None and body:
            head.type = default_type(response)
        if asked.method == "GET" and status == 200 and "etag" not in head.names and (tag := etag(body)) is not None:
            head.lines.append(f"ETag: {tag.decode()}\r\n")
            known = asked.headers.get("if-none-match")
            if known is not None and is_known(tag, str(known)):
                status, body, head.type = 304, b"", None
        if head.type is not None:
            head.lines.append(f"Content-Type: {head.type}\r\n")
        body = self._squeezed(asked, head, body)
        head.default(self.common(asked))
        if status not in BODILESS or status == 205:
            head.lines.append(f"Content-Length: {self._length(asked, response, body)}\r\n")
        return self._reply(asked, status, head.encode(), b"" if asked.method == "HEAD" else body)

    def _length(self, asked: Asked, response: Response, body: bytes) -> int:
        """Of what a GET would send; a HEAD step may say so itself."""
        if asked.method == "HEAD" and not body:
            for name, value in response.headers.items():
                if name.lower() == "content-length" and isinstance(value, str) and value.isdigit():
                    return int(value)
        return len(body)

    def _squeezed(self, asked: Asked, head: Head, body: bytes) -> bytes:
        if not self._squeeze or len(body) <= self._squeeze or "content-encoding" in head.names:
            return body
        accepted = asked.headers.get("accept-encoding")
        if not may_compress(head.type, accepted if isinstance(accepted, str) else None):
            return body
        head.lines.append("Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n")
        return compress(body)

    def _bytes(self, asked: Asked, response: Response) -> Reply:
        found = _file_of(response.body)
        if found is None:
            return self._dressed(asked, response, to_bytes(response.body, self._run_dir))
        path = Path(found.path).resolve()
        if not path.is_relative_to(self._run_dir.resolve()) or not path.is_file():
            raise BadResponse("the body names a file that is not in the run folder")
        head = Head().author(response.headers)
        head.lines.append(f"Content-Type: {head.type or default_type(response)}\r\n")
        head.default(self.common(asked))
        if asked.method == "HEAD" or response.status in BODILESS:
            path.unlink(missing_ok=True)
            return self._reply(asked, response.status, head.encode(), b"")
        head.lines.append(f"Content-Length: {path.stat().st_size}\r\n")
        return FileReply(self._stage, response.status, head.encode(), b"", asked.trace_id, path=path)

    def refuse(self, asked: Asked, refusal: Refusal, *, cors: bool = True) -> Reply:
        """A refusal on a user's route; `cors=False` for admin routes."""
        head = Head().author(refusal.headers)
        head.lines.append(f"Content-Type: {JSON}\r\n")
        head.default(self.common(asked) if cors else self._fixed)
        body = refusal.body(asked.trace_id)
        head.lines.append(f"Content-Length: {len(body)}\r\n")
        body = b"" if asked.method == "HEAD" else body
        reply = self._reply(asked, refusal.status, head.encode(), body, close=refusal.close)
        reply.hang_up = refusal.status in _HANG_UP
        return reply

    def preflight(self, asked: Asked, methods: tuple[str, ...]) -> Reply:
        origin, names = asked.headers.get("origin"), asked.headers.get("access-control-request-headers")
        lines = self._cors.preflight(str(origin) if origin else None, str(names) if names else None, methods)
        head = Head()
        head.default({**self._fixed, **lines})
        return self._reply(asked, 204, head.encode(), b"")

    def plain(self, asked: Asked, status: int, body: bytes, headers: Mapping[str, str], *, cors: bool = False) -> Reply:
        """An answer of the core's own: built-in routes, the workbench."""
        head = Head().author(headers)
        if head.type is not None:
            head.lines.append(f"Content-Type: {head.type}\r\n")
        body = self._squeezed(asked, head, body)
        head.default(self.common(asked) if cors else self._fixed)
        if status not in BODILESS:
            head.lines.append(f"Content-Length: {len(body)}\r\n")
        return self._reply(asked, status, head.encode(), b"" if asked.method == "HEAD" else body)

    def _reply(self, asked: Asked, status: int, head: bytes, body: bytes, *, close: bool = False) -> Reply:
        return Reply(self._stage, status, head, body, asked.trace_id, close=close)


def _file_of(body: Raw) -> _FileBody | None:
    """The file a bytes object names, or None when it carries the bytes itself."""
    if not bytes(memoryview(body)[:16]).lstrip().startswith(b'{"$file"'):
        return None
    try:
        found = msgspec.json.decode(body, type=_FileBody)
    except msgspec.MsgspecError:
        return None
    return found if found.path and found.size >= 0 else None
