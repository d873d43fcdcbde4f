"""Request → middleware → validation → handler. One coroutine for all mixtures of `async def` and plain functions."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, Optional

from motia_runner import models
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
        self._around = step.middleware if params.get("trigger") == "api" else []

    async def go(self, input: Any, index: int = 0) -> Any:
        """What the handler, or a middleware around it, returns."""
        if index == len(self._around):
            if self._verdict is not None or self._step.model is not None:
                input = self._checked(input)
            args, named = self._step.bind(input, self._context)
            return await self._hands.call(self._run, self._step.handler, *args, **named)  # type: ignore[arg-type]

        def next_fn(replaced: Optional[Any] = None) -> Any:
            onward = self.go(input if replaced is None else replaced, index + 1)
            # A plain middleware runs on a thread and gets the response itself, an async one something to await.
            return onward if asyncio._get_running_loop() is not None else drive(onward)

        return await self._hands.call(self._run, self._around[index], input, self._context, next_fn)

    def _checked(self, input: Any) -> Any:
        if self._verdict is not None:
            issues = self._verdict.get("issues") if isinstance(self._verdict, dict) else self._verdict
            raise ValidationError(issues)
        if self._mode == "off":
            return input
        api = self._step.kind == "api"
        value, issues = models.check(self._step.model, input["body"] if api else input)
        if issues and self._mode == "warn":
            self._run.log("warn", f"the input of {self._step.name} breaks its schema", {"issues": issues})
        elif issues:
            raise ValidationError(issues)
        elif self._step.dialect == "b":
            if not api:
                return value
            input["body"] = value
        return input
