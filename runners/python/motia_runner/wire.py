"""The wire: bytes ↔ lines ↔ messages over two descriptors, pipes or sockets. Knows ids, but no method.

One reader on the loop; one writer that joins what piles up within a turn of the loop. `send` may be called from any
thread. Closed by the other end, the process ends at once: there is nobody left to work for.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import threading
from collections import deque
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional, Union

from motia_runner import values
from motia_runner.faults import INTERNAL, PAYLOAD_REFUSED, MotiaError, refusal

CHUNK = 256 * 1024
PREFIX = 512
BACKLOG = 8 * 1024 * 1024
PARSE_ERROR, INVALID_REQUEST = -32700, -32600
_ID = re.compile(rb'"id"\s*:\s*(\d{1,18})\s*[,}]')
_METHOD = re.compile(rb'"method"\s*:\s*"')

Answered = Callable[[Any, Optional[MotiaError]], None]


class Oversize(NamedTuple):
    """The beginning of a line that was longer than allowed, and how long it was."""

    prefix: bytes
    size: int


class Lines:
    """Chunks in, complete lines out. A line ends at byte 0x0A and nowhere else."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._parts: List[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> List[Union[bytes, Oversize]]:
        if data[-1] == 10 and not self._size and len(data) <= self.limit:
            return data[:-1].split(b"\n")  # type: ignore[return-value]
        first, *rest = data.split(b"\n")
        self._keep(first)
        done: List[Union[bytes, Oversize]] = []
        for line in rest:
            done.append(self._take())
            self._keep(line)
        return done

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size <= self.limit:
            self._parts.append(data)
        elif sum(map(len, self._parts)) < PREFIX or len(self._parts) > 1:
            self._parts = [b"".join([*self._parts, data])[:PREFIX]]

    def _take(self) -> Union[bytes, Oversize]:
        line, size = b"".join(self._parts), self._size
        self._parts, self._size = [], 0
        return Oversize(line[:PREFIX], size) if size > self.limit else line


class Wire:
    """`receive` gets every request and notification: (id or None, method, params)."""

    def __init__(self, loop: asyncio.AbstractEventLoop, incoming: int, outgoing: int) -> None:
        self.loop = loop
        self.lines = Lines(16 * 1024 * 1024)
        self.receive: Callable[[Optional[int], str, Dict[str, Any]], None] = lambda id, method, params: None
        # A lone thread writes for itself, which is quickest; many would only fight for the interpreter.
        self.crowded: Callable[[], bool] = lambda: False
        self._incoming, self._outgoing = incoming, outgoing
        self._thread = threading.get_ident()
        self._ids = itertools.count(1)
        self._pending: Dict[int, Answered] = {}
        self._out: Deque[bytes] = deque()
        self._rest = memoryview(b"")
        self._lock = threading.Lock()
        self._flowing = threading.Event()
        self._flowing.set()
        self._scheduled = self._blocked = self.forked = False
        loop.add_reader(incoming, self._readable)
        os.register_at_fork(after_in_child=self._leave_to_parent)

    def request(self, method: str, params: str, answered: Answered) -> int:
        """Ask the core; `answered` is called on the loop's thread. Raises MotiaError when the message is too long."""
        if self.forked:
            raise MotiaError(f"{method}: a forked process cannot speak to Motia; return the result to the step instead")
        id = next(self._ids)
        line = ('{"jsonrpc":"2.0","id":%d,"method":"%s","params":%s}\n' % (id, method, params)).encode()
        if len(line) > self.lines.limit:
            raise refusal(f"{method}: {len(line)} bytes, {self.lines.limit} are allowed in one message")
        self._pending[id] = answered
        self.send(line)
        return id

    def notify(self, method: str, params: str) -> None:
        line = ('{"jsonrpc":"2.0","method":"%s","params":%s}\n' % (method, params)).encode()
        if len(line) <= self.lines.limit:
            self.send(line)

    def reply(self, id: int, result: str) -> None:
        line = ('{"jsonrpc":"2.0","id":%d,"result":%s}\n' % (id, result)).encode()
        if len(line) > self.lines.limit:
            self.fail(id, refusal(f"the result: {len(line)} bytes, {self.lines.limit} are allowed in one message"))
        else:
            self.send(line)

    def fail(self, id: Optional[int], error: MotiaError) -> None:
        body = {"code": error.code, "message": str(error)}
        if error.data is not None:
            body["data"] = error.data
        text = values.dump_lenient(body)
        if len(text) > self.lines.limit // 2:
            text = values.dump_lenient({"code": error.code, "message": str(error)[:2000]})
        self.send(('{"jsonrpc":"2.0","id":%s,"error":%s}\n' % ("null" if id is None else id, text)).encode())

    def send(self, line: bytes) -> None:
        self._out.append(line)
        if threading.get_ident() == self._thread:
            if not self._scheduled:
                self._scheduled = True
                self.loop.call_soon(self._flush)
        else:
            if not self.crowded():
                self._flush()
            elif not self._scheduled:
                self._scheduled = True
                self.loop.call_soon_threadsafe(self._flush)
            if self._blocked and sum(map(len, list(self._out))) > BACKLOG:
                self._flowing.wait()

    def close(self) -> None:
        """Write out what is left, waiting for it."""
        os.set_blocking(self._outgoing, True)
        self._blocked = False
        self._flush()

    def _flush(self) -> None:
        self._scheduled = False
        with self._lock:
            if not self._blocked and not self.forked:
                self._write()

    def _write(self) -> None:
        out = self._out
        while self._rest or out:
            if not self._rest:
                parts = []
                while out:
                    parts.append(out.popleft())
                self._rest = memoryview(b"".join(parts))
            try:
                self._rest = self._rest[os.write(self._outgoing, self._rest) :]
            except BlockingIOError:
                if not self._blocked:
                    self._blocked = True
                    self._flowing.clear()
                    self.loop.call_soon_threadsafe(self.loop.add_writer, self._outgoing, self._writable)
                return
            except OSError:
                os._exit(0)

    def _writable(self) -> None:
        with self._lock:
            self._write()
            if not self._rest and not self._out:
                self._blocked = False
                self._flowing.set()
                self.loop.remove_writer(self._outgoing)

    def _readable(self) -> None:
        try:
            data = os.read(self._incoming, CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            os._exit(0)
        for line in self.lines.feed(data):
            if line:
                try:
                    self._line(line)
                except Exception as error:  # whatever is wrong with one message, the next is read
                    self.fail(None, MotiaError(f"{type(error).__name__}: {error}", INTERNAL))

    def _line(self, line: Union[bytes, Oversize]) -> None:
        if isinstance(line, Oversize):
            return self._oversize(line.prefix, f"a message of {line.size} bytes, {self.lines.limit} are allowed")
        if line[0] != 0x7B:
            if line[0] == 0x5B:
                self.fail(None, MotiaError("batches are not supported", INVALID_REQUEST))
            return None
        try:
            message = values.load(line)
        except values.Unusable as error:
            return self._oversize(line[:PREFIX], str(error))
        except ValueError as error:
            return self.fail(None, MotiaError(f"not a JSON object: {error}", PARSE_ERROR))
        if not isinstance(message, dict):  # an object that has a meaning on the wire, but is no message
            return self.fail(None, MotiaError("neither a request nor a reply", INVALID_REQUEST))
        id, method = message.get("id"), message.get("method")
        if isinstance(method, str) and (id is None or type(id) is int):
            return self.receive(id, method, message.get("params") or {})
        if type(id) is not int or ("result" in message) == ("error" in message):
            return self.fail(None, MotiaError("neither a request nor a reply", INVALID_REQUEST))
        self._answer(id, message)

    def _answer(self, id: int, message: Dict[str, Any]) -> None:
        answered = self._pending.pop(id, None)
        if answered is not None:
            error = message.get("error")
            answered(message.get("result"), None if error is None else MotiaError.from_wire(error))

    def _oversize(self, prefix: bytes, text: str) -> None:
        found = _ID.search(prefix)
        if found is None:
            return
        if _METHOD.search(prefix):
            self.fail(int(found[1]), refusal(text))
        else:
            self._answer(int(found[1]), {"error": {"code": PAYLOAD_REFUSED, "message": text}})

    def _leave_to_parent(self) -> None:
        # A forked child shares the descriptors: one byte from it would corrupt the conversation.
        self.forked = True
        self._lock = threading.Lock()
        os.close(self._incoming)
        os.close(self._outgoing)
