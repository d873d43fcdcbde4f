"""`config.load`, `stream.authenticate`, `stream.canAccess`: functions of a project that are no steps' handlers."""

from __future__ import annotations

import inspect
import json
from typing import Any, Dict, List

from motia_runner import binding, dialects, values
from motia_runner.definition import without_functions
from motia_runner.faults import INVALID_PARAMS, STEP_UNAVAILABLE, MotiaError
from motia_runner.hands import Hands
from motia_runner.loader import Loader, Overdue
from motia_runner.request import Headers, Request

_NAMES = ("config", "CONFIG", "default")


class Configs:
    """Reads `motia_config.py`: a dict called `config`, or a function of that name that returns one, now or later."""

    def __init__(self, loader: Loader, hands: Hands) -> None:
        self._loader = loader
        self._hands = hands
        self._loaded: Dict[str, Dict[str, Any]] = {}

    async def load(self, params: Dict[str, Any]) -> Dict[str, Any]:
        """`{config, functions, dependencies, error?}`; never fails as a whole."""
        file = _file(params, "config.load")
        told: Dict[str, Any] = {"config": {}, "functions": []}
        self._loaded.pop(file, None)
        try:
            functions: List[str] = []
            config = self._loaded[file] = await _config(self._loader.config(file), file)
            kept = without_functions(config, "", functions)
            told["config"] = json.loads(values.dump_plain(kept, "config"))
            told["functions"] = functions
        except (Exception, SystemExit, Overdue) as error:
            told["error"] = self._loader.problem(error, file)
        told["dependencies"] = self._loader.dependencies(file)
        return told

    async def authenticate(self, params: Dict[str, Any]) -> Dict[str, Any]:
        file = _file(params, "stream.authenticate")
        name = str(params.get("function") or "streamAuth.authenticate")
        if file not in self._loaded:
            self._loaded[file] = await _config(self._loader.module(file), file)
        authenticate: Any = self._loaded[file]
        for key in name.split("."):
            authenticate = authenticate.get(key) if isinstance(authenticate, dict) else None
        if not callable(authenticate):
            raise MotiaError(f"{file} has no {name}", STEP_UNAVAILABLE)
        given = params.get("request") or {}
        asked = Request(given, headers=Headers(given.get("headers") or {}))
        return {"context": await self._hands.call(None, authenticate, asked)}

    async def can_access(self, params: Dict[str, Any]) -> Dict[str, Any]:
        stream = self._loader.step(str(params.get("file")), str(params.get("member", "")), params.get("snapshot", 0))
        if stream.can_access is None:
            return {"allowed": True}
        subscription = Request(params.get("subscription") or {})
        args, named = binding.positional(stream.can_access, "stream")(subscription, params.get("auth"))
        return {"allowed": bool(await self._hands.call(None, stream.can_access, *args, **named))}


def _file(params: Dict[str, Any], method: str) -> str:
    file = params.get("file")
    if not isinstance(file, str):
        raise MotiaError(f"{method} needs a file", INVALID_PARAMS)
    return file


async def _config(module: Any, file: str) -> Dict[str, Any]:
    found = next((getattr(module, name) for name in _NAMES if hasattr(module, name)), None)
    if callable(found) and not isinstance(found, type):
        found = found()
    if inspect.isawaitable(found):
        found = await found
    if not isinstance(found, dict):
        raise MotiaError(f'{file}: write config = {{"port": 3000, …}}')
    return dialects.settings(found)  # type: ignore[no-any-return]
