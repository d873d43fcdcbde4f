"""Every knob: its default, its meaning, its unit. One struct per section; `docs/configuration.md` is tested against this.

Keys are camelCase in configuration files (`maxInFlight`); durations are seconds and sizes bytes unless a name says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field


def knob(text: str, *, ge: float | None = None, gt: float | None = None, le: float | None = None) -> Meta:
    """The meaning of one key, with its bounds."""
    limits = {name: limit for name, limit in (("ge", ge), ("gt", gt), ("le", le)) if limit is not None}
    return Meta(description=text, **limits)  # type: ignore[call-overload, no-any-return]


Port = Annotated[int, Meta(ge=0, le=65535)]
"""Bounds stand inside the union: msgspec refuses them on `int | None`."""


class Section(Struct, frozen=True, rename="camel", kw_only=True):
    """A group of knobs."""


class Pool(Section, frozen=True, kw_only=True):
    """How many processes of one language run, and when each is retired."""

    min: Annotated[int, knob("Workers kept alive", ge=0)] = 1
    max: Annotated[int, knob("Workers at most; the pool grows when every ready worker is full or blocked", ge=1)] = 2
    max_in_flight: Annotated[int, knob("Invocations one worker runs at the same time", ge=1)] = 64
    queue_length: Annotated[int, knob("Callers that may wait for a free worker; more are refused (503)", ge=0)] = 1000
    queue_wait: Annotated[float, knob("Longest wait for a free worker (s); then 503", gt=0)] = 30.0
    start_timeout: Annotated[float, knob("Longest time from spawn to ready (s)", gt=0)] = 30.0
    max_jobs: Annotated[int, knob("Invocations after which a worker is replaced; 0 = never", ge=0)] = 0
    jitter: Annotated[
        float, knob("Share by which maxJobs and lifetime vary, so that workers do not retire together", ge=0, le=1)
    ] = 0.2
    lifetime: Annotated[float, knob("Age after which a worker is replaced (s); 0 = never", ge=0)] = 0.0
    idle: Annotated[float, knob("Idle time after which a worker above min is stopped (s)", gt=0)] = 60.0
    memory: Annotated[int, knob("Resident memory above which a worker is replaced softly (bytes); 0 = never", ge=0)] = (
        1024 * 1024 * 1024
    )
    restart_delay: Annotated[float, knob("First delay before a crashed worker is restarted (s)", gt=0)] = 0.2
    restart_cap: Annotated[float, knob("Longest delay between restarts (s)", gt=0)] = 30.0
    crash_loop: Annotated[int, knob("Failed starts in a row that count as a crash loop", ge=1)] = 5
    ping_every: Annotated[float, knob("Period of the liveness ping (s)", gt=0)] = 1.0
    blocked_after: Annotated[float, knob("No pong within this time: the worker gets no new work (s)", gt=0)] = 0.1
    stop_grace: Annotated[float, knob("Time between asking a worker to stop and killing it (s)", gt=0)] = 5.0


class Workers(Section, frozen=True, kw_only=True):
    """One pool per runner, by the runner's name; `pools` are named pools (`infrastructure.handler.pool`)."""

    python: Annotated[Pool, knob("The Python pool")] = Pool()
    node: Annotated[Pool, knob("The Node pool (TypeScript and JavaScript)")] = Pool()
    ruby: Annotated[Pool, knob("The Ruby pool")] = Pool()
    pools: Annotated[dict[str, Pool], knob("Named pools")] = field(default_factory=dict)
    cancel_grace: Annotated[
        float, knob("How long a cancelled handler may go on before its worker is retired (s)", gt=0)
    ] = 5.0

    def pool(self, runner: str) -> Pool:
        """The pool settings of `runner`; a language added as a folder has the defaults."""
        found = getattr(self, runner, None)
        return found if isinstance(found, Pool) else self.pools.get(runner, Pool())


class Wire(Section, frozen=True, kw_only=True):
    """Limits of the protocol, told to each runner in `initialize`."""

    frame: Annotated[int, knob("Longest line on the wire (bytes)", ge=65536)] = 16 * 1024 * 1024
    spill: Annotated[int, knob("Bytes above this size cross as a file", ge=1024)] = 256 * 1024
    depth: Annotated[int, knob("Deepest nesting of a JSON value", ge=8)] = 100
    outbound: Annotated[int, knob("Unread bytes a worker may let pile up before it counts as stuck", ge=65536)] = (
        64 * 1024 * 1024
    )


class Http(Section, frozen=True, kw_only=True):
    """What the listener accepts."""

    body_limit: Annotated[int, knob("Largest request body (bytes); 413 above", ge=0)] = 10 * 1024 * 1024
    header_timeout: Annotated[float, knob("Longest time to receive the header (s)", gt=0)] = 10.0
    body_timeout: Annotated[float, knob("Longest time to receive the body (s)", gt=0)] = 60.0
    keep_alive: Annotated[float, knob("Idle time before a kept-alive connection is closed (s)", gt=0)] = 75.0
    connections: Annotated[int, knob("Open connections; more are closed at once", ge=1)] = 10_000
    header_count: Annotated[int, knob("Headers in one request", ge=1)] = 100
    header_size: Annotated[int, knob("Bytes in one header line", ge=256)] = 8190
    params: Annotated[int, knob("Query or form parameters in one request", ge=1)] = 1000
    parts: Annotated[int, knob("Parts in one multipart body", ge=1)] = 100
    compress_above: Annotated[int, knob("Bodies above this size are compressed under `start`; 0 = never", ge=0)] = 1024


class Cors(Section, frozen=True, kw_only=True):
    """Cross-origin rules for users' routes; never for admin routes."""

    origins: Annotated[list[str], knob("Allowed origins; `*` = all, without credentials")] = field(
        default_factory=lambda: ["*"]
    )
    credentials: Annotated[bool, knob("Whether browsers may send credentials (needs named origins)")] = False
    headers: Annotated[list[str], knob("Allowed request headers")] = field(default_factory=lambda: ["*"])
    max_age: Annotated[int, knob("How long a preflight answer is kept (s)", ge=0)] = 600


class Workbench(Section, frozen=True, kw_only=True):
    """The built-in screens."""

    enabled: Annotated[
        bool | None, knob("Whether the screens are served; default: in dev, and in start with a token")
    ] = None
    port: Annotated[Port | None, knob("A second port that opens on the workbench")] = None
    base: Annotated[str, knob("Path of the workbench")] = "/__motia/workbench"


class Database(Section, frozen=True, kw_only=True):
    """Where everything is kept."""

    url: Annotated[str, knob("`sqlite:FILE`; default .motia/motia.db")] = ""


class Durability(Section, frozen=True, kw_only=True):
    """`full` = on the disk before the answer; `normal` = survives any death of a process, a power cut may lose moments."""

    events: Annotated[Literal["full", "normal"], knob("Emits")] = "full"
    state: Annotated[Literal["full", "normal"], knob("State and streams")] = "normal"


class Queue(Section, frozen=True, kw_only=True):
    """Deliveries of events."""

    concurrency: Annotated[int, knob("Deliveries one step runs at the same time, unless the step says", ge=1)] = 16
    claim_batch: Annotated[int, knob("Deliveries claimed in one go", ge=1)] = 128
    poll: Annotated[float, knob("Longest time before the store is asked again (s)", gt=0)] = 1.0
    lease: Annotated[float, knob("How long a claim holds without renewal (s)", gt=0)] = 10.0
    max_retries: Annotated[int, knob("Retries after the first attempt, unless the step says", ge=0)] = 3
    backlog: Annotated[int, knob("Waiting deliveries at most; more are refused (503)", ge=1)] = 1_000_000
    dedup_window: Annotated[float, knob("How long an emit id is remembered (s)", ge=0)] = 86_400.0
    dead_retention: Annotated[float, knob("How long dead letters are kept (s)", gt=0)] = 30 * 86_400.0
    max_hops: Annotated[int, knob("All-topic deliveries in one trace before it is called a loop", ge=1)] = 100


class Deadlines(Section, frozen=True, kw_only=True):
    """Default longest run of a handler (s)."""

    api: Annotated[float, knob("API steps; then 504", gt=0)] = 300.0
    event: Annotated[float, knob("Event steps without infrastructure.handler.timeout", gt=0)] = 900.0
    cron: Annotated[float, knob("Cron steps", gt=0)] = 900.0


class Validation(Section, frozen=True, kw_only=True):
    """`enforce` refuses, `warn` logs, `off` does neither."""

    http: Annotated[
        Literal["enforce", "warn", "off"] | None,
        knob("Bodies; default enforce, warn in projects on the old npm packages"),
    ] = None
    events: Annotated[Literal["enforce", "warn", "off"], knob("Event inputs")] = "warn"
    regex_limit: Annotated[int, knob("Steps a backtracking pattern may take", ge=1000)] = 1_000_000


class Traces(Section, frozen=True, kw_only=True):
    """Spans and logs."""

    enabled: Annotated[bool, knob("Whether spans are recorded")] = True
    max_spans: Annotated[int, knob("Spans kept", ge=0)] = 100_000
    max_logs: Annotated[int, knob("Log lines kept", ge=0)] = 100_000
    retention: Annotated[float, knob("How long both are kept (s)", gt=0)] = 3 * 86_400.0
    flush: Annotated[float, knob("Longest time before a record is written (s)", gt=0)] = 0.25
    buffer: Annotated[int, knob("Records waiting to be written; more are dropped and counted", ge=100)] = 20_000
    payload: Annotated[int, knob("Bytes of one payload kept in a span", ge=0)] = 4096


class Cron(Section, frozen=True, kw_only=True):
    """Scheduled steps."""

    enabled: Annotated[bool, knob("Whether this server fires cron steps")] = True
    timezone: Annotated[str, knob("Time zone of expressions without one; empty = the host's")] = ""


class Config(Section, frozen=True, kw_only=True):
    """Everything. `.motia/` holds the database, the run folder and caches."""

    port: Annotated[int, knob("Port of the server; 0 = any free one", ge=0, le=65535)] = 3000
    host: Annotated[str, knob("Address to listen on; empty = loopback in dev, 0.0.0.0 in start")] = ""
    motia_dir: Annotated[str, knob("Folder for the database and run files, under the project")] = ".motia"
    log_level: Annotated[Literal["debug", "info", "warn", "error"], knob("Lowest level printed and kept")] = "info"
    strict_emits: Annotated[bool, knob("Whether an undeclared emit is an error")] = False
    allowed_hosts: Annotated[list[str], knob("Further Host names accepted in dev")] = field(default_factory=list)
    trust_proxy: Annotated[list[str], knob("Addresses whose X-Forwarded-* headers count")] = field(default_factory=list)
    on_failure: Annotated[str | None, knob("Step that receives failures of all others")] = None
    drain_timeout: Annotated[float, knob("Longest time running work may finish at shutdown (s)", ge=0)] = 30.0
    routes: Annotated[dict[str, str], knob("Further paths: path to step name")] = field(default_factory=dict)
    workers: Annotated[Workers, knob("Worker pools")] = Workers()
    wire: Annotated[Wire, knob("Wire limits")] = Wire()
    http: Annotated[Http, knob("Listener limits")] = Http()
    cors: Annotated[Cors, knob("Cross-origin rules")] = Cors()
    workbench: Annotated[Workbench, knob("Built-in screens")] = Workbench()
    database: Annotated[Database, knob("The database")] = Database()
    durability: Annotated[Durability, knob("What an acknowledgement promises")] = Durability()
    queue: Annotated[Queue, knob("Event queue")] = Queue()
    deadlines: Annotated[Deadlines, knob("Handler deadlines")] = Deadlines()
    validation: Annotated[Validation, knob("Schema checks")] = Validation()
    traces: Annotated[Traces, knob("Spans and logs")] = Traces()
    cron: Annotated[Cron, knob("Cron")] = Cron()
