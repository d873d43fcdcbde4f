"""Reads a request's body within its limits and makes of it what `step.run` carries.

Owns the deadline for receiving it, `Expect: 100-continue`, inflating, spill files. What the bytes mean is decided in
`bodies.py`, `query.py` and `uploads.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Protocol

import anyio
import anyio.to_thread
import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from motia_core.config.knobs import Http, Wire
from motia_core.protocol.values import to_wire
from motia_core.triggers import bodies
from motia_core.triggers.bodies import BodyType, Kind
from motia_core.triggers.query import TooMany, parse_query
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.uploads import Uploads, spill

Lookup = Mapping[str, str | list[str]]
_ROOM = 512 * 1024
_INLINE = 256 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Content(Protocol):
    """The socket's side of a body."""

    total_bytes: int

    def is_eof(self) -> bool: ...
    def read_nowait(self, n: int = -1) -> bytes: ...
    async def readany(self) -> bytes: ...


class Writing(Protocol):
    def write(self, data: bytes) -> None: ...


class Body(Struct):
    """`value` is what a schema checks, `body` what the runner cannot derive from `raw`; `paths` are to be deleted."""

    kind: Kind = "none"
    raw: Raw | UnsetType = UNSET
    value: object = UNSET
    body: Raw | UnsetType = UNSET
    files: list[Raw] = []
    paths: list[Path] = []


NO_BODY = Body()


class Reader:
    """`broken` are the errors a socket raises when the client sends nonsense or leaves."""

    def __init__(self, http: Http, wire: Wire, run_dir: Path, broken: tuple[type[Exception], ...]) -> None:
        self._http = http
        self._wire = wire
        self._run_dir = run_dir
        self._broken = broken

    def ready(self, content: Content, headers: Lookup, *, decode: bool) -> Body | None:
        """A small body that has arrived whole: nearly every one. None = call `read`. Raises Refusal."""
        if not content.is_eof() or "content-encoding" in headers:
            return None
        kind = bodies.body_type(_first(headers, "content-type"))
        if kind.kind == "multipart" or content.total_bytes > min(_INLINE, self._wire.spill, self._http.body_limit):
            return None
        data = content.read_nowait()
        return self._interpret(kind, data, decode) if data else Body()

    async def read(self, content: Content, headers: Lookup, transport: Writing, name: str, *, decode: bool) -> Body:
        """`decode` = somebody will look at the value. `name` is unique. Raises Refusal; then nothing is left behind."""
        encoding = _first(headers, "content-encoding")
        kind = bodies.body_type(_first(headers, "content-type"))
        self._check_length(headers)
        if (expected := _first(headers, "expect")) is not None:
            self._expect(expected, transport)
        chunks = self._chunks(content)
        if encoding is not None:
            packed = await self._collect(chunks)
            data = await anyio.to_thread.run_sync(bodies.inflate, packed, encoding, self._http.body_limit)
            chunks = _once(data)
        if kind.kind == "multipart":
            return await self._parts(kind, chunks, name)
        data = await self._collect(chunks)
        return await self._make(kind, data, name, decode) if data else Body()

    def _check_length(self, headers: Lookup) -> None:
        length = _first(headers, "content-length") or ""
        if length.isdigit() and int(length) > self._http.body_limit:
            raise self._too_large()

    def _too_large(self) -> Refusal:
        return Refusal(413, f"the body is larger than {self._http.body_limit} bytes", close=True)

    def _expect(self, expected: str, transport: Writing) -> None:
        if expected.strip().lower() != "100-continue":
            raise Refusal(417, close=True)
        transport.write(_CONTINUE)

    async def _chunks(self, content: Content) -> AsyncIterator[bytes]:
        """What arrives, until the end, the limit or the deadline."""
        size = 0
        deadline = anyio.current_time() + self._http.body_timeout
        while True:
            try:
                with anyio.fail_after(deadline - anyio.current_time()):
                    chunk = await content.readany()
            except TimeoutError:
                raise Refusal(408, "the body did not arrive in time", close=True) from None
            except self._broken as error:
                raise Refusal(400, f"the body is broken: {error}", close=True) from None
            if not chunk:
                return
            size += len(chunk)
            if size > self._http.body_limit:
                raise self._too_large()
            yield chunk

    async def _collect(self, chunks: AsyncIterator[bytes]) -> bytes:
        return b"".join([chunk async for chunk in chunks])

    async def _make(self, kind: BodyType, data: bytes, name: str, decode: bool) -> Body:
        if len(data) <= _INLINE:
            made = self._interpret(kind, data, decode)
        else:
            made = await anyio.to_thread.run_sync(self._interpret, kind, data, decode)
        if made.raw is UNSET or len(made.raw) > self._wire.frame - _ROOM - _size(made.body):
            await self.spill(made, data, name)
        return made

    def _interpret(self, kind: BodyType, data: bytes, decode: bool) -> Body:
        """`raw` stays unset for bytes that must go into a file."""
        text = bodies.text_of(data, kind.charset)
        made = Body(kind.kind)
        if text is not None:
            made.raw = Raw(msgspec.json.encode(text))
        elif len(data) <= self._wire.spill:
            made.raw = bodies.bytes_object(data)
        if kind.kind == "json":
            self._json(made, text, data, kind, decode)
        elif kind.kind == "form":
            self._form(made, text if text is not None else data.decode("utf-8", "replace"))
        elif decode:
            made.value = text if text is not None else data.decode("latin-1")
        return made

    def _json(self, made: Body, text: str | None, data: bytes, kind: BodyType, decode: bool) -> None:
        if text is None:
            raise Refusal(400, f"the body is not {kind.charset}", error="Malformed JSON")
        marked = text.startswith("\ufeff")
        if marked or kind.charset != "utf-8":
            data = text.lstrip("\ufeff").encode("utf-8", "replace")
        if not decode and not marked:
            bodies.check_json(data, self._wire.depth)
            return
        made.value = bodies.read_json(data, self._wire.depth)
        if marked:
            self.send(made, made.value)

    def _form(self, made: Body, text: str) -> None:
        try:
            made.value = parse_query(text, self._http.params)
        except TooMany as error:
            raise Refusal(413, str(error)) from None
        self.send(made, made.value)

    def with_value(self, made: Body, value: object) -> Body:
        """The same body with `value` for what the handler gets. Raises Refusal."""
        changed = msgspec.structs.replace(made, value=value)
        self.send(changed, value)
        if changed.raw is not UNSET and len(changed.raw) + _size(changed.body) > self._wire.frame - _ROOM:
            raise Refusal(413, "the body is too large to be passed on together with its defaults")
        return changed

    def send(self, made: Body, value: object) -> None:
        """Puts `value` in as the body the handler gets. Raises Refusal when it does not fit the wire."""
        try:
            made.body = Raw(to_wire(value))
        except (OverflowError, RecursionError):
            raise Refusal(400, "the body holds a number or a nesting that cannot be passed on") from None
        if bodies.is_deeper(bytes(made.body), self._wire.depth - 4):
            raise bodies.too_deep(self._wire.depth - 4)
        if len(made.body) > self._wire.frame - _ROOM:
            raise Refusal(413, "the body is too large to be passed on")

    async def spill(self, made: Body, data: bytes, name: str) -> None:
        """What does not fit the line goes into a file."""
        path = self._run_dir / f"raw-{name}"
        made.raw = await anyio.to_thread.run_sync(spill, path, data)
        made.paths = [*made.paths, path]

    async def _parts(self, kind: BodyType, chunks: AsyncIterator[bytes], name: str) -> Body:
        uploads = Uploads(
            kind.boundary,
            run_dir=self._run_dir,
            prefix=f"upload-{name}",
            parts=self._http.parts,
            raw_limit=self._wire.frame,
        )
        made = Body("multipart", files=uploads.files, paths=uploads.paths)
        try:
            async for chunk in chunks:
                if len(chunk) > 16 * 1024:
                    await anyio.to_thread.run_sync(uploads.feed, chunk)
                else:
                    uploads.feed(chunk)
            made.value = uploads.finish()
            self.send(made, made.value)
            whole = uploads.raw
            if whole is not None and len(whole) <= self._wire.spill:
                made.raw = bodies.bytes_object(whole)
            elif whole is not None:
                await self.spill(made, whole, name)
        except BaseException:
            uploads.close()
            remove(made.paths)
            raise
        return made


def _first(headers: Lookup, name: str) -> str | None:
    found = headers.get(name)
    return found if isinstance(found, str) else None


def _size(body: Raw | UnsetType) -> int:
    return 0 if body is UNSET else len(body)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
