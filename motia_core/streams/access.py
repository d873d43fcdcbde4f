"""Who may connect, and who may join what: the project's `streamAuth` and `canAccess`, asked in warm workers.

Fails closed: whatever goes wrong is a no. When listeners are asked about again is for `rechecks.py` to say, what is
logged for `complaints.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import UNSET, Raw, Struct

from motia_core.config.knobs import Streams as Knobs
from motia_core.errors import AccessRefused, ConfigError, DeadlineExceeded, MotiaError, PayloadRefused
from motia_core.model import Level, Stream
from motia_core.protocol.messages import encode
from motia_core.protocol.requests import Allowed, Authenticate, Authenticated, CanAccess, LoadConfig, LoadedConfig
from motia_core.protocol.values import to_wire
from motia_core.steps.registry import Registry, Snapshot
from motia_core.streams.complaints import Complaints
from motia_core.streams.questions import Questions
from motia_core.workers.answers import RunnerError
from motia_core.workers.worker import Worker

_OURS = "/__motia/"
"""Below it stand our own pages, whose users the project does not know."""
_TRIES = 3
"""How often a question is put whose code changes while it is answered."""
_LOAD = 30.0
_PARAMS = 1000

Headers = Mapping[str, str | list[str]]
Hurry = Callable[[Collection[str]], None]


class Auth(Struct, frozen=True):
    """Who is at the other end of a connection. `context` is what `authenticate` gave, as wire JSON; None in a project
    without `streamAuth`. `admin`: may join hidden streams, of which `joins.py` knows."""

    context: bytes | None = None
    admin: bool = False


class StreamAuth(Struct, frozen=True):
    """Where the project's `authenticate` stands: its runner, file and dotted name."""

    runner: str
    file: str
    function: str


class Access:
    """`auth` is None in a project without `streamAuth`: then everybody may connect."""

    def __init__(
        self, questions: Questions, registry: Registry, knobs: Knobs, complaints: Complaints, auth: StreamAuth | None
    ) -> None:
        self._questions = questions
        self._registry = registry
        self._knobs = knobs
        self._complaints = complaints
        self._auth = auth
        self._era = 0
        self._problem: str | None = None
        self._served = registry.current.streams
        self._hurries: list[Hurry] = []
        self._renewals: list[Callable[[], None]] = []
        registry.on_change(self._swapped)

    @property
    def runner(self) -> str | None:
        """The runner that `authenticate` needs."""
        return self._auth.runner if self._auth is not None else None

    async def connect(self, headers: Headers, url: str, *, admin: bool = False) -> Auth:
        """Asks `authenticate` about a request; `url` is its target: path and query. An admin on one of our own paths is
        let in without, and without a context. Raises AccessRefused."""
        if admin and url.startswith(_OURS):
            return Auth(None, admin)
        for _ in range(_TRIES):
            era, auth = self._era, self._auth
            if auth is None:
                return Auth(None, admin)
            context = await self._authenticate(auth, headers, url)
            if era == self._era:
                return Auth(context, admin)
        raise AccessRefused

    async def may_join(self, stream: str, group: str, id: str | None, auth: Auth) -> bool:
        """Whether this connection may join a group of a declared stream, or an item of it. Never raises."""
        return await self.verdict(stream, group, id, auth.context) is True

    async def verdict(self, stream: str, group: str, id: str | None, context: bytes | None) -> bool | None:
        """What `canAccess` says of it now; None where nobody could be asked, or no answer came. Never raises."""
        for _ in range(_TRIES):
            served = self._registry.current.streams.get(stream)
            if served is None:
                return None
            if not served.guarded:
                return True
            verdict = await self._can_access(served, group, id, context)
            if self._registry.current.streams.get(stream) == served:
                return verdict
        return None

    def guarded(self) -> Collection[str]:
        """The streams that have a `canAccess`."""
        return {name for name, stream in self._registry.current.streams.items() if stream.guarded}

    def on_change(self, hurry: Hurry) -> None:
        """`hurry` is told of streams whose code has changed: who listens may have lost the right to."""
        self._hurries.append(hurry)

    def on_renewal(self, listener: Callable[[], None]) -> None:
        """`listener` is told when contexts given so far are good no more: every connection must be made anew."""
        self._renewals.append(listener)

    def use(self, auth: StreamAuth | None) -> None:
        """From now on `auth` says who may connect: its code has changed, or it is another."""
        before, self._auth = self._auth, auth
        self._era += 1
        if before is not None or auth is not None:
            for listener in self._renewals:
                listener()

    async def prepare(self, runner: str, worker: Worker) -> None:
        """Loads the configuration in a new worker, so that nobody has to wait for it."""
        auth = self._auth
        if auth is None or auth.runner != runner:
            return
        try:
            raw = await worker.call("config.load", encode(LoadConfig(file=auth.file)), timeout=_LOAD)
        except (RunnerError, DeadlineExceeded) as error:
            self._problem = str(error)
            return
        loaded = msgspec.json.decode(raw, type=LoadedConfig)
        if loaded.error is not None:
            self._problem = loaded.error.message
        elif auth.function not in loaded.functions:
            self._problem = f"it holds no {auth.function}"
        else:
            self._problem = ""

    def check(self, trouble: str | None) -> None:
        """Raises ConfigError when `authenticate` cannot be asked. `trouble`: why no worker could be started, if so."""
        problem = trouble if self._problem is None else self._problem
        if self._auth is not None and problem:
            raise ConfigError(
                f"{self._auth.file}: `streamAuth` cannot be used: {problem}",
                hint="streams would be closed to everybody; mend the file, or remove `streamAuth`",
            )

    async def _authenticate(self, auth: StreamAuth, headers: Headers, url: str) -> bytes:
        request = _request(headers, url)
        try:
            question = Authenticate(file=auth.file, function=auth.function, request=Raw(to_wire(request)))
            raw = await self._questions.ask(auth.runner, auth.file, "stream.authenticate", question)
            context = bytes(msgspec.json.decode(raw, type=Authenticated).context)
            if len(context) > self._knobs.context_size or b'"$file"' in context:
                text = f"what it returned has more than the {self._knobs.context_size} bytes of streams.contextSize"
                raise PayloadRefused(text)
            return context
        except (RunnerError, MotiaError, msgspec.MsgspecError) as error:
            level: Level = "info" if isinstance(error, RunnerError) else "warn"
            what = f"a connection to the streams was refused, {auth.function} in {auth.file} failed"
            self._complaints.tell(level, what, error, [request])
            raise AccessRefused from None

    async def _can_access(self, stream: Stream, group: str, id: str | None, context: bytes | None) -> bool | None:
        subscription = {"groupId": group} if id is None else {"groupId": group, "id": id}
        try:
            question = CanAccess(
                file=stream.file,
                member=stream.member,
                snapshot=stream.snapshot,
                subscription=Raw(to_wire(subscription)),
                auth=UNSET if context is None else Raw(context),
            )
            raw = await self._questions.ask(stream.runner, stream.file, "stream.canAccess", question)
            return msgspec.json.decode(raw, type=Allowed).allowed
        except (RunnerError, MotiaError, msgspec.MsgspecError) as error:
            secrets = [] if context is None else [msgspec.json.decode(context)]
            what = f"the stream {stream.name!r} was not opened to a client, canAccess in {stream.file} failed"
            self._complaints.tell("warn", what, error, secrets)
            return False if isinstance(error, RunnerError) else None

    def _swapped(self, snapshot: Snapshot) -> None:
        before, self._served = self._served, snapshot.streams
        changed = {name for name in before.keys() | self._served.keys() if before.get(name) != self._served.get(name)}
        if changed:
            for hurry in self._hurries:
                hurry(changed)


def _request(headers: Headers, url: str) -> dict[str, object]:
    """What `authenticate` is given. A name that comes twice has a list in `query`, never the last of them."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        text = _mended(value if isinstance(value, str) else ", ".join(value))
        key = name.lower()
        found[key] = text if key not in found else f"{found[key]}{'; ' if key == 'cookie' else ', '}{text}"
    target = _mended(url)
    query: dict[str, str | list[str]] = {}
    try:
        pairs = parse_qsl(urlsplit(target).query, keep_blank_values=True, max_num_fields=_PARAMS)
    except ValueError:
        pairs = []
    for name, text in pairs:
        old = query.get(name)
        query[name] = text if old is None else [*old, text] if isinstance(old, list) else [old, text]
    offered = found.get("sec-websocket-protocol")
    return {"headers": found, "url": target, "query": query, **({} if offered is None else {"protocol": offered})}


def _mended(text: str) -> str:
    """Bytes that are no UTF-8 are read as Latin-1."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape").decode("latin-1")
    return text
