"""HTTP request → invocation → dispatcher → HTTP response, for users' API steps.

Owns the order of things: route, body, verdict of the schema, the run, the answer. Every answer is JSON or what the
handler made of it; nothing raised here reaches the socket. Built-in paths are the server's (`fallback`).
"""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

import anyio.to_thread
import msgspec
from aiohttp import web
from msgspec import Raw

from motia_core.clock import Clock
from motia_core.config.knobs import Config
from motia_core.errors import MotiaError
from motia_core.metrics.counts import Counts
from motia_core.model import Caller, Failure, Invocation, Level, Outcome, Remote, Response, Step
from motia_core.protocol.requests import HttpInput
from motia_core.services.running import ResponseSink
from motia_core.steps.registry import Registry, Snapshot
from motia_core.steps.routes import sse_route
from motia_core.traces.sampling import Sampler
from motia_core.traces.w3c import read
from motia_core.triggers.composer import Asked, Composer
from motia_core.triggers.endpoint import Endpoint, listed
from motia_core.triggers.query import Value
from motia_core.triggers.reading import NO_BODY, Body, Reader
from motia_core.triggers.refusal import Refusal, invalid, is_fault, refuse, refuse_error
from motia_core.triggers.reply import Reply, Stage
from motia_core.triggers.request import NO_QUERY, Client, Headers, Proxies, Request, encode, query_of, told
from motia_core.triggers.response import BadResponse
from motia_core.triggers.routes import BadPath, Match, RouteTable, Target
from motia_core.triggers.streamed import Stream
from motia_core.validation import Validators


class Runs(Protocol):
    """The dispatcher, as far as it is needed here."""

    async def run(self, invocation: Invocation, *, sink: ResponseSink | None = None) -> Outcome: ...


class Notes(Protocol):
    """Where the core's own log lines go."""

    def note(self, level: Level, msg: str, invocation: Invocation | None = None, **fields: object) -> None: ...


Live = Callable[[Request, Asked, Step, dict[str, str]], Awaitable[Reply]]
Fallback = Callable[[Request, Asked, str], Awaitable[Reply | None]]


class Api:
    """`fallback` answers paths that no step owns, `live` the routes of streams. The routes follow the registry."""

    def __init__(
        self,
        config: Config,
        mode: str,
        registry: Registry,
        dispatcher: Runs,
        validators: Validators,
        clock: Clock,
        run_dir: Path,
        notes: Notes,
        counts: Counts | None = None,
        sampler: Sampler | None = None,
    ) -> None:
        self.stage = Stage(clock)
        self.composer = Composer(config, mode, self.stage, run_dir)
        self.fallback: Fallback | None = None
        self.live: Live | None = None
        self._config = config
        self._dev = mode != "start"
        self._registry = registry
        self._dispatcher = dispatcher
        self._validators = validators
        self._clock = clock
        self._notes = notes
        self._counts = counts or Counts()
        self._sampler = sampler or Sampler()
        self.proxies = Proxies(config.trust_proxy)
        self._reader = Reader(config.http, config.wire, run_dir, (web.RequestPayloadError, ConnectionError))
        self._snapshot: Snapshot | None = None
        self._table = RouteTable()
        self._endpoints: dict[Target, Endpoint] = {}

    @property
    def snapshot(self) -> Snapshot:
        """What is served right now."""
        return self._registry.current

    async def handle(self, request: Request) -> Reply:
        """Never raises but for cancellation and a client that has left."""
        began = self._clock.monotonic()
        headers = request.headers
        remote = self._caller_of(headers) if "traceparent" in headers else None
        asked = Asked(request.method, headers, remote.trace_id if remote else self._clock.new_trace_id(), remote=remote)
        try:
            reply = await self._serve(request, asked, headers)
        except Refusal as refusal:
            reply = self.composer.refuse(asked, refusal)
        except MotiaError as error:
            reply = self.composer.refuse(asked, refuse_error(error, detailed=self._dev))
        except ConnectionError:
            raise
        except Exception as error:
            self._notes.note("error", "the server failed to answer", None, error=repr(error), path=request.target)
            reply = self.composer.refuse(asked, Refusal(500, repr(error) if self._dev else None))
        self._counts.answered(asked.step, asked.method, reply.status, self._clock.monotonic() - began)
        return reply

    def _caller_of(self, headers: Headers) -> Remote | None:
        """Whose trace the request belongs to."""
        if not self._config.traces.from_callers:
            return None
        remote = read(headers["traceparent"], headers.get("tracestate"))
        if remote is not None:
            self._sampler.continues(remote)
        return remote

    def query(self, text: str) -> dict[str, Value]:
        """A query string within its limits. Raises Refusal."""
        http = self._config.http
        return query_of(text, http.params, http.param_depth) if text else NO_QUERY

    async def read(self, request: Request, asked: Asked) -> object:
        """The decoded body of a built-in route, None without one. Raises Refusal."""
        name = self._clock.new_id()
        body = await self._reader.read(request.content, asked.headers, request.line.transport, name, decode=True)
        self._reader.release(body)
        return None if body.value is msgspec.UNSET else body.value

    async def _serve(self, request: Request, asked: Asked, headers: Headers) -> Reply:
        path, _, query = request.target.partition("?")
        if path[:1] != "/":
            path = _path_of(path)
        snapshot = self._registry.current
        if snapshot is not self._snapshot:
            self._rebuild(snapshot)
        try:
            found = self._table.find(asked.method, path)
        except BadPath as error:
            raise Refusal(400, str(error)) from None
        if type(found) is not Match or (asked.method == "OPTIONS" and _is_preflight(found, headers)):
            return await self._elsewhere(request, asked, path)
        target = found.target
        asked.step = target.step.name
        if target.why is not None:
            raise self._broken(target)
        if target.step.kind == "stream" and self.live is not None:
            return await self.live(request, asked, target.step, found.params)
        endpoint = self._endpoints.get(target)
        if endpoint is None:
            endpoint = self._endpoints[target] = Endpoint(target, self._config, self._validators)
        client = self.proxies.client(request.line.address, headers)
        invocation_id = self._clock.new_id()
        content, checks = request.content, endpoint.checks
        body = NO_BODY if content.at_eof() else self._reader.ready(content, headers, decode=checks)
        if body is None:
            body = await self._reader.read(content, headers, request.line.transport, invocation_id, decode=checks)
        try:
            issues = None
            if checks:
                body, issues = self._judged(endpoint, body, asked)
            asking = HttpInput(
                method=asked.method,
                path=path,
                url=f"{client.scheme}://{client.host or headers.get('host', '')}{path}{'?' if query else ''}{query}",
                headers=told(headers),
                params=found.params,
                query=self.query(query),
                ip=client.ip,
                body_kind=body.kind,
                raw=body.raw,
                body=body.body,
                files=body.files,
            )
            invocation = Invocation(
                id=invocation_id,
                step=endpoint.step,
                caller=Caller(
                    trigger="api",
                    trace_id=asked.trace_id,
                    method=asked.method,
                    route=target.route.path,
                    remote=asked.remote,
                ),
                input=encode(asking),
                deadline=self._clock.monotonic() + endpoint.timeout,
                issues=issues,
            )
            return await self._run(request, asked, endpoint, invocation, client)
        finally:
            if body.held or body.paths:
                self._reader.release(body)

    def _judged(self, endpoint: Endpoint, body: Body, asked: Asked) -> tuple[Body, Raw | None]:
        """The body with its defaults. Refuses, warns, or leaves the verdict to the runner of a step with middleware."""
        issues, filled = endpoint.check(body.value, asked.method)
        if filled is not body.value:
            body = self._reader.with_value(body, filled)
        if not issues:
            return body, None
        if endpoint.warns_only:
            text = f"the body of {endpoint.target.route.method} {endpoint.target.route.path} does not match its schema"
            self._notes.note("warn", f"{text}: {listed(issues)}", None, step=endpoint.step.name, traceId=asked.trace_id)
            return body, None
        if endpoint.step.middleware:
            return body, Raw(msgspec.json.encode(issues))
        raise invalid(issues)

    async def _run(
        self, request: Request, asked: Asked, endpoint: Endpoint, invocation: Invocation, client: Client
    ) -> Reply:
        stream = Stream(self.stage, request, asked, self.composer)
        outcome = await self._dispatcher.run(invocation, sink=stream)
        failure, response = outcome.failure, outcome.response
        if failure is not None:
            self._report(failure, invocation, asked)
            if stream.started:
                return stream.cut()
            raise refuse(failure, detailed=self._dev and client.is_loopback)
        if stream.started:
            return stream.finish()
        if response is None:
            response = Response(status=204)
        if self._dev and endpoint.step.response_schema and (issues := endpoint.mismatch(response)):
            text = f"the {response.status} response of {endpoint.step.name} does not match its responseSchema"
            self._notes.note("warn", f"{text}: {listed(issues)}", invocation)
        try:
            if self.composer.is_heavy(response):
                return await anyio.to_thread.run_sync(self.composer.answer, asked, response)
            return self.composer.answer(asked, response)
        except (BadResponse, MotiaError) as error:
            self._notes.note("error", f"the response of {endpoint.step.name} cannot be sent: {error}", invocation)
            raise Refusal(500, str(error) if self._dev and client.is_loopback else None) from None

    def _report(self, failure: Failure, invocation: Invocation, asked: Asked) -> None:
        if is_fault(failure):
            text = f"{asked.method} {invocation.step.name} failed: {failure.message}"
            self._notes.note("error", text, invocation, error={"name": failure.name, "stack": failure.stack})

    def _broken(self, target: Target) -> Refusal:
        """The last known route of a file that cannot be loaded."""
        why = target.why
        place = f"{why.file or target.step.file}{f':{why.line}' if why.line else ''}: {why.message}" if why else None
        headers = {"Retry-After": "1"}
        return Refusal(503, place if self._dev else None, error="The step cannot run", headers=headers)

    async def _elsewhere(self, request: Request, asked: Asked, path: str) -> Reply:
        """No step serves this: a preflight, a built-in path, or an error that helps."""
        methods = self._table.allowed(path)
        if methods and asked.method == "OPTIONS":
            return self.composer.preflight(asked, methods)
        if self.fallback is not None and (reply := await self.fallback(request, asked, path)) is not None:
            return reply
        if methods:
            raise Refusal(405, headers={"Allow": ", ".join(methods)}, more={"allow": methods})
        near = {"near": self._near(path)} if self._dev else {}
        raise Refusal(404, f"no step serves {asked.method} {path[:200]}" if self._dev else None, more=near)

    def _near(self, path: str) -> list[str]:
        known = {target.route.path: target for target in self._table.targets[:2000]}
        found = difflib.get_close_matches(path[:200], known, n=3, cutoff=0.5)
        return [f"{known[one].route.method} {one}" for one in found]

    def _rebuild(self, snapshot: Snapshot) -> None:
        broken = [(step, one.problem) for one in snapshot.broken for step in one.steps if step.kind == "api"]
        live = (one for stream in snapshot.streams.values() if (one := sse_route(stream)) is not None)
        self._table = RouteTable((*(step for step in snapshot.steps if step.kind == "api"), *live), broken=broken)
        self._endpoints = {}
        self._snapshot = snapshot
        for problem in self._table.problems:
            self._notes.note("error", problem.message, None, file=problem.file)


def _is_preflight(found: Match, headers: Headers) -> bool:
    """A step for all methods does not answer browsers' preflights; a step for OPTIONS does."""
    return found.target.route.method == "*" and "access-control-request-method" in headers


def _path_of(target: str) -> str:
    """The path of an absolute target (`http://host/path`), as proxies send it."""
    _, _, rest = target.partition("://")
    _, slash, path = rest.partition("/")
    return slash + path or "/"
