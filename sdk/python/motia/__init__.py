"""What Python step files import: the decorators `event`, `api`, `cron`, the objects `motia` and `logger`, errors, types.

Only names and shapes; the work is done by the runner that loads the step. A call outside a running step says so.

    from motia import event, logger, motia

    @event(id="welcome", schema={"email": str})
    async def welcome(email):
        logger.info("welcome", {"email": email})
        await motia.trigger("send-mail", {"to": email})
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from motia._errors import MotiaError, OutsideRunner, TransactionConflict, ValidationError
from motia._objects import logger, motia
from motia._steps import api, cron, event

if TYPE_CHECKING:
    from motia._types import (
        ApiConfig,
        ApiRequest,
        ApiResponse,
        Context,
        CronConfig,
        EmitEvent,
        EventConfig,
        NoopConfig,
        State,
        Stream,
        StreamConfig,
        Streams,
    )

__version__ = "1.0.0"
trigger = motia.trigger
stats = motia.stats

__all__ = [
    "ApiConfig",
    "ApiRequest",
    "ApiResponse",
    "Context",
    "CronConfig",
    "EmitEvent",
    "EventConfig",
    "MotiaError",
    "NoopConfig",
    "OutsideRunner",
    "State",
    "Stream",
    "StreamConfig",
    "Streams",
    "TransactionConflict",
    "ValidationError",
    "api",
    "cron",
    "event",
    "logger",
    "motia",
    "stats",
    "trigger",
]


def __getattr__(name: str) -> Any:
    # The types are for checkers and editors; a worker that no step asks for them does not load them.
    if name in __all__:
        from motia import _types

        return getattr(_types, name)
    raise AttributeError(f"motia has no attribute {name!r}")
