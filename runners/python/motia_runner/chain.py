"""Request → middleware → validation → handler. One coroutine for all mixtures of `async def` and plain functions."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, List, Optional

from motia_runner import models, request
from motia_runner.definition import Definition
from motia_runner.faults import ValidationError
from motia_runner.hands import Hands
from motia_runner.invocation import Invocation, drive


class Chain:
    """One passage of an input through a step. `verdict` is the core's: issues to raise after the last middleware."""

    def __init__(self, hands: Hands, run: Invocation, step: Definition, context: Any, params: Dict[str, Any]) -> None:
        self._hands = hands
        self._run = run
        self._step = step
        self._context = context
        self._verdict = params.get("issues")
        self._mode = params.get("validation") or step.mode
        self._bodiless = params.get("trigger") == "api" and _is_bodiless(params.get("input") or {})
        self._around = step.middleware if params.get("trigger") == "api" else []

    async def go(self, input: Any, index: int = 0) -> Any:
        """What the handler, or a middleware around it, returns."""
        if index == len(self._around):
            if self._verdict is not None or self._step.checks:
                input = self._checked(input)
            args, named = self._step.bind(input, self._context)
            return await self._hands.call(self._run, self._step.handler, *args, **named)  # type: ignore[arg-type]

        def next_fn(replaced: Optional[Any] = None) -> Any:
            onward = self.go(input if replaced is None else request.replacement(replaced), index + 1)
            # A plain middleware runs on a thread and gets the response itself, an async one something to await.
            return onward if asyncio._get_running_loop() is not None else drive(onward)

        return await self._hands.call(self._run, self._around[index], input, self._context, next_fn)

    def _checked(self, input: Any) -> Any:
        if self._verdict is not None:
            issues = self._verdict.get("issues") if isinstance(self._verdict, dict) else self._verdict
            raise ValidationError(issues)
        broken: List[Dict[str, Any]] = []
        tolerated: List[Dict[str, Any]] = []
        for part, model in self._step.checks:
            # The core's rule is about what it checks too: the body or the data. Of other parts the step's own rule holds.
            main = part in ("", "body")
            rule = self._mode if main else self._step.mode
            if rule == "off" or (part == "body" and self._bodiless):
                continue
            given = input[part] if part else input
            value, issues = models.check(model, given)
            if issues:
                found = tolerated if rule == "warn" else broken
                found.extend(issues if main else [_within(part, issue) for issue in issues])
                continue
            if self._step.dialect != "b":
                value = models.filled(given, value)
            if part:
                _replace(input, part, value)
            else:
                input = value
        if broken:
            raise ValidationError(broken)
        if tolerated:
            self._run.log("warn", f"the input of {self._step.name} breaks its schema", {"issues": tolerated})
        return input


def _is_bodiless(request: Dict[str, Any]) -> bool:
    """A request whose missing body is no mistake."""
    return request.get("bodyKind", "none") == "none" and request.get("method") in ("GET", "HEAD", "OPTIONS", "DELETE")


def _within(part: str, issue: Dict[str, Any]) -> Dict[str, Any]:
    return {**issue, "path": f"{part}.{issue['path']}" if issue["path"] else part}


def _replace(request: Any, part: str, value: Any) -> None:
    """The parsed part of a request, under each of its names. Headers stay: a schema names only those it cares for."""
    if part != "headers":
        request[part] = value
    if part in ("query", "params"):
        request[f"{'path' if part == 'params' else part}Params"] = value
