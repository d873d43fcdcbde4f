"""`motia start --log-format json`: everything printed is one object per line; and what tools see under `start` needs
the token."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until
from tests.observability.counted import FILES

TOKEN = {"authorization": "Bearer let-me-in"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = write(tmp_path_factory.mktemp("lines"), {**FILES, "steps/broken_step.py": "config = {"})
    args = ["--log-format", "json", "--host", "127.0.0.1"]
    with serving(project, "start", args, MOTIA_ADMIN_TOKEN="let-me-in", FORCE_COLOR="1") as server:
        yield server


def lines(server: Server) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.output.splitlines()]


def line(server: Server, **wanted: Any) -> dict[str, Any]:
    def look() -> Any:
        return next((one for one in lines(server) if all(one.get(key) == part for key, part in wanted.items())), None)

    found: dict[str, Any] = until(look)
    return found


def test_the_start_is_told_in_lines(server: Server) -> None:
    ready = line(server, msg="ready")
    assert (ready["level"], ready["source"], ready["url"]) == (
        "info",
        "core",
        server.url.replace("127.0.0.1", "localhost"),
    )
    assert ready["steps"] == len(FILES)
    broken = line(server, file="steps/broken_step.py")
    assert (broken["level"], broken["code"]) == ("error", "syntax")


@pytest.mark.rows(275)
def test_a_step_says_its_lines_with_where_they_belong(server: Server) -> None:
    trace = server.post("/send", {"topic": "doomed"}).headers["x-trace-id"]
    said = line(server, msg="sent")
    assert {key: said[key] for key in ("level", "traceId", "step", "source", "topic")} == {
        "level": "info", "traceId": trace, "step": "Send", "source": "logger", "topic": "doomed",
    }  # fmt: skip
    assert isinstance(said["time"], int) and isinstance(said["spanId"], str)
    failed = line(server, level="error", step="Doomed")
    assert failed["traceId"] == trace and "never" in failed["error"]["stack"] and failed["spanId"] != said["spanId"]


def test_everything_printed_is_a_line_without_colours(server: Server) -> None:
    assert all({"time", "level", "msg", "source"} <= one.keys() for one in lines(server))
    assert "\x1b" not in server.output


def test_what_ends_the_start_is_a_line_too(server: Server) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        args = ["start", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1])]
        done = motia(server.project, *args, LOG_FORMAT="json")
    assert done.returncode == 1
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["level"] == "error" and "in use" in last["msg"] and "--port" in last["hint"]
    assert motia(server.project, "start", "--log-format", "xml").returncode == 2


@pytest.mark.parametrize("path", ["/metrics", "/openapi.json", "/__motia/openapi/", "/__motia/api/stats"])
def test_under_start_tools_need_the_token(server: Server, path: str) -> None:
    assert server.get(path).status == 401
    assert server.get(path, headers={"authorization": "Bearer wrong"}).status == 401
    answer = server.get(path, headers=TOKEN)
    assert answer.status == 200 and "access-control-allow-origin" not in answer.headers
