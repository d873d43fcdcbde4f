"""Checks what an event step is about to be given against its schema: enforced, warned about, or left alone."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Raw

from motia_core.config import Config
from motia_core.errors import InputInvalid
from motia_core.model import Delivery, Failure, Step
from motia_core.validation import Validators


class Inputs:
    """Compiles each schema once. `warn` gets the step, the delivery and the text."""

    def __init__(self, config: Config, warn: Callable[[str, Step, Delivery], None]) -> None:
        self._config = config
        self._warn = warn
        self._validators = Validators(regex_limit=config.validation.regex_limit)

    def refuse(self, step: Step, delivery: Delivery) -> Failure | None:
        """The failure to bury the delivery with, or None to run it."""
        mode = step.validation or self._config.validation.events
        if step.input_schema is None or mode == "off":
            return None
        issues = self._validators.of(step.input_schema).check(msgspec.json.decode(delivery.data))
        if not issues:
            return None
        text = "; ".join(f"{issue.path or 'input'}: {issue.message}" for issue in issues[:5])
        if mode == "warn":
            self._warn(
                f"the data of '{delivery.topic}' does not match the input of {step.name}: {text}", step, delivery
            )
            return None
        return Failure(
            code=InputInvalid.code,
            name="InputInvalid",
            message=f"the input breaks the schema: {text}",
            data=Raw(msgspec.json.encode({"issues": issues})),
        )
