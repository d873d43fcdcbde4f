"""Steps without topics of their own hear everything: not themselves, and not each other for ever."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from motia_core.cli.client import Client, read_server_file
from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until
from tests.seeds.document_b import emit


def chatter(topic: str, game: str) -> str:
    """A step that hears everything and answers what belongs to its game."""
    return (
        "export default async (event) => {\n"
        f"  if (event.data?.game !== '{game}') return;\n"
        f"  await event.emit('{topic}', event.data);\n}};\n"
    )


TALKERS = {
    "steps/ping.step.js": chatter("ping", "two"),
    "steps/pong.step.js": chatter("pong", "two"),
    "steps/one.step.js": chatter("one", "many"),
    "steps/other.step.js": chatter("other", "many"),
    "steps/another.step.js": chatter("another", "many"),
    "steps/alone.step.js": chatter("alone", "solo"),
    # Page after page, by a step with a topic of its own: no loop, however long.
    "steps/pages.step.js": """
        export default async (event) => {
          if (event.topic !== 'page') return;
          if (event.data.left > 0) await event.emit('page', { left: event.data.left - 1 });
          else await event.state.set('pages', 'done');
        };
    """,
    "motia.toml": "[queue]\nmaxRetries = 0\n",
}


@pytest.fixture(scope="module")
def talkers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(write(tmp_path_factory.mktemp("talkers"), TALKERS)) as running:
        yield running


def rest(server: Server) -> list[dict[str, Any]]:
    """Waits until nothing waits or runs; the dead letters by then."""

    def waiting() -> int:
        with closing(sqlite3.connect(server.project / ".motia" / "motia.db")) as database:
            return int(database.execute("SELECT count(*) FROM deliveries").fetchone()[0])

    until(lambda: waiting() == 0)
    found: list[dict[str, Any]] = json.loads(
        motia(server.project, "dead", "list", "--json", "--limit", "100000").stdout
    )
    return found


def of_trace(letters: list[dict[str, Any]], trace: str) -> list[dict[str, Any]]:
    return [letter for letter in letters if letter["originalEvent"]["traceId"] == trace]


@pytest.mark.rows(146)
def test_a_step_does_not_hear_itself(talkers: Server) -> None:
    trace = emit(talkers, "start", {"game": "solo"})
    assert of_trace(rest(talkers), trace) == []

    def topics() -> list[str]:
        spans = json.loads(motia(talkers.project, "trace", trace, "--json").stdout or "[]")
        return sorted(span["topic"] for span in spans if span["name"] in ("alone", "ping") and span["topic"])

    # Heard by another that hears everything, not by the one that emitted it.
    assert until(lambda: len(topics()) >= 3 and topics()) == ["alone", "start", "start"]


def test_two_that_answer_each_other_are_stopped(talkers: Server) -> None:
    trace = emit(talkers, "start", {"game": "two"})
    letters = of_trace(rest(talkers), trace)
    assert {letter["reason"] for letter in letters} == {"loop"}
    assert {letter["step"] for letter in letters} >= {"ping", "pong"}
    assert "more than 100 deliveries" in letters[0]["failureReason"]
    shown = json.loads(motia(talkers.project, "trace", trace, "--json").stdout)
    # Both heard the start, and each chain went on for a hundred deliveries.
    played = [span for span in shown if span["name"] in ("ping", "pong")]
    assert len(played) == 200
    # It plays on when somebody says so, and is stopped again.
    mine = next(letter for letter in letters if letter["step"] == "ping")
    motia(talkers.project, "dead", "redrive", str(mine["id"]))
    again = of_trace(rest(talkers), trace)
    assert mine["id"] not in [letter["id"] for letter in again]
    assert len(again) >= len(letters)


def test_a_long_chain_is_no_loop(talkers: Server) -> None:
    trace = emit(talkers, "page", {"left": 150})
    until(lambda: talkers.state("default", "pages") == "done")
    assert of_trace(rest(talkers), trace) == []


def test_many_that_answer_each_other_are_stopped_too(tmp_path: Path) -> None:
    files = {name: text for name, text in TALKERS.items() if "many" in text}
    files["steps/fourth.step.js"] = chatter("fourth", "many")
    files["motia.toml"] = "[queue]\nmaxRetries = 0\nmaxHops = 6\n"
    with serving(write(tmp_path, files)) as server:
        trace = emit(server, "start", {"game": "many"})
        letters = of_trace(rest(server), trace)
        assert {letter["reason"] for letter in letters} == {"loop"}
        assert any("went round in one trace" in letter["failureReason"] for letter in letters)
        client = Client(read_server_file(server.project / ".motia"))
        assert client.post("/__motia/api/run", {"step": "one", "input": {}})["error"] is None
