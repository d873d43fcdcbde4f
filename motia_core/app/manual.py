"""Runs one step by hand, for `motia run`: in this process, through the same dispatcher as every trigger."""

from __future__ import annotations

import anyio
import msgspec
from msgspec import Raw, Struct

from motia_core.app.parts import Parts
from motia_core.app.ran import Ran
from motia_core.errors import CallRefused, MotiaError
from motia_core.model import Caller, Invocation, Outcome, Step
from motia_core.protocol.requests import HttpInput
from motia_core.protocol.values import from_wire, to_bytes, to_wire

_POLL = 0.02
_PAGE = 1000


class Asked(Struct, frozen=True):
    """An api step's request, as far as it is given by hand."""

    body: object = None
    params: dict[str, str] = {}
    query: dict[str, object] = {}
    headers: dict[str, str] = {}


async def run_by_hand(parts: Parts, name: str, value: object, *, follow: bool) -> Ran:
    """`name` is a name, id or file stem. An api step gets `value` as its JSON body, or as its request when it has one
    of the keys body, params, query, headers. With `follow`, returns when everything it set off is done."""
    step = parts.registry.current.find(name)
    trace_id = parts.clock.new_trace_id()
    if step is None or step.kind == "noop":
        known = ", ".join(sorted(each.name for each in parts.registry.current.steps)[:20])
        reason = (
            f"no step is called '{name}' (known: {known})" if step is None else f"{step.name} is a noop: nothing runs"
        )
        return Ran(trace_id=trace_id, error=reason)
    invocation = Invocation(
        id=parts.clock.new_id(),
        step=step,
        caller=Caller(trigger="manual", trace_id=trace_id, topic=step.topics[0] if step.topics else None),
        input=Raw(input_of(step, value)),
        deadline=parts.clock.monotonic() + deadline(parts, step),
    )
    newest = await parts.storage.events.newest()
    outcome = await parts.dispatcher.run(invocation)
    failed = await _settle(parts, trace_id, newest) if follow else 0
    await parts.recorder.flush()
    if outcome.failure is not None:
        return Ran(trace_id=trace_id, error=f"{outcome.failure.name}: {outcome.failure.message}", failed=failed)
    return Ran(trace_id=trace_id, result=result_of(parts, outcome), failed=failed)


def deadline(parts: Parts, step: Step) -> float:
    deadlines = parts.config.deadlines
    return step.handler.timeout or {"api": deadlines.api, "cron": deadlines.cron}.get(step.kind, deadlines.event)


def input_of(step: Step, value: object) -> bytes:
    """Raises CallRefused when an api step is given what is no request."""
    if step.kind != "api":
        return to_wire(value)
    request_like = isinstance(value, dict) and set(value) & {"body", "params", "query", "headers"}
    try:
        asked = msgspec.convert(value if request_like else {"body": value}, Asked)
    except msgspec.ValidationError as error:
        raise CallRefused(
            f"the input is no request of {step.name}: {error}",
            hint="params and headers hold texts; a body that has such names itself is given under `body`",
        ) from None
    route = step.routes[0]
    body = asked.body
    headers: dict[str, str | list[str]] = {"content-type": "application/json", **asked.headers}
    return msgspec.json.encode(
        HttpInput(
            method=route.method if route.method != "*" else "POST",
            path=route.path,
            url=route.path,
            headers=headers,
            params=asked.params,
            query=asked.query,
            ip="127.0.0.1",
            body_kind="none" if body is None else "json",
            raw=Raw(msgspec.json.encode(msgspec.json.encode(body).decode())),
        )
    )


def result_of(parts: Parts, outcome: Outcome) -> object:
    response = outcome.response
    if response is None:
        return from_wire(bytes(outcome.value))
    body: object = None
    if response.kind in ("json", "text"):
        body = msgspec.json.decode(response.body)
    elif response.kind == "bytes":
        body = {"bytes": len(to_bytes(response.body, parts.run_dir))}
    return {"status": response.status, "headers": response.headers, "body": body}


async def _settle(parts: Parts, trace_id: str, after: int) -> int:
    """Waits until nothing is left of what the trace has put since the id `after`, but for steps that are not served;
    returns how many of its deliveries were given up."""
    events, left = parts.storage.events, True
    while left:
        try:
            known = parts.registry.current.by_name
            left = not known.keys().isdisjoint(await events.of_trace(trace_id, after=after))
        except MotiaError:
            left = True
        await anyio.sleep(_POLL if left else 0)
    failed, last = 0, after
    while letters := await events.dead(limit=_PAGE, after=last):
        failed += sum(letter.trace_id == trace_id for letter in letters)
        last = letters[-1].id
    return failed
