"""Types for hints: what step files declare and what handlers receive. Nothing here does anything at run time."""

from __future__ import annotations

import datetime
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Protocol, Sequence, TypedDict, Union

Schema = Any
Headers = Mapping[str, Union[str, int, Sequence[str]]]
Middleware = Callable[["ApiRequest", "Context", Callable[..., Any]], Any]


class _Emit(TypedDict):
    topic: str


class Emit(_Emit, total=False):
    """A topic in `emits`, with what diagrams show."""

    label: str
    conditional: bool


class _Common(TypedDict):
    type: str
    name: str


class _Step(_Common, total=False):
    description: str
    flows: List[str]
    emits: List[Union[str, Emit]]
    virtualEmits: List[Union[str, Emit]]
    virtualSubscribes: List[str]
    includeFiles: List[str]
    infrastructure: Dict[str, Any]
    onFailure: str


class QueryParam(TypedDict, total=False):
    name: str
    description: str


class ApiConfig(_Step, total=False):
    """`config` of a step with `"type": "api"`."""

    method: str
    path: str
    bodySchema: Schema
    responseSchema: Dict[Union[int, str], Schema]
    queryParams: List[QueryParam]
    parameters: Dict[str, Schema]
    middleware: List[Middleware]


class EventConfig(_Step, total=False):
    """`config` of a step with `"type": "event"`."""

    subscribes: List[str]
    input: Schema


class CronConfig(_Step, total=False):
    """`config` of a step with `"type": "cron"`."""

    cron: str
    timezone: str
    overlap: str
    catchUp: float


class NoopConfig(_Common, total=False):
    """`config` of a step with `"type": "noop"`: shown in diagrams, never run."""

    description: str
    flows: List[str]
    virtualEmits: List[Union[str, Emit]]
    virtualSubscribes: List[str]


class StreamConfig(TypedDict, total=False):
    """`config` of a stream file. `ttl` in seconds; `sse` is a path with `:groupId`."""

    name: str
    description: str
    schema: Schema
    baseConfig: Dict[str, Any]
    ttl: float
    sse: str
    canAccess: Callable[[Dict[str, Any], Any], Union[bool, Awaitable[bool]]]


class _Event(TypedDict):
    topic: str


class EmitEvent(_Event, total=False):
    """What `context.emit` takes. `delay` in seconds; `at` a datetime, ISO 8601 text or epoch milliseconds."""

    data: Any
    messageGroupId: str
    delay: float
    at: Union[datetime.datetime, str, int]
    id: str


class ApiRequest(Dict[str, Any]):
    """`request["body"]`, `request.get("body")` and `request.body` are the same."""

    body: Any
    headers: Dict[str, Union[str, List[str]]]
    pathParams: Dict[str, str]
    queryParams: Dict[str, Any]
    rawBody: Union[str, bytes]
    method: str
    path: str
    url: str
    query: Dict[str, Any]
    params: Dict[str, str]
    cookies: Dict[str, str]
    ip: str
    files: List[Any]
    path_params: Dict[str, str]
    query_params: Dict[str, Any]
    raw_body: Union[str, bytes]


class ApiResponse(TypedDict, total=False):
    """What an api handler returns."""

    status: int
    headers: Headers
    body: Any


class State(Protocol):
    """Values by group and key. Awaitable in `async def`; plain values in a plain `def`."""

    def get(self, group: str, key: str) -> Any: ...
    def set(self, group: str, key: str, value: Any, ttl: Optional[float] = None) -> Any: ...
    def delete(self, group: str, key: str) -> Any: ...
    def clear(self, group: str) -> Any: ...
    def get_group(self, group: str) -> Any: ...
    def keys(self, group: str) -> Any: ...
    def groups(self) -> Any: ...
    def update(self, group: str, key: str, ops: List[Dict[str, Any]], ttl: Optional[float] = None) -> Any: ...
    def set_if_absent(self, group: str, key: str, value: Any, ttl: Optional[float] = None) -> Any: ...
    def compare_and_set(self, group: str, key: str, expected: Any, value: Any, ttl: Optional[float] = None) -> Any: ...


class Stream(Protocol):
    """Items by group and id, pushed to those who joined."""

    def get(self, group_id: str, id: str) -> Any: ...
    def set(self, group_id: str, id: str, data: Any, ttl: Optional[float] = None) -> Any: ...
    def delete(self, group_id: str, id: str) -> Any: ...
    def get_group(self, group_id: str, *, offset: int = 0, limit: Optional[int] = None) -> Any: ...
    def query(
        self,
        group_id: str,
        *,
        where: Optional[Dict[str, Any]] = None,
        order_by: Optional[str] = None,
        order_direction: str = "asc",
        offset: int = 0,
        limit: Optional[int] = None,
    ) -> Any: ...
    def update(self, group_id: str, id: str, ops: List[Dict[str, Any]], ttl: Optional[float] = None) -> Any: ...
    def send(self, channel: Dict[str, str], event: Dict[str, Any]) -> Any: ...


class Streams(Protocol):
    """`context.streams.todo` or `context.streams["todo"]`."""

    def __getattr__(self, name: str) -> Stream: ...
    def __getitem__(self, name: str) -> Stream: ...


class Log(Protocol):
    """Structured log lines of the running step."""

    def debug(self, message: Any, args: Any = None, **fields: Any) -> None: ...
    def info(self, message: Any, args: Any = None, **fields: Any) -> None: ...
    def warn(self, message: Any, args: Any = None, **fields: Any) -> None: ...
    def error(self, message: Any, args: Any = None, **fields: Any) -> None: ...


class Context(Protocol):
    """What a handler gets besides its input. `context["state"]` and `context.state` are the same."""

    trace_id: str
    flows: List[str]
    logger: Log
    state: State
    streams: Streams
    topic: Optional[str]
    attempt: int
    traceparent: str
    tracestate: str
    step: str
    deadline: datetime.datetime
    cancelled: bool
    utils: Any

    def emit(self, event: EmitEvent) -> Any: ...
    def once(self, key: str, function: Callable[[], Any]) -> Any: ...
    def transaction(self, function: Callable[..., Any]) -> Any: ...
    def __getitem__(self, name: str) -> Any: ...
