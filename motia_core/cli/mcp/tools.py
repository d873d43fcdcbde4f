"""What a tool is: a name, words for whoever chooses it, arguments as a struct, and what runs.

The struct is the one truth about arguments: its JSON schema is what clients see, and what they send is checked by it.
What a tool raises as `Refused` or as an error of ours becomes a result that says so, never a failure of the protocol.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from motia_core.cli.project import first
from motia_core.errors import MotiaError

MOST = 60_000
"""Characters of one result. What is longer is cut and says how to see the rest."""


class Refused(Exception):
    """A tool cannot do what it was asked; the text says why and what to do."""


class Arguments(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The arguments of a tool. A misspelt one is an error, not ignored."""


class Tool(Struct, frozen=True, kw_only=True):
    """`run` takes the arguments as their struct; text is shown as it is, anything else as JSON. `writes`: only there
    with `--write`. `destroys`: what it does cannot be taken back."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    run: Callable[[Any], Awaitable[object]]
    writes: bool = False
    destroys: bool = False


class Result(Struct, frozen=True):
    text: str
    failed: bool = False


class Toolbox:
    """The tools of one server. `write`: those that change something are among them."""

    def __init__(self, tools: Iterable[Tool], *, write: bool) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._write = write

    def listed(self) -> list[dict[str, object]]:
        """As `tools/list` shows them."""
        return [_shown(tool) for tool in self._tools.values() if self._write or not tool.writes]

    def __contains__(self, name: str) -> bool:
        return name in self._tools

    async def call(self, name: str, arguments: object) -> Result:
        """Runs a tool that is here."""
        tool = self._tools[name]
        if tool.writes and not self._write:
            return Result(
                f"{name} changes something and this server is read-only; start it as: motia mcp --write", True
            )
        try:
            given = msgspec.convert(arguments, tool.arguments)
        except msgspec.ValidationError as error:
            return Result(f"{name}: {error}", True)
        try:
            value = await tool.run(given)
        except Refused as refused:
            return Result(str(refused), True)
        except MotiaError as error:
            return _failed(error)
        except ExceptionGroup as group:
            ours = group.subgroup(MotiaError)
            if ours is None:
                raise
            return _failed(first(ours))
        return Result(_bounded(value if isinstance(value, str) else msgspec.json.encode(value).decode("utf-8")))


def _failed(error: MotiaError) -> Result:
    return Result(f"{error.message}{f' ({error.hint})' if error.hint else ''}", True)


def _bounded(text: str) -> str:
    if len(text) <= MOST:
        return text
    return f"{text[:MOST]}\n[cut: {len(text)} characters, {MOST} are shown; ask for less, with `limit` or a filter]"


def _shown(tool: Tool) -> dict[str, object]:
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": schema(tool.arguments),
        "annotations": {
            "title": tool.title,
            "readOnlyHint": not tool.writes,
            "destructiveHint": tool.destroys,
            "openWorldHint": tool.writes,
        },
    }


def schema(arguments: type[Arguments]) -> dict[str, object]:
    """The JSON schema of a tool's arguments, without references."""
    [_], components = msgspec.json.schema_components([arguments])
    found = dict(components[arguments.__name__])
    return {
        "type": "object",
        "properties": found.get("properties", {}),
        "required": found.get("required", []),
        "additionalProperties": False,
    }
