"""Turns what a runner reports about a file into the steps and streams that are served. Pure.

Owns the rules about values (methods, paths, infrastructure); `keys.py` owns which keys there are. A step with a wrong
value is left out and its mistakes are told; the file's other steps stay. Next: `registry.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct

from motia_core.model import Emit, Problem, QueryParam, Step, Stream, is_hidden
from motia_core.protocol.requests import FileReport, SourceError, StepReport
from motia_core.steps.discovery import Candidate
from motia_core.steps.infrastructure import handler_rules, queue_rules
from motia_core.steps.keys import KINDS, ApiKeys, CommonKeys, CronKeys, EventKeys, QueueKeys, RunKeys, StreamKeys
from motia_core.steps.names import file_stem
from motia_core.steps.reading import Issue, fields_of, nearest, read
from motia_core.steps.routes import routes_of, sse_of
from motia_core.validation import problem_of

# What runners use themselves, and what old Motia's wrote into configs.
_IGNORED = frozenset({"__motia_hasCanAccess", "middleware", "canAccess", "$schema"})
_PARTS = frozenset({"query", "params", "headers"})
_TELLTALE = (("cron", "cron"), ("subscribes", "event"), ("path", "api"), ("method", "api"), ("schema", "stream"))


class Defined(Struct, frozen=True):
    """What one file holds. `broken` = the file or one of its steps cannot be served."""

    steps: tuple[Step, ...] = ()
    streams: tuple[Stream, ...] = ()
    problems: tuple[Problem, ...] = ()
    broken: bool = False


def define(report: FileReport, candidate: Candidate, *, max_retries: int = 3) -> Defined:
    """The steps and streams of one file. `max_retries` is for steps that do not say."""
    problems = [_problem(report.file, warning) for warning in report.warnings]
    if report.error is not None:
        if report.error.code == "no_config" and candidate.role == "maybe":
            return Defined(problems=tuple(problems))
        return Defined(problems=(_problem(report.file, report.error), *problems), broken=True)
    steps: list[Step] = []
    streams: list[Stream] = []
    broken = False
    for described in report.steps:
        found, issues = _define_one(described, candidate, max_retries)
        problems.extend(_issue(report.file, described, issue) for issue in issues)
        if isinstance(found, Step):
            steps.append(found)
        elif found is not None:
            streams.append(found)
        else:
            broken = True
    return Defined(tuple(steps), tuple(streams), tuple(problems), broken)


def step_id(file: str, member: str) -> str:
    """The same on every machine, and as long as the file keeps its place."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"motia:{file}#{member}" if member else f"motia:{file}"))


def _define_one(report: StepReport, candidate: Candidate, max_retries: int) -> tuple[Step | Stream | None, list[Issue]]:
    given = fields_of(report.config)
    if given is None:
        return None, [Issue("bad_config", "`config` is no object", "write `config` as an object of keys")]
    kind = _text(given.get("type")) or ""
    if candidate.role == "stream" or kind == "stream":
        return _stream(report, candidate, given)
    if kind not in KINDS:
        return None, [_bad_kind(given, kind)]
    ignored = set(_IGNORED)
    if _text(given.get("id")) == _text(given.get("name")):
        ignored.add("id")
    keys, issues = read(KINDS[kind], given, of=f"{kind} steps", ignore=ignored)
    if keys is None:
        issues = [_name_hint(issue, candidate.file) for issue in issues]
        return None, issues
    assert isinstance(keys, CommonKeys)
    return _step(keys, report, candidate, max_retries, issues), issues


def _step(
    keys: CommonKeys, report: StepReport, candidate: Candidate, max_retries: int, issues: list[Issue]
) -> Step | None:
    before = len(issues)
    values: dict[str, Any] = {
        "id": step_id(candidate.file, report.member),
        "name": keys.name,
        "kind": keys.type,
        "file": candidate.file,
        "member": report.member,
        "runner": candidate.runner,
        "language": candidate.language,
        "description": keys.description or "",
        "line": report.line,
        "flows": tuple(keys.flows or ()),
        "virtual_emits": _emits(keys.virtual_emits) or (),
        "virtual_subscribes": tuple(keys.virtual_subscribes or ()),
        "include_files": tuple(keys.include_files or ()),
        "middleware": report.middleware,
        "validates": report.validates,
        "accepts": None if report.accepts is UNSET else report.accepts,
        "has_handler": report.has_handler,
        "inferred": tuple(report.inferred),
    }
    if isinstance(keys, RunKeys):
        if not report.has_handler:
            hint = f"export a function called `handler`, or one named like the step: `{keys.name}`"
            issues.append(Issue("no_handler", f"{keys.name} has a config but no handler", hint))
        values |= _running(keys, max_retries, issues)
    elif not keys.virtual_emits and not keys.virtual_subscribes:
        issues.append(Issue("ignored_key", "a noop step without `virtualEmits` and `virtualSubscribes` is drawn alone"))
    fatal = any(issue.code in ("bad_config", "no_handler") for issue in issues[before:])
    return None if fatal else Step(**values)


def _running(keys: RunKeys, max_retries: int, issues: list[Issue]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "emits": _emits(keys.emits),
        "strict_emits": keys.strict_emits,
        "handler": handler_rules(keys.infrastructure, issues),
    }
    if keys.infrastructure is not None and keys.infrastructure.queue != QueueKeys() and not isinstance(keys, EventKeys):
        issues.append(Issue("ignored_key", f"`infrastructure.queue` has no effect on {keys.type} steps", "remove it"))
    if isinstance(keys, ApiKeys):
        values |= {
            "routes": routes_of(keys, issues),
            "body_schema": _schema("bodySchema", keys.body_schema, issues),
            "response_schema": _schemas("responseSchema", keys.response_schema, issues),
            "query_params": tuple(QueryParam(one) if isinstance(one, str) else one for one in keys.query_params or ()),
            "parameters": _schemas("parameters", _parts(keys, issues), issues),
            "validation": keys.validation,
        }
    elif isinstance(keys, EventKeys):
        topics = tuple(dict.fromkeys(keys.subscribes or ()))
        values |= {
            "topics": tuple(topic for topic in topics if topic != "*"),
            "all_topics": keys.all_topics or "*" in topics,
            "input_schema": _schema("input", keys.input, issues),
            "validation": keys.validation,
            "on_failure": keys.on_failure,
            "queue": queue_rules(keys.infrastructure, keys.concurrency, max_retries, issues),
        }
    elif isinstance(keys, CronKeys):
        values |= {
            "cron": keys.cron,
            "timezone": keys.timezone,
            "overlap": keys.overlap,
            "catch_up": keys.catch_up,
            "on_failure": keys.on_failure,
        }
    return values


def _stream(report: StepReport, candidate: Candidate, given: Mapping[str, Raw]) -> tuple[Stream | None, list[Issue]]:
    keys, issues = read(StreamKeys, given, of="streams", ignore=_IGNORED)
    if keys is None:
        return None, [_name_hint(issue, candidate.file) for issue in issues]
    if is_hidden(keys.name):
        text = f"`name`: '{keys.name}' is a name for Motia's own streams"
        return None, [*issues, Issue("bad_config", text, "choose one that does not begin like that")]
    storage = keys.base_config.storage_type if keys.base_config else "default"
    if storage != "default":
        text = f"`baseConfig.storageType` `{storage}` has no effect: items are kept in Motia's own database"
        issues.append(Issue("ignored_key", text, "write `baseConfig: { storageType: 'default' }`, or leave it out"))
    stream = Stream(
        name=keys.name,
        file=candidate.file,
        member=report.member,
        runner=candidate.runner,
        language=candidate.language,
        description=keys.description or "",
        schema=_schema("schema", keys.schema, issues),
        ttl=keys.ttl or (keys.base_config.ttl if keys.base_config else None),
        storage_type=storage,
        guarded=report.can_access,
        sse=sse_of(keys.sse, issues),
    )
    return stream, issues


def _schema(key: str, raw: Raw, issues: list[Issue]) -> Raw | None:
    text = bytes(raw).strip()
    if text == b"null":
        return None
    if text[:1] != b"{" and text not in (b"true", b"false"):
        issues.append(Issue("bad_schema", f"`{key}` is no JSON Schema: it is left open"))
        return None
    if (why := problem_of(text)) is not None:
        issues.append(Issue("bad_schema", f"`{key}` cannot be used, nothing is checked against it: {why}"))
    return Raw(text)


def _schemas(key: str, given: Mapping[str, Raw] | None, issues: list[Issue]) -> dict[str, Raw]:
    found = {name: _schema(f"{key}.{name}", raw, issues) for name, raw in (given or {}).items()}
    return {name: schema for name, schema in found.items() if schema is not None}


def _parts(keys: ApiKeys, issues: list[Issue]) -> Mapping[str, Raw]:
    """The parts of a request that `parameters` describes."""
    given = keys.parameters or {}
    for name in given.keys() - _PARTS:
        issues.append(Issue("ignored_key", f"`parameters.{name}`: there is no such part", "query, params or headers"))
    return {name: raw for name, raw in given.items() if name in _PARTS}


def _emits(entries: list[str | Emit] | None) -> tuple[Emit, ...] | None:
    if entries is None:
        return None
    return tuple(Emit(entry) if isinstance(entry, str) else entry for entry in entries)


def _bad_kind(given: Mapping[str, Raw], kind: str) -> Issue:
    guess = next((guess for key, guess in _TELLTALE if key in given), "api")
    if not kind:
        return Issue("bad_config", "`type` is missing", f"this looks like `type: '{guess}'`")
    hint = nearest(kind, KINDS) or "it is one of api, event, cron, noop, stream"
    return Issue("bad_config", f"`type`: there is no kind of step called '{kind}'", hint)


def _name_hint(issue: Issue, file: str) -> Issue:
    if issue.message != "`name` is missing":
        return issue
    return Issue(issue.code, issue.message, f"add `name: '{file_stem(file)}'` to the config")


def _text(raw: Raw | None) -> str | None:
    if raw is None or not bytes(raw).startswith(b'"'):
        return None
    return msgspec.json.decode(raw, type=str)


def _problem(file: str, error: SourceError) -> Problem:
    return Problem(
        code=error.code,
        message=error.message,
        file=error.file or file,
        line=error.line,
        column=error.column,
        hint=error.hint,
        stack=error.stack,
    )


def _issue(file: str, report: StepReport, issue: Issue) -> Problem:
    return Problem(code=issue.code, message=issue.message, file=file, line=report.line, hint=issue.hint)
