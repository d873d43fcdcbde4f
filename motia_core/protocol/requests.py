"""Params and results of what the core asks a runner. `Raw` fields are wire JSON passed through unread."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Raw, UnsetType

from motia_core.protocol.message import NULL, Message


class WireLimits(Message, omit_defaults=False, frozen=True, kw_only=True):
    frame: int
    spill: int
    depth: int
    in_flight: int
    load_ms: int


class Initialize(Message, omit_defaults=False, frozen=True, kw_only=True):
    protocol: int
    core_version: str
    project: str
    runner: str
    worker: str
    mode: Literal["dev", "start", "test"]
    run_dir: str
    parent_pid: int
    limits: WireLimits


class Initialized(Message, omit_defaults=False, frozen=True, kw_only=True):
    protocol: int
    runner_version: str
    runtime: str
    pid: int


class Held(Message, frozen=True, kw_only=True):
    """An earlier loading of a file that still serves: as `snapshot` knew it, made of `sources` (path → text)."""

    file: str
    snapshot: int
    sources: dict[str, str] | None = None


class Describe(Message, omit_defaults=False, frozen=True, kw_only=True):
    snapshot: int
    files: list[str]
    changed: list[str] = []
    held: list[Held] = []


class SourceError(Message, frozen=True, kw_only=True):
    """What is wrong with a file, at its source line. `code` is one of PROTOCOL.md's."""

    code: str
    message: str
    line: int | None = None
    column: int | None = None
    file: str | None = None
    stack: str | None = None
    hint: str = ""


class StepReport(Message, frozen=True, kw_only=True):
    member: str
    config: Raw
    line: int | None = None
    has_handler: bool = True
    middleware: int = 0
    validates: bool = False
    accepts: Raw | UnsetType = UNSET
    can_access: bool = False
    inferred: list[str] = []


class FileReport(Message, frozen=True, kw_only=True):
    file: str
    steps: list[StepReport] = []
    error: SourceError | None = None
    warnings: list[SourceError] = []
    dependencies: list[str] = []


class Described(Message, omit_defaults=False, frozen=True, kw_only=True):
    files: list[FileReport]


class Run(Message, frozen=True, kw_only=True):
    invocation: str
    snapshot: int
    file: str
    member: str
    trigger: Literal["api", "event", "cron"]
    trace_id: str
    deadline_ms: int
    input: Raw
    attempt: int = 1
    topic: str | None = None
    issues: Raw | None = None
    validation: Literal["enforce", "warn", "off"] | None = None
    sampled: bool = True
    trace_state: str = ""


class HttpInput(Message, frozen=True, kw_only=True):
    """The `input` of an api invocation. `body` is absent when the runner derives it from `raw` by `body_kind`."""

    method: str
    path: str
    url: str
    headers: dict[str, str | list[str]]
    params: dict[str, str] = {}
    query: dict[str, Any] = {}
    ip: str = ""
    body_kind: Literal["none", "json", "form", "text", "multipart", "bytes"] = "none"
    raw: Raw | UnsetType = UNSET
    body: Raw | UnsetType = UNSET
    files: list[Raw] = []


class RunResult(Message, frozen=True, kw_only=True):
    value: Raw = NULL
    response: HttpOutput | None = None


class HttpOutput(Message, frozen=True, kw_only=True):
    status: int = 200
    headers: dict[str, str | list[str]] = {}
    kind: Literal["json", "text", "bytes", "none", "streamed"] = "none"
    body: Raw = NULL


class Cancel(Message, frozen=True, kw_only=True):
    invocation: str
    reason: Literal["deadline", "client", "shutdown", "user"]


class CanAccess(Message, frozen=True, kw_only=True):
    """`auth` is left out in a project without `streamAuth`."""

    file: str
    member: str
    snapshot: int
    subscription: Raw
    auth: Raw | UnsetType = UNSET


class Allowed(Message, omit_defaults=False, frozen=True, kw_only=True):
    allowed: bool


class Authenticate(Message, frozen=True, kw_only=True):
    """`function`: which of the functions that `config.load` has listed."""

    file: str
    function: str = "streamAuth.authenticate"
    request: Raw


class Authenticated(Message, omit_defaults=False, frozen=True, kw_only=True):
    context: Raw = NULL


class LoadConfig(Message, frozen=True, kw_only=True):
    file: str


class LoadedConfig(Message, frozen=True, kw_only=True):
    config: Raw = Raw(b"{}")
    functions: list[str] = []
    dependencies: list[str] = []
    error: SourceError | None = None


class Shutdown(Message, omit_defaults=False, frozen=True, kw_only=True):
    grace_ms: int
