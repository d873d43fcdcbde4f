"""The Model Context Protocol, as far as a server of tools and resources needs it: a line in, a line out.

JSON-RPC 2.0, one message per line. Speaks the revisions that begin with `initialize`; a client that asks for another is
offered the newest of ours. No I/O of its own, and no tool or resource is known here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import anyio
import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from motia_core import __version__
from motia_core.cli.mcp.tools import Refused, Toolbox
from motia_core.errors import MotiaError

VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
RESOURCE_NOT_FOUND = -32002

_AT_ONCE = 8
"""Tools that run side by side; the rest waits, while pings and cancellations do not."""

Id = int | str
S = TypeVar("S", bound=Struct)


class Message(Struct, frozen=True):
    """What a client sends: a request when it has an id, a notification when not, an answer when it has no method."""

    jsonrpc: str = ""
    id: Id | UnsetType | None = UNSET
    method: str | None = None
    params: Raw = Raw(b"{}")


class ProtocolFault(Exception):
    """The client's mistake, answered as a JSON-RPC error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Resources(Protocol):
    """What `resources/…` serves. `read` raises Refused."""

    async def page(self, cursor: str | None) -> tuple[list[dict[str, object]], str | None]: ...
    async def read(self, uri: str) -> dict[str, object]: ...


class _Initialize(Struct, frozen=True, rename="camel"):
    protocol_version: str


class _Call(Struct, frozen=True):
    name: str
    arguments: dict[str, object] | None = None


class _Page(Struct, frozen=True):
    cursor: str | None = None


class _Read(Struct, frozen=True):
    uri: str


class _Cancelled(Struct, frozen=True, rename="camel"):
    request_id: Id


class Session:
    """One client. `handle` may run for several messages at a time; `instructions` is what the client is told first."""

    def __init__(self, toolbox: Toolbox, resources: Resources, *, instructions: str) -> None:
        self._toolbox = toolbox
        self._resources = resources
        self._instructions = instructions
        self._places = anyio.Semaphore(_AT_ONCE)
        self._running: dict[Id, anyio.CancelScope] = {}
        self._methods: dict[str, Callable[[Raw], Awaitable[object]]] = {
            "initialize": self._initialize,
            "ping": self._ping,
            "tools/list": self._list_tools,
            "tools/call": self._call_tool,
            "resources/list": self._list_resources,
            "resources/templates/list": self._list_templates,
            "resources/read": self._read_resource,
        }

    async def handle(self, line: bytes) -> bytes | None:
        """The answer to one line, or None when there is none to give."""
        try:
            message = msgspec.json.decode(line, type=Message)
        except msgspec.ValidationError as error:
            return _fault(None, INVALID_REQUEST, str(error))
        except (msgspec.DecodeError, RecursionError) as error:
            return _fault(None, PARSE_ERROR, str(error))
        if message.method is None:
            return None  # an answer: this server asks nothing
        if message.id is UNSET:
            self._notified(message)
            return None
        if message.id is None or message.jsonrpc != "2.0":
            return _fault(None, INVALID_REQUEST, 'a request needs `"jsonrpc": "2.0"` and an id that is not null')
        return await self._answer(message.id, message.method, message.params)

    async def _answer(self, id: Id, method: str, params: Raw) -> bytes | None:
        handler = self._methods.get(method)
        if handler is None:
            return _fault(id, METHOD_NOT_FOUND, f"there is no method {method[:100]}")
        if id in self._running:
            return _fault(id, INVALID_REQUEST, "a request with this id is running")
        with anyio.CancelScope() as scope:
            self._running[id] = scope
            try:
                result = await handler(params)
                return msgspec.json.encode({"jsonrpc": "2.0", "id": id, "result": result})
            except ProtocolFault as fault:
                return _fault(id, fault.code, str(fault))
            except Exception as error:
                return _fault(id, INTERNAL_ERROR, f"{type(error).__name__}: {error}")
            finally:
                del self._running[id]
        return None  # cancelled: nobody waits for an answer

    def _notified(self, message: Message) -> None:
        if message.method != "notifications/cancelled":
            return
        try:
            wanted = _params(message.params, _Cancelled).request_id
        except ProtocolFault:
            return
        if (scope := self._running.get(wanted)) is not None:
            scope.cancel()

    async def _initialize(self, params: Raw) -> object:
        asked = _params(params, _Initialize).protocol_version
        return {
            "protocolVersion": asked if asked in VERSIONS else VERSIONS[-1],
            "capabilities": {"tools": {}, "resources": {}},
            "serverInfo": {"name": "motia", "title": "Motia", "version": __version__},
            "instructions": self._instructions,
        }

    async def _ping(self, params: Raw) -> object:
        return {}

    async def _list_tools(self, params: Raw) -> object:
        return {"tools": self._toolbox.listed()}

    async def _call_tool(self, params: Raw) -> object:
        call = _params(params, _Call)
        if call.name not in self._toolbox:
            raise ProtocolFault(INVALID_PARAMS, f"there is no tool {call.name[:100]}")
        async with self._places:
            result = await self._toolbox.call(call.name, call.arguments or {})
        return {"content": [{"type": "text", "text": result.text}], "isError": result.failed}

    async def _list_resources(self, params: Raw) -> object:
        with _refusals(INVALID_PARAMS):
            found, following = await self._resources.page(_params(params, _Page).cursor)
        return {"resources": found, **({"nextCursor": following} if following else {})}

    async def _list_templates(self, params: Raw) -> object:
        return {"resourceTemplates": []}

    async def _read_resource(self, params: Raw) -> object:
        with _refusals(RESOURCE_NOT_FOUND):
            return {"contents": [await self._resources.read(_params(params, _Read).uri)]}


@contextmanager
def _refusals(code: int) -> Iterator[None]:
    """Resources have no results that say "failed": what they refuse is an error of the protocol."""
    try:
        yield
    except Refused as refused:
        raise ProtocolFault(code, str(refused)) from None
    except MotiaError as error:
        raise ProtocolFault(INTERNAL_ERROR, error.message) from None


def _params(params: Raw, shape: type[S]) -> S:
    try:
        return msgspec.json.decode(params, type=shape)
    except msgspec.MsgspecError as error:
        raise ProtocolFault(INVALID_PARAMS, str(error)) from None


def _fault(id: Id | None, code: int, message: str) -> bytes:
    return msgspec.json.encode({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
