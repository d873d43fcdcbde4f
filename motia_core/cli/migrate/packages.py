"""Checks of package.json: old packages and what its scripts call."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import msgspec
from msgspec import Struct, field

from motia_core.cli.migrate.finding import Finding, finding, line_of

FILE = "package.json"
_STAND_IN = re.compile(r"@motiadev/(plugin-|adapter-|workbench)|motia/workbench")
_CALL = re.compile(
    r"(?:^|[\s;&|(])(?:npx\s+|pnpm\s+(?:exec\s+|dlx\s+)?|yarn\s+|bunx\s+)?motia(?:@\S+)?\s+([a-z][\w:-]*)([^;&|]*)"
)
# What the old program could do and ours may lack → what takes its place.
_INSTEAD = {
    "install": "Packages are installed by npm, pip and bundler themselves",
    "build": "Nothing is built: `motia start` runs the sources",
    "cloud": "Run `motia start` on a server of your own",
    "docker": "Build an image that installs motia and runs `motia start`",
    "generate-types": "Nothing: keep the types.d.ts you have",
    "generate": "Copy a step of the documentation",
    "create": "Make a folder `steps/`",
    "rules": "Nothing takes its place",
}


class _Package(Struct):
    scripts: dict[str, object] = field(default_factory=dict)


def check(text: str, old: Mapping[str, str], commands: Collection[str], *, strict: bool = False) -> list[Finding]:
    """`old`: the old packages it names; `commands`: those that `motia` has; `strict`: the configuration decides how
    bodies are validated."""
    try:
        package = msgspec.json.decode(text, type=_Package)
    except msgspec.MsgspecError as error:
        return [finding("syntax", FILE, 1, f"it is no package.json: {error}")]
    return [*_packages(text, old, strict), *_scripts(text, package, old, commands)]


def _packages(text: str, old: Mapping[str, str], strict: bool) -> Iterator[Finding]:
    for name, wanted in sorted(old.items()):
        line = line_of(text, f'"{name}"')
        if name == "@motiadev/test":
            yield finding("old_test_kit", FILE, line)
        elif _STAND_IN.match(name):
            yield finding("old_plugin", FILE, line, f"{name} {wanted}: a stand-in takes its place")
        else:
            yield finding(
                "old_package", FILE, line, f"{name} {wanted}: steps get Motia's own SDK, whatever is installed"
            )
    if old and not strict:
        name = "motia" if "motia" in old else min(old)
        yield finding("soft_validation", FILE, line_of(text, f'"{name}"'))


def _scripts(text: str, package: _Package, old: Mapping[str, str], commands: Collection[str]) -> Iterator[Finding]:
    known = {command.split()[0] for command in commands}
    told = False
    for name, script in package.scripts.items():
        calls = _CALL.findall(script) if isinstance(script, str) else []
        line = _line(text, name)
        for command, rest in calls:
            # `dev:debug` is an old form of `dev --debug`.
            first = "dev" if command == "dev:debug" else command
            if first not in known:
                message = f"`{name}` calls `motia {command}`, which is not there"
                yield finding("script_gone", FILE, line, message, _INSTEAD.get(command, ""))
            elif "motia" in old and not told:
                told = True
                message = f"`{name}` starts the old program, not ours, once npm has installed the old packages"
                names = " ".join(sorted(old))
                yield finding("old_program", FILE, line, message, f"npm uninstall {names}; or call motia without npm")
            if first == "dev" and not re.search(r"(?:^|\s)(?:-H|--host)\b", rest):
                yield finding("script_loopback", FILE, line, f"`{name}`: `motia dev` listens on this machine only")
            elif first == "start":
                yield finding("script_start", FILE, line)
            elif first in known:
                yield finding("script_same", FILE, line, f"`{name}` runs as it is")


def _line(text: str, script: str) -> int:
    """The line of a script, looked for behind `"scripts"`."""
    start = max(text.find('"scripts"'), 0)
    return text.count("\n", 0, start) + line_of(text[start:], f'"{script}"')
