"""`motia mcp`, asked by the official client of the protocol: what a coding tool can see, and what it can do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.kit.project import write
from tests.kit.server import Server, environment, serving

from .coder import STEPS, Coder, asking
from .history import spans

READS = {"list_steps", "read_source", "list_flows", "traces", "trace", "logs", "state_get", "state_list", "queues",
         "dead_letters", "stats"}  # fmt: skip
WRITES = {
    "emit": {"topic": "order.placed", "data": {"id": "written"}},
    "run": {"step": "Order", "input": {"body": {"id": "written"}}},
    "replay": {"id": "nothing"},
    "redrive": {"step": "Pay"},
    "state_set": {"group": "written", "key": "a", "value": 1},
    "state_delete": {"group": "orders", "key": "broke"},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("mcp") / "shop", STEPS)) as running:
        yield running


@pytest.fixture(scope="module")
def broke(shop: Server) -> str:
    """The trace of an order that nobody can pay."""
    trace = shop.post("/orders", {"id": "broke"}).headers["x-trace-id"]
    spans(shop, trace, 3)
    return trace


async def once(ask: Callable[[], Awaitable[Any]]) -> Any:
    """The first answer that is true."""
    with anyio.fail_after(20):
        while not (found := await ask()):
            await anyio.sleep(0.1)
    return found


def test_the_way_from_a_failure_to_its_cause(shop: Server, broke: str) -> None:
    async def work(coder: Coder) -> None:
        assert {tool.name for tool in (await coder.client.list_tools()).tools} == READS
        [failed] = (await coder.call("traces", status="failed")).json["traces"]
        assert (failed["id"], failed["error"]) == (broke, "LookupError: no purse for broke")
        runs = (await coder.call("trace", id=broke, failed=True)).json["runs"]
        assert [(run["name"], run["attempt"]) for run in runs] == [("Pay", 1), ("Pay", 2)]
        file, line = runs[-1]["error"]["source"].split(":")
        said = await coder.call("read_source", file=file, line=int(line), limit=1)
        assert 'raise LookupError("no purse for " + order["id"])' in said.text
        assert said.text.startswith(f"{file}, lines {line} to {line} of 9; go on with line")
        assert (await coder.call("state_get", group="orders", key="broke")).json["value"]["price"] == 3
        assert (await coder.call("state_get", group="purses", key="broke")).failed
        [letter] = (await coder.call("dead_letters", step="Pay")).json["deadLetters"]
        assert (letter["originalEvent"]["traceId"], letter["attemptsMade"]) == (broke, 2)
        lines = (await coder.call("logs", trace=broke, level="error")).json["logs"]
        assert "gave up" in lines[0]["msg"]
        assert (await coder.call("stats")).json["steps"]["Pay"]["dead"] == 1
        assert [row["dead"] for row in (await coder.call("queues")).json["queues"] if row["step"] == "Pay"] == [1]

    asking(shop.project, work)


def test_answers_come_in_pages_and_mistakes_are_explained(shop: Server, broke: str) -> None:
    async def work(coder: Coder) -> None:
        first = (await coder.call("trace", id=broke, limit=2)).json
        rest = (await coder.call("trace", id=broke, limit=2, offset=first["nextOffset"])).json
        assert [run["name"] for run in first["runs"] + rest["runs"]] == ["Order", "Pay", "Pay"]
        assert "nextOffset" not in rest
        page = (await coder.call("logs", trace=broke, limit=1)).json
        older = (await coder.call("logs", trace=broke, limit=1, before=page["nextBefore"])).json
        assert page["logs"][0]["id"] != older["logs"][0]["id"]
        for name, arguments, why in (
            ("trace", {"id": "nobody"}, "there is no trace nobody"),
            ("trace", {}, "required field `id`"),
            ("logs", {"trase": broke}, "unknown field `trase`"),
            ("logs", {"limit": 100_000}, "<= 500"),
            ("logs", {"since": "yesterday"}, "is no time"),
            ("list_flows", {"flow": "nobody"}, "there are: shop"),
        ):
            told = await coder.call(name, **arguments)
            assert (told.failed, why in told.text) == (True, True), told

    asking(shop.project, work)


def test_without_write_nothing_is_changed(shop: Server, broke: str) -> None:
    async def work(coder: Coder) -> None:
        for name, arguments in WRITES.items():
            told = await coder.call(name, **arguments)
            assert (told.failed, "read-only" in told.text) == (True, True), (name, told)
        groups = {row["group"] for row in (await coder.call("state_list")).json["groups"]}
        assert groups == {"orders"}
        assert not (await coder.call("state_get", group="orders", key="broke")).failed
        assert len((await coder.call("dead_letters")).json["deadLetters"]) == 1
        assert [one["id"] for one in (await coder.call("traces")).json["traces"]] == [broke]

    asking(shop.project, work)


def test_with_write_what_failed_is_mended_redriven_and_replayed(shop: Server, broke: str) -> None:
    async def work(coder: Coder) -> None:
        assert {tool.name for tool in (await coder.client.list_tools()).tools} == READS | WRITES.keys()
        assert (await coder.call("state_set", group="purses", key="broke", value={"full": True})).json["new"]
        [letter] = (await coder.call("dead_letters", step="Pay")).json["deadLetters"]
        assert (await coder.call("redrive", ids=[letter["id"]])).json == {"redriven": 1}

        async def paid() -> bool:
            return not (await coder.call("state_get", group="paid", key="broke")).failed

        await once(paid)
        assert (await coder.call("replay", id=broke, dry=True)).json["traceId"] is None
        again = (await coder.call("replay", id=broke)).json
        assert again["runs"][0]["result"]["body"] == {"placed": "broke"}
        assert again["traceId"] != broke
        ran = (await coder.call("run", step="Order", input={"id": "broke"}, follow=True)).json
        assert (ran["result"]["body"], ran["failed"]) == ({"placed": "broke"}, 0)
        failed = await coder.call("run", step="Pay", input={"id": "nobody"})
        assert (failed.failed, "no purse for nobody" in failed.text) == (True, True)
        emitted = (await coder.call("emit", topic="order.placed", data={"id": "broke", "price": 1})).json
        assert emitted["deliveries"] == 1
        assert (await coder.call("state_delete", group="purses", key="broke")).json["deleted"]
        assert (await coder.call("redrive")).failed

    asking(shop.project, work, "--write")


ESCAPES = ("secrets.txt", ".env", "../outside.py", "steps/../.env", "/etc/passwd", "steps/linked_step.py", "nobody.py",
           "steps\x00/order_step.py", "steps", "")  # fmt: skip


def test_only_source_of_steps_and_what_they_import_is_shown(tmp_path: Path) -> None:
    project = write(tmp_path / "shop", STEPS)
    outside = "config = {'type': 'event', 'name': 'Linked', 'subscribes': []}\ndef handler(i, c): 'swordfish'\n"
    write(tmp_path, {"outside.py": outside})
    (project / "steps" / "linked_step.py").symlink_to(tmp_path / "outside.py")

    async def work(coder: Coder) -> None:
        assert "PRICES" in (await coder.call("read_source", file="steps/prices.py")).text
        assert '"subscribes": ["order.placed"]' in (await coder.call("read_source", file="Pay")).text
        for path in ESCAPES:
            told = await coder.call("read_source", file=path)
            assert told.failed, path
            assert "swordfish" not in told.text
        resources = (await coder.client.list_resources()).resources
        assert str(resources[0].uri) == "motia://flow/shop"
        read = await coder.client.read_resource("motia://source/steps/prices.py")
        assert "PRICES" in read.contents[0].text  # type: ignore[union-attr]
        for path in ("secrets.txt", "..%2Foutside.py", "%2Fetc%2Fpasswd", ".env"):
            with pytest.raises(Exception, match="no step of this project"):
                await coder.client.read_resource(f"motia://source/{path}")
        # Nothing runs here: what the files say is told, the rest says what to do.
        assert {row["name"] for row in (await coder.call("list_steps", flow="shop")).json["steps"]} == {"Order", "Pay"}
        assert "order.placed" in (await coder.call("list_flows", format="mermaid")).text
        assert (await coder.call("traces")).json == {"traces": []}
        for name in ("stats", "emit", "run", "redrive"):
            told = await coder.call(name, **WRITES.get(name, {}))
            assert (told.failed, "no server runs in this project (start one: motia dev)" in told.text) == (True, True)
        write(project, {"steps/new_step.py": "config = {'type': 'event', 'name': 'New', 'subscribes': ['x']}\n"
                        "def handler(input, context): pass\n"})  # fmt: skip
        assert (await coder.call("list_steps", search="new_step")).json["total"] == 1
        write(project, {"steps/new_step.py": "config = {"})
        [row] = (await coder.call("list_steps", search="new_step")).json["steps"]
        assert "never closed" in row["error"]
        assert (await coder.call("read_source", file="steps/new_step.py")).text.endswith("    1  config = {")
        write(project, {"motia.toml": "port = 'a door'"})
        told = await coder.call("list_steps")
        assert (told.failed, "motia.toml" in told.text) == (True, True), told

    asking(project, work, "--write")


def test_under_start_the_admin_token_opens_it(tmp_path: Path) -> None:
    project = write(tmp_path / "shop", STEPS)
    token = "a token for admins"

    async def counts(coder: Coder) -> None:
        assert "Pay" in (await coder.call("stats")).json["steps"]

    async def nothing(coder: Coder) -> None:
        told = await coder.call("stats")
        assert (told.failed, "401" in told.text) == (True, True)

    with serving(project, "start", MOTIA_ADMIN_TOKEN=token) as server:
        port = server.url.rpartition(":")[2]
        asking(project, counts)
        (project / ".motia" / "run" / "server.json").unlink()  # as for somebody who may not read it
        asking(project, counts, "--port", port, MOTIA_ADMIN_TOKEN=token)
        asking(project, nothing, "--port", port, MOTIA_ADMIN_TOKEN="another")
        server.stop()


def test_standard_output_carries_nothing_but_the_protocol(tmp_path: Path) -> None:
    project = write(tmp_path / "shop", STEPS)
    lines = [
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_steps"}}',
        b"no JSON",
        b"",
        b'{"jsonrpc":"2.0","id":"two","method":"ping"}',
    ]
    done = subprocess.run(
        [sys.executable, "-m", "motia_core.cli", "mcp"],
        cwd=project, env=environment(), input=b"\n".join(lines), capture_output=True, timeout=60,
    )  # fmt: skip
    said = sorted(line.split(b",", 2)[1] for line in done.stdout.splitlines())
    assert said == [b'"id":"two"', b'"id":1', b'"id":null'], done
    assert done.returncode == 0
