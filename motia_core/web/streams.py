"""The way from a request to a stream: the upgrade of a socket on any path, and the public routes of `sse`.

Judges the opening, asks who it is, and gives the connection away. What is said on it is the hub's.
"""

from __future__ import annotations

from collections.abc import Callable

from motia_core.errors import AccessRefused
from motia_core.model import Step
from motia_core.streams.access import Auth
from motia_core.streams.handshake import Headers, Refused, open_socket
from motia_core.streams.hub import Hub
from motia_core.streams.protocol import Key
from motia_core.streams.reader import SUBSCRIPTION, Reader
from motia_core.streams.socket import Socket
from motia_core.triggers.composer import Asked, Composer
from motia_core.triggers.refusal import Refusal
from motia_core.triggers.reply import Reply, Stage, sent
from motia_core.triggers.request import Request, told
from motia_core.triggers.response import Head
from motia_core.web.connection import Connection

_REFUSED = b"Authentication failed"
_EVENTS = {"cache-control": "no-cache", "x-accel-buffering": "no"}


class Live:
    """`exempt` says which addresses may open as many streams as they like."""

    def __init__(self, hub: Hub, stage: Stage, composer: Composer, exempt: Callable[[str], bool]) -> None:
        self._hub = hub
        self._stage = stage
        self._composer = composer
        self._exempt = exempt

    async def upgrade(self, request: Request, asked: Asked, *, is_admin: bool) -> Reply:
        """Makes the connection a stream socket, or says why not."""
        connection = _connection(request)
        try:
            opening = open_socket(asked.headers)
            auth = await self._enter(connection.address, asked.headers, request.target, is_admin)
            self._check(connection.address)
        except AccessRefused:
            reply = self._composer.plain(asked, 401, _REFUSED, {"content-type": "text/html"})
            reply.close = True
            return reply
        except Refused as refused:
            headers = {"content-type": "text/plain; charset=utf-8", **refused.headers}
            reply = self._composer.plain(asked, refused.status, refused.text.encode(), headers)
            reply.close = True
            return reply
        Socket(self._hub, connection.address, auth).open(connection.hand_over, opening.answer())
        return sent(self._stage, 101, keep_alive=False)

    async def follow(self, request: Request, asked: Asked, step: Step, params: dict[str, str]) -> Reply:
        """Server-Sent Events of the group that the path names. Raises Refusal."""
        connection, joins = _connection(request), self._hub.joins
        key = Key(step.name, params.get("groupId", "default"), params.get("id") or None)
        try:
            auth = await self._enter(connection.address, asked.headers, request.target, False)
        except AccessRefused:
            raise Refusal(401) from None
        except Refused as refused:
            raise Refusal(refused.status, refused.text, headers=refused.headers) from None
        if not joins.exists(key.stream, auth):
            raise Refusal(404)
        if not await joins.may_join(key, auth):
            raise Refusal(403, "Access denied")
        head = Head()
        head.lines.append("Content-Type: text/event-stream; charset=utf-8\r\n")
        head.default(_EVENTS)
        head.default(self._composer.common(asked))
        reply = Reply(self._stage, 200, head.encode(), b"", asked.trace_id, close=True)
        if asked.method == "HEAD":
            return reply
        try:
            self._check(connection.address)
        except Refused as refused:
            raise Refusal(refused.status, refused.text, headers=refused.headers) from None
        _, answer = reply.start(request, b"")
        reader = Reader(self._hub, connection.address, auth)
        reader.open(connection.hand_over, answer)
        self._hub.spawn(joins.admit, reader, key, SUBSCRIPTION)
        return sent(self._stage, 200, keep_alive=False)

    async def _enter(self, address: str, headers: Headers, url: str, is_admin: bool) -> Auth:
        """Who it is. Raises AccessRefused, and Refused before anybody is asked when there is no room."""
        self._check(address)
        return await self._hub.access.connect(told(headers), url, admin=is_admin)

    def _check(self, address: str) -> None:
        self._hub.lines.check(address, exempt=self._exempt(address))


def _connection(request: Request) -> Connection:
    found = request.line
    assert isinstance(found, Connection)
    return found
