"""Every key a step or stream config may hold: its type, default and meaning. `docs/steps.md` is made from this.

Keys are camelCase whatever the language; runners turn every dialect into this one shape before they report it. These
structs describe what authors write; `definition.py` turns it into `model.Step` and `model.Stream`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

from motia_core.config.knobs import knob
from motia_core.model import Emit, QueryParam

Rule = Literal["enforce", "warn", "off"]
Count = Annotated[int, Meta(ge=0)]
AtLeastOne = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(gt=0)]
Seconds = Annotated[float, Meta(gt=0)]
NO_SCHEMA = Raw(b"null")


class Keys(Struct, frozen=True, rename="camel", kw_only=True):
    """A group of keys."""


class BackoffKeys(Keys, frozen=True, kw_only=True):
    """`infrastructure.queue.backoff`: delay before retry n is `first × factor^(n-1)`."""

    first: Annotated[float, knob("Delay before the first retry (s)", ge=0)] = 1.0
    factor: Annotated[float, knob("Growth from retry to retry; 1 = fixed", ge=1)] = 2.0
    cap: Annotated[float, knob("Longest delay (s)", ge=0)] = 60.0
    jitter: Annotated[float, knob("Share by which a delay varies at random", ge=0, le=1)] = 0.2


class QueueKeys(Keys, frozen=True, kw_only=True):
    """`infrastructure.queue`: how the deliveries of an event step are run."""

    type: Annotated[
        Literal["standard", "fifo"],
        Meta(description="`fifo` = strictly one after the other within each `messageGroupId`"),
    ] = "standard"
    max_retries: Annotated[
        Count | None, Meta(description="Retries after the first attempt; default `queue.maxRetries`")
    ] = None
    visibility_timeout: Annotated[
        Seconds | None,
        Meta(
            description="Longest time one attempt may hold its delivery (s), then it has failed; must exceed"
            " `handler.timeout`. Default: as long as the handler may run"
        ),
    ] = None
    delay_seconds: Annotated[float, knob("Delay before the first attempt (s)", ge=0, le=900)] = 0.0
    concurrency: Annotated[AtLeastOne | None, Meta(description="Deliveries at the same time, over all workers")] = None
    backoff: Annotated[BackoffKeys | None, Meta(description="Delays between attempts")] = None


class HandlerKeys(Keys, frozen=True, kw_only=True):
    """`infrastructure.handler`: where and how long the handler runs."""

    timeout: Annotated[
        Annotated[float, Meta(ge=1, le=900)] | None,
        Meta(description="Longest run (s); default `deadlines` of the kind"),
    ] = None
    ram: Annotated[
        Annotated[int, Meta(ge=128, le=10240)] | None, Meta(description="Memory asked for (MB); recorded, not enforced")
    ] = None
    cpu: Annotated[Share | None, Meta(description="Processors asked for, in proportion to `ram`; not enforced")] = None
    fresh: Annotated[bool, Meta(description="Whether every call gets a process of its own, which ends with it")] = False
    pool: Annotated[
        str | None,
        Meta(description="Name of the pool of workers that runs this step, sized by `workers.pools`"),
    ] = None


class InfrastructureKeys(Keys, frozen=True, kw_only=True):
    """`infrastructure`."""

    handler: Annotated[HandlerKeys, Meta(description="See below")] = HandlerKeys()
    queue: Annotated[QueueKeys, Meta(description="See below; event steps only")] = QueueKeys()


class RouteKeys(Keys, frozen=True, kw_only=True):
    """An entry of `routes`."""

    path: str
    method: str | list[str] = "*"


class BaseConfigKeys(Keys, frozen=True, kw_only=True):
    """`baseConfig` of a stream."""

    storage_type: Annotated[str, Meta(description="`default`; anything else has no effect and warns")] = "default"
    ttl: Annotated[Seconds | None, Meta(description="As `ttl` of the stream")] = None


class CommonKeys(Keys, frozen=True, kw_only=True):
    """Keys of every step."""

    type: Annotated[str, Meta(description="`api`, `event`, `cron`, `noop` or `stream`")] = ""
    name: Annotated[
        str, Meta(description="Name, unique in the project; also a topic that reaches this step", min_length=1)
    ]
    description: Annotated[str | None, Meta(description="Shown in listings and OpenAPI")] = None
    flows: Annotated[list[str] | None, Meta(description="Flows this step is drawn in")] = None
    virtual_emits: Annotated[list[str | Emit] | None, Meta(description="Topics drawn as going out; diagrams only")] = (
        None
    )
    virtual_subscribes: Annotated[list[str] | None, Meta(description="Topics drawn as coming in; diagrams only")] = None
    include_files: Annotated[list[str] | None, Meta(description="Accepted for old projects; no effect")] = None


class RunKeys(CommonKeys, frozen=True, kw_only=True):
    """Keys of every step that runs."""

    emits: Annotated[
        list[str | Emit] | None,
        Meta(description="Topics it emits: texts or `{topic, label?, conditional?}`; left out or `[]` = any"),
    ] = None
    strict_emits: Annotated[bool, Meta(description="Whether emitting another topic is an error")] = False
    infrastructure: Annotated[InfrastructureKeys | None, Meta(description="Where, how long and how often it runs")] = (
        None
    )


class ApiKeys(RunKeys, frozen=True, kw_only=True):
    """Keys of `type: 'api'`."""

    path: Annotated[str | None, Meta(description="Route, e.g. `/users/:id`; required unless `routes` is given")] = None
    method: Annotated[
        str | list[str] | None, Meta(description="HTTP method or methods; `*` = all; required with `path`")
    ] = None
    routes: Annotated[
        list[str | RouteKeys] | None,
        Meta(description="Further routes: paths, for `method` or else all; or `{path, method?}`, default all"),
    ] = None
    body_schema: Annotated[Raw, Meta(description="Schema of the body; checked as `validation.http` says")] = NO_SCHEMA
    response_schema: Annotated[dict[str, Raw] | None, Meta(description="Schema per status")] = None
    query_params: Annotated[
        list[str | QueryParam] | None, Meta(description="`{name, description?}` or a name each; documentation only")
    ] = None
    parameters: Annotated[
        dict[str, Raw] | None,
        Meta(description="`{query, params, headers}`: schemas of these parts of the request; documentation only"),
    ] = None
    validation: Annotated[Rule | None, Meta(description="What happens to a body that breaks the schema")] = None
    middleware: Annotated[Raw, Meta(description="List of functions run before the handler")] = NO_SCHEMA


class EventKeys(RunKeys, frozen=True, kw_only=True):
    """Keys of `type: 'event'`."""

    subscribes: Annotated[list[str] | None, Meta(description="Topics, matched exactly; `['*']` = every topic")] = None
    all_topics: Annotated[bool, Meta(description="Whether it hears every topic but its own in one trace")] = False
    input: Annotated[Raw, Meta(description="Schema of the data; checked as `validation.events` says")] = NO_SCHEMA
    validation: Annotated[Rule | None, Meta(description="What happens to data that breaks the schema")] = None
    concurrency: Annotated[AtLeastOne | None, Meta(description="Deliveries at the same time, over all workers")] = None
    on_failure: Annotated[
        str | None, Meta(description="Event step told after the last attempt; default `handle-step-error`")
    ] = None


class CronKeys(RunKeys, frozen=True, kw_only=True):
    """Keys of `type: 'cron'`."""

    cron: Annotated[str, Meta(description="5 or 6 fields, names, or `@daily` and the like")]
    timezone: Annotated[
        str | None, Meta(description="Zone of the expression, e.g. `Europe/Paris`; default `cron.timezone`")
    ] = None
    overlap: Annotated[
        Literal["skip", "allow"], Meta(description="Whether a tick starts while the last run still runs")
    ] = "skip"
    catch_up: Annotated[float, knob("A tick missed at most this long ago (s) runs once at the start", ge=0)] = 0.0
    on_failure: Annotated[str | None, Meta(description="Event step told when a run fails")] = None


class NoopKeys(CommonKeys, frozen=True, kw_only=True):
    """Keys of `type: 'noop'`: drawn, never run."""


class StreamKeys(Keys, frozen=True, kw_only=True):
    """Keys of a stream file."""

    type: Annotated[str, Meta(description="`stream`; may be left out in a stream file")] = "stream"
    name: Annotated[str, Meta(description="Name, unique in the project: `context.streams.NAME`", min_length=1)]
    description: Annotated[str | None, Meta(description="Shown in listings")] = None
    schema: Annotated[Raw, Meta(description="Schema of an item; checked as `validation.streams` says")] = NO_SCHEMA
    base_config: Annotated[BaseConfigKeys | None, Meta(description="`{storageType, ttl}`")] = None
    can_access: Annotated[Raw, Meta(description="Function that decides who may join")] = NO_SCHEMA
    ttl: Annotated[Seconds | None, Meta(description="Life of an item (s) unless `set` says")] = None
    sse: Annotated[
        str | None, Meta(description="Path with `:groupId` where a group is also served as server-sent events")
    ] = None


KINDS: dict[str, type[Keys]] = {
    "api": ApiKeys,
    "event": EventKeys,
    "cron": CronKeys,
    "noop": NoopKeys,
    "stream": StreamKeys,
}
