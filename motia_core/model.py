"""The nouns. Frozen structs without behaviour; values inside them are already valid.

JSON payloads are carried as `msgspec.Raw` (one line of wire JSON) wherever nobody on the way needs to look inside.
Times are milliseconds since the epoch unless a name says otherwise.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from motia_core.recorded import Failure as Failure  # noqa: PLC0414
from motia_core.recorded import Level as Level  # noqa: PLC0414
from motia_core.recorded import LogRecord as LogRecord  # noqa: PLC0414
from motia_core.recorded import Remote as Remote  # noqa: PLC0414
from motia_core.recorded import Span as Span  # noqa: PLC0414

Kind = Literal["api", "event", "cron", "noop", "stream"]

NULL = Raw(b"null")
TICK_TOPIC = "@tick"
"""The topic of the deliveries that run cron steps: nobody else's."""


class Emit(Struct, frozen=True):
    """A topic a step says it emits; `label` and `conditional` only decorate diagrams."""

    topic: str
    label: str | None = None
    conditional: bool = False


class QueryParam(Struct, frozen=True):
    name: str
    description: str = ""


class Backoff(Struct, frozen=True):
    """Delay before retry n (from 1): `first * factor**(n-1)` seconds, at most `cap`, ± the share `jitter`."""

    first: float = 1.0
    factor: float = 2.0
    cap: float = 60.0
    jitter: float = 0.2


class QueueRules(Struct, frozen=True):
    """How one step's deliveries are run. Times in seconds; `visibility_timeout` None = as long as a handler may run."""

    fifo: bool = False
    max_retries: int = 3
    visibility_timeout: float | None = None
    delay: float = 0.0
    concurrency: int | None = None
    backoff: Backoff = Backoff()


class HandlerRules(Struct, frozen=True):
    """Where and how long one step's handler runs. `timeout` in seconds; None = the default of its kind."""

    timeout: float | None = None
    ram_mb: int | None = None
    cpu: float | None = None
    fresh: bool = False
    pool: str | None = None


class Step(Struct, frozen=True, kw_only=True):
    """One step as the registry serves it. `file` is relative to the project with forward slashes.

    `accepts` is what inputs are checked against where that is wider than the schema its author wrote; `validates` = its
    runner checks the rest."""

    id: str
    name: str
    kind: Kind
    file: str
    member: str
    runner: str
    language: str
    description: str = ""
    line: int | None = None
    flows: tuple[str, ...] = ()
    emits: tuple[Emit, ...] | None = None
    strict_emits: bool = False
    virtual_emits: tuple[Emit, ...] = ()
    virtual_subscribes: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    topics: tuple[str, ...] = ()
    all_topics: bool = False
    cron: str | None = None
    timezone: str | None = None
    overlap: Literal["skip", "allow"] = "skip"
    catch_up: float = 0.0
    body_schema: Raw | None = None
    input_schema: Raw | None = None
    response_schema: dict[str, Raw] = msgspec.field(default_factory=dict)
    query_params: tuple[QueryParam, ...] = ()
    parameters: dict[str, Raw] = msgspec.field(default_factory=dict)
    include_files: tuple[str, ...] = ()
    queue: QueueRules = QueueRules()
    handler: HandlerRules = HandlerRules()
    on_failure: str | None = None
    middleware: int = 0
    validates: bool = False
    accepts: Raw | None = None
    validation: Literal["enforce", "warn", "off"] | None = None
    has_handler: bool = True
    inferred: tuple[str, ...] = ()
    snapshot: int = 0


class Route(Struct, frozen=True):
    """`method` is upper case, or `*` for all."""

    method: str
    path: str


def is_hidden(stream: str) -> bool:
    """Whether a stream of this name is one of Motia's own, which no file may define and only admins may join."""
    return stream.startswith(("__motia.", "motia-trace"))


class Stream(Struct, frozen=True, kw_only=True):
    """One stream file."""

    name: str
    file: str
    member: str
    runner: str
    language: str
    description: str = ""
    schema: Raw | None = None
    ttl: float | None = None
    storage_type: str = "default"
    guarded: bool = False
    sse: str | None = None
    snapshot: int = 0


class Problem(Struct, frozen=True, kw_only=True):
    """Something wrong with a project: `code` is stable (docs/errors.md), `hint` says what to do."""

    code: str
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str = ""
    stack: str | None = None


class Caller(Struct, frozen=True, kw_only=True):
    """What started an invocation, as traces show it. A request has `method` and `route`, and `remote` when its caller
    named a trace."""

    trigger: Literal["api", "event", "cron", "manual"]
    trace_id: str
    parent: str | None = None
    topic: str | None = None
    delivery: int | None = None
    attempt: int = 1
    hops: int = 0
    group: str | None = None
    scheduled: int | None = None
    due: int | None = None
    replay_of: str | None = None
    method: str | None = None
    route: str | None = None
    remote: Remote | None = None


class Invocation(Struct, kw_only=True):
    """One call of user code. `deadline` is monotonic seconds; `issues` is the core's verdict, the runner raises it;
    `begins` is awaited when a worker has been found, just before user code."""

    id: str
    step: Step
    caller: Caller
    input: Raw
    deadline: float
    issues: Raw | None = None
    alone: bool = False
    begins: Callable[[], Awaitable[None]] | None = None


class Response(Struct, frozen=True, kw_only=True):
    """A handler's HTTP answer. `kind` says what `body` is: `json` = the JSON to send, `text` = a JSON string to send
    decoded, `bytes` = a wire bytes object, `none` = no body, `streamed` = the chunks have gone out already."""

    status: int = 200
    headers: dict[str, str | list[str]] = msgspec.field(default_factory=dict)
    kind: Literal["json", "text", "bytes", "none", "streamed"] = "none"
    body: Raw = NULL


class Outcome(Struct, frozen=True, kw_only=True):
    """How an invocation ended: a `value` (event, cron), a `response` (api) or a `failure`."""

    value: Raw = NULL
    response: Response | None = None
    failure: Failure | None = None
    worker: str | None = None


class Event(Struct, frozen=True, kw_only=True):
    """Something emitted, before it is stored. `available` and `delay` per delivery are the store's to combine."""

    topic: str
    data: Raw
    trace_id: str
    flows: tuple[str, ...] = ()
    parent: str | None = None
    group: str | None = None
    dedup: str | None = None
    hops: int = 0
    created: int = 0


class Addressed(Struct, frozen=True):
    """One delivery to make of an event: to `step`, not before `due`; `fifo` orders it within the event's group."""

    step: str
    due: int
    fifo: bool = False


class Delivery(Struct, frozen=True, kw_only=True):
    """One event for one step, claimed. `attempt` counts this run, durably, before it starts; `lost` are those of them
    that prove nothing against the handler, `deaths` the workers that died while it had them to itself. `begun` are the
    runs that `EventStore.begin` has noted since one came to an end."""

    id: int
    event: int
    step: str
    topic: str
    data: Raw
    trace_id: str
    flows: tuple[str, ...]
    parent: str | None
    group: str | None
    hops: int
    attempt: int
    deaths: int
    suspect: bool
    created: int
    lost: int = 0
    due: int = 0
    begun: int = 0


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A delivery given up. `reason`: failed, invalid, poison, loop, lost."""

    id: int
    step: str
    topic: str
    data: Raw
    trace_id: str
    flows: tuple[str, ...]
    group: str | None
    attempts: int
    reason: str
    failure: Failure | None
    created: int
    buried: int
