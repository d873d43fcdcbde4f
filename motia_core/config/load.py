"""The effective configuration of a project: finds its file, merges everything that was set, tells what looks wrong.

Command line over environment over file over default; within the file, the section of the current environment over the
top level. A file that is a program is run by whoever passes `in_worker`. Whatever cannot be used stops the start with a
ConfigError: never silently open. `.env` is put into the environment first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec import Raw, Struct, field

from motia_core.config import files
from motia_core.config.environment import apply_dotenv, database, flags_layer, foreign, layer, read_dotenv
from motia_core.config.knobs import Config
from motia_core.config.merge import Layer, Settled, convert, leaves, settle
from motia_core.config.packages import old_packages
from motia_core.config.written import Written, guard, layers, strange
from motia_core.errors import ConfigError
from motia_core.model import Problem


class Program(Protocol):
    """What running a configuration file gives: its values without functions, and the functions' dotted names."""

    @property
    def config(self) -> Raw: ...
    @property
    def functions(self) -> list[str]: ...
    @property
    def dependencies(self) -> list[str]: ...


class Loaded(Struct, frozen=True, kw_only=True):
    """`file` is the configuration file; `files` are all that were read. `origins`: dotted key → where its value comes
    from. `authenticate` is the dotted name of the function in `file` that guards the streams. `dotenv` is what `.env`
    has set."""

    config: Config
    env: str
    file: str | None = None
    origins: dict[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    authenticate: str | None = None
    dotenv: dict[str, str] = field(default_factory=dict)


async def load(
    project: Path,
    mode: str,
    flags: Mapping[str, object],
    in_worker: Callable[[str], Awaitable[Program]],
    *,
    environ: MutableMapping[str, str] | None = None,
) -> Loaded:
    """`mode` `start` means production, any other development, unless the environment says; `flags` by dotted key."""
    environ = os.environ if environ is None else environ
    applied = apply_dotenv(read_dotenv(project), environ)
    usual = "production" if mode == "start" else "development"
    env = environ.get("MOTIA_ENV", "").strip() or environ.get("NODE_ENV", "").strip() or usual
    warnings: list[Problem] = []
    source = await _source(project, env, in_worker, warnings)
    from_environment, odd = layer(environ, mode)
    authenticate = guard(source, env)
    written = [_without_shared(one, environ) for one in layers(source, env, warnings)]
    found = [*written, *from_environment, flags_layer(flags)]
    warnings += odd
    settled = _with_database(found, environ, warnings)
    config, errors = convert(settled)
    if config is None:
        raise ConfigError("; ".join(errors), hint="see docs/configuration.md")
    config = _finished(config, settled, project, warnings)
    return Loaded(
        config=config,
        env=env,
        file=source.name,
        origins={key: settled.origins.get(key, "default") for key in leaves(_plain(config))},
        warnings=tuple(warnings),
        files=tuple(dict.fromkeys([*source.read, *([".env"] if (project / ".env").is_file() else [])])),
        authenticate=authenticate,
        dotenv=applied,
    )


async def _source(
    project: Path, env: str, in_worker: Callable[[str], Awaitable[Program]], warnings: list[Problem]
) -> Written:
    """The first file there is; further ones are named."""
    names = files.present(project)
    if files.SHARED in names and not _is_ours(project, env, warnings, alone=len(names) == 1):
        names.remove(files.SHARED)
    if not names:
        return Written()
    first, *others = names
    for other in others:
        text = f"{other} is ignored because {first} exists"
        warnings.append(Problem(code="second_config", message=text, file=other, hint="keep one of them"))
    if files.is_data(first):
        source = Written(first, files.read(project, first), [], [first])
    else:
        program = await in_worker(first)
        values = msgspec.json.decode(program.config, type=dict[str, Any])
        source = Written(first, values, program.functions, [first, *program.dependencies])
    return source


def _is_ours(project: Path, env: str, warnings: list[Problem], *, alone: bool) -> bool:
    """Whether a `config.yml` is meant for Motia: it holds keys of ours, and no top-level key that is not."""
    try:
        keys = list(files.read(project, files.SHARED))
    except ConfigError as error:
        # Somebody else's dialect of YAML, unless a line looks like a setting of ours.
        text = (project / files.SHARED).read_text(encoding="utf-8", errors="replace")
        words = {line.split(":")[0].strip() for line in text.splitlines() if re.match(r"\w+\s*:", line)}
        if len(strange(words, env)) < len(words):
            raise
        keys, reason = [], error.message
    else:
        foreign = strange(keys, env)
        if keys and not foreign:
            return True
        reason = f"`{foreign[0]}` is no key of Motia's" if foreign else "it is empty"
    if alone and keys:
        text = f"config.yml is ignored: {reason}"
        hint = "if it is meant for Motia, mend that and call it motia.yml"
        warnings.append(Problem(code="unrelated_config", message=text, file=files.SHARED, hint=hint))
    return False


def _without_shared(layer: Layer, environ: Mapping[str, str]) -> Layer:
    """A file may hand on the application's own DATABASE_URL: what cannot be Motia's is left out, and noted by
    `database` as if it were not there."""
    section = layer.values.get("database")
    if not isinstance(section, dict):
        return layer
    url = section.get("url")
    shared = environ.get("DATABASE_URL", "").strip()
    if not isinstance(url, str) or url.strip() != shared or not shared or shared.lower().startswith("sqlite:"):
        return layer
    rest = {key: value for key, value in section.items() if key != "url"}
    return Layer(layer.origin, {**layer.values, "database": rest})


def _with_database(found: list[Layer], environ: Mapping[str, str], warnings: list[Problem]) -> Settled:
    """A database named by the configuration wins over the variables that applications share."""
    fallback, odd = database(environ)
    # One note is enough where the file hands on the variable.
    said = [foreign("REDIS_URL")] if foreign("redis.url") in warnings else []
    warnings += [problem for problem in odd if problem not in said]
    settled = settle(found)
    if fallback is None or settled.values.get("database", {}).get("url"):
        return settled
    return settle([*found, fallback])


def _finished(config: Config, settled: Settled, project: Path, warnings: list[Problem]) -> Config:
    """Fills in what depends on the project, and writes paths the one way."""
    values = config
    if config.validation.http is None:
        old = old_packages(project)
        rule = "warn" if old else "enforce"
        if old:
            settled.origins["validation.http"] = f"package.json: {old}"
            text = f"the project depends on {old}: bodies that break a schema are logged, not refused"
            hint = "set validation.http to enforce"
            warnings.append(Problem(code="old_packages", message=text, file="package.json", hint=hint))
        validation = msgspec.structs.replace(config.validation, http=rule)
        values = msgspec.structs.replace(values, validation=validation)
    base = "/" + config.workbench.base.strip("/")
    if base != config.workbench.base:
        values = msgspec.structs.replace(values, workbench=msgspec.structs.replace(config.workbench, base=base))
    return values


def _plain(config: Config) -> dict[str, Any]:
    plain = msgspec.to_builtins(config, str_keys=True)
    assert isinstance(plain, dict)
    return plain
