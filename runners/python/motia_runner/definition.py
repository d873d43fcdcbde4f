"""One step or stream of a file as this runner uses it: functions, config, schemas. `report` is what the core is told."""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Dict, List, Optional, Set

from motia_runner import models, schemas, values
from motia_runner.faults import MotiaError
from motia_runner.hands import is_async

RUNS = ("api", "event", "cron")
_STATUS = re.compile(r"(?:[1-5]\d\d|[1-5]xx|default)\Z", re.IGNORECASE)
_SCHEMA_KEYS = ("bodySchema", "input", "schema")


class FileProblem(Exception):
    """What is wrong with a file; `code` is one of PROTOCOL.md's, `step.describe`."""

    def __init__(self, code: str, message: str, *, line: Optional[int] = None, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        self.hint = hint


class Definition:
    """Made by `dialects.py`. `config` is the author's dict with camelCase keys, still with functions and schemas."""

    def __init__(
        self,
        *,
        member: str,
        dialect: str,
        kind: str,
        config: Dict[str, Any],
        handler: Optional[Callable[..., Any]],
        line: Optional[int],
        inferred: List[str],
        parts: Optional[Dict[str, Any]] = None,
    ) -> None:
        self.member = member
        self.dialect = dialect
        self.kind = kind
        self.config = config
        self.handler = handler
        self.line = line
        self.inferred = inferred
        self.name = str(config.get("name") or member)
        self.flows: List[str] = list(config.get("flows") or [])
        given = config.get("middleware") or []
        self.middleware = [one for one in (given if isinstance(given, (list, tuple)) else [given]) if callable(one)]
        self.can_access = config.get("canAccess") if callable(config.get("canAccess")) else None
        self.warned: Set[str] = set()
        self.bind: Callable[[Any, Any], Any] = lambda input, context: ((), {})
        schema = config.get({"api": "bodySchema", "event": "input"}.get(kind, ""))
        self.model = None if schema is None else models.judge_of(schema)
        self.parts = parts or {}
        # What the core cannot check in full: (part of the request, or "" for the whole input; model).
        own = [("body" if kind == "api" else "", self.model)] if self.model is not None else []
        judged = ((part, models.judge_of(given)) for part, given in self.parts.items())
        self.checks = [*own, *((part, judge) for part, judge in judged if judge is not None)]
        # The first function called decides where the invocation runs.
        first = self.middleware[0] if self.middleware and kind == "api" else handler
        self.on_loop = first is not None and is_async(first)
        self._report: Optional[Dict[str, Any]] = None
        self.problems: List[str] = []

    @property
    def mode(self) -> str:
        """What happens to an input that breaks the model, unless the core says."""
        told = self.config.get("validation")
        if told in ("enforce", "warn", "off"):
            return str(told)
        return "warn" if self.kind == "event" else "enforce"

    def report(self) -> Dict[str, Any]:
        """One entry of `steps`. Raises FileProblem when the config is no JSON."""
        if self._report is None:
            self._report = {
                "member": self.member,
                "config": self._config(),
                "line": self.line,
                "hasHandler": self.handler is not None,
                "middleware": len(self.middleware),
                "validates": bool(self.checks),
                **self._accepts(),
                "canAccess": self.can_access is not None,
                "inferred": self.inferred,
            }
        return self._report

    def _responses(self, given: Any) -> Dict[str, Any]:
        """By status; one schema alone is that of 200."""
        if not isinstance(given, dict) or not all(_STATUS.match(str(status)) for status in given):
            given = {200: given}
        return {
            str(status): None if each is None else schemas.convert(each, self.problems, f"responseSchema.{status}")
            for status, each in given.items()
        }

    def _accepts(self) -> Dict[str, Any]:
        """What the core checks with, where that is wider than the schema in `config`."""
        if self.model is None:
            return {}
        given = self.config["bodySchema" if self.kind == "api" else "input"]
        return {"accepts": json.loads(values.dump_plain(schemas.accepted(given), "accepts"))}

    def _config(self) -> Any:
        told: Dict[str, Any] = {}
        for key, value in self.config.items():
            if key in ("middleware", "canAccess"):
                continue
            if key in _SCHEMA_KEYS and value is not None:
                told[key] = schemas.convert(value, self.problems, key)
            elif key == "responseSchema" and value is not None:
                told[key] = self._responses(value)
            elif key == "parameters" and isinstance(value, dict):
                told[key] = {
                    str(part): schemas.convert(one, self.problems, f"parameters.{part}")
                    for part, one in value.items()
                    if one is not None
                }
            else:
                told[key] = without_functions(value, key, [])
        for part, given in self.parts.items():
            made = schemas.convert(given, self.problems, f"schema.{part}")
            if part == "query" and "queryParams" not in told and isinstance(made, dict):
                told["queryParams"] = [{"name": name} for name in made.get("properties") or ()]
            if isinstance(made, dict):
                told.setdefault("parameters", {}).setdefault(part, made)
            if models.judge_of(given) is None:
                self.problems.append(f"schema.{part} is not checked: give a Pydantic model")
        try:
            return json.loads(values.dump_plain(told, "config"))
        except MotiaError as error:
            raise FileProblem("bad_config", str(error), line=self.line, hint="config holds plain values") from None


def without_functions(value: Any, name: str, functions: List[str]) -> Any:
    """A copy without functions, whose dotted names are added to `functions`."""
    if isinstance(value, dict):
        kept = {}
        for key, part in value.items():
            where = f"{name}.{key}" if name else str(key)
            if callable(part) and not isinstance(part, type):
                functions.append(where)
            else:
                kept[key] = without_functions(part, where, functions)
        return kept
    if isinstance(value, (list, tuple)):
        return [
            None if callable(part) else without_functions(part, f"{name}[{n}]", functions)
            for n, part in enumerate(value)
        ]
    return value


def camel(key: Any) -> Any:
    """`body_schema` → `bodySchema`; anything else as it is."""
    if not isinstance(key, str) or "_" not in key or key.startswith("_"):
        return key
    return re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda found: found[1].upper(), key)
