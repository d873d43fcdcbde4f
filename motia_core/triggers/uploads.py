"""Turns the parts of a multipart body into fields, and into files in the run folder that only their owner can read.

Synchronous: the caller chooses the thread. Whoever makes an `Uploads` calls `close` if it fails, and deletes `paths`
when the invocation is over.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Raw, Struct

from motia_core.config.knobs import Http
from motia_core.triggers.multipart import Begin, Data, Event, Multipart
from motia_core.triggers.query import Form, Value
from motia_core.triggers.refusal import Refusal


class File(Struct, frozen=True, rename="camel"):
    """As the handler sees it in `files`."""

    name: str
    filename: str
    content_type: str
    size: int
    path: str


class Uploads:
    """`prefix` makes the names of files unique. `raw_limit` bounds how much of the body is kept as it came."""

    def __init__(self, boundary: str, *, run_dir: Path, prefix: str, http: Http, raw_limit: int) -> None:
        self.paths: list[Path] = []
        self.files: list[Raw] = []
        self._parser = Multipart(boundary, parts=http.parts, header=http.part_header)
        self._form = Form(http.param_depth)
        self._most_field = http.part_field
        self._run_dir = run_dir
        self._prefix = prefix
        self._raw: bytearray | None = bytearray()
        self._raw_limit = raw_limit
        self._part: Begin | None = None
        self._field = bytearray()
        self._file: BinaryIO | None = None
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Raises Refusal."""
        if self._raw is not None:
            self._raw += chunk
            if len(self._raw) > self._raw_limit:
                self._raw = None
        for event in self._parser.feed(chunk):
            self._take(event)

    def finish(self) -> dict[str, Value]:
        """The fields. Raises Refusal when the body ended too early."""
        if not self._parser.finished:
            raise Refusal(400, "the multipart body ends too early")
        return self._form.result()

    @property
    def raw(self) -> bytes | None:
        """The whole body as received, unless it was longer than is kept."""
        return None if self._raw is None else bytes(self._raw)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _take(self, event: Event) -> None:
        if isinstance(event, Begin):
            self._part, self._size = event, 0
            self._field.clear()
            if event.filename:
                self._file = self._open()
        elif isinstance(event, Data):
            self._size += len(event.data)
            if self._file is not None:
                self._file.write(event.data)
            elif self._size > self._most_field:
                raise Refusal(413, f"a field is longer than {self._most_field} bytes", close=True)
            else:
                self._field += event.data
        else:
            self._end()

    def _end(self) -> None:
        part = self._part
        if part is None:
            return
        if self._file is not None:
            self.close()
            path = str(self.paths[-1])
            file = File(part.name, part.filename or "", part.content_type, self._size, path)
            self.files.append(Raw(msgspec.json.encode(file)))
        elif part.filename is None:
            self._form.add(part.name, self._field.decode("utf-8", "replace"))

    def _open(self) -> BinaryIO:
        path = self._run_dir / f"{self._prefix}-{len(self.paths)}"
        self.paths.append(path)
        return new_file(path)


def new_file(path: Path) -> BinaryIO:
    """A file that did not exist, mode 0600."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def spill(path: Path, data: bytes) -> Raw:
    """Writes `data` and returns the wire object that names it."""
    with new_file(path) as file:
        file.write(data)
    return Raw(msgspec.json.encode({"$file": str(path), "size": len(data)}))
