"""Everything that is measured, gathered when somebody scrapes: counts as they stand, and what parts show of themselves.

Labels are names of steps and pools and words of our own. Nothing here runs unless it is asked for, but `watch_loop`.
"""

from __future__ import annotations

import os
from collections import Counter

import anyio

from motia_core import __version__
from motia_core.app.parts import Parts
from motia_core.clock import Clock
from motia_core.errors import StoreError
from motia_core.metrics.counts import Counts
from motia_core.metrics.exposition import Family
from motia_core.problems import gravity
from motia_core.services.stats import Depths
from motia_core.storage.base import Backlog
from motia_core.streams.hub import Status
from motia_core.workers.lifecycle import State
from motia_core.workers.status import PoolStatus, resident

_LOOK_EVERY = 0.5


async def watch_loop(counts: Counts, clock: Clock) -> None:
    """Measures how late the loop comes back to what it was to do, until cancelled."""
    while True:
        due = clock.monotonic() + _LOOK_EVERY
        await anyio.sleep(_LOOK_EVERY)
        counts.loop.add(max(0.0, clock.monotonic() - due))


class Gauges:
    def __init__(self, parts: Parts, depths: Depths) -> None:
        self._parts = parts
        self._depths = depths

    async def families(self) -> list[Family]:
        """All of them. A store that does not answer leaves its own out."""
        return [
            *self._server(),
            *_requests(self._parts.services.counts),
            *_runs(self._parts),
            *await self._queue(),
            *_workers(self._parts.fleet.statuses()),
            *_streams(self._parts.hub.status),
            *(self._parts.exporter.families() if self._parts.exporter is not None else ()),
        ]

    def _server(self) -> list[Family]:
        parts, counts = self._parts, self._parts.services.counts
        info = Family("motia_info", "gauge", "The version that runs; always 1")
        info.add(1, version=__version__, mode=parts.mode)
        started = Family("process_start_time_seconds", "gauge", "When the server started, since the epoch")
        started.add(counts.since / 1000)
        memory = Family("process_resident_memory_bytes", "gauge", "Resident memory of the server itself")
        memory.add(resident(os.getpid()))
        used = os.times()
        processor = Family("process_cpu_seconds", "counter", "Processor time of the server itself")
        processor.add(round(used.user + used.system, 3))
        lag = Family("motia_event_loop_lag_seconds", "histogram", "How late the event loop came to what was due")
        lag.time(counts.loop)
        stored = Family("motia_store_write_seconds", "histogram", "How long batches of writes took until their commit")
        for name, took in parts.storage.writes().items():
            stored.time(took, database=name)
        dropped = Family("motia_recorder_dropped", "counter", "Records for which there was no room")
        lost = parts.recorder.losses
        for what, count in (("spans", lost.spans), ("logs", lost.logs), ("inputs", lost.inputs)):
            dropped.add(count, what=what)
        running = Family("motia_invocations_running", "gauge", "Invocations under way")
        running.add(len(parts.running))
        broken = Family("motia_broken_files", "gauge", "Step files with an error")
        problems = parts.registry.current.problems
        broken.add(len({one.file for one in problems if gravity(one) == "error" and one.file is not None}))
        return [info, started, memory, processor, lag, stored, dropped, running, broken]

    async def _queue(self) -> list[Family]:
        depth = Family("motia_queue_deliveries", "gauge", "Deliveries of events by step and state")
        oldest = Family("motia_queue_oldest_seconds", "gauge", "Age of the oldest delivery that waits, by step")
        dead = Family("motia_dead_letters", "gauge", "Dead letters that are there, by step")
        buried = Family(
            "motia_dead_letters_buried", "counter", "Deliveries given up since the start, by step and reason"
        )
        for (step, reason), count in self._parts.services.counts.buried.items():
            buried.add(count, step=step, reason=reason)
        try:
            rows = await self._depths.read()
        except StoreError:
            return [buried]
        now, found = self._parts.clock.now_ms(), {row.step: row for row in rows}
        waits = [step.name for step in self._parts.registry.current.steps if step.kind in ("event", "cron")]
        for row in (found.get(name) or Backlog(step=name) for name in dict.fromkeys([*waits, *found])):
            for state in ("ready", "delayed", "running", "blocked"):
                depth.add(getattr(row, state), step=row.step, state=state)
            oldest.add(0 if row.oldest is None else max(0, now - row.oldest) / 1000, step=row.step)
            dead.add(row.dead, step=row.step)
        return [depth, oldest, dead, buried]


def _requests(counts: Counts) -> list[Family]:
    requests = Family("motia_requests", "counter", "HTTP requests by step (empty: no step), method and status class")
    took = Family("motia_request_duration_seconds", "histogram", "From the head of a request to its answer, by step")
    for step, one in counts.steps.items():
        for (method, status), count in one.requests.items():
            requests.add(count, step=step, method=method, status=f"{status}xx")
        if one.requests:
            took.time(one.answers, step=step)
    return [requests, took]


def _runs(parts: Parts) -> list[Family]:
    counts = parts.services.counts
    kinds = {step.name: step.kind for step in parts.registry.current.steps}
    runs = Family("motia_invocations", "counter", "Runs of handlers by step, kind and how they ended")
    retries = Family("motia_retries", "counter", "Runs after the first attempt, by step")
    took = Family("motia_invocation_duration_seconds", "histogram", "How long handlers took, by step")
    for step, one in counts.steps.items():
        for outcome, count in one.outcomes.items():
            runs.add(count, step=step, kind=kinds.get(step, "gone"), outcome=outcome)
        if one.outcomes:
            retries.add(one.retries, step=step)
            took.time(one.runs, step=step)
    return [runs, retries, took]


def _streams(status: Status) -> list[Family]:
    open_now = Family("motia_stream_connections", "gauge", "Stream sockets and readers of server-sent events")
    open_now.add(status.connections)
    followed = Family("motia_stream_rooms", "gauge", "Groups and items that somebody follows")
    followed.add(status.rooms)
    subscriptions = Family("motia_stream_subscriptions", "gauge", "Subscriptions to them")
    subscriptions.add(status.subscriptions)
    delivered = Family("motia_stream_messages", "counter", "Changes and events given to connections")
    delivered.add(status.delivered)
    cut = Family("motia_stream_cut", "counter", "Connections cut because they were too slow or gone")
    cut.add(status.cut)
    return [open_now, followed, subscriptions, delivered, cut]


def _workers(pools: list[PoolStatus]) -> list[Family]:
    states = Family("motia_workers", "gauge", "Worker processes by pool and state")
    memory = Family("motia_worker_memory_bytes", "gauge", "Resident memory of the workers of a pool, together")
    busy = Family("motia_worker_invocations", "gauge", "Invocations the workers of a pool hold")
    waiting = Family("motia_pool_waiting", "gauge", "Callers that wait for a worker")
    restarts = Family("motia_worker_restarts", "counter", "Workers that had to be replaced")
    late = Family("motia_late_answers", "counter", "Answers nobody waited for any more")
    for pool in pools:
        found = Counter(worker.state for worker in pool.workers)
        for state in State:
            states.add(found[state.value], pool=pool.name, state=state.value)
        memory.add(sum(worker.rss for worker in pool.workers), pool=pool.name)
        busy.add(sum(worker.in_flight for worker in pool.workers), pool=pool.name)
        waiting.add(pool.waiting, pool=pool.name)
        restarts.add(pool.restarts, pool=pool.name)
        late.add(pool.late, pool=pool.name)
    return [states, memory, busy, waiting, restarts, late]
