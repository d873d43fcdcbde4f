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
from motia_core.config.environment import apply_dotenv, database, flags_layer, layer, read_dotenv
from motia_core.config.knobs import Config
from motia_core.config.merge import Layer, Settled, convert, known_keys, leaves, nearest, settle, spelled
from motia_core.config.packages import old_packages
from motia_core.errors import ConfigError
from motia_core.model import Problem

OLD_KEYS = ("app", "plugins", "adapters", "redis", "state", "states", "streams", "events")
USUAL_SECTIONS = ("development", "production", "test", "staging")
AUTH = "streamAuth"


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
    from. `functions` are dotted names in `file`. `dotenv` is what `.env` has set."""

    config: Config
    env: str
    file: str | None = None
    origins: dict[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    dotenv: dict[str, str] = field(default_factory=dict)


class _Source(Struct):
    """A configuration file as read."""

    name: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)


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
    layers = [*_file_layers(source, env, warnings), *from_environment, flags_layer(flags)]
    warnings += odd
    settled = _with_database(layers, environ, warnings)
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
        functions=tuple(source.functions),
        dotenv=applied,
    )


async def _source(
    project: Path, env: str, in_worker: Callable[[str], Awaitable[Program]], warnings: list[Problem]
) -> _Source:
    """The first file there is; further ones are named."""
    names = files.present(project)
    if files.SHARED in names and not _is_ours(project, env, warnings, alone=len(names) == 1):
        names.remove(files.SHARED)
    if not names:
        return _Source()
    first, *others = names
    for other in others:
        text = f"{other} is ignored because {first} exists"
        warnings.append(Problem(code="second_config", message=text, file=other, hint="keep one of them"))
    if files.is_data(first):
        source = _Source(first, files.read(project, first), [], [first])
    else:
        program = await in_worker(first)
        values = msgspec.json.decode(program.config, type=dict[str, Any])
        source = _Source(first, values, program.functions, [first, *program.dependencies])
    _check_auth(source, env)
    return source


def _is_ours(project: Path, env: str, warnings: list[Problem], *, alone: bool) -> bool:
    """Whether a `config.yml` is meant for Motia: it holds keys of ours, and no top-level key that is not."""
    known = {*(key for key in known_keys() if "." not in key), *OLD_KEYS, *USUAL_SECTIONS, env}
    try:
        keys = list(files.read(project, files.SHARED))
    except ConfigError as error:
        # Somebody else's dialect of YAML, unless a line looks like a setting of ours.
        text = (project / files.SHARED).read_text(encoding="utf-8", errors="replace")
        if any(line.split(":")[0].strip() in known for line in text.splitlines() if not line.startswith((" ", "\t"))):
            raise
        keys, reason = [], error.message
    else:
        strange = [key for key in keys if spelled({key: None})[1] and key not in known]
        if keys and not strange:
            return True
        reason = f"`{strange[0]}` is no key of Motia's" if strange else "it is empty"
    if alone and keys:
        text = f"config.yml is ignored: {reason}"
        hint = "if it is meant for Motia, mend that and call it motia.yml"
        warnings.append(Problem(code="unrelated_config", message=text, file=files.SHARED, hint=hint))
    return False


def _check_auth(source: _Source, env: str) -> None:
    """Streams must not be open because their guard was written in a place where nobody looks."""
    mentioned = AUTH in source.values or any(name.startswith(f"{AUTH}.") for name in source.functions)
    section = source.values.get(env)
    nested_auth = isinstance(section, dict) and AUTH in section
    if nested_auth or any(name.startswith(f"{env}.{AUTH}") for name in source.functions):
        raise ConfigError(f"{source.name}: `{AUTH}` belongs at the top level, not in `{env}`")
    if mentioned and f"{AUTH}.authenticate" not in source.functions:
        raise ConfigError(
            f"{source.name}: `{AUTH}.authenticate` is no function, and streams would be open to everybody",
            hint="export it from a configuration file in TypeScript, JavaScript, Python or Ruby",
        )


def _file_layers(source: _Source, env: str, warnings: list[Problem]) -> list[Layer]:
    if source.name is None:
        return []
    own = {key for key in known_keys() if "." not in key}
    top = {key: value for key, value in source.values.items() if key != AUTH}
    section = top.pop(env) if env not in own and isinstance(top.get(env), dict) else {}
    # A map under a strange name whose keys are all ours is the section of another environment.
    for key in [key for key, value in top.items() if key not in own and isinstance(value, dict)]:
        if key in USUAL_SECTIONS or (top[key] and key not in OLD_KEYS and not spelled(top[key])[1]):
            del top[key]
    layers = []
    old = _functions(source, env, own, warnings)
    for origin, values in ((source.name, top), (f"{source.name} [{env}]", section)):
        kept, unknown = spelled(values)
        old += [key for key in unknown if key in OLD_KEYS]
        for key in unknown:
            if key not in OLD_KEYS:
                hint = nearest(key, known_keys())
                text = f"{origin}: nobody reads the key `{key}`"
                warnings.append(Problem(code="unknown_key", message=text, file=source.name, hint=hint))
        layers.append(Layer(origin, kept))
    for key in dict.fromkeys(key for key in old if key in OLD_KEYS):
        text = f"{source.name}: `{key}` is a key of old Motia and has no effect"
        warnings.append(Problem(code="old_key", message=text, file=source.name, hint="remove it"))
    return layers


def _functions(source: _Source, env: str, own: set[str], warnings: list[Problem]) -> list[str]:
    """The old keys among the functions of the file. A setting that is a function cannot be used."""
    found = []
    for written in source.functions:
        name = written.removeprefix(f"{env}.")
        first = re.split(r"[.\[]", name, maxsplit=1)[0]
        if first in own:
            raise ConfigError(f"{source.name}: `{written}` cannot be a function")
        if first in OLD_KEYS:
            found.append(first)
        elif first != AUTH and first not in USUAL_SECTIONS:
            text = f"{source.name}: nobody calls the function `{written}`"
            warnings.append(Problem(code="unknown_key", message=text, file=source.name))
    return found


def _with_database(layers: list[Layer], environ: Mapping[str, str], warnings: list[Problem]) -> Settled:
    """A database named by the configuration wins over the variables that applications share."""
    fallback, odd = database(environ)
    warnings += odd
    settled = settle(layers)
    if fallback is None or settled.values.get("database", {}).get("url"):
        return settled
    return settle([*layers, fallback])


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
