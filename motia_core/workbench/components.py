"""Components of the author's own that draw a step: `GET /__motia/api/components` says which there are, and
`GET /__motia/component/:stepId` serves one as a script, made by the runner that says it can.

Only while one develops. A script is made when a page asks for it and kept until one of its files changes; one that
cannot be made is an answer with a reason, never a broken page.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import anyio
import anyio.to_thread
import msgspec
from msgspec import Struct

from motia_core.errors import MotiaError
from motia_core.steps.registry import Registry
from motia_core.workbench import flows
from motia_core.workbench.asked import Answer, Handler, NotThere, Request
from motia_core.workers.languages import Components, Runner
from motia_core.workers.packages import installed

_SECONDS = 30.0
_KEPT = 200


class NotMade(MotiaError):
    """The component cannot be made into a script."""

    status = 422
    retryable = False


class Made(Struct, frozen=True):
    """What the runner's program prints: the script and the files it is made of, or what is wrong."""

    code: str = ""
    files: list[str] = []
    error: str | None = None


class Script(Struct, frozen=True):
    """`version` is that of the files it was made of."""

    version: str
    made: Made


class ComponentScreen:
    """`routes` are admin routes; they answer 404 when `is_dev` is False."""

    def __init__(self, project: Path, registry: Registry, runners: Mapping[str, Runner], *, is_dev: bool) -> None:
        self._project = project
        self._registry = registry
        self._runners = runners
        self._is_dev = is_dev
        self._scripts: dict[Path, Script] = {}
        self._making = anyio.Lock()
        self.routes: dict[str, Handler] = {
            "GET /__motia/api/components": self._list,
            "GET /__motia/component/:stepId": self._script,
        }

    async def _list(self, request: Request) -> object:
        """By step; the version changes with any of the files known to be in it."""
        if not self._is_dev:
            return {"items": [], "next": None}
        return {"items": await anyio.to_thread.run_sync(self._versions), "next": None}

    async def _script(self, request: Request) -> Answer:
        found = await anyio.to_thread.run_sync(self._found) if self._is_dev else {}
        path = found.get(request.params["stepId"])
        if path is None:
            raise NotThere("this step has no component of its own")
        async with self._making:
            known = self._scripts.get(path)
            if known is None or known.version != self._version(path):
                made = await self._make(path)
                while len(self._scripts) >= _KEPT:
                    del self._scripts[next(iter(self._scripts))]
                self._scripts[path] = Script("", made)
                known = self._scripts[path] = Script(self._version(path), made)
        # What is wrong is a script too: a page that asks should not look broken itself.
        error = known.made.error
        code = known.made.code if error is None else f"export const problem = {msgspec.json.encode(error).decode()}\n"
        headers = {
            "content-type": "text/javascript; charset=utf-8",
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "cross-origin-resource-policy": "same-origin",
        }
        return Answer(code.encode(), headers=headers)

    def _versions(self) -> list[dict[str, str]]:
        return [{"id": id, "version": self._version(path)} for id, path in self._found().items()]

    def _found(self) -> dict[str, Path]:
        """By the id of the step."""
        steps = self._registry.current.steps
        ids = flows.step_ids(self._project, steps)
        paths = ((ids[step.name], flows.component(self._project / step.file)) for step in steps)
        return {id: Path(path) for id, path in paths if path is not None}

    def _version(self, path: Path) -> str:
        known = self._scripts.get(path)
        files = [path, *(self._project / one for one in known.made.files)] if known is not None else [path]
        times = [_touched(file) for file in dict.fromkeys(files)]
        return f"{max(times, default=0):x}-{len(times):x}"

    async def _make(self, path: Path) -> Made:
        runner, program = self._program(path)
        packages = await installed(runner)
        environ = {**os.environ, **({} if packages is None else {"MOTIA_PACKAGES": str(packages)})}
        command = [word.replace("{file}", str(path)) for word in program.command]
        with anyio.move_on_after(_SECONDS):
            ran = await anyio.run_process(command, cwd=self._project, env=environ, check=False)
            try:
                return msgspec.json.decode(ran.stdout, type=Made)
            except msgspec.MsgspecError:
                return Made(error=ran.stderr.decode("utf-8", "replace").strip()[-500:] or "nothing was made of it")
        return Made(error=f"it was not made within {_SECONDS:.0f} s")

    def _program(self, path: Path) -> tuple[Runner, Components]:
        """Raises NotMade."""
        for runner in self._runners.values():
            if runner.components is not None and path.suffix in runner.components.endings:
                if runner.problem is not None:
                    raise NotMade(runner.problem)
                return runner, runner.components
        raise NotMade(f"no runner can show {path.suffix} files")


def _touched(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
