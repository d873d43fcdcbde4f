"""Reads a request's body within its limits and makes of it what `step.run` carries.

Owns the deadline for receiving it, `Expect: 100-continue`, inflating, spill files. What the bytes mean is decided in
`bodies.py`, `query.py` and `uploads.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import anyio
import anyio.to_thread
import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from motia_core.config.knobs import Http, Wire
from motia_core.protocol.nesting import is_deeper
from motia_core.protocol.values import to_wire
from motia_core.triggers import bodies
from motia_core.triggers.bodies import BodyType, Kind
from motia_core.triggers.query import TooMany, parse_query
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.request import Content
from motia_core.triggers.uploads import Uploads, spill

Lookup = Mapping[str, str | list[str]]
_ROOM = 512 * 1024
_INLINE = 256 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Writing(Protocol):
    def write(self, data: bytes) -> None: ...


class Body(Struct):
    """`value` is what a schema checks, `body` what the runner cannot derive from `raw`. Whoever is done with it gives
    it to `Reader.release`: `paths` are to be deleted, `held` bytes count as memory in use."""

    kind: Kind = "none"
    raw: Raw | UnsetType = UNSET
    value: object = UNSET
    body: Raw | UnsetType = UNSET
    files: list[Raw] = []
    paths: list[Path] = []
    held: int = 0


NO_BODY = Body()


class Reader:
    """`broken` are the errors a socket raises when the client sends nonsense or leaves."""

    def __init__(self, http: Http, wire: Wire, run_dir: Path, broken: tuple[type[Exception], ...]) -> None:
        self._http = http
        self._wire = wire
        self._run_dir = run_dir
        self._broken = broken
        self._memory = max(http.body_memory, http.body_limit)
        self._held = 0

    def ready(self, content: Content, headers: Lookup, *, decode: bool) -> Body | None:
        """A small body that has arrived whole: nearly every one. None = call `read`. Raises Refusal."""
        if not content.is_eof() or "content-encoding" in headers:
            return None
        kind = bodies.body_type(_first(headers, "content-type"))
        if kind.kind == "multipart" or content.total_bytes > min(_INLINE, self._wire.spill, self._http.body_limit):
            return None
        data = content.read_nowait()
        return self._interpret(Body(kind.kind), kind, data, decode) if data else Body()

    async def read(self, content: Content, headers: Lookup, transport: Writing, name: str, *, decode: bool) -> Body:
        """`decode` = somebody will look at the value. `name` is unique. Raises Refusal; then nothing is left behind."""
        encoding = _first(headers, "content-encoding")
        kind = bodies.body_type(_first(headers, "content-type"))
        self._check_length(headers)
        if (expected := _first(headers, "expect")) is not None:
            self._expect(expected, transport)
        made = Body(kind.kind)
        try:
            return await self._receive(made, kind, content, encoding, name, decode)
        except BaseException:
            self.release(made)
            raise

    def release(self, body: Body) -> None:
        """Nobody needs this body any more."""
        self._held -= body.held
        body.held = 0
        for path in body.paths:
            path.unlink(missing_ok=True)

    async def _receive(
        self, made: Body, kind: BodyType, content: Content, encoding: str | None, name: str, decode: bool
    ) -> Body:
        chunks = self._chunks(content)
        if encoding is not None:
            packed = await self._collect(made, chunks)
            self._hold(made, self._http.body_limit)
            data = await anyio.to_thread.run_sync(bodies.inflate, packed, encoding, self._http.body_limit)
            self._hold(made, len(data) - made.held)
            chunks = _once(data)
        if kind.kind == "multipart":
            await self._parts(made, kind, chunks, name)
            return made
        data = data if encoding is not None else await self._collect(made, chunks)
        if not data:
            return Body()
        await self._make(made, kind, data, name, decode)
        return made

    def _hold(self, made: Body, size: int) -> None:
        """Counts memory that lives as long as the body. Raises Refusal when there is too much of it."""
        if size > 0 and self._held + size > self._memory:
            text = f"bodies of more than {self._memory} bytes are being worked on"
            raise Refusal(503, text, headers={"Retry-After": "1"}, close=True)
        self._held += size
        made.held += size

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

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """One deadline for all of the body, however many pieces it comes in."""
        try:
            with anyio.fail_after(self._http.body_timeout):
                yield
        except TimeoutError:
            raise Refusal(408, "the body did not arrive in time", close=True) from None

    async def _chunks(self, content: Content) -> AsyncIterator[bytes]:
        """What arrives, until the end or the limit."""
        size = 0
        while True:
            try:
                chunk = await content.readany()
            except self._broken as error:
                raise Refusal(400, f"the body is broken: {error}", close=True) from None
            if not chunk:
                return
            size += len(chunk)
            if size > self._http.body_limit:
                raise self._too_large()
            yield chunk

    async def _collect(self, made: Body, chunks: AsyncIterator[bytes]) -> bytes:
        whole = bytearray()
        with self._in_time():
            async for chunk in chunks:
                self._hold(made, len(chunk))
                whole += chunk
        return bytes(whole)

    async def _make(self, made: Body, kind: BodyType, data: bytes, name: str, decode: bool) -> None:
        if len(data) <= _INLINE:
            self._interpret(made, kind, data, decode)
        else:
            await anyio.to_thread.run_sync(self._interpret, made, kind, data, decode)
        if made.raw is UNSET or len(made.raw) > self._wire.frame - _ROOM - _size(made.body):
            await self.spill(made, data, name)

    def _interpret(self, made: Body, kind: BodyType, data: bytes, decode: bool) -> Body:
        """`raw` stays unset for bytes that must go into a file."""
        text = bodies.text_of(data, kind.charset)
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
            made.value = parse_query(text, self._http.params, self._http.param_depth)
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
        if is_deeper(bytes(made.body), self._wire.depth - 4):
            raise bodies.too_deep(self._wire.depth - 4)
        if len(made.body) > self._wire.frame - _ROOM:
            raise Refusal(413, "the body is too large to be passed on")

    async def spill(self, made: Body, data: bytes, name: str) -> None:
        """What does not fit the line goes into a file."""
        path = self._run_dir / f"raw-{name}"
        made.raw = await anyio.to_thread.run_sync(spill, path, data)
        made.paths = [*made.paths, path]

    async def _parts(self, made: Body, kind: BodyType, chunks: AsyncIterator[bytes], name: str) -> None:
        uploads = Uploads(
            kind.boundary,
            run_dir=self._run_dir,
            prefix=f"upload-{name}",
            http=self._http,
            raw_limit=self._wire.frame,
        )
        made.files, made.paths = uploads.files, uploads.paths
        try:
            with self._in_time():
                async for chunk in chunks:
                    if made.held < self._wire.frame:
                        self._hold(made, len(chunk))
                    if len(chunk) > 16 * 1024:
                        await anyio.to_thread.run_sync(uploads.feed, chunk)
                    else:
                        uploads.feed(chunk)
            made.value = uploads.finish()
        finally:
            uploads.close()
        self.send(made, made.value)
        whole = uploads.raw
        if whole is not None and len(whole) <= self._wire.spill:
            made.raw = bodies.bytes_object(whole)
        elif whole is not None:
            await self.spill(made, whole, name)


def _first(headers: Lookup, name: str) -> str | None:
    found = headers.get(name)
    return found if isinstance(found, str) else None


def _size(body: Raw | UnsetType) -> int:
    return 0 if body is UNSET else len(body)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
