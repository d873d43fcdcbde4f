"""Standard input and output of `motia mcp`.

Standard output belongs to the protocol: a private copy of it is taken and the place itself points to stderr, so that
nothing that prints can break a line. Requests run side by side; the end of input ends the command.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NoReturn

import anyio
import anyio.to_thread

from motia_core.cli.mcp import acts, history, sources
from motia_core.cli.mcp.project import Project
from motia_core.cli.mcp.protocol import Session
from motia_core.cli.mcp.tools import Toolbox
from motia_core.cli.output import note
from motia_core.cli.project import run_async

_LONGEST = 16 * 2**20
_GRACE = 5.0
"""Seconds that requests may still take once the input has ended."""
_INSTRUCTIONS = (
    "Motia runs a folder of steps as a backend: api steps answer HTTP, event steps hear topics, cron steps"
    " keep times; steps emit events to each other and share state. list_steps shows what there is, read_source"
    " how it works. To find out why something failed: traces (status failed), trace (which step, attempt and"
    " line), read_source, state_get; then mend the file, which a running `motia dev` reloads. Steps, source,"
    " flows, logs, traces, state, queues and dead letters can be read whether a server runs or not; the rest"
    " needs one, started in the project with: motia dev."
)
_READ_ONLY = (
    " This server is read-only; `motia mcp --write` adds emit, run, replay, redrive, state_set and state_delete."
)
_WRITES = " Then redrive its dead letters or replay the trace."


def serve(path: Path, port: int | None, *, write: bool) -> NoReturn:
    """Serves the project at `path` until the input ends; then ends the process."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    if sys.stdin.isatty():
        note("this speaks the Model Context Protocol: it is started by a coding tool, not typed to (Ctrl-D ends it)")
    here = Project(path, port)
    tools = [*sources.tools(here), *history.tools(here), *acts.tools(here)]
    session = Session(
        Toolbox(tools, write=write),
        sources.Sources(here),
        instructions=_INSTRUCTIONS + (_WRITES if write else _READ_ONLY),
    )
    with suppress(KeyboardInterrupt, BrokenPipeError):
        run_async(lambda: _serve(session, sys.stdin.buffer, out))
    # A thread may still wait for an answer of the server that nobody wants any more: it would hold up the end.
    sys.stderr.flush()
    os._exit(0)


async def _serve(session: Session, lines: BinaryIO, out: BinaryIO) -> None:
    writing = anyio.Lock()

    async def answer(line: bytes) -> None:
        said = await session.handle(line)
        if said is not None:
            async with writing:
                await anyio.to_thread.run_sync(_put, out, said + b"\n")

    async with anyio.create_task_group() as group:
        while line := await anyio.to_thread.run_sync(_line, lines, abandon_on_cancel=True):
            if line.strip():
                group.start_soon(answer, line)
        group.cancel_scope.deadline = anyio.current_time() + _GRACE


def _line(lines: BinaryIO) -> bytes:
    """The next line, empty at the end. Of one that is too long its beginning, which is no JSON: the client hears that
    it was not understood, and goes on with the next."""
    line = rest = lines.readline(_LONGEST)
    while len(rest) == _LONGEST and not rest.endswith(b"\n"):
        rest = lines.readline(_LONGEST)
    return line


def _put(out: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[out.write(view) :]
