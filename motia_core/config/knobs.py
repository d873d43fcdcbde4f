"""Every knob: its default, its meaning, its unit. One struct per section; `docs/configuration.md` is tested against this.

Keys are camelCase in configuration files (`maxInFlight`); durations are seconds and sizes bytes unless a name says otherwise.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import field

from motia_core.config.recording import Replay as Replay  # noqa: PLC0414
from motia_core.config.recording import Traces as Traces  # noqa: PLC0414
from motia_core.config.section import Port
from motia_core.config.section import Section as Section  # noqa: PLC0414
from motia_core.config.section import knob as knob  # noqa: PLC0414
from motia_core.config.streams import Streams as Streams  # noqa: PLC0414


class Pool(Section, frozen=True, kw_only=True):
    """How many processes of one language run, and when each is retired."""

    min: Annotated[int, knob("Workers kept alive", ge=0)] = 1
    max: Annotated[int, knob("Workers at most; the pool grows when every ready worker is full or blocked", ge=1)] = 2
    max_in_flight: Annotated[int, knob("Invocations one worker runs at the same time", ge=1)] = 64
    queue_length: Annotated[int, knob("Callers that may wait for a free worker", ge=0, seen="503")] = 1000
    queue_wait: Annotated[float, knob("Longest wait for a free worker (s)", gt=0, seen="503")] = 30.0
    start_timeout: Annotated[float, knob("Longest time from spawn to the first answer (s)", gt=0)] = 30.0
    load_timeout: Annotated[float, knob("Longest time one step file may take to load (s)", gt=0)] = 30.0
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
    fresh_max: Annotated[
        int, knob("Processes at most for steps with `infrastructure.handler.fresh`, beside those above", ge=1)
    ] = 4
    fresh_spares: Annotated[int, knob("Of these, how many are started before they are needed", ge=0)] = 1


class Workers(Section, frozen=True, kw_only=True):
    """One pool per runner, by the runner's name; `pools` are named pools (`infrastructure.handler.pool`), which without
    an entry are as the runner's own."""

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

    def named(self, runner: str, name: str | None) -> Pool:
        """The settings of the pool that steps of `runner` call `name`; None = the runner's own."""
        own = self.pool(runner)
        return own if name is None else self.pools.get(name, own)


class Wire(Section, frozen=True, kw_only=True):
    """Limits of the protocol, told to each runner in `initialize`."""

    frame: Annotated[
        int,
        knob(
            "Longest line on the wire (bytes)",
            ge=65536,
            seen="413 for a body; an error in a handler",
        ),
    ] = 16 * 1024 * 1024
    spill: Annotated[int, knob("Bytes above this size cross as a file", ge=1024)] = 256 * 1024
    depth: Annotated[
        int, knob("Deepest nesting of a JSON value", ge=8, seen="400 for a body; an error in a handler")
    ] = 100
    outbound: Annotated[int, knob("Unread bytes a worker may let pile up", ge=65536, seen="it is replaced")] = (
        64 * 1024 * 1024
    )


class Http(Section, frozen=True, kw_only=True):
    """What the listener accepts."""

    header_timeout: Annotated[float, knob("Longest time to receive the header (s)", gt=0, seen="408, closed")] = 10.0
    body_timeout: Annotated[float, knob("Longest time to receive the body (s)", gt=0, seen="408, closed")] = 60.0
    keep_alive: Annotated[float, knob("Longest pause between two requests (s)", gt=0, seen="closed")] = 75.0
    send_timeout: Annotated[float, knob("Longest time to take 16 KiB of an answer (s)", gt=0, seen="cut")] = 30.0
    send_memory: Annotated[
        int,
        knob(
            "Answers waiting for slow clients, all together (bytes)",
            ge=65536,
            seen="the slowest are cut",
        ),
    ] = 256 * 1024 * 1024
    linger: Annotated[float, knob("Longest time an unwanted body is read on (s)", ge=0, seen="closed")] = 2.0
    connections: Annotated[
        int,
        knob(
            "Open connections; a newcomer takes the place of an idle one",
            ge=1,
            seen="closed when none is idle",
        ),
    ] = 10_000
    connections_per_address: Annotated[
        int,
        knob(
            "The same from one address; 0 = no other limit; `trustProxy` is exempt",
            ge=0,
            seen="closed",
        ),
    ] = 0
    request_line: Annotated[int, knob("Bytes in the target of the request", ge=256, seen="414, closed")] = 8190
    header_count: Annotated[int, knob("Headers in one request", ge=1, seen="431, closed")] = 100
    header_size: Annotated[int, knob("Bytes in one header line", ge=256, seen="431, closed")] = 8190
    header_total: Annotated[int, knob("Bytes of all headers of one request", ge=512, seen="431, closed")] = 64 * 1024
    body_limit: Annotated[int, knob("Largest request body, packed or not (bytes)", ge=0, seen="413")] = 10 * 1024 * 1024
    body_memory: Annotated[int, knob("Large bodies being worked on, all together (bytes)", ge=65536, seen="503")] = (
        256 * 1024 * 1024
    )
    params: Annotated[int, knob("Parameters in one query or form", ge=1, seen="400, 413")] = 1000
    param_depth: Annotated[
        int, knob("Brackets in `a[b][c]` that are taken apart", ge=0, le=32, seen="kept as they are")
    ] = 5
    parts: Annotated[int, knob("Parts in one multipart body", ge=1, seen="413")] = 100
    part_header: Annotated[int, knob("Bytes in the header of one part", ge=256, seen="413")] = 16 * 1024
    part_field: Annotated[int, knob("Bytes in one part that is no file", ge=0, seen="413")] = 1024 * 1024
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
    lease: Annotated[
        float, knob("How long a claim holds without renewal: by then the end of a server is noticed (s)", gt=0)
    ] = 10.0
    max_retries: Annotated[int, knob("Retries after the first attempt, unless the step says", ge=0)] = 3
    backlog: Annotated[int, knob("Waiting deliveries at most", ge=1, seen="503; an error in a handler")] = 1_000_000
    lost_runs: Annotated[
        int,
        knob(
            "Runs that may begin and end with their server before a delivery is given up",
            ge=1,
            seen="a dead letter, `lost`",
        ),
    ] = 10
    dedup_window: Annotated[float, knob("How long an emit id is remembered (s)", ge=0)] = 86_400.0
    dead_retention: Annotated[float, knob("How long dead letters are kept (s)", gt=0)] = 30 * 86_400.0
    max_hops: Annotated[int, knob("Deliveries in a row to steps that hear every topic before it is a loop", ge=1)] = 100


class Deadlines(Section, frozen=True, kw_only=True):
    """Default longest run of a handler (s)."""

    api: Annotated[float, knob("API steps", gt=0, seen="504; the handler is cancelled")] = 300.0
    event: Annotated[float, knob("Event steps without a timeout of their own", gt=0, seen="a failed attempt")] = 900.0
    cron: Annotated[float, knob("Cron steps", gt=0, seen="a failed run")] = 900.0


class Validation(Section, frozen=True, kw_only=True):
    """`enforce` refuses, `warn` logs, `off` does neither."""

    http: Annotated[
        Literal["enforce", "warn", "off"] | None,
        knob("Bodies; default enforce, warn in projects on the old npm packages"),
    ] = None
    events: Annotated[Literal["enforce", "warn", "off"], knob("Event inputs")] = "warn"
    streams: Annotated[Literal["enforce", "warn", "off"], knob("Items of streams", seen="an error in the handler")] = (
        "warn"
    )
    regex_limit: Annotated[int, knob("Steps a backtracking pattern may take", ge=1000, seen="400")] = 1_000_000
    regex_time: Annotated[float, knob("Processor time they may take for one body (s)", gt=0, seen="400")] = 0.25
    explain: Annotated[int, knob("Values in a refused body to list all its issues", ge=0, seen="one is listed")] = 2000


class Cron(Section, frozen=True, kw_only=True):
    """Scheduled steps."""

    enabled: Annotated[bool, knob("Whether this server fires cron steps")] = True
    timezone: Annotated[str, knob("Time zone of expressions without one; empty = the host's")] = ""


class Watch(Section, frozen=True, kw_only=True):
    """How `motia dev` notices that files change."""

    events: Annotated[
        bool, knob("Whether the system's notifications are listened to; without them files are only looked at")
    ] = True
    period: Annotated[float, knob("Time between two looks where no notifications come (s)", gt=0)] = 0.1


class Config(Section, frozen=True, kw_only=True):
    """Everything. `.motia/` holds the database, the run folder and caches."""

    port: Annotated[int, knob("Port of the server; 0 = any free one", ge=0, le=65535)] = 3000
    host: Annotated[str, knob("Address to listen on; empty = loopback in dev, 0.0.0.0 in start")] = ""
    motia_dir: Annotated[str, knob("Folder for the database and run files, under the project")] = ".motia"
    log_level: Annotated[Literal["debug", "info", "warn", "error"], knob("Lowest level printed and kept")] = "info"
    log_format: Annotated[
        Literal["text", "json"], knob("How log lines are printed: for people, or one JSON object per line")
    ] = "text"
    strict_emits: Annotated[bool, knob("Whether an undeclared emit is an error")] = False
    allowed_hosts: Annotated[list[str], knob("Further Host names accepted in dev")] = field(default_factory=list)
    trust_proxy: Annotated[list[str], knob("Addresses whose X-Forwarded-* headers count")] = field(default_factory=list)
    redact: Annotated[list[str], knob("Further names or paths of keys whose values are never recorded")] = field(
        default_factory=list
    )
    on_failure: Annotated[str | None, knob("Step that receives failures of all others")] = None
    drain_timeout: Annotated[
        float,
        knob(
            "Longest time running work may finish at shutdown (s)",
            ge=0,
            seen="cut; deliveries return to the queue",
        ),
    ] = 30.0
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
    replay: Annotated[Replay, knob("Inputs for replay")] = Replay()
    streams: Annotated[Streams, knob("Streams")] = Streams()
    cron: Annotated[Cron, knob("Cron")] = Cron()
    watch: Annotated[Watch, knob("Watching files in dev")] = Watch()
