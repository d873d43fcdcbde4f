"""Bad input, at the least: one clear error to the right person, nothing acknowledged lost, everything else unharmed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import Server, motia, serving, until

# The same misdeeds in four languages. `how` comes as a query parameter.
TYPESCRIPT = """
    export const config = {
      type: 'api', name: 'Misdeeds%(n)s', method: 'POST', path: '/%(path)s', emits: [],
      infrastructure: { handler: { timeout: 1 } },
    }

    export const handler = async (req, { logger }) => {
      switch (req.queryParams.how) {
        case 'throws': throw new Error('boom')
        case 'nothing': return
        case 'hangs': return new Promise(() => {})
        case 'exits': process.exit(3)
        case 'prints': process.stdout.write('x'.repeat(1_000_000) + '\\n'); return { status: 200, body: 'printed' }
        case 'floods': for (let i = 0; i < 20_000; i++) logger.info('line ' + i); return { status: 200, body: 'flooded' }
        case 'cycle': { const a = { name: 'a' }; a.self = a; return { status: 200, body: a } }
        case 'bytes': return { status: 200, body: Buffer.from([0, 255, 10, 13]) }
        case 'date': return { status: 200, body: { at: new Date(Date.UTC(2024, 0, 2, 3, 4, 5)) } }
        case 'header': return { status: 200, headers: { 'x-evil': 'a\\r\\nset-cookie: b=c' }, body: {} }
        case 'status': return { status: 99, body: {} }
        default: return { status: 200, body: { fine: true } }
      }
    }
"""
PYTHON = """
    import asyncio, datetime, sys, time

    config = {
        "type": "api", "name": "MisdeedsPy", "method": "POST", "path": "/python", "emits": [],
        "infrastructure": {"handler": {"timeout": 1}},
    }

    async def handler(req, context):
        how = req["queryParams"].get("how")
        if how == "throws": raise ValueError("boom")
        if how == "nothing": return None
        if how == "hangs": await asyncio.sleep(3600)
        if how == "exits": sys.exit(3)
        if how == "prints":
            print("x" * 1_000_000)
            return {"status": 200, "body": "printed"}
        if how == "floods":
            for i in range(20_000): context.logger.info(f"line {i}")
            return {"status": 200, "body": "flooded"}
        if how == "cycle":
            a = {"name": "a"}
            a["self"] = a
            return {"status": 200, "body": a}
        if how == "bytes": return {"status": 200, "body": bytes([0, 255, 10, 13])}
        if how == "date":
            return {"status": 200, "body": {"at": datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)}}
        if how == "header": return {"status": 200, "headers": {"x-evil": "a\\r\\nset-cookie: b=c"}, "body": {}}
        if how == "status": return {"status": 99, "body": {}}
        return {"status": 200, "body": {"fine": True}}
"""
RUBY = """
    def config
      { type: 'api', name: 'MisdeedsRb', method: 'POST', path: '/ruby', emits: [],
        infrastructure: { handler: { timeout: 1 } } }
    end

    def handler(req, context)
      case req.queryParams['how']
      when 'throws' then raise ArgumentError, 'boom'
      when 'nothing' then nil
      when 'hangs' then sleep 0.01 until context.cancelled?
      when 'exits' then exit 3
      when 'prints'
        puts 'x' * 1_000_000
        { status: 200, body: 'printed' }
      when 'floods'
        20_000.times { |i| context.logger.info("line #{i}") }
        { status: 200, body: 'flooded' }
      when 'cycle'
        a = { name: 'a' }
        a[:self] = a
        { status: 200, body: a }
      when 'bytes' then { status: 200, body: [0, 255, 10, 13].pack('C*') }
      when 'date' then { status: 200, body: { at: Time.utc(2024, 1, 2, 3, 4, 5) } }
      when 'header' then { status: 200, headers: { 'x-evil' => "a\\r\\nset-cookie: b=c" }, body: {} }
      when 'status' then { status: 99, body: {} }
      else { status: 200, body: { fine: true } }
      end
    end
"""
BROKEN = {
    "steps/syntax.step.ts": "export const config = {\n  type: 'api'\n  name: 'X'\n",
    "steps/no_config_step.py": "def handler(req, context):\n    return {}\n",
    "steps/exits.step.js": "process.exit(4)\n",
    "steps/raises_step.py": "import nowhere_to_be_found\nconfig = {}\n",
    "steps/bad_step.rb": "def config\n  { type: 'api',\nend\n",
    "steps/z_twin.step.js": (
        "exports.config = { type: 'api', name: 'Twin', method: 'POST', path: '/typescript', emits: [] }\n"
        "exports.handler = async () => ({ status: 200, body: 'twin' })\n"
    ),
}
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


def test_missing_runtime_disables_only_its_language(tmp_path: Path) -> None:
    """A PATH without node and ruby: Python goes on, the others say what to install."""
    project = write(
        tmp_path,
        {
            "steps/a.step.js": "exports.config = { type: 'api', name: 'A', method: 'GET', path: '/a', emits: [] }\n"
            "exports.handler = async () => ({ status: 200, body: {} })\n",
            "steps/b_step.rb": "def config = { type: 'api', name: 'B', method: 'GET', path: '/b', emits: [] }\n"
            "def handler(req) = { status: 200, body: {} }\n",
            "steps/c_step.py": 'config = {"type": "api", "name": "C", "method": "GET", "path": "/c", "emits": []}\n'
            'async def handler(req, context):\n    return {"status": 200, "body": {"ok": True}}\n',
        },
    )
    empty = tmp_path / "bin"
    empty.mkdir()
    with serving(project, PATH=str(empty)) as server:
        assert server.get("/c").json == {"ok": True}
        assert "install Node 20.19 or newer" in server.output
        assert "apt-get install ruby" in server.output
        assert server.get("/health").json["status"] == "degraded"


def test_busy_port(tmp_path: Path) -> None:
    project = write(tmp_path, {"steps/c_step.py": HELLO})
    with serving(project) as server:
        port = server.url.rsplit(":", 1)[1]
        other = write(tmp_path / "other", {"steps/c_step.py": HELLO})
        done = motia(other, "start", "--port", port, "--host", "127.0.0.1")
        assert done.returncode == 1
        assert port in done.stderr and "in use" in done.stderr
        assert "Traceback" not in done.stderr


HELLO = """
    config = {"type": "api", "name": "C", "method": "GET", "path": "/c", "emits": []}

    async def handler(req, context):
        return {"status": 200, "body": {"ok": True}}
"""


def test_events_survive_a_stop(tmp_path: Path) -> None:
    """SIGTERM while an event step sleeps: it finishes; what was not begun runs after the next start."""
    project = write(
        tmp_path,
        {
            "steps/slow_step.py": """
                import asyncio

                config = {"type": "event", "name": "Slow", "subscribes": ["slow"], "emits": [],
                          "infrastructure": {"queue": {"concurrency": 1}}}

                async def handler(input, context):
                    await asyncio.sleep(0.3)
                    await context.state.update("done", "count", [{"op": "increment", "value": 1}])
            """
        },
    )
    with serving(project) as server:
        for _ in range(5):
            assert server.post("/emit", {"topic": "slow", "data": {}}).json["success"]
        assert server.stop() == 0
    done = json.loads(motia(project, "state", "get", "done", "count").stdout or "0")
    assert done < 5
    with serving(project) as server:
        until(lambda: server.state("done", "count") == 5)


def test_second_signal_stops_now(tmp_path: Path) -> None:
    project = write(
        tmp_path,
        {
            "steps/stuck_step.py": """
                import time

                config = {"type": "event", "name": "Stuck", "subscribes": ["stuck"], "emits": []}

                def handler(input, context):
                    context.state.set("began", "at", context.attempt)
                    time.sleep(3600)
            """
        },
    )
    with serving(project) as server:
        server.post("/emit", {"topic": "stuck", "data": {}})
        until(lambda: server.state("began", "at"))
        pids = server.workers()
        server.process.send_signal(2)
        until(lambda: "stopping" in server.output)
        assert server.stop(2) == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
