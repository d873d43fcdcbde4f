"""Streamed responses: one chunk at a time to the client who asked; the answer is the credit for the next."""

from __future__ import annotations

from msgspec import UNSET

from motia_core.errors import CallRefused
from motia_core.protocol.calls import ResponseChunk
from motia_core.protocol.message import Nothing
from motia_core.protocol.values import to_bytes
from motia_core.services.context import Services
from motia_core.services.running import Active


class Responses:
    """The `response.*` methods."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def chunk(self, active: Active, call: ResponseChunk) -> Nothing:
        if active.sink is None:
            raise CallRefused("only an api step that was called over HTTP has a response to stream")
        data = None if call.data is UNSET else to_bytes(call.data, self._services.run_dir)
        await active.sink.chunk(call.status, call.headers, data)
        return Nothing()
