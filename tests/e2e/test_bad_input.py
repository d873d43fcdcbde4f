"""Bad input, at the least: one clear error to the right person, nothing acknowledged lost, everything else unharmed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.e2e.misdeeds import BROKEN, PYTHON, RUBY, TYPESCRIPT
from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until

LANGUAGES = ["typescript", "javascript", "python", "ruby"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = write(
        tmp_path_factory.mktemp("misdeeds"),
        {
            "steps/a.step.ts": TYPESCRIPT % {"n": "Ts", "path": "typescript"},
            "steps/b.step.js": TYPESCRIPT.replace("export const config", "exports.config").replace(
                "export const handler", "exports.handler"
            )
            % {"n": "Js", "path": "javascript"},
            "steps/c_step.py": PYTHON,
            "steps/d_step.rb": RUBY,
            **BROKEN,
        },
    )
    with serving(project) as running:
        yield running


@pytest.fixture(params=LANGUAGES)
def path(request: pytest.FixtureRequest) -> str:
    return f"/{request.param}"


def fine(server: Server, path: str) -> bool:
    answer = server.post(path)
    return answer.status == 200 and answer.json == {"fine": True}


def test_handler_throws(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=throws")
    assert answer.status == 500
    assert answer.json["error"] == "Internal server error"
    assert answer.json["message"] == "boom"  # dev, asked from this machine
    assert answer.json["traceId"] == answer.headers["x-trace-id"]
    assert fine(server, path)


def test_handler_returns_nothing(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=nothing")
    assert (answer.status, answer.body) == (204, b"")
    assert fine(server, path)


def test_handler_hangs(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=hangs")
    assert answer.status == 504
    assert fine(server, path)


def test_handler_exits(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=exits")
    assert answer.status == 500
    assert fine(server, path)


def test_handler_prints_a_megabyte(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=prints")
    assert (answer.status, answer.body) == (200, b"printed")
    assert fine(server, path)


def test_handler_floods_logs(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=floods")
    assert (answer.status, answer.body) == (200, b"flooded")
    assert fine(server, path)


def test_handler_returns_a_cycle(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=cycle")
    assert answer.status == 500
    assert "self" in answer.json["message"]
    assert fine(server, path)


def test_handler_returns_bytes(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=bytes")
    assert answer.status == 200
    assert answer.body == bytes([0, 255, 10, 13])
    assert answer.headers["content-type"] == "application/octet-stream"


def test_handler_returns_a_date(server: Server, path: str) -> None:
    assert server.post(f"{path}?how=date").json["at"].startswith("2024-01-02T03:04:05")


def test_header_injection_is_refused(server: Server, path: str) -> None:
    answer = server.post(f"{path}?how=header")
    assert answer.status == 500
    assert "set-cookie" not in answer.headers
    assert fine(server, path)


def test_status_out_of_range(server: Server, path: str) -> None:
    """99 is no status: the object is no envelope, hence a plain body."""
    answer = server.post(f"{path}?how=status")
    assert answer.status in (200, 500)
    assert fine(server, path)


def test_broken_json(server: Server, path: str) -> None:
    answer = server.post(path, b'{"a": ')
    assert answer.status == 400
    assert "JSON" in answer.json["error"]


def test_huge_body(server: Server, path: str) -> None:
    answer = server.post(path, b'"' + b"x" * (11 * 1024 * 1024) + b'"')
    assert answer.status == 413
    assert fine(server, path)


def test_unknown_route_names_near_ones(server: Server) -> None:
    answer = server.post("/pythn")
    assert answer.status == 404
    assert "/python" in json.dumps(answer.json)


def test_unknown_method(server: Server) -> None:
    answer = server.request("DELETE", "/python")
    assert answer.status == 405
    assert "POST" in answer.headers["allow"]


def test_broken_files_are_listed_and_stop_nobody(server: Server) -> None:
    done = motia(server.project, "check", "--json")
    assert done.returncode == 1
    errors = {error["file"]: error for error in json.loads(done.stdout)["errors"]}
    assert errors["steps/syntax.step.ts"]["code"] == "syntax"
    assert errors["steps/syntax.step.ts"]["line"] == 3
    assert errors["steps/no_config_step.py"]["code"] == "no_config"
    assert errors["steps/exits.step.js"]["code"] == "exit"
    assert errors["steps/raises_step.py"]["code"] == "import"
    assert errors["steps/raises_step.py"]["line"] == 1
    assert errors["steps/bad_step.rb"]["code"] == "syntax"
    assert errors["steps/z_twin.step.js"]["code"] == "duplicate_route"
    assert "steps/a.step.ts" in errors["steps/z_twin.step.js"]["message"]
    health = server.get("/health")
    assert (health.status, health.json["status"]) == (200, "degraded")
    until(lambda: server.get("/ready").status == 200)
