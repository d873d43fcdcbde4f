"""The protocol of `motia mcp` line by line, without a process: what it answers, and what it leaves unanswered."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import anyio
import pytest

from motia_core.cli.mcp import acts, history, sources, stdio
from motia_core.cli.mcp.project import Project
from motia_core.cli.mcp.protocol import PARSE_ERROR, VERSIONS, Session
from motia_core.cli.mcp.tools import MOST, Arguments, Tool, Toolbox
from motia_core.errors import StoreUnavailable

pytestmark = pytest.mark.anyio


class Nothing(Arguments, frozen=True):
    pass


class NoResources:
    async def page(self, cursor: str | None) -> tuple[list[dict[str, object]], str | None]:
        return [], None

    async def read(self, uri: str) -> dict[str, object]:
        raise StoreUnavailable("the disk is full")


async def large(given: Nothing) -> object:
    return "x" * (MOST + 10)


async def broken(given: Nothing) -> object:
    raise StoreUnavailable("the disk is full", hint="make room")


async def several(given: Nothing) -> object:
    async with anyio.create_task_group() as group:
        group.start_soon(broken, given)
    return None


async def wrong(given: Nothing) -> object:
    raise RuntimeError("a bug")


async def endless(given: Nothing) -> object:
    await anyio.sleep_forever()
    return None


def tool(run: Any, **more: Any) -> Tool:
    return Tool(name=run.__name__, title="", description="", arguments=Nothing, run=run, **more)


def session(write: bool = False) -> Session:
    box = Toolbox([*map(tool, (large, broken, several, wrong, endless)), tool(Nothing, writes=True)], write=write)
    return Session(box, NoResources(), instructions="begin here")


async def ask(to: Session, method: str, params: object = None, id: object = 1) -> Any:
    message = {"jsonrpc": "2.0", "id": id, "method": method, **({} if params is None else {"params": params})}
    said = await to.handle(json.dumps(message).encode())
    return None if said is None else json.loads(said)


@pytest.mark.parametrize(("asked", "given"), [*((v, v) for v in VERSIONS), ("2031-01-01", VERSIONS[-1])])
async def test_the_revision_is_the_clients_if_it_is_known(asked: str, given: str) -> None:
    result = (await ask(session(), "initialize", {"protocolVersion": asked, "capabilities": {}}))["result"]
    assert (result["protocolVersion"], result["instructions"]) == (given, "begin here")
    assert result["capabilities"] == {"tools": {}, "resources": {}}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", -32700), (b'{"params":' + b"[" * 100_000, -32700), (b"\xff", -32700), (b"[]", -32600), (b'"text"', -32600),
        (b'{"jsonrpc":"2.0","id":[1],"method":"ping"}', -32600), (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
        (b'{"id":1,"method":"ping"}', -32600), (b'{"jsonrpc":"2.0","id":1,"method":"sampling"}', -32601),
        (b'{"jsonrpc":"2.0","id":1,"method":"initialize"}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nobody"}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"large","arguments":[]}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a"}}', -32603),
    ],
)  # fmt: skip
async def test_what_is_no_request_is_an_error_of_the_protocol(line: bytes, code: int) -> None:
    said = await session().handle(line)
    assert said is not None
    assert json.loads(said)["error"]["code"] == code


async def test_notifications_and_answers_are_not_answered() -> None:
    for line in ('{"jsonrpc":"2.0","method":"notifications/initialized"}', '{"jsonrpc":"2.0","id":4,"result":{}}',
                 '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}',
                 '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}'):  # fmt: skip
        assert await session().handle(line.encode()) is None


async def test_a_tool_that_fails_is_a_result_and_a_long_one_is_cut() -> None:
    for name in ("broken", "several"):
        result = (await ask(session(), "tools/call", {"name": name}))["result"]
        assert (result["isError"], result["content"][0]["text"]) == (True, "the disk is full (make room)")
    result = (await ask(session(), "tools/call", {"name": "large"}))["result"]
    assert MOST < len(result["content"][0]["text"]) < MOST + 200
    assert "cut" in result["content"][0]["text"][MOST:]
    assert (await ask(session(), "tools/call", {"name": "wrong"}))["error"]["code"] == -32603


async def test_a_tool_that_writes_is_there_with_write_only() -> None:
    names = [one["name"] for one in (await ask(session(), "tools/list"))["result"]["tools"]]
    assert names == ["large", "broken", "several", "wrong", "endless"]
    result = (await ask(session(), "tools/call", {"name": "Nothing"}))["result"]
    assert (result["isError"], "motia mcp --write" in result["content"][0]["text"]) == (True, True)
    assert len((await ask(session(write=True), "tools/list"))["result"]["tools"]) == 6


async def test_a_cancelled_request_ends_unanswered_and_a_ping_passes_it() -> None:
    one = session()
    answers: list[Any] = []

    async def call(id: int) -> None:
        answers.append(await ask(one, "tools/call", {"name": "endless"}, id))

    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            for id in range(1, 21):  # more than run side by side
                group.start_soon(call, id)
            await anyio.wait_all_tasks_blocked()
            assert (await ask(one, "ping", id="p"))["result"] == {}
            assert (await ask(one, "ping", id=1))["error"]["code"] == -32600
            for id in range(1, 21):
                line = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}
                assert await one.handle(json.dumps(line).encode()) is None
    assert answers == [None] * 20


async def test_every_tool_and_argument_says_what_it_is(tmp_path: Any) -> None:
    here = Project(tmp_path)
    shown = Toolbox([*sources.tools(here), *history.tools(here), *acts.tools(here)], write=True).listed()
    assert len(shown) == 17
    for one in shown:
        schema: Any = one["inputSchema"]
        assert len(str(one["description"])) > 40, one
        assert all(len(field["description"]) > 8 for field in schema["properties"].values()), one
        assert "$ref" not in json.dumps(schema)
        assert set(schema["required"]) <= set(schema["properties"])


async def test_a_message_that_is_too_long_is_answered_and_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stdio, "_LONGEST", 64)
    ping = b'{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
    read, write = os.pipe()
    os.write(write, b'{"long":"' + b"a" * 500 + b'"}\n' + ping)
    os.close(write)
    out = io.BytesIO()
    with os.fdopen(read, "rb") as lines:
        await stdio._serve(session(), lines, out)
    said = sorted((json.loads(line) for line in out.getvalue().splitlines()), key=lambda one: "error" in one)
    assert [(one["id"], "result" in one) for one in said] == [(1, True), (None, False)]
    assert said[1]["error"]["code"] == PARSE_ERROR


async def test_a_value_lives_as_long_as_is_said(tmp_path: Path) -> None:
    box = Toolbox(acts.tools(Project(tmp_path, None)), write=True)
    for ttl in (0, -5, 1e300):
        refused = await box.call("state_set", {"group": "g", "key": "k", "value": 1, "ttl": ttl})
        assert refused.failed, ttl
        assert "$.ttl" in refused.text
