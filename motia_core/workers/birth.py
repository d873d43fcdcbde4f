"""From nothing to a worker that can take work: packages, process, handshake, preparation. Whatever goes wrong becomes
one line that says so; what to do about it is the supervisor's."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio

from motia_core.errors import MotiaError
from motia_core.workers import packages
from motia_core.workers.answers import RunnerError
from motia_core.workers.languages import Runner
from motia_core.workers.worker import Worker

Prepare = Callable[[Worker], Awaitable[None]]

_log = logging.getLogger(__name__)


async def bring_up(
    worker: Worker, *, runner: Runner, seconds: float, prepare: Prepare | None, progress: packages.Progress | None
) -> str | None:
    """Why it could not be brought up, or None. `seconds` are for the handshake; `prepare` sets its own limits."""
    try:
        needed = await packages.installed(runner, progress)
        with anyio.fail_after(seconds):
            await worker.start(needed)
        if prepare is not None:
            await prepare(worker)
    except TimeoutError:
        return f"was not ready within {seconds:g} s"
    except MotiaError as error:
        return f"{error.message} ({error.hint})" if error.hint else error.message
    except RunnerError as error:
        return str(error)
    except Exception as error:
        _log.exception("preparing worker %s failed inside the core", worker.name)
        return f"could not be prepared: {error}"
    return None
