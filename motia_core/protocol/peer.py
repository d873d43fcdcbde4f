"""One end of the wire as a value: ids, pending calls, handshake. No I/O, no clock, nothing awaits.

`feed(bytes)` returns what happened; `call`, `notify`, `reply` and `fail` return the bytes to send. The other end is
never trusted: a line that is no object is a stray, a broken object raises RemoteProtocolError, a reply nobody waits
for is `Late`. Read `runners/PROTOCOL.md` for the rules.
"""

from __future__ import annotations

from msgspec import UNSET, Raw, Struct

from motia_core.errors import LocalProtocolError, PayloadRefused, RemoteProtocolError
from motia_core.protocol import envelope
from motia_core.protocol.envelope import ErrorObject
from motia_core.protocol.lines import Lines, Oversize

_NO_PARAMS = Raw(b"{}")
NOT_INITIALIZED = -32002
PARSE_ERROR = -32700
INVALID_REQUEST = -32600


class Request(Struct, frozen=True):
    """The other end asks; it must be answered by `reply` or `fail`, once."""

    id: int
    method: str
    params: Raw


class Notification(Struct, frozen=True):
    method: str
    params: Raw


class Reply(Struct, frozen=True):
    """The answer to our call `id`; `error` is None on success."""

    id: int
    result: Raw
    error: ErrorObject | None


class Late(Struct, frozen=True):
    """An answer to a call that nobody waits for any more."""

    id: int


class Stray(Struct, frozen=True):
    """A line that is no message: something printed to the wire."""

    line: bytes


class Refuse(Struct, frozen=True):
    """A request that was refused here; send `data`."""

    data: bytes


Happening = Request | Notification | Reply | Late | Stray | Refuse


class Peer:
    """One conversation. `ready` becomes true with the reply to `initialize`."""

    def __init__(self, *, frame: int, depth: int) -> None:
        self._lines = Lines(frame)
        self._frame = frame
        self._depth = depth
        self._next = 0
        self._initialize: int | None = None
        self._asked: set[int] = set()
        self.pending: dict[int, str] = {}
        self.ready = False

    def feed(self, data: bytes) -> list[Happening]:
        """What `data` completes, in order. Raises RemoteProtocolError when the conversation cannot go on."""
        return [self._happen(line) for line in self._lines.feed(data) if line]

    def call(self, method: str, params: bytes) -> tuple[int, bytes]:
        """A request: its id and the bytes to send. Raises PayloadRefused above the frame limit."""
        if method == "initialize":
            if self._initialize is not None:
                raise LocalProtocolError("initialize was sent twice")
            self._initialize = self._next + 1
        elif not self.ready:
            raise LocalProtocolError(f"{method} before the handshake")
        self._next += 1
        data = envelope.request(self._next, method, params)
        self._check_size(data)
        self.pending[self._next] = method
        return self._next, data

    def notify(self, method: str, params: bytes) -> bytes:
        data = envelope.notification(method, params)
        self._check_size(data)
        return data

    def reply(self, id: int, result: bytes) -> bytes:
        """The answer to request `id`. Raises LocalProtocolError when it was not asked or already answered."""
        self._settle(id)
        data = envelope.reply(id, result)
        if len(data) > self._frame:
            refused = ErrorObject(PayloadRefused.code, f"the answer exceeds {self._frame} bytes")
            return envelope.failure(id, refused)
        return data

    def fail(self, id: int, error: ErrorObject) -> bytes:
        self._settle(id)
        return envelope.failure(id, error)

    def forget(self, id: int) -> None:
        """Nobody waits for call `id` any more: its answer will be `Late`."""
        self.pending.pop(id, None)

    def _check_size(self, data: bytes) -> None:
        if len(data) > self._frame:
            raise PayloadRefused(f"the message has {len(data)} bytes, {self._frame} are allowed")

    def _settle(self, id: int) -> None:
        if id not in self._asked:
            raise LocalProtocolError(f"request {id} is not waiting for an answer")
        self._asked.discard(id)

    def _happen(self, line: bytes | Oversize) -> Happening:
        if isinstance(line, Oversize):
            return self._oversize(line)
        if line[0] != 0x7B:
            if line[0] == 0x5B and line[-1] == 0x5D and b'"jsonrpc"' in line:
                return self._refuse(None, INVALID_REQUEST, "batches are not supported")
            return Stray(line)
        message = envelope.decode(line)
        return self._answered(message) if message.method is UNSET else self._asks(message, message.method, line)

    def _asks(self, message: envelope.Envelope, method: str, line: bytes) -> Happening:
        id = message.id
        params = _NO_PARAMS if message.params is UNSET else message.params
        if id is UNSET:
            return Notification(method, params)
        if id is None:
            raise RemoteProtocolError(f"{method}: a request needs a number as its id")
        if not self.ready:
            return self._refuse(id, NOT_INITIALIZED, f"{method} before initialize was answered")
        if id in self._asked:
            raise RemoteProtocolError(f"{method}: id {id} is already in use")
        try:
            envelope.check_depth(line, self._depth)
        except PayloadRefused as error:
            return self._refuse(id, error.code, error.message)
        self._asked.add(id)
        return Request(id, method, params)

    def _answered(self, message: envelope.Envelope) -> Reply | Late:
        id = message.id
        if id is UNSET or (message.result is UNSET) == (message.error is UNSET):
            raise RemoteProtocolError("neither a request nor a reply")
        if id is None:
            raise RemoteProtocolError("the other end could not read a message of ours")
        method = self.pending.pop(id, None)
        if method is None:
            return Late(id)
        if message.error is not UNSET:
            return Reply(id, _NO_PARAMS, message.error.object())
        if id == self._initialize:
            self.ready = True
        return Reply(id, Raw(b"null") if message.result is UNSET else message.result, None)

    def _oversize(self, line: Oversize) -> Happening:
        id, asked = envelope.guess(line.prefix)
        text = f"a message of {line.size} bytes, {self._frame} are allowed"
        if id is None:
            return Stray(line.prefix)
        if asked:
            return self._refuse(id, PayloadRefused.code, text)
        if self.pending.pop(id, None) is None:
            return Late(id)
        return Reply(id, _NO_PARAMS, ErrorObject(PayloadRefused.code, text))

    def _refuse(self, id: int | None, code: int, text: str) -> Refuse:
        return Refuse(envelope.failure(id, ErrorObject(code, text)))
