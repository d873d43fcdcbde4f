"""Checks what an event step is about to be given against its schema: enforced, warned about, or left alone.

Fills in the schema's defaults.
"""

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
        self._validators = Validators(
            regex_limit=config.validation.regex_limit,
            regex_time=config.validation.regex_time,
            explains=config.validation.explain,
        )

    def judge(self, step: Step, delivery: Delivery) -> tuple[Failure | None, Raw]:
        """The failure to bury the delivery with, or None; and its data with the schema's defaults."""
        mode = step.validation or self._config.validation.events
        if step.input_schema is None or mode == "off":
            return None, delivery.data
        given = msgspec.json.decode(delivery.data)
        issues, filled = self._validators.of(step.accepts or step.input_schema).judge(given)
        data = delivery.data if filled is given else Raw(msgspec.json.encode(filled))
        if not issues:
            return None, data
        text = "; ".join(f"{issue.path or 'input'}: {issue.message}" for issue in issues[:5])
        if mode == "enforce":
            message, details = f"the input breaks the schema: {text}", Raw(msgspec.json.encode({"issues": issues}))
            return Failure(code=InputInvalid.code, name="InputInvalid", message=message, data=details), data
        if not step.validates:  # else the runner says all there is to warn about
            self._warn(
                f"the data of '{delivery.topic}' does not match the input of {step.name}: {text}", step, delivery
            )
        return None, data
