"""The rules about `infrastructure`: what fits together. Pure; types and bounds are `keys.py`'s."""

from __future__ import annotations

import re
from itertools import pairwise

from motia_core.model import Backoff, HandlerRules, QueueRules
from motia_core.steps.keys import BackoffKeys, HandlerKeys, InfrastructureKeys, QueueKeys
from motia_core.steps.reading import Issue

# Megabytes → processors, as cloud functions couple them; linear in between.
CPU_BY_RAM = (
    (128, 0.0625),
    (256, 0.125),
    (512, 0.25),
    (1024, 0.5),
    (1536, 0.75),
    (2048, 1.0),
    (3008, 1.5),
    (4096, 2.0),
    (10240, 5.0),
)
CPU_TOLERANCE = 0.1
_POOL = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def handler_rules(given: InfrastructureKeys | None, issues: list[Issue]) -> HandlerRules:
    keys = given.handler if given else HandlerKeys()
    if keys.cpu is not None and keys.ram is not None:
        wanted = cpu_for(keys.ram)
        if abs(keys.cpu - wanted) > CPU_TOLERANCE + 1e-9:
            text = f"`infrastructure.handler.cpu`: {keys.cpu:g} does not go with {keys.ram} MB of ram"
            issues.append(Issue("bad_config", text, f"about {wanted:.3g} does; or leave `cpu` out"))
    if keys.pool is not None and not _POOL.fullmatch(keys.pool):
        text = "`infrastructure.handler.pool`: a name has up to 64 letters, digits, `_`, `-` and `.`"
        issues.append(Issue("bad_config", text))
    return HandlerRules(timeout=keys.timeout, ram_mb=keys.ram, cpu=keys.cpu, fresh=keys.fresh, pool=keys.pool)


def queue_rules(
    given: InfrastructureKeys | None, concurrency: int | None, max_retries: int, issues: list[Issue]
) -> QueueRules:
    keys = given.queue if given else QueueKeys()
    timeout = given.handler.timeout if given else None
    if keys.visibility_timeout is not None and timeout is not None and keys.visibility_timeout <= timeout:
        text = "`infrastructure.queue.visibilityTimeout` must be greater than `infrastructure.handler.timeout`"
        issues.append(Issue("bad_config", text, "leave `visibilityTimeout` out: leases renew themselves"))
    wait = keys.backoff or BackoffKeys()
    return QueueRules(
        fifo=keys.type == "fifo",
        max_retries=max_retries if keys.max_retries is None else keys.max_retries,
        visibility_timeout=keys.visibility_timeout,
        delay=keys.delay_seconds,
        concurrency=concurrency if concurrency is not None else keys.concurrency,
        backoff=Backoff(first=wait.first, factor=wait.factor, cap=wait.cap, jitter=wait.jitter),
    )


def cpu_for(ram: int) -> float:
    """The share of processors that goes with `ram` megabytes."""
    for (low, less), (high, more) in pairwise(CPU_BY_RAM):
        if ram <= high:
            return less + (more - less) * (ram - low) / (high - low)
    return CPU_BY_RAM[-1][1]
