"""One route ready to serve: its step, how its bodies are checked, how long it may run. Pure; made once per snapshot."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Raw

from motia_core.config.knobs import Config
from motia_core.model import Response, Step
from motia_core.triggers.routes import Target
from motia_core.validation import Issue, Validator, Validators

_MOST_CHECKED = 64 * 1024
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


class Endpoint:
    """`checks` = the body is looked at before the handler runs."""

    __slots__ = ("_told", "_validators", "body", "checks", "mode", "step", "target", "timeout", "warns_only")

    def __init__(self, target: Target, config: Config, validators: Validators) -> None:
        step = target.step
        self.target = target
        self.step: Step = step
        self.timeout = step.handler.timeout or config.deadlines.api
        self.mode = step.validation or config.validation.http or "enforce"
        self.warns_only = self.mode == "warn"
        self.body: Validator | None = None
        # A runner that checks anyway says all there is to warn about.
        mine = self.mode == "enforce" or (self.warns_only and not step.validates)
        if step.body_schema is not None and mine:
            self.body = validators.of(step.accepts or step.body_schema)
        self.checks = self.body is not None and self.body.problem is None
        self._validators = validators
        self._told: set[str] = set()

    def check(self, value: object, method: str) -> tuple[list[Issue], object]:
        """The verdict on a body and the body with its defaults; the same object when there was nothing to fill."""
        if self.body is None or (value is UNSET and method in _WITHOUT_BODY):
            return [], value
        given = {} if value is UNSET else value
        issues, filled = self.body.judge(given)
        return issues, value if filled is given else filled

    def mismatch(self, response: Response) -> list[Issue]:
        """What an answer breaks of `responseSchema`, told once for each status; only JSON of moderate size is read."""
        status = str(response.status)
        schema = self.step.response_schema.get(status)
        if schema is None or status in self._told or response.kind != "json" or len(response.body) > _MOST_CHECKED:
            return []
        issues = self._validators.of(schema).check(_decode(response.body))
        if issues:
            self._told.add(status)
        return issues


def _decode(body: Raw) -> object:
    try:
        return msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return None


def listed(issues: list[Issue]) -> str:
    """A few issues in words, for a log line."""
    return "; ".join(f"{issue.path or 'body'}: {issue.message}" for issue in issues[:5])
